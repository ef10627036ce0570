"""Steering a mailing on its way: pausing, going on, ending it, and deciding about what is uncertain."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection

from publisher.actions.ending import finish_if_done
from publisher.actions.transition import known
from publisher.app import Publisher
from publisher.delivery.addresses import normalise, parse
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.delivery import MailingState
from publisher.model.records import DeliveryTrouble, MailingRecord
from publisher.store import audit, decisions, mailings
from publisher.store.decisions import Decided

_INSTEAD: dict[MailingState, str] = {
    MailingState.SENDING: "it goes on by itself while `publisher serve` runs",
    MailingState.PAUSED: "`publisher resume ISSUE` goes on with it, `publisher cancel ISSUE` ends it",
    MailingState.SENT: "an issue is mailed once",
    MailingState.CANCELLED: "a cancelled mailing stays cancelled",
}


def pause(publisher: Publisher, slug: str, *, reason: str | None = None) -> MailingRecord:
    """Hand out no more messages of the issue's mailing; what is on its way is still recorded.

    A mailing that is paused already stays so, for the reason that it has. Without one the reason says who
    did it: whoever stops a mailing in a hurry need not explain it first.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is sent or cancelled.
        PublisherError: the reason has no words.
    """
    words = f"paused by hand ({publisher.actor})" if reason is None else reason.strip()
    if not words:
        raise PublisherError("the reason has no words", fix="write --reason TEXT, or leave it out")
    return _move(
        publisher,
        slug,
        "pause",
        lambda db, id_: mailings.pause(db, id_, words),
        enough=MailingState.PAUSED,
        reason=words,
    )


def resume(publisher: Publisher, slug: str) -> MailingRecord:
    """Go on with the issue's mailing where it stopped, also with what was parked after many interruptions.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is sent or cancelled.
    """
    return _move(publisher, slug, "resume", mailings.resume)


def cancel(publisher: Publisher, slug: str) -> MailingRecord:
    """Send nothing more of the issue's mailing, for good; the issue stays public.

    A mailing that is cancelled already stays so.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        TransitionError: the mailing is sent.
    """
    return _move(publisher, slug, "cancel", mailings.cancel, enough=MailingState.CANCELLED)


def end(publisher: Publisher, db: Connection, mailing: MailingRecord, *, because: str) -> None:
    """Cancel a mailing that is on its way, in the transaction of something else, which is the reason.

    Raises:
        TransitionError: it is not on its way any more.
    """
    if not mailings.cancel(db, mailing.id):
        raise TransitionError(f"the mailing of '{mailing.issue}' has changed meanwhile", fix="try again")
    finish_if_done(publisher, db, mailing.id)
    note(publisher, db, mailing, "cancel", because=because)


def decide_uncertain(
    publisher: Publisher, slug: str, *, resend: bool, addresses: Collection[str] = ()
) -> Decided:
    """Send the messages again of which nobody knows whether they were accepted, or leave them for good.

    With `addresses`, only those to these readers; what was left is sent again only so. Whoever got one
    already gets it twice when it is sent again.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        AddressError: one of the addresses cannot be one.
        TransitionError: nothing is uncertain, or nothing to one of the addresses, or it cannot be sent again
            because the mailing is cancelled.
    """
    with publisher.database.begin() as db:
        before, now = its_mailing(db, slug), publisher.now(db)
        readers = _uncertain_readers(db, before, addresses) if addresses else None
        found = decisions.decide_uncertain(db, before.id, resend=resend, now=now, readers=readers)
        if found.left and not found.deliveries:
            raise TransitionError(
                f"nothing is uncertain in the mailing of '{slug}' but what was left as it is",
                fix="with --address what was left is sent again as well",
            )
        if not found.deliveries:
            raise TransitionError(
                f"nothing is uncertain in the mailing of '{slug}'", fix="`publisher status` names what is"
            )
        finish_if_done(publisher, db, before.id)
        note(publisher, db, before, "resend" if resend else "leave", uncertain=found.deliveries)
        return found


def uncertain_of(publisher: Publisher, slug: str) -> list[DeliveryTrouble]:
    """Return every message of the issue's mailing of which nobody knows whether it was accepted.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
    """
    with publisher.database.read() as db:
        return decisions.uncertain(db, its_mailing(db, slug).id)


def its_mailing(db: Connection, slug: str) -> MailingRecord:
    """Return the mailing of an issue.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
    """
    known(db, slug)
    mailing = mailings.of_issue(db, slug)
    if mailing is None:
        raise NotFoundError(
            f"issue '{slug}' has no mailing", fix="an issue for at least one list gets one when it goes out"
        )
    return mailing


def note(
    publisher: Publisher, db: Connection, before: MailingRecord, verb: str, **detail: object
) -> MailingRecord:
    """Write into the audit what was done to a mailing, and return the mailing as it is afterwards."""
    after = its_mailing(db, before.issue)
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


def _uncertain_readers(db: Connection, mailing: MailingRecord, addresses: Collection[str]) -> set[int]:
    """Return the readers who have these addresses; the message to each of them must be uncertain."""
    readers = set()
    for address in addresses:
        reader = decisions.uncertain_reader(db, mailing.id, normalise(parse(address)))
        if reader is None:
            raise TransitionError(
                f"the message of '{mailing.issue}' to {address} is not uncertain",
                fix=f"`publisher uncertain {mailing.issue} --list` names those that are",
            )
        readers.add(reader)
    return readers


def _move(
    publisher: Publisher,
    slug: str,
    verb: str,
    act: Callable[[Connection, int], bool],
    *,
    enough: MailingState | None = None,
    **detail: object,
) -> MailingRecord:
    """Do `act` to the issue's mailing and write it into the audit; in state `enough` do nothing."""
    with publisher.database.begin() as db:
        before = its_mailing(db, slug)
        if before.state is enough:
            return before
        if not act(db, before.id):
            raise TransitionError(
                f"cannot {verb} the mailing of '{slug}': it is {before.state}", fix=_INSTEAD[before.state]
            )
        finish_if_done(publisher, db, before.id)
        return note(publisher, db, before, verb, **detail)
