"""Holding an issue back, and letting it go again."""

from __future__ import annotations

from publisher.actions.check import check_for_approval
from publisher.actions.look import look_at
from publisher.actions.printing import POLICY, freeze
from publisher.actions.queue import requeue
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.issue import Intent
from publisher.model.records import IssueRecord
from publisher.model.states import IssueState, Verb, move
from publisher.store import issues, slots


def hold(publisher: Publisher, slug: str, *, reason: str) -> IssueRecord:
    """Hold the issue back; its slot passes empty and the others keep theirs.

    Raises:
        TransitionError: it is public already.
        PublisherError: no reason is given.
    """
    if not reason.strip():
        raise PublisherError("a hold needs a reason that others understand", fix="write --reason TEXT")
    with publisher.database.begin() as db:
        return transition(publisher, db, known(db, slug), Verb.HOLD, reason=reason.strip())


def release(publisher: Publisher, slug: str, *, reprint: bool = False) -> IssueRecord:
    """Queue a held issue again, as it was printed, or printed anew.

    It goes back to its own moment if that is still to come, else to the next free slot. One that was never
    printed is printed now. Where somebody has to approve, one printed anew becomes ready, without a moment.

    Raises:
        TransitionError: it is not held, its file is a draft, or there is no slot for it.
        CheckFailedError: it has to be printed and the check finds something that blocks.
    """
    record = look_at(publisher, slug)
    move(record.slug, record.state, Verb.RELEASE)
    if record.edition is not None and not reprint:
        with publisher.database.begin() as db:
            return requeue(publisher, db, known(db, record.slug), Verb.RELEASE)
    checked = check_for_approval(publisher, record.slug)
    if checked.issue is not None and checked.issue.status is Intent.DRAFT:
        raise TransitionError(
            f"issue '{record.slug}' is a draft", fix="set `status: ready` in its file first"
        )
    if publisher.settings.publishing.approval == "required":
        with publisher.database.begin() as db:
            slots.free(db, record.slug)
            return transition(publisher, db, known(db, record.slug), Verb.REPRINT, due_at=None)
    printed, allowed = checked.to_print(), checked.acknowledged()
    with publisher.database.begin() as db:
        record = transition(publisher, db, known(db, record.slug), Verb.REPRINT, due_at=record.due_at)
        record = freeze(publisher, db, record, Verb.APPROVE, printed, by=POLICY, allow=allowed)
        return requeue(publisher, db, record, Verb.QUEUE)


def held(publisher: Publisher) -> list[str]:
    """Return the slugs of all held issues."""
    with publisher.database.read() as db:
        return [record.slug for record in issues.listed(db) if record.state is IssueState.HELD]
