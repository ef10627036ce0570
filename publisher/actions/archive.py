"""Archiving: issues become public under their own date and are never mailed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from publisher.actions.check import check_for_approval, print_unchecked
from publisher.actions.going_public import go_public
from publisher.actions.look import look_at, note
from publisher.actions.newsroom import find_issue, find_issues, read
from publisher.actions.printing import freeze_print
from publisher.actions.queue import asked_moment, timetable_of
from publisher.actions.release import Release, prepare
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.issue import Issue
from publisher.model.moments import moment_of, parse_when
from publisher.model.records import IssueRecord
from publisher.model.states import Verb, move
from publisher.store import slots

TOGETHER = 50
"""So many issues become public in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The slugs of issues that were archived, and what could not be done, in words."""

    issues: tuple[str, ...]
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    slug: str
    edition: int
    published_at: datetime


def archive(publisher: Publisher, slugs: Sequence[str], *, checked: bool = True) -> tuple[str, ...]:
    """Put the issues online under their own dates, without mail; return what could not be done, in words.

    An issue that was printed already goes online as printed; others are printed now if the check finds no
    error, or anyway if it need not be `checked`. The date is the file's, else that in its name, else today's,
    and never one to come.
    """
    return archive_each(publisher, slugs, checked=checked).troubles


def archive_each(publisher: Publisher, slugs: Sequence[str], *, checked: bool = True) -> Archived:
    """Do what `archive` does, and return what was done as well."""
    done: list[str] = []
    troubles: list[str] = []
    waiting = iter(dict.fromkeys(slugs))
    while together := tuple(islice(waiting, TOGETHER)):
        chosen = tuple(_choose(publisher, together, troubles, checked=checked))
        if chosen:
            done += _archive(publisher, chosen, troubles)
    return Archived(issues=tuple(done), troubles=tuple(troubles))


def for_readers(publisher: Publisher, slugs: Sequence[str]) -> tuple[str, ...]:
    """Return which of these issues somebody waits for: those for a list, without a date that has passed.

    Issues that were moved here from elsewhere have such a date, and had their readers there.
    """
    with publisher.database.read() as db:
        records = [known(db, slug) for slug in slugs]
    now = publisher.now()
    dates = ((record, _date(publisher, record)) for record in records if record.lists)
    return tuple(record.slug for record, date in dates if date is None or date >= now)


def archive_files(
    publisher: Publisher, is_public: Callable[[Issue, datetime | None], bool]
) -> tuple[str, ...]:
    """Archive every issue whose files are public by that rule, asked with the issue and its date.

    For a database that knows no facts yet. Returns what could not be done, in words.
    """
    troubles, chosen = [], []
    for found in find_issues(publisher.settings):
        try:
            issue, signature = read(publisher.settings, found)
            record = note(publisher, issue, found.slug, signature=signature, heap=False)
        except PublisherError as error:
            troubles.append(str(error))
        else:
            if is_public(issue, asked_moment(publisher, record)):
                chosen.append(found.slug)
    return (*troubles, *archive(publisher, chosen, checked=False))


def _choose(
    publisher: Publisher, slugs: Sequence[str], troubles: list[str], *, checked: bool
) -> Iterator[_Chosen]:
    """Yield the issues that can be archived, printed; put the others' troubles into `troubles`."""
    for slug in slugs:
        try:
            record = look_at(publisher, slug)
            move(record.slug, record.state, Verb.ARCHIVE)
            edition = record.edition or _print(publisher, record.slug, checked=checked)
        except PublisherError as error:
            troubles.append(str(error))
        else:
            yield _Chosen(slug=record.slug, edition=edition, published_at=_own_date(publisher, record))


def _print(publisher: Publisher, slug: str, *, checked: bool) -> int:
    if checked:
        printed = check_for_approval(publisher, slug).to_print(warnings_block=False)
    else:
        printed = print_unchecked(publisher, slug)
    with publisher.database.begin() as db:
        return freeze_print(publisher, db, slug, printed)


def _archive(publisher: Publisher, chosen: Sequence[_Chosen], troubles: list[str]) -> list[str]:
    """Make the issues public together; if something is in the way of one of them, one by one.

    Returns the slugs of those that are.
    """
    try:
        _go_public(publisher, chosen)
    except PublisherError as error:
        if len(chosen) == 1:
            troubles.append(str(error))
            return []
        return [slug for each in chosen for slug in _archive(publisher, (each,), troubles)]
    return [each.slug for each in chosen]


def _go_public(publisher: Publisher, chosen: Sequence[_Chosen]) -> None:
    def releases(db: Connection) -> tuple[Release, ...]:
        return tuple(
            prepare(db, each.edition, published_at=each.published_at, number=None) for each in chosen
        )

    def record(db: Connection, released: Sequence[Release]) -> None:
        for release in released:
            slug = release.edition.issue
            slots.free(db, slug)
            transition(
                publisher,
                db,
                known(db, slug),
                Verb.ARCHIVE,
                edition=release.edition.id,
                due_at=None,
                number=release.number,
                published_at=release.published_at,
                seen_hash=release.edition.content_hash,
            )

    go_public(publisher, releases, record)


def _own_date(publisher: Publisher, record: IssueRecord) -> datetime:
    now = publisher.now()
    return min(_date(publisher, record) or now, now)


def _date(publisher: Publisher, record: IssueRecord) -> datetime | None:
    """Return the date of an issue's file, else that in its name."""
    found = find_issue(publisher.settings, record.slug)
    for text in (record.asked_for, found.path.name[:10] if found else None):
        with contextlib.suppress(ValueError):
            return moment_of(parse_when(text or ""), timetable_of(publisher, record))
    return None
