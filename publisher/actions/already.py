"""What is here already: in files of issues and of the inbox, and in what is public."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from publisher.app import Publisher
from publisher.content.importers.head import Value
from publisher.content.slugs import heading_key, slug_of_name
from publisher.model.addresses import same_page
from publisher.settings import Settings
from publisher.store import issues

FROM: Final = "x_from"
"""The field that says where among what was brought an imported text was."""

_FIELD = re.compile(
    r"^[ \t]*(external_id|guid|link|url|x_from|title|date)[ \t]*[:=][ \t]*([^\r\n]+)", re.MULTILINE
)
_HEAD: Final = 16 * 1024
_INBOX: Final = "_inbox"
_LINKED: Final = "link"
_NAMELESS: Final = "link without an id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """By what a text is known again: any of `sure`, or else its title on its day, `titled`.

    Its own id and the place where it was, both perhaps empty, tell it from others of that title and day.
    """

    sure: tuple[str, ...]
    titled: str = ""
    id: str = ""
    place: str = ""

    def may_be(self, other: Keys) -> bool:
        """Return whether nothing tells two texts of one title and day apart.

        Two ids do, and two places, unless one is the other as seen from a folder above.
        """
        if self.id and other.id:
            return False
        long, short = sorted((f"/{self.place}", f"/{other.place}"), key=len, reverse=True)
        return short == "/" or long.endswith(short)


@dataclass(slots=True)
class Here:
    """What files say that are here: keys of texts, and the files that have them."""

    files: dict[str, str] = field(default_factory=dict)
    titled: dict[str, list[tuple[Keys, str]]] = field(default_factory=dict)

    def find(self, keys: Keys) -> str | None:
        """Return the file that is the same as what has these keys."""
        sure = next((self.files[key] for key in keys.sure if key in self.files), None)
        if sure is not None or not keys.titled:
            return sure
        namesakes = self.titled.get(keys.titled, ())
        return next((path for other, path in namesakes if keys.may_be(other)), None)

    def add(self, fields: Mapping[str, Value], title: str, path: str, *, day: str = "") -> None:
        """Note a file. What is brought now has no `day` here: then one title may well come twice on a day."""
        keys = keys_of(fields, title, day=day, by_link=False)
        for key in (*_linked(fields), *keys.sure):
            self.files.setdefault(key, path)
        if keys.titled:
            self.titled.setdefault(keys.titled, []).append((keys, path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What is public: where each link, title and id ran, in words."""

    links: Mapping[str, str]
    titles: Mapping[str, str]
    ids: Mapping[str, str]
    slugs: frozenset[str]

    def remarks(self, title: str, link: str, *, but: str = "") -> tuple[str, ...]:
        """Return what is to be said of a link or a title that ran before, other than in the issue `but`."""
        found = []
        where = self.links.get(same_page(link)) if link else None
        if where is not None and where != but:
            found.append(f"its link ran in {where}")
        where = self.titles.get(heading_key(title)) if title else None
        if where is not None and where != but:
            found.append(f"its title ran in {where}")
        return tuple(found)


def keys_of(fields: Mapping[str, Value], title: str, *, day: str = "", by_link: bool) -> Keys:
    """Return by what a text is known again: its old id, where it was, or its title on its day.

    With `by_link` also by its link: that of any file if it has no id itself, else only of one without.
    """
    link = same_page(str(fields.get("link", ""))) if by_link else ""
    id_, place = str(fields.get("external_id", "")), str(fields.get(FROM, ""))
    sure = (
        f"id {id_}" if id_ else "",
        f"from {place} {heading_key(title)}" if FROM in fields else "",
        f"{_NAMELESS if id_ else _LINKED} {link}" if link else "",
    )
    return Keys(sure=tuple(filter(None, sure)), titled=_titled(title, day), id=id_, place=place)


def _linked(fields: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the keys under which a file is found again by its link."""
    link = same_page(str(fields.get("link", "")))
    keys = (f"{_LINKED} {link}", "" if "external_id" in fields else f"{_NAMELESS} {link}") if link else ()
    return tuple(filter(None, keys))


def _titled(title: str, day: str) -> str:
    key = heading_key(title)
    return f"{day[:10]} {key}" if key and day else ""


def files_here(settings: Settings) -> Here:
    """Return what the files of issues and of the inbox say they are; only their heads are read."""
    here = Here()
    for path in _files(settings.issues):
        name = f"{settings.issues.name}/{path.relative_to(settings.issues).as_posix()}"
        fields: dict[str, Value] = {}
        for key, value in _FIELD.findall(_head(path)):
            fields.setdefault({"guid": "external_id", "url": "link"}.get(key, key), _plain(value))
        here.add(fields, str(fields.get("title", "")), name, day=str(fields.get("date", "")))
    return here


def what_ran(publisher: Publisher) -> Ran:
    """Return what is public in this newsroom."""
    with publisher.database.read() as db:
        public = issues.public_stories(db)
        taken = issues.taken(db, besides="")
    links, titles, ids = {}, {}, {}
    for story in reversed(public):
        where = f"issue {story.number}" if story.number is not None else f"issue '{story.issue}'"
        if story.link:
            links[same_page(story.link)] = where
        if story.title:
            titles[heading_key(story.title)] = where
        ids[story.id] = where
    return Ran(links=links, titles=titles, ids=ids, slugs=frozenset({*taken.stories, *taken.pages}))


def slugs_here(settings: Settings) -> set[str]:
    """Return the slugs that files of issues have, by their names."""
    root = settings.issues
    names = [path.name for path in root.iterdir()] if root.is_dir() else []
    return {slug_of_name(name) for name in names}


def _files(root: Path) -> Iterator[Path]:
    """Yield the Markdown files of issues, as files and in folders, and those of the inbox."""
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.is_dir() and (path.name == _INBOX or not path.name.startswith(("_", "."))):
            yield from sorted(each for each in path.glob("*.md") if each.is_file())
        elif path.suffix == ".md" and not path.name.startswith(("_", ".")):
            yield path


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
    found = re.match(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n", text)
    return text[: text.find(f"\n{found[1]}", found.end() - 1)] if found else ""


def _plain(value: str) -> str:
    value = value.strip()
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
