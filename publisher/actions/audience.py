"""Whom an issue goes to: the readers of its lists, narrowed by its segment and by the topics they chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from publisher.app import Publisher
from publisher.model.audience import Selection, selection
from publisher.model.edition import Edition
from publisher.model.issue import Issue
from publisher.model.records import AuditRow, EditionRecord, IssueRecord
from publisher.model.segment import FilterError, written_out
from publisher.model.states import Verb
from publisher.settings import Settings
from publisher.store import audit, editions, mailings

_APPROVALS = (Verb.APPROVE, Verb.REPRINT)
"""The steps at which an audience is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """How many readers an issue goes to, of which lists, and the filter that chooses among them.

    So many more would get it, had they not chosen `other_topics`.
    """

    lists: tuple[str, ...]
    segment: str | None
    readers: int
    other_topics: int = 0


def chosen_by(edition: Edition | EditionRecord) -> Selection:
    """Return whom of the readers of its lists a printed issue is for.

    Raises:
        FilterError: its segment cannot be read; no issue with such a one is approved.
    """
    return selection(edition.segment, edition.tags, zone=edition.masthead.timezone)


def chosen_in(settings: Settings, issue: Issue) -> Selection:
    """Return the same of an issue as it is written; a segment that cannot be read counts as left out."""
    tags = (*issue.tags, *(tag for story in issue.stories for tag in story.tags))
    zone = settings.publication.timezone
    try:
        return selection(written_out(issue.segment, settings.segments), tags, zone=zone)
    except FilterError:
        return selection(None, tags, zone=zone)


def audience_of(db: Connection, edition: Edition | EditionRecord) -> Audience:
    """Count whom a printed issue would go to now.

    Raises:
        FilterError: its segment cannot be read.
    """
    chosen = chosen_by(edition)
    readers = mailings.audience_of(db, edition.lists, chosen)
    all_ = mailings.audience_of(db, edition.lists, chosen.whatever_topics()) if chosen.topics else readers
    return Audience(
        lists=edition.lists, segment=edition.segment, readers=readers, other_topics=all_ - readers
    )


def audience_when_approved(publisher: Publisher, record: IssueRecord) -> Audience | None:
    """Return whom an issue was counted to go to when it was approved; None if nobody has approved it."""
    with publisher.database.read() as db:
        return when_approved(db, [record]).get(record.slug)


def when_approved(db: Connection, records: Iterable[IssueRecord]) -> dict[str, Audience]:
    """Return the audiences of printed issues as they were counted when they were approved, by slug.

    Nobody is counted again, so that a million readers take no time.
    """
    prints = {each.slug: each.edition for each in records if each.edition is not None}
    found = editions.addressed(db, prints.values())
    rows = audit.latest(db, prints, verbs=_APPROVALS)
    return {
        slug: Audience(
            lists=found[number].lists,
            segment=found[number].segment,
            readers=readers,
            other_topics=_counted(rows, slug, "other_topics") or 0,
        )
        for slug, number in prints.items()
        if number in found and (readers := _counted(rows, slug, "audience")) is not None
    }


def _counted(rows: Mapping[str, AuditRow], slug: str, what: str) -> int | None:
    said = rows[slug].detail.get(what) if slug in rows else None
    return said if isinstance(said, int) else None
