"""A publisher on a real database, with an issue public, and a reader's program that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from publisher.actions.printing import Print, freeze_print, render
from publisher.actions.release import go_public, prepare
from publisher.app import Publisher, open_publisher
from publisher.model.edition import Edition
from publisher.model.states import IssueState
from publisher.settings_file import load_settings
from publisher.store import issues
from publisher.theme import open_theme
from publisher.web.routes import site
from tests.editions import rich_edition

NOW = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)

SETTINGS = """
[publication]
title = "Field Notes & Co."
home_url = "https://news.example.org"
tag = "example.org,2026"
sender = "Field Notes <notes@example.org>"
reply_to = "editors@example.org"
postal_address = "Field Notes, 1 Example Street, 28001 Madrid, Spain"
language = "en"

[lists.weekly]
title = "The Weekly"
slots = ["Tue 06:30"]
"""


class MovedClock:
    """A clock that goes only when it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def moves(self, step: timedelta) -> None:
        self.now += step


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom with an issue of three stories public, to be copied."""
    root = tmp_path_factory.mktemp("template")
    (root / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    publisher = open_publisher(load_settings(root), clock=MovedClock(), actor="tester")
    make_public(publisher, rich_edition())
    publisher.close()
    return root


@pytest.fixture
def open_copy(template: Path, tmp_path: Path, clock: MovedClock) -> Iterator[Callable[..., Publisher]]:
    """Open copies of the newsroom, with words of its settings replaced, and close them at the end."""
    opened: list[Publisher] = []

    def open_one(**replaced: str) -> Publisher:
        root = tmp_path / f"newsroom{len(opened)}"
        shutil.copytree(template, root)
        text = (root / "publisher.toml").read_text(encoding="utf-8")
        for key, value in replaced.items():
            line = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
            text = text.replace(line, f'{key} = "{value}"')
        (root / "publisher.toml").write_text(text, encoding="utf-8")
        opened.append(open_publisher(load_settings(root), clock=clock, actor="tester"))
        return opened[-1]

    yield open_one
    for publisher in opened:
        publisher.close()


@pytest.fixture
def publisher(open_copy: Callable[..., Publisher]) -> Publisher:
    return open_copy()


@pytest.fixture
def reader(publisher: Publisher) -> Iterator[TestClient]:
    """A program that fetches, and follows nothing by itself."""
    with TestClient(site(publisher), follow_redirects=False) as client:
        yield client


def make_public(publisher: Publisher, edition: Edition, *, moment: datetime = NOW) -> None:
    """Make an edition public, as publishing does."""
    printed = _printed(edition)
    with publisher.database.begin() as db:
        number = freeze_print(publisher, db, printed)

    def record(db: Connection, _released: object) -> None:
        _note(db, edition.slug, IssueState.PUBLISHED, edition=number, published_at=moment)

    go_public(publisher, lambda db: (prepare(db, number, published_at=moment, number=42),), record)


@cache
def _printed(edition: Edition) -> Print:
    return render(edition, open_theme(None))


def put_into_queue(publisher: Publisher, wait: timedelta) -> None:
    """Queue an issue, for so long from now, with the print of the one that is public."""
    with publisher.database.begin() as db:
        _note(db, "coming", IssueState.QUEUED, edition=1, due_at=publisher.now() + wait)


def _note(db: Connection, slug: str, state: IssueState, **facts: object) -> None:
    issues.add(
        db,
        slug=slug,
        id=slug,
        title=slug,
        state=IssueState.READY,
        reason=None,
        first_seen_at=NOW,
        signature="",
        seen_hash=None,
        asked_for=None,
        lists=(),
    )
    issues.change(db, slug, expected=IssueState.READY, state=state, **facts)
