"""The ledger of a mailing: one row for each reader, from the freezing of the audience to its last word.

Workers claim batches of it. A step of a connection is one transaction: what came of its last delivery is
recorded, and its next one is marked as being sent before it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_

from publisher.model.delivery import (
    Batch,
    DeliveryState,
    MailingState,
    NextStep,
    Outcome,
    Recipient,
    UncertainPolicy,
)
from publisher.store.compiled import Statement
from publisher.store.hand_over import Step, everybody, hand_over
from publisher.store.ledger import Move, Page
from publisher.store.reports import has_come
from publisher.store.schema import subscribers
from publisher.store.schema_sending import batches, deliveries, mailings

SETTLING = timedelta(minutes=10)
"""How long reports may still settle an interrupted delivery before it is sent again."""

MOST_TAKEOVERS = 5
"""So often in a row may the workers of a batch vanish in mid-send before it is parked."""


class LeaseLostError(Exception):
    """The batch is another worker's by now; nothing of the transaction may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one delivery; `counted` is False if the try does not count as one of the delivery."""

    recipient: Recipient
    step: NextStep
    outcome: Outcome
    counted: bool = True


def claim(
    db: Connection, *, worker: str, now: datetime, lease_until: datetime, idempotent: bool
) -> Batch | None:
    """Take the batch that has been due for longest; nobody else can take it before `lease_until`.

    What a vanished worker had on its way is resolved first (see `resolve_interrupted`), in paused and
    cancelled mailings too.
    """
    row = db.execute(_DUE_BATCH, _at(now)).first()
    if row is None:
        return None
    batch = Batch(
        mailing=row.mailing,
        number=row.number,
        first_subscriber=row.first_subscriber,
        last_subscriber=row.last_subscriber,
        fence=row.fence + 1,
        lease_until=lease_until,
        takeovers=row.takeovers + (row.sending > 0),
    )
    db.execute(
        batches.update()
        .where(batches.c.mailing == batch.mailing, batches.c.number == batch.number)
        .values(fence=batch.fence, lease_until=lease_until, worker=worker)
    )
    if row.started_at is None:
        db.execute(mailings.update().where(mailings.c.id == batch.mailing).values(started_at=now))
    if row.sending:
        resolve_interrupted(db, batch, idempotent=idempotent, policy=UncertainPolicy(row.policy), now=now)
    return batch


def resolve_interrupted(
    db: Connection, batch: Batch, *, idempotent: bool, policy: UncertainPolicy, now: datetime
) -> int:
    """Decide about deliveries that a vanished worker left as being sent; return how many there were.

    Over an `idempotent` transport they are pending again. If a report on it has come back, it was accepted.
    Otherwise nobody knows: by `policy` they are sent again after `SETTLING`, or wait for an editor. After
    `MOST_TAKEOVERS` in a row the batch is parked, because something in it seems to end its workers.

    Raises:
        LeaseLostError: the batch is another worker's.
    """
    page = _own(db, batch, now)
    interrupted = page.in_state(DeliveryState.SENDING)
    if not interrupted:
        return 0
    state = DeliveryState.PENDING if idempotent else DeliveryState.UNCERTAIN
    again = policy is UncertainPolicy.RESEND and not idempotent
    for subscriber in interrupted:
        if not idempotent and has_come(db, batch.mailing, subscriber):
            page.move(subscriber, DeliveryState.SENDING, DeliveryState.ACCEPTED)
            continue
        page.move(subscriber, DeliveryState.SENDING, state, due_at=now + SETTLING if again else None)
        page.note(subscriber, state, "the sender was interrupted while this message was on its way")
    takeovers = page.row["takeovers"] + 1
    page.close(takeovers=takeovers, parked=takeovers >= MOST_TAKEOVERS)
    return len(interrupted)


def release_all_leases(db: Connection) -> None:
    """End every lease at once: for the start of the only sender of a database, when no other can be alive."""
    db.execute(
        batches.update().where(batches.c.lease_until.is_not(None)).values(lease_until=None, worker=None)
    )


def due(db: Connection, batch: Batch, now: datetime) -> list[int]:
    """Return the subscribers of a batch of ours to whom something can be sent now, in order."""
    return _own(db, batch, now).due()


def addresses(db: Connection, batch: Batch) -> dict[int, str]:
    """Return the addresses that the subscribers of a batch have now; those who are gone have none."""
    values = {"of_mailing": batch.mailing, "first": batch.first_subscriber, "last": batch.last_subscriber}
    return {row["subscriber"]: row["address"] for row in _ADDRESSES.rows(db, values)}


def advance(  # noqa: PLR0913 - all that one step of a batch needs
    db: Connection,
    batch: Batch,
    *,
    now: datetime,
    lease_until: datetime,
    suppressed_hash: Callable[[str], str],
    done: Sequence[Done] = (),
    offered: Sequence[int] = (),
    wanted: int = 0,
    admit: Callable[[Sequence[Recipient]], Collection[int]] = everybody,
) -> Step:
    """Record what is `done`, renew the lease, and hand over `wanted` of those `offered`, marked as sending.

    Readers who may not be mailed any more are passed over, as suppressed. `suppressed_hash` makes of an
    address key what a suppression would keep of it. `admit` says whose turn it is now; the others stay as
    they are. A step whose commit seemed to fail and did not may be made again.

    Raises:
        LeaseLostError: the batch is another worker's by now, or somebody has decided about what is `done`.
    """
    page = _own(db, batch, now)
    progress = _record(page, done)
    step = Step(can_send=page.can_send)
    if wanted and page.can_send:
        step = hand_over(
            db, page, offered=offered, wanted=wanted, suppressed_hash=suppressed_hash, admit=admit
        )
    page.close(lease_until=lease_until, **progress)
    return step


def renew(db: Connection, batch: Batch, *, lease_until: datetime) -> bool:
    """Keep a batch while there is nothing to record; return False if it is another worker's by now."""
    renewed = db.execute(
        batches.update()
        .where(
            batches.c.mailing == batch.mailing,
            batches.c.number == batch.number,
            batches.c.fence == batch.fence,
        )
        .values(lease_until=lease_until)
    )
    return renewed.rowcount == 1


def is_held_by(db: Connection, batch: Batch, worker: str) -> bool:
    """Return whether this claim of that worker was kept: its commit may have seemed to fail."""
    own = select(batches.c.number).where(
        batches.c.mailing == batch.mailing,
        batches.c.number == batch.number,
        batches.c.fence == batch.fence,
        batches.c.worker == worker,
    )
    return db.execute(own).first() is not None


def lock(db: Connection, held: Collection[Batch]) -> None:
    """Keep everybody else from these batches until the transaction ends.

    Whoever changes several batches locks them in the order of their numbers (see `mailings.cancel`), before
    anything else: so nobody waits for somebody who waits for him.
    """
    keys = [(each.mailing, each.number) for each in held]
    if keys:
        own = select(batches.c.number).where(tuple_(batches.c.mailing, batches.c.number).in_(keys))
        db.execute(own.order_by(batches.c.mailing, batches.c.number).with_for_update())


def give_back(db: Connection, batch: Batch, *, now: datetime, done: Sequence[Done] = ()) -> bool:
    """Record what is `done` and end the lease at once.

    If the batch is another worker's by now, return False; a delivery that was called uncertain meanwhile
    although we know what came of it is settled all the same.
    """
    try:
        page = _own(db, batch, now)
    except LeaseLostError:
        settle_late(db, batch, done=done, now=now)
        return False
    page.close(lease_until=None, worker=None, **_record(page, done))
    return True


def settle_late(db: Connection, batch: Batch, *, done: Sequence[Done], now: datetime) -> None:
    """Record what is `done` of a batch that another worker has taken over since, where it is uncertain."""
    page = Page(db, batch.mailing, batch.number, now)
    for each in done:
        if each.step.state in (DeliveryState.ACCEPTED, DeliveryState.REJECTED):
            settled = page.move(each.recipient.subscriber, DeliveryState.UNCERTAIN, each.step.state)
            if settled and each.step.state is DeliveryState.REJECTED:
                page.note(each.recipient.subscriber, each.step.state, _words(each), outcome=each.outcome)
    page.close()


def is_any_due(db: Connection, now: datetime) -> bool:
    """Return whether there is a batch to claim; it takes no lock."""
    return db.execute(_ANY_DUE, _at(now)).first() is not None


def _at(now: datetime) -> dict[str, datetime]:
    """Return this moment for each of the columns that it is compared with, whose precision differs."""
    return {"now": now, "instant": now, "moment": now}


def _own(db: Connection, batch: Batch, now: datetime) -> Page:
    """Open a batch that we have claimed, unless another worker has claimed it since."""
    page = Page(db, batch.mailing, batch.number, now)
    if page.row["fence"] != batch.fence:
        raise LeaseLostError(f"batch {batch.number} of mailing {batch.mailing}")
    return page


def _record(page: Page, done: Sequence[Done]) -> dict[str, Any]:
    """Record outcomes; return the columns of the batch that change with progress."""
    moves = [
        Move(
            each.recipient.subscriber,
            DeliveryState.SENDING,
            each.step.state,
            due_at=each.step.retry_at,
            tries=0 if each.counted else -1,
        )
        for each in done
    ]
    if not page.move_all(moves) and not _is_recorded(page, moves):
        page.close()  # for whoever goes on with the transaction
        raise LeaseLostError(f"deliveries of batch {page.row['number']} of mailing {page.row['mailing']}")
    for each in done:
        if each.step.state is not DeliveryState.ACCEPTED:
            page.note(each.recipient.subscriber, each.step.state, _words(each), outcome=each.outcome)
    return {"takeovers": 0} if any(each.counted for each in done) else {}


def _is_recorded(page: Page, moves: Sequence[Move]) -> bool:
    """Return whether all of it has been recorded before: its commit seemed to fail, and did not."""
    facts = page.facts([move.subscriber for move in moves])
    return all(facts[move.subscriber]["state"] is move.new for move in moves)


def _words(done: Done) -> str:
    return ": ".join(part for part in (done.step.reason, done.outcome.text) if part)


_ANY_DUE = (
    select(batches, mailings.c.uncertain.label("policy"), mailings.c.started_at)
    .join_from(batches, mailings)
    .where(
        batches.c.due_at <= bindparam("now"),
        or_(batches.c.lease_until.is_(None), batches.c.lease_until <= bindparam("instant")),
        or_(
            batches.c.sending > 0,
            and_(
                mailings.c.state == MailingState.SENDING.value,
                mailings.c.not_before <= bindparam("moment"),
                ~batches.c.parked,
            ),
        ),
    )
    .order_by(batches.c.due_at, batches.c.mailing, batches.c.number)
    .limit(1)
)

_ADDRESSES = Statement(
    select(deliveries.c.subscriber, subscribers.c.address)
    .join_from(deliveries, subscribers, subscribers.c.id == deliveries.c.subscriber)
    .where(
        deliveries.c.mailing == bindparam("of_mailing"),
        deliveries.c.subscriber.between(bindparam("first"), bindparam("last")),
    )
)

_DUE_BATCH = _ANY_DUE.with_for_update(skip_locked=True, of=batches)
