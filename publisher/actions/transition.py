"""Moving an issue from one state to the next: table, compare-and-set and audit row in one place."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.actions.notify import issue_held
from publisher.app import Publisher
from publisher.errors import NotFoundError, TransitionError
from publisher.model.records import IssueRecord
from publisher.model.states import IssueState, Verb, move
from publisher.store import audit, issues, slots

_BEFORE_PRINTING = (IssueState.DRAFT, IssueState.READY)
_NOTHING_PRINTED: dict[str, object] = {
    "edition": None,
    "approved_hash": None,
    "approved_by": None,
    "approved_at": None,
    "due_at": None,
}
"""What an issue loses that goes back before printing: no print, no approval and no moment outlive an edit."""


def transition(
    publisher: Publisher,
    db: Connection,
    record: IssueRecord,
    verb: Verb,
    *,
    detail: dict[str, object] | None = None,
    **facts: object,
) -> IssueRecord:
    """Do `verb` to the issue and return it as it is afterwards. `facts` are columns that change with it.

    Editors are told of an issue that is held.

    Raises:
        TransitionError: the table has no such move, or somebody else was faster.
    """
    state = move(record.slug, record.state, verb)
    if state in _BEFORE_PRINTING:
        slots.free(db, record.slug)
        facts = _NOTHING_PRINTED | facts
    if not issues.change(db, record.slug, expected=record.state, state=state, **facts):
        raise TransitionError(
            f"issue '{record.slug}' has changed meanwhile", fix="look at `publisher status` and try again"
        )
    audit.write(
        db,
        at=publisher.now(db),
        actor=publisher.actor,
        verb=verb.value,
        subject=record.slug,
        from_state=record.state.value,
        to_state=state.value,
        detail=detail or {},
    )
    after = known(db, record.slug)
    if state is IssueState.HELD:
        issue_held(publisher, db, after)
    return after


def known(db: Connection, slug: str) -> IssueRecord:
    """Return the facts of issue `slug`.

    Raises:
        NotFoundError: the database does not know it.
    """
    record = issues.find(db, slug)
    if record is None:
        raise NotFoundError(
            f"there is no issue '{slug}'",
            fix="`publisher status` lists the issues; a file needs a slug of its own",
        )
    return record
