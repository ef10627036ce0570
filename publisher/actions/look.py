"""Looking at one issue's files: what they say is noted, and what has to follow at once follows."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from publisher.actions.check import check_for_approval
from publisher.actions.difference import difference
from publisher.actions.newsroom import find_issue, read
from publisher.actions.notify import issue_held
from publisher.actions.printing import POLICY, freeze, press_again, press_issue
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import ContentError
from publisher.model.hold import CHANGED, UNQUEUED, HoldReason
from publisher.model.issue import Intent, Issue
from publisher.model.moments import moment_of
from publisher.model.records import IssueRecord
from publisher.model.states import IssueState, Verb
from publisher.store import editions, issues, slots

_FIRST_STATE = {
    Intent.DRAFT: IssueState.DRAFT,
    Intent.READY: IssueState.READY,
    Intent.ARCHIVED: IssueState.DRAFT,
}
_CHECKED_STATES = (IssueState.APPROVED, IssueState.QUEUED)
_PUBLIC_STATES = (IssueState.PUBLISHED, IssueState.ARCHIVED)
_UNSETTLED = "unsettled"
"""The signature of files whose change has been seen, but not yet followed."""


def look_at(publisher: Publisher, name: str) -> IssueRecord:
    """Read the files of the issue of that slug or path now, and return its facts after that.

    An issue whose files have vanished keeps its facts.

    Raises:
        NotFoundError: there are neither files nor facts.
        ContentError: the files cannot be understood; the facts stay as they are.
    """
    found = find_issue(publisher.settings, name)
    if found is None:
        with publisher.database.read() as db:
            return known(db, name)
    issue, signature = read(publisher.settings, found)
    return note(publisher, issue, found.slug, signature=signature, heap=False)


def note(publisher: Publisher, issue: Issue, slug: str, *, signature: str, heap: bool) -> IssueRecord:
    """Note what an issue's files, of that signature, say; do what has to follow at once.

    `heap` says that it was found together with others that nobody has named. The signature is noted last, so
    what could not follow, because of an error or a crash, is tried again by the next look.
    """
    with publisher.database.begin() as db:
        record = issues.find(db, slug)
        if record is None:
            return _first_sight(publisher, db, issue, slug, signature=signature, heap=heap)
        if record.signature == signature:
            return record
        record = _note_files(publisher, db, record, issue, signature=_UNSETTLED, asked=record.asked_for)
    follow = _FOLLOWS.get(record.state)
    if follow:
        follow(publisher, record, issue)
    with publisher.database.begin() as db:
        asked = asked_for(publisher, issue)
        return _note_files(publisher, db, known(db, slug), issue, signature=signature, asked=asked)


def _note_files(  # noqa: PLR0913 - what there is to know
    publisher: Publisher,
    db: Connection,
    record: IssueRecord,
    issue: Issue,
    *,
    signature: str,
    asked: str | None,
) -> IssueRecord:
    issues.note_files(
        db,
        record.slug,
        signature=signature,
        seen_hash=_seen_hash(publisher, db, record, issue),
        title=issue.title,
        id=issue.id,
        asked_for=asked,
        lists=_lists(publisher, issue),
    )
    return known(db, record.slug)


def explain_ready(publisher: Publisher, record: IssueRecord, reason: str | None) -> IssueRecord:
    """Note why an issue that might be queued is not, or that nothing is known to be in its way."""
    with publisher.database.begin() as db:
        state = known(db, record.slug).state
        if state in (IssueState.READY, IssueState.APPROVED):
            issues.change(db, record.slug, expected=state, state=state, reason=reason)
        return known(db, record.slug)


def asked_for(publisher: Publisher, issue: Issue) -> str | None:
    """Return the date that an issue's file asks for as ISO 8601, in UTC if it names its own time zone."""
    if issue.when is None:
        return None
    if issue.timezone is None:
        return issue.when.isoformat()
    timetable = publisher.settings.timetable(_lists(publisher, issue, or_default=True)[0])
    return moment_of(issue.when, timetable, zone=issue.timezone).isoformat()


def _first_sight(  # noqa: PLR0913 - what there is to know
    publisher: Publisher, db: Connection, issue: Issue, slug: str, *, signature: str, heap: bool
) -> IssueRecord:
    state, reason = _FIRST_STATE[issue.status], None
    asked = asked_for(publisher, issue)
    if state is IssueState.READY and heap:
        state, reason = IssueState.HELD, HoldReason.HEAP
    elif state is IssueState.READY and _is_past(publisher, issue):
        state, reason = IssueState.HELD, HoldReason.PAST
    issues.add(
        db,
        slug=slug,
        id=issue.id,
        title=issue.title,
        state=state,
        reason=reason,
        first_seen_at=publisher.now(db),
        signature=signature,
        seen_hash=None,
        asked_for=asked,
        lists=_lists(publisher, issue),
    )
    record = known(db, slug)
    if state is IssueState.HELD:
        issue_held(publisher, db, record)
    return record


def _draft_changed(publisher: Publisher, record: IssueRecord, issue: Issue) -> IssueRecord:
    return _step(publisher, record, Verb.READY) if issue.status is Intent.READY else record


def _ready_changed(publisher: Publisher, record: IssueRecord, issue: Issue) -> IssueRecord:
    if issue.status is Intent.DRAFT:
        return _step(publisher, record, Verb.DRAFT)
    if record.reason in (None, UNQUEUED) or publisher.settings.publishing.approval == "required":
        return record
    return explain_ready(publisher, record, None)


def _approved_changed(publisher: Publisher, record: IssueRecord, issue: Issue) -> IssueRecord:
    if issue.status is Intent.DRAFT or record.seen_hash == record.approved_hash:
        return _ready_changed(publisher, record, issue)
    return _step(publisher, record, Verb.EDIT, reason=_why_ready_again(publisher, record))


def _why_ready_again(publisher: Publisher, record: IssueRecord) -> str | None:
    """Return what keeps an approved issue that was edited from going out; None if nothing does."""
    if record.reason == UNQUEUED:
        return UNQUEUED
    is_waiting = publisher.settings.publishing.approval == "required"
    return CHANGED.format(by=record.approved_by) if is_waiting else None


def _queued_changed(publisher: Publisher, record: IssueRecord, issue: Issue) -> IssueRecord:
    """Reprint a queued issue that was edited, or hold it, as the policy says."""
    if issue.status is Intent.DRAFT:
        return _back_to_draft(publisher, record)
    is_same = record.seen_hash == record.approved_hash
    publishing = publisher.settings.publishing
    late = record.due_at is not None and record.due_at - publisher.now() < publishing.freeze
    if not is_same and (publishing.approval == "required" or late):
        return _hold(publisher, record, HoldReason.EDITED, difference(publisher, record, issue))
    checked = check_for_approval(publisher, record.slug)
    if blocking := checked.blocking(warnings_block=not is_same):
        return _hold(publisher, record, HoldReason.UNPRINTABLE, [str(each) for each in blocking])
    if is_same:
        return record
    printed, allowed = checked.to_print(), checked.acknowledged()
    with publisher.database.begin() as db:
        record = known(db, record.slug)
        return freeze(publisher, db, record, Verb.REPRINT, printed, by=POLICY, allow=allowed)


def _back_to_draft(publisher: Publisher, record: IssueRecord, _issue: Issue | None = None) -> IssueRecord:
    with publisher.database.begin() as db:
        slots.free(db, record.slug)
        return transition(publisher, db, known(db, record.slug), Verb.DRAFT, due_at=None)


def _held_changed(publisher: Publisher, record: IssueRecord, issue: Issue) -> IssueRecord:
    """Give up the moment of a held issue whose file now asks for another one; a release takes that."""
    if issue.status is Intent.DRAFT:
        return _back_to_draft(publisher, record)
    if asked_for(publisher, issue) == record.asked_for:
        return record
    with publisher.database.begin() as db:
        slots.free(db, record.slug)
        held = IssueState.HELD
        issues.change(db, record.slug, expected=held, state=held, reason=record.reason, due_at=None)
        return known(db, record.slug)


def _step(publisher: Publisher, record: IssueRecord, verb: Verb, *, reason: str | None = None) -> IssueRecord:
    with publisher.database.begin() as db:
        return transition(publisher, db, known(db, record.slug), verb, reason=reason)


def _hold(publisher: Publisher, record: IssueRecord, reason: HoldReason, lines: list[str]) -> IssueRecord:
    with publisher.database.begin() as db:
        return transition(
            publisher, db, known(db, record.slug), Verb.HOLD, detail={"difference": lines}, reason=reason
        )


def _seen_hash(publisher: Publisher, db: Connection, record: IssueRecord, issue: Issue) -> str | None:
    """Return the hash of what the files say, where it matters whether it is the same as what was printed.

    What is public is compared as its own edition speaks.
    """
    if record.state in _CHECKED_STATES:
        return _hash(publisher, issue)
    edition = editions.find(db, record.edition) if record.edition and record.state in _PUBLIC_STATES else None
    if edition is None:
        return record.seen_hash
    try:
        return press_again(issue, edition).content_hash
    except ContentError:
        return None


def _hash(publisher: Publisher, issue: Issue) -> str | None:
    try:
        return press_issue(publisher.settings, issue).content_hash
    except ContentError:
        return None


def _is_past(publisher: Publisher, issue: Issue) -> bool:
    if issue.when is None:
        return False
    timetable = publisher.settings.timetable(_lists(publisher, issue, or_default=True)[0])
    return moment_of(issue.when, timetable, zone=issue.timezone) < publisher.now()


def _lists(publisher: Publisher, issue: Issue, *, or_default: bool = False) -> tuple[str, ...]:
    """Return the lists of an issue; with `or_default` never none, because a timetable is wanted."""
    lists = publisher.settings.default_lists if issue.lists is None else issue.lists
    return lists or (publisher.settings.default_lists if or_default else ())


_FOLLOWS: dict[IssueState, Callable[[Publisher, IssueRecord, Issue], IssueRecord]] = {
    IssueState.DRAFT: _draft_changed,
    IssueState.READY: _ready_changed,
    IssueState.APPROVED: _approved_changed,
    IssueState.QUEUED: _queued_changed,
    IssueState.HELD: _held_changed,
}
"""What a changed file does to an issue in each state; public issues are changed only by `correct`."""
