"""What waits for a person: deliveries that are not simply accepted, and what an editor decides about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from publisher.errors import TransitionError
from publisher.model.delivery import LEFT, DeliveryState, MailingState
from publisher.model.records import DeliveryTrouble
from publisher.model.subscriber import SubscriptionState
from publisher.store import mailings as all_mailings
from publisher.store.ledger import IN_ITS_BATCH, SAID_LAST, Page
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_sending import (
    accounts,
    batches,
    deliveries,
    delivery_errors,
    mailing_templates,
    mailings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How many uncertain deliveries a decision is about, and how many others stay as they were left."""

    deliveries: int
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A delivery that was rejected, and its reader as he is now.

    `code` is the SMTP reply code, `enhanced` the RFC 3463 code ("5.1.1") of the last refusal.
    """

    subscriber: int
    address: str
    address_key: str
    is_subscribed: bool
    code: int | None
    enhanced: str


def uncertain(
    db: Connection, mailing: int | None = None, *, limit: int | None = None
) -> list[DeliveryTrouble]:
    """Return every delivery, of one mailing or of all, of which nobody knows whether it was accepted.

    With `limit`, the first ones only.
    """
    statement = _TROUBLES.where(batches.c.uncertain > 0, deliveries.c.state == DeliveryState.UNCERTAIN)
    if mailing is None:
        statement = statement.where(batches.c.mailing.in_(_WITH_UNCERTAIN))
    else:
        statement = statement.where(batches.c.mailing == mailing)
    return _troubles(db, statement.limit(limit))


def troubles(db: Connection, mailing: int, *, limit: int = 1000) -> list[DeliveryTrouble]:
    """Return the deliveries of a mailing that are neither pending nor accepted; the first `limit` of them."""
    simple = (DeliveryState.PENDING, DeliveryState.ACCEPTED)
    any_other = or_(*(batches.c[state.value] > 0 for state in DeliveryState if state not in simple))
    return _troubles(
        db,
        _TROUBLES.where(batches.c.mailing == mailing, any_other, deliveries.c.state.not_in(simple)).limit(
            limit
        ),
    )


def uncertain_reader(db: Connection, mailing: int, address_key: str) -> int | None:
    """Return the subscriber with that address if nobody knows whether the delivery to him was accepted."""
    found = (
        select(subscribers.c.id)
        .join(deliveries, deliveries.c.subscriber == subscribers.c.id)
        .where(
            subscribers.c.address_key == address_key,
            deliveries.c.mailing == mailing,
            deliveries.c.state == DeliveryState.UNCERTAIN,
        )
    )
    reader: int | None = db.execute(found).scalar()
    return reader


def rejections(db: Connection, mailing: int) -> list[Rejection]:
    """Return the rejected deliveries of a mailing to readers who are still known."""
    rows = db.execute(_REJECTIONS.where(batches.c.mailing == mailing))
    return [
        Rejection(
            subscriber=row.subscriber,
            address=row.address,
            address_key=row.address_key,
            is_subscribed=row.subscription == SubscriptionState.ACTIVE.value,
            code=row.code,
            enhanced=row.enhanced or "",
        )
        for row in rows
    ]


def retry(db: Connection, mailing: int, readers: Collection[int], *, now: datetime) -> int:
    """Try the rejected deliveries to these subscribers again, from `now` on, as if for the first time.

    Return how many that are.

    A mailing that was sent is open again if there are any.

    Raises:
        TransitionError: the mailing is cancelled.
    """
    retried = 0
    for page in _pages(db, mailing, DeliveryState.REJECTED, now):
        chosen = [each for each in page.in_state(DeliveryState.REJECTED) if each in readers]
        for subscriber, fact in (page.facts(chosen) if chosen else {}).items():
            old, new = DeliveryState.REJECTED, DeliveryState.DEFERRED
            page.move(subscriber, old, new, due_at=now, tries=-fact["attempts"])
            retried += 1
        page.close()
    _refuse_cancelled(db, mailing, "its rejected deliveries stay as they are")
    if retried:
        all_mailings.reopen(db, mailing)
    return retried


def decide_uncertain(
    db: Connection, mailing: int, *, resend: bool, now: datetime, readers: Collection[int] | None = None
) -> Decided:
    """Send the uncertain deliveries of a mailing again, or leave them as they are for good.

    With `readers`, only those to these subscribers; what was left before is sent again only so. A mailing
    that was sent is open again if there are any to resend.

    Raises:
        TransitionError: they cannot be sent again because the mailing is cancelled.
    """
    found = left = 0
    for page in _pages(db, mailing, DeliveryState.UNCERTAIN, now):
        left_here = _left(db, page)
        for subscriber in page.in_state(DeliveryState.UNCERTAIN):
            if readers is None and resend and subscriber in left_here:
                left += 1
            elif readers is None or subscriber in readers:
                _decide(page, subscriber, resend=resend, was_left=subscriber in left_here)
                found += 1
        page.close()
    if resend:
        _refuse_cancelled(db, mailing, "its uncertain deliveries stay as they are")
    if resend and found:
        all_mailings.reopen(db, mailing)
    return Decided(deliveries=found, left=left)


def _left(db: Connection, page: Page) -> set[int]:
    """Return the subscribers of a batch whose uncertain deliveries an editor has left as they are."""
    own = (batches.c.mailing == page.row["mailing"], batches.c.number == page.row["number"])
    return set(db.execute(_LEFT.where(*own)).scalars())


def _decide(page: Page, subscriber: int, *, resend: bool, was_left: bool) -> None:
    state = DeliveryState.UNCERTAIN
    page.move(subscriber, state, state, due_at=page.now if resend else None)
    if not resend:
        page.note(subscriber, state, LEFT)
    elif was_left:
        page.note(subscriber, state, "to be sent again, as an editor wants")


def _refuse_cancelled(db: Connection, mailing: int, instead: str) -> None:
    """Raise if a mailing is cancelled, which undoes the transaction; nobody can cancel it before its end."""
    own = select(mailings.c.state).where(mailings.c.id == mailing)
    if db.execute(own.with_for_update()).scalar_one() == MailingState.CANCELLED.value:
        raise TransitionError(f"mailing {mailing} is cancelled", fix=instead)


def _pages(db: Connection, mailing: int, state: DeliveryState, now: datetime) -> Iterator[Page]:
    """Open each batch of a mailing that has deliveries in a state, one after the other."""
    those = select(batches.c.number).where(batches.c.mailing == mailing, batches.c[state.value] > 0)
    for number in db.execute(those.order_by(batches.c.number)).scalars().all():
        yield Page(db, mailing, number, now)


def _troubles(db: Connection, statement: Select[Any]) -> list[DeliveryTrouble]:
    return [
        DeliveryTrouble(
            mailing=row.mailing,
            issue=row.issue,
            address=row.address or "(erased)",
            state=row.state,
            attempts=row.attempts,
            next_try=row.due_at,
            text=" ".join(str(part) for part in (row.code, row.text) if part),
        )
        for row in db.execute(
            statement.order_by(batches.c.mailing, batches.c.number, deliveries.c.subscriber)
        )
    ]


_LEDGER = batches.join(mailings).join(deliveries, IN_ITS_BATCH).outerjoin(delivery_errors, SAID_LAST)
"""Deliveries by way of the batches they are in, with the last words about each."""

_TROUBLES = (
    select(
        deliveries.c.mailing,
        mailings.c.issue,
        subscribers.c.address,
        deliveries.c.state,
        deliveries.c.attempts,
        deliveries.c.due_at,
        delivery_errors.c.code,
        delivery_errors.c.text,
    )
    .select_from(_LEDGER)
    .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber)
)

_WITH_UNCERTAIN = (
    select(mailings.c.id)
    .where(mailings.c.finished_at.is_(None))
    .union_all(select(accounts.c.mailing).where(accounts.c.uncertain > 0))
)
"""So that the batches of all mailings that there ever were need not be read."""

_LEFT = (
    select(deliveries.c.subscriber)
    .select_from(_LEDGER)
    .where(
        deliveries.c.state == DeliveryState.UNCERTAIN,
        delivery_errors.c.stage == "",
        delivery_errors.c.text == LEFT,
    )
)

_REJECTIONS = (
    select(
        subscribers.c.id.label("subscriber"),
        subscribers.c.address,
        subscribers.c.address_key,
        subscriptions.c.state.label("subscription"),
        delivery_errors.c.code,
        delivery_errors.c.enhanced,
    )
    .select_from(_LEDGER)
    .join(subscribers, subscribers.c.id == deliveries.c.subscriber)
    .join(
        mailing_templates,
        and_(
            mailing_templates.c.mailing == deliveries.c.mailing,
            mailing_templates.c.position == deliveries.c.list,
        ),
    )
    .outerjoin(
        subscriptions,
        and_(
            subscriptions.c.subscriber == deliveries.c.subscriber,
            subscriptions.c.list == mailing_templates.c.list,
        ),
    )
    .where(batches.c.rejected > 0, deliveries.c.state == DeliveryState.REJECTED)
    .order_by(subscribers.c.id)
)
