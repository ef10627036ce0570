"""A newsroom on a real server of its own, which notes what a reader's program asks and what it is told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.app import Publisher, open_publisher
from publisher.model.edition import Edition
from publisher.model.rendered import Artefact
from publisher.settings_file import load_settings
from publisher.store import public
from publisher.web.feeds import POLL
from publisher.web.routes import site
from publisher.web.server import Server
from tests.editions import AWKWARD_TITLE, MARKUP_TITLE, japanese_edition, rich_edition
from tests.web.newsroom import SETTINGS, MovedClock, make_public

TITLES = [AWKWARD_TITLE, MARKUP_TITLE, rich_edition().stories[2].title]
"""What the stories of the first issue are called, and what every reader has to show, letter by letter."""

PATIENCE = 60


@dataclass(slots=True)
class Polled:
    """What is served, and the statuses of all answers."""

    publisher: Publisher
    clock: MovedClock
    url: str = ""
    statuses: list[int] = field(default_factory=list)

    def told(self) -> list[int]:
        """Return the statuses of the answers since the last time."""
        statuses, self.statuses = self.statuses, []
        return statuses

    def has_news(self, edition: Edition) -> None:
        """Publish one more issue; on return the next poll sees it."""
        self.clock.moves(timedelta(days=1))
        make_public(self.publisher, edition, moment=self.clock())
        sleep(POLL + 0.1)

    def edits(self, path: str, before: bytes, after: bytes) -> None:
        """Change a word of a feed as a minor edit does: ids and dates stay, only the bytes are others."""
        self.clock.moves(timedelta(minutes=1))
        with self.publisher.database.begin() as db:
            found = public.find(db, path)
            assert found is not None
            assert before in found.body
            generation = public.generation(db)
            assert public.raise_generation(db, expected=generation)
            edited = Artefact(path=path, media_type=found.media_type, body=found.body.replace(before, after))
            public.put(db, [edited], generation=generation + 1, now=self.clock())
        sleep(POLL + 0.1)

    def noted(self, app: ASGIApp) -> ASGIApp:
        """Return the application with a memory."""

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.statuses.append(message["status"])
                await send(message)

            await app(scope, receive, note)

        return noting


@pytest.fixture
def polled(tmp_path: Path) -> Iterator[Polled]:
    root, clock = tmp_path / "newsroom", MovedClock()
    root.mkdir()
    (root / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    publisher = open_publisher(load_settings(root), clock=clock, actor="tester")
    make_public(publisher, rich_edition())
    served = Polled(publisher, clock)
    server = Server(served.noted(site(publisher)), host="127.0.0.1", port=0)
    served.url = server.url
    server.start()
    yield served
    server.stop()
    publisher.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder of whoever reads."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def second_issue() -> Edition:
    """Return an issue that comes later, of one story."""
    edition = japanese_edition()
    return replace(edition, stories=(replace(edition.stories[0], title="蓄電池 & <b> 夕方"),))


def run(home: Path, *command: str, said: str | None = None) -> str:
    """Run a program as somebody with that home folder, and return what it prints; it must succeed."""
    began = monotonic()
    surroundings = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "*",
        "TERM": "dumb",
    }
    done = subprocess.run(
        command, env=surroundings, input=said, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, f"{command} after {monotonic() - began:.0f} s: {done.stdout}{done.stderr}"
    return done.stdout
