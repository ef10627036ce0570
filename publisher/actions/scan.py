"""Discovery: every issue whose files are new or changed is looked at, and what it asks for is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.actions.archive import archive
from publisher.actions.look import explain_ready, note
from publisher.actions.newsroom import Found, find_issues, has_changed, read, settled
from publisher.actions.printing import POLICY
from publisher.actions.queue import Place, asked_moment, queue
from publisher.app import Publisher
from publisher.errors import ContentError, PublisherError
from publisher.model.hold import UNQUEUED
from publisher.model.issue import Intent, Issue
from publisher.model.records import IssueRecord
from publisher.model.states import TRANSITIONS, IssueState, Verb
from publisher.store import issues, public

HEAP = 10
"""More new ready issues than this in one scan are a heap: somebody copied them, nobody wrote them now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan met: slugs that it looked at, what it has queued, and what it could not do, in words."""

    seen: tuple[str, ...] = ()
    queued: tuple[IssueRecord, ...] = ()
    troubles: tuple[str, ...] = ()


def scan(publisher: Publisher, *, patient: bool = True) -> Scan:
    """Look at every issue whose files have changed since the last scan, and do what they ask for.

    A `patient` scan leaves files alone that moved within the last seconds. Broken files are told and change
    nothing; neither do vanished ones. Nothing that comes in a heap is ever queued.
    """
    settings = publisher.settings
    with publisher.database.read() as db:
        known, first = issues.signatures(db), public.first_scan_at(db) is None
    changed = [found for found in find_issues(settings) if has_changed(settings, found, known)]
    ready = [found for found in changed if not patient or settled(found, publisher.clock())]
    readings, troubles = _read_all(publisher, ready)
    with publisher.database.read() as db:
        before = {each.slug: issues.find(db, each.slug) for each in readings}
    new = [each for each in readings if before[each.slug] is None and each.issue.status is Intent.READY]
    noted = []
    for each in readings:
        try:
            heap = first or len(new) > HEAP
            record = note(publisher, each.issue, each.slug, signature=each.signature, heap=heap)
        except PublisherError as error:
            troubles.append(str(error))
        else:
            noted.append((record, each.issue))
    if first and len(ready) == len(changed):
        with publisher.database.begin() as db:
            public.note_first_scan(db, publisher.now())
    queued, refused = _fulfil(publisher, noted, before)
    return Scan(
        seen=tuple(each.slug for each in readings), queued=tuple(queued), troubles=(*troubles, *refused)
    )


def queue_waiting(publisher: Publisher) -> tuple[str, ...]:
    """Queue every ready issue that may be queued and is not yet; return what could not be done, in words.

    A server does this when it starts: a check that failed may pass by now, a slot may have come.
    """
    with publisher.database.read() as db:
        records = issues.listed(db)
    waiting = [record for record in records if record.reason != UNQUEUED and _is_ready(publisher, record)]
    return tuple(_queue(publisher, waiting)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    slug: str
    issue: Issue
    signature: str


def _read_all(publisher: Publisher, found: list[Found]) -> tuple[list[_Read], list[str]]:
    readings, troubles = [], []
    for each in found:
        try:
            issue, signature = read(publisher.settings, each)
        except ContentError as error:
            troubles.append(str(error))
        else:
            readings.append(_Read(slug=each.slug, issue=issue, signature=signature))
    return readings, troubles


def _fulfil(
    publisher: Publisher,
    noted: list[tuple[IssueRecord, Issue]],
    before: Mapping[str, IssueRecord | None],
) -> tuple[list[IssueRecord], list[str]]:
    """Do what changed files ask for: to be archived, to be queued, to be moved to another date.

    Returns what was queued, and what could not be done, in words.
    """
    old = [record for record, issue in noted if issue.status is Intent.ARCHIVED]
    new = [record for record, issue in noted if issue.status is Intent.READY]
    troubles = archive(
        publisher, [record.slug for record in old if (record.state, Verb.ARCHIVE) in TRANSITIONS]
    )
    wanting = [
        record
        for record in new
        if _waits(publisher, record) or _has_moved(publisher, record, before[record.slug])
    ]
    queued, refused = _queue(publisher, wanting)
    return queued, [*troubles, *refused]


def _queue(publisher: Publisher, records: list[IssueRecord]) -> tuple[list[IssueRecord], list[str]]:
    queued, troubles = [], []
    for record in records:
        try:
            queued.append(queue(publisher, record.slug, Place()))
        except PublisherError as error:
            troubles.append(f"{record.slug} is not queued: {error}")
            explain_ready(publisher, record, f"not queued: {error.what}")
    return queued, troubles


def _waits(publisher: Publisher, record: IssueRecord) -> bool:
    """Return whether an issue may be queued without anybody asking, and is not."""
    return _is_ready(publisher, record) and record.reason is None


def _is_ready(publisher: Publisher, record: IssueRecord) -> bool:
    """Return whether an issue only lacks a moment: the policy approves it, or has done so."""
    by_policy = record.state is IssueState.APPROVED and record.approved_by == POLICY
    return publisher.settings.publishing.approval == "none" and (
        record.state is IssueState.READY or by_policy
    )


def _has_moved(publisher: Publisher, record: IssueRecord, before: IssueRecord | None) -> bool:
    """Return whether a queued issue's file asks for another date than it did, and than the one it has."""
    if record.state is not IssueState.QUEUED or before is None or before.asked_for == record.asked_for:
        return False
    asked = asked_moment(publisher, record)
    return asked is not None and asked != record.due_at
