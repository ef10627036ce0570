"""Steering a mailing on its way: pausing, going on, ending it, and deciding about what is uncertain."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from publisher.actions.transition import known
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.delivery import MailingState
from publisher.model.records import MailingRecord
from publisher.store import audit, deliveries, mailings

_INSTEAD: dict[MailingState, str] = {
    MailingState.SENDING: "it goes on by itself while `publisher serve` runs",
    MailingState.PAUSED: "`publisher resume ISSUE` goes on with it, `publisher cancel ISSUE` ends it",
    MailingState.SENT: "an issue is mailed once",
    MailingState.CANCELLED: "a cancelled mailing stays cancelled",
}


def pause(publisher: Publisher, slug: str, *, reason: str) -> MailingRecord:
    """Hand out no more messages of the issue's mailing; what is on its way is still recorded.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is not being sent.
        PublisherError: no reason is given.
    """
    words = reason.strip()
    if not words:
        raise PublisherError("a pause needs a reason that others understand", fix="write --reason TEXT")
    return _move(publisher, slug, "pause", lambda db, id_: mailings.pause(db, id_, words), reason=words)


def resume(publisher: Publisher, slug: str) -> MailingRecord:
    """Go on with the issue's mailing where it stopped, also with what was parked after many interruptions.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is sent or cancelled.
    """
    return _move(publisher, slug, "resume", mailings.resume)


def cancel(publisher: Publisher, slug: str) -> MailingRecord:
    """Send nothing more of the issue's mailing, for good; the issue stays public.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is sent or cancelled already.
    """
    return _move(publisher, slug, "cancel", mailings.cancel)


def end(publisher: Publisher, db: Connection, mailing: MailingRecord, *, because: str) -> None:
    """Cancel a mailing that is on its way, in the transaction of something else, which is the reason.

    Raises:
        TransitionError: it is not on its way any more.
    """
    if not mailings.cancel(db, mailing.id):
        raise TransitionError(f"the mailing of '{mailing.issue}' has changed meanwhile", fix="try again")
    mailings.finish_if_done(db, mailing.id, publisher.now(db))
    _note(publisher, db, mailing, "cancel", because=because)


def decide_uncertain(publisher: Publisher, slug: str, *, resend: bool) -> int:
    """Send the messages again of which nobody knows whether they were accepted, or leave them for good.

    Returns how many there are. Whoever got one already gets it twice when it is sent again.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: nothing is uncertain, or it cannot be sent again because the mailing is cancelled.
    """
    with publisher.database.begin() as db:
        before, now = _mailing(db, slug), publisher.now(db)
        found = deliveries.decide_uncertain(db, before.id, resend=resend, now=now)
        if not found:
            raise TransitionError(
                f"nothing is uncertain in the mailing of '{slug}'", fix="`publisher status` names what is"
            )
        mailings.finish_if_done(db, before.id, now)
        _note(publisher, db, before, "resend" if resend else "leave", uncertain=found)
        return found


def _move(
    publisher: Publisher,
    slug: str,
    verb: str,
    act: Callable[[Connection, int], bool],
    **detail: object,
) -> MailingRecord:
    """Do `act` to the issue's mailing and write it into the audit."""
    with publisher.database.begin() as db:
        before = _mailing(db, slug)
        if not act(db, before.id):
            raise TransitionError(
                f"cannot {verb} the mailing of '{slug}': it is {before.state}", fix=_INSTEAD[before.state]
            )
        mailings.finish_if_done(db, before.id, publisher.now(db))
        return _note(publisher, db, before, verb, **detail)


def _mailing(db: Connection, slug: str) -> MailingRecord:
    known(db, slug)
    mailing = mailings.of_issue(db, slug)
    if mailing is None:
        raise NotFoundError(
            f"issue '{slug}' has no mailing", fix="an issue for at least one list gets one when it goes out"
        )
    return mailing


def _note(
    publisher: Publisher, db: Connection, before: MailingRecord, verb: str, **detail: object
) -> MailingRecord:
    """Write into the audit what was done to a mailing, and return the mailing as it is afterwards."""
    after = _mailing(db, before.issue)
    audit.write(
        db,
        at=publisher.now(db),
        actor=publisher.actor,
        verb=verb,
        subject=before.issue,
        from_state=before.state.value,
        to_state=after.state.value,
        detail=detail,
    )
    return after
