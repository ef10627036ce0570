"""Approving: somebody, or the policy, answers for exactly what will go out."""

from __future__ import annotations

from collections.abc import Collection

from publisher.actions.check import check_for_approval
from publisher.actions.look import look_at
from publisher.actions.printing import freeze
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.model.hold import undecided
from publisher.model.records import IssueRecord
from publisher.model.states import Verb, move


def approve(
    publisher: Publisher, slug: str, *, allow: Collection[str] = (), by: str | None = None
) -> IssueRecord:
    """Print the issue, freeze the print, and let the approval stand for its content hash.

    `allow` acknowledges warnings by code, beside those that the files allow; the audit keeps which. `by` is
    the acting editor unless given.

    Raises:
        NotFoundError: there is no such issue.
        TransitionError: the issue is not ready.
        CheckFailedError: the check finds something that blocks.
    """
    record = look_at(publisher, slug)
    if not undecided(record):
        move(record.slug, record.state, Verb.APPROVE)
    checked = check_for_approval(publisher, record.slug)
    printed, allowed = checked.to_print(allow), checked.acknowledged(allow)
    with publisher.database.begin() as db:
        record = known(db, record.slug)
        if undecided(record):
            record = transition(publisher, db, record, Verb.REPRINT)
        return freeze(publisher, db, record, Verb.APPROVE, printed, by=by, allow=allowed)
