"""Issues of several stories for tests of what is public, and what readers find at each address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from publisher.actions.going_public import rebuild
from publisher.app import Publisher
from publisher.model.records import StoredArtefact
from publisher.store import public
from publisher.store.schema import artefacts
from tests.newsrooms import STORY, Newsroom

TAG = "tag:example.net,2026:"


@dataclass(slots=True)
class Folder:
    """An issue in a folder of its own, and the stories that its files tell, by the names of the files."""

    newsroom: Newsroom
    name: str = "heat"
    fields: dict[str, str] = field(default_factory=dict)
    stories: dict[str, dict[str, str]] = field(default_factory=dict)

    def has(self, *names: str, **fields: str) -> Folder:
        """Let these stories be its stories, in this order; each keeps what it says."""
        self.stories = {name: self.stories.get(name, {}) | fields for name in names}
        return self.saves()

    def says(self, story: str, words: str = "", **fields: str) -> Folder:
        """Let a story say something else, or have further fields."""
        self.stories[story] |= ({"words": words} if words else {}) | fields
        return self.saves()

    def saves(self) -> Folder:
        """Write its files, and remove those that it has no more."""
        folder = self.newsroom.issues / self.name
        for path in folder.glob("*.md"):
            path.unlink()
        values = {"id": f"{self.name}-0", "title": f"All about {self.name}", "status": "ready"} | self.fields
        head = "".join(f"{key}: {value}\n" for key, value in values.items())
        self.newsroom.saves(f"{self.name}/issue.md", f"---\n{head}---\n\nGood morning.\n")
        for place, (name, told) in enumerate(self.stories.items(), 1):
            self.newsroom.saves(f"{self.name}/{place:02}-{name}.md", self._text(name, told))
        return self

    def _text(self, name: str, told: Mapping[str, str]) -> str:
        fields = {"slug": name, **told}
        words = fields.pop("words", "it grew")
        title = fields.pop("title", f"The story of {name}")
        id_ = fields.pop("id", name)
        more = "".join(f"{key}: {value}\n" for key, value in fields.items())
        text = STORY.format(id=id_, title=title, slug=name, status="ready", more=more)
        return text.replace("status: ready\n", "").replace("it grew", words)


def at(publisher: Publisher, path: str) -> StoredArtefact:
    """Return what is served at a path."""
    with publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None, path
    return found


def statuses(publisher: Publisher) -> dict[str, int]:
    """Return the status of every path that was ever served."""
    with publisher.database.read() as db:
        return {path: found.status for path in public.index(db) if (found := public.find(db, path))}


def items(publisher: Publisher, path: str = "/feed.json") -> dict[str, dict[str, Any]]:
    """Return the items of a JSON feed in its order, by what is special about their ids."""
    feed = json.loads(at(publisher, path).body)
    return {item["id"].removeprefix(TAG): item for item in feed["items"]}


def shared(publisher: Publisher) -> dict[str, bytes]:
    """Return what is served of all that issues share, by path."""
    with publisher.database.read() as db:
        rows = db.execute(artefacts.select().where(artefacts.c.issue.is_(None)))
        return {row.path: row.body for row in rows}


def made_from_scratch(publisher: Publisher) -> dict[str, bytes]:
    """Return all that issues share as it is made where nothing has been made before; what is served stays."""
    common = artefacts.c.issue.is_(None)
    with publisher.database.begin() as db:
        rows = [dict(row) for row in db.execute(artefacts.select().where(common)).mappings()]
        db.execute(artefacts.delete().where(common))
    rebuild(publisher)
    made = shared(publisher)
    with publisher.database.begin() as db:
        db.execute(artefacts.delete().where(common))
        db.execute(artefacts.insert(), rows)
    return made


def is_left_over(body: bytes) -> bool:
    """Return whether what stands somewhere has nothing to say any more: an empty feed, or a way elsewhere."""
    return (
        not re.search(rb"<entry>|<entry |<item>|<item |\"id\":|class=\"card", body) or b"http-equiv=" in body
    )
