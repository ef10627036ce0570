"""A small newsroom of the tests' own, and how its issues become public without files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from publisher.actions.going_public import go_public
from publisher.actions.printing import Print, freeze_print, render
from publisher.actions.release import prepare
from publisher.app import Publisher
from publisher.model.edition import Edition
from publisher.model.states import IssueState
from publisher.store import issues
from publisher.theme import open_theme

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


def make_public(publisher: Publisher, edition: Edition, *, moment: datetime = NOW) -> None:
    """Make an edition public, as publishing does."""
    printed = _printed(edition)
    with publisher.database.begin() as db:
        number = freeze_print(publisher, db, edition.slug, printed)

    def record(db: Connection, _released: object) -> None:
        _note(db, edition.slug, IssueState.PUBLISHED, edition=number, published_at=moment)

    go_public(publisher, lambda db: (prepare(db, number, published_at=moment, number=42),), record)


@cache
def _printed(edition: Edition) -> Print:
    return render(edition, open_theme(None))


def put_into_queue(publisher: Publisher, edition: Edition, wait: timedelta) -> None:
    """Print an edition and queue it, for so long from now."""
    printed = _printed(edition)
    with publisher.database.begin() as db:
        number = freeze_print(publisher, db, edition.slug, printed)
        _note(db, edition.slug, IssueState.QUEUED, edition=number, due_at=publisher.now() + wait)


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
