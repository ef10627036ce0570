"""Newsrooms for tests: settings, issues, a database, and a clock that a test moves by hand."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.deliver import Sender
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now, sender_for
from publisher.actions.subscribe import add, add_from_file, everybody
from publisher.app import Clock, Publisher, open_publisher
from publisher.delivery import tokens
from publisher.model.records import AuditRow, IssueRecord, MailingRecord
from publisher.model.states import IssueState
from publisher.model.subscriber import SuppressionReason
from publisher.settings_file import load_settings
from publisher.store import audit, issues, keys, mailings, public, subscribers
from tests.sites import theme

PATIENCE = 30.0
"""Seconds after which a test has waited too long."""

READER = "ada@example.net"
MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
"""The moment at which every test begins; the slots after it are at 06:30 in Madrid:"""
TUESDAY = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)
THURSDAY = TUESDAY + timedelta(days=2)
NEXT_TUESDAY = TUESDAY + timedelta(days=7)

SETTINGS = """\
[publication]
title = "Heat"
home_url = "https://news.example.net"
tag = "example.net,2026"
timezone = "Europe/Madrid"
sender = "Heat <heat@example.net>"
postal_address = "1 Street, 12345 Town"

[lists.weekly]
title = "The Weekly"
slots = ["Tue 06:30", "Thu 06:30"]

[lists.extra]
"""

SHORTEST_SUBJECT = 10
"""Columns of which the check says nothing."""

REQUIRED = '[publishing]\napproval = "required"\n'
"""Settings with which somebody has to approve."""

STORY = """\
---
id: {id}
title: "{title}"
status: {status}
link: https://example.net/{slug}
source: Example Review
{more}---

A lead that says what happened to {title}.

## Key Takeaways

- **First point:** it grew.
- **Second point:** it will go on.
- **Third point:** nobody had thought so.

## Deep Analysis

The reasons are many, and this paragraph names one of them.
"""


@dataclass(slots=True)
class HandClock:
    """A clock that stands until a test moves it."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def passes(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass(slots=True)
class Newsroom:
    """A folder with `publisher.toml`, `issues/` and an open publisher."""

    root: Path
    clock: HandClock = field(default_factory=HandClock)

    @property
    def issues(self) -> Path:
        return self.root / "issues"

    def sets(self, settings: str = "", *, instead: tuple[str, str] | None = None) -> None:
        """Write `publisher.toml`: the usual settings, with these lines after them, with one text replaced."""
        text = SETTINGS + settings
        (self.root / "publisher.toml").write_text(text.replace(*instead) if instead else text)

    def writes(
        self, slug: str, *, title: str = "A quiet machine", status: str = "ready", **fields: str
    ) -> Path:
        """Save a single-file issue that passes the check, with further fields.

        A title that is too short for a subject gets one.
        """
        if len(title) < SHORTEST_SUBJECT:
            fields = {"subject": f"What is new in {title}"} | fields
        values = {"id": f"0d0f4a0e-2b0b-4d7e-8e0f-{crc32(slug.encode()):012d}"} | fields
        text = STORY.format(
            id=values.pop("id"),
            title=title,
            status=status,
            slug=slug,
            more="".join(f"{key}: {value}\n" for key, value in values.items()),
        )
        return self.saves(f"{slug}.md", text)

    def saves(self, name: str, text: str) -> Path:
        """Save a file below `issues/`."""
        path = self.issues / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edits(self, slug: str, before: str, after: str) -> None:
        """Replace a text in a single-file issue."""
        path = self.issues / f"{slug}.md"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    @contextmanager
    def opened(self, *, clock: Clock | None = None, actor: str = "ann") -> Iterator[Publisher]:
        """Open the newsroom, as a program of its own would; only the templates are compiled once for all."""
        publisher = open_publisher(load_settings(self.root), clock=clock or self.clock, actor=actor)
        try:
            yield replace(publisher, theme=theme())
        finally:
            publisher.close()


def newsroom_in(root: Path, template: Path) -> Newsroom:
    """Return a newsroom with one reader and no issues; its database, made of `template`, has seen that."""
    shutil.copytree(_with_a_reader(template), root, dirs_exist_ok=True)
    return Newsroom(root)


@cache
def _with_a_reader(template: Path) -> Path:
    """Make the newsroom of which all others are copies, once for each process."""
    root = template.with_name("with-a-reader")
    newsroom = Newsroom(root)
    (root / "issues").mkdir(parents=True)
    (root / "var").mkdir()
    shutil.copyfile(template, root / "var" / "publisher.db")
    newsroom.sets()
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)
    return root


def record_of(publisher: Publisher, slug: str) -> IssueRecord:
    """Return the facts of an issue that must be known."""
    with publisher.database.read() as db:
        record = issues.find(db, slug)
    assert record is not None
    return record


def state_of(publisher: Publisher, slug: str) -> IssueState:
    """Return the state of an issue that must be known."""
    return record_of(publisher, slug).state


def mailing_of(publisher: Publisher, slug: str) -> MailingRecord:
    """Return the mailing that an issue must have."""
    with publisher.database.read() as db:
        mailing = mailings.of_issue(db, slug)
    assert mailing is not None
    return mailing


def history_of(publisher: Publisher, slug: str) -> list[AuditRow]:
    """Return the audit of an issue, oldest first."""
    with publisher.database.read() as db:
        return audit.listed(db, subject=slug)[::-1]


def verbs_of(publisher: Publisher, slug: str) -> list[str]:
    """Return what was done to an issue, in order."""
    return [row.verb for row in history_of(publisher, slug)]


def served(publisher: Publisher) -> dict[str, str]:
    """Return every path that is public, with its ETag."""
    with publisher.database.read() as db:
        return public.index(db)


def token_of(publisher: Publisher, address: str, name: str = "weekly") -> str:
    """Return what the unsubscribe link in a mail to that reader says."""
    public_id = next(each.public_id for each in everybody(publisher) if each.address == address)
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    return tokens.make(secret, kid=str(kid), public_id=public_id, list=name)


def suppress(publisher: Publisher, address: str) -> None:
    """Note that the owner of an address has complained."""
    with publisher.database.begin() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), address)
        subscribers.suppress(db, address_hash=hashed, reason=SuppressionReason.COMPLAINT, now=MONDAY)


def relay_at(port: int, *, more: str = "") -> str:
    """Return settings that deliver over SMTP to this machine; `more` stands under [delivery]."""
    relay = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
    return f'[delivery]\ntransport = "smtp"\n{more}\n{relay}'


def published_to(publisher: Publisher, slug: str, *, readers: int) -> MailingRecord:
    """Publish the issue to so many readers, r1, r2, … beside the one that is there."""
    add_from_file(
        publisher, "\n".join(f"r{number}@example.net" for number in range(1, readers)), path="r.txt"
    )
    mailing = publish_now(publisher, slug)
    assert mailing is not None
    assert mailing.audience == readers
    return mailing


def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened, but not for ever."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.01)


def deliver(publisher: Publisher) -> Sender:
    """Send everything that can be sent now, and return the sender that did."""
    sender = sender_for(publisher, until_idle=True)
    assert sender is not None
    deadline = time.monotonic() + PATIENCE
    while sender.is_alive:
        assert time.monotonic() < deadline, "the sender does not come to an end"
        time.sleep(0.01)
    sender.close()
    assert sender.failure is None
    return sender
