"""A database that was put back from an older copy: it comes up paused, and mails nobody by itself."""

from __future__ import annotations

import structlog

from publisher.actions.transition import transition
from publisher.app import Publisher
from publisher.model.delivery import MailingState
from publisher.model.hold import HoldReason
from publisher.model.states import IssueState, Verb
from publisher.store import audit, issues, mailings, public
from publisher.store.sending_lock import SendingRight

PAUSED = "the database is an older copy, and what was sent since is not in it; resume or cancel it"
"""Why a mailing does not go on: it may have gone on before the copy was put back."""

_log = structlog.get_logger()


def come_up_paused_if_restored(publisher: Publisher, right: SendingRight) -> bool:
    """Pause every mailing and hold every queued issue if the database has forgotten what was done with it.

    Issues that are ready are held at the next look at the files, as in a new database. Return whether it was.
    """
    with publisher.database.begin() as db:
        steps = public.steps(db)
        if right.seen <= steps:
            return False
        for mailing in mailings.open_mailings(db):
            if mailing.state is MailingState.SENDING:
                mailings.pause(db, mailing.id, PAUSED)
        for record in issues.listed(db):
            if record.state is IssueState.QUEUED:
                transition(publisher, db, record, Verb.HOLD, reason=HoldReason.RESTORED)
        public.forget_first_scan(db)
        public.catch_up_steps(db, right.seen)
        audit.write(
            db,
            at=publisher.now(db),
            actor=publisher.actor,
            verb="recognise",
            subject=publisher.database.name,
            from_state=None,
            to_state=None,
            detail={"steps": steps, "seen": right.seen},
        )
    _log.warning("the database is an older copy; its mailings are paused and its queue is held")
    return True
