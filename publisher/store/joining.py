"""Who asks to join and who has: the same statements for everybody, so that nobody learns who is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, literal, select

from publisher.model.subscriber import OWN_WORD_LIFTS, NewSubscriber, SubscriptionState
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_sending import suppressions
from publisher.store.statements import insert

ASKED = "asked at the form"
CONFIRMED = "asked at the form, and confirmed by mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of somebody who asks: the number, if there is one, and the states on these lists."""

    subscriber: int | None
    states: Mapping[str, SubscriptionState]


def expect(db: Connection, person: NewSubscriber, *, lists: Collection[str], now: datetime) -> Known:
    """Store somebody who asks to join lists as pending there, and return what is known afterwards.

    Where there is something already it stays as it is, but for the day since when a confirmation is waited
    for, which is today. Nothing is stored of a suppressed address. Nobody purges or erases the person before
    the transaction ends.
    """
    free = ~exists().where(suppressions.c.address_hash == person.address_hash)
    row = {
        subscribers.c.public_id: person.public_id,
        subscribers.c.address: person.address,
        subscribers.c.address_key: person.address_key,
        subscribers.c.lang: person.lang,
        subscribers.c.created_at: now,
        subscribers.c.is_role: person.is_role,
        subscribers.c.is_disposable: person.is_disposable,
    }
    new = insert(db, subscribers).from_select(
        list(row), select(*(literal(value, column.type) for column, value in row.items())).where(free)
    )
    key = subscribers.c.address_key
    db.execute(new.on_conflict_do_update(index_elements=[key], set_={key: new.excluded.address_key}))
    own = subscribers.c.address_key == person.address_key
    for name in lists:
        _expect_on(db, name, who=own & free, now=now)
    rows = db.execute(
        select(subscribers.c.id, subscriptions.c.list, subscriptions.c.state)
        .join_from(
            subscribers,
            subscriptions,
            (subscriptions.c.subscriber == subscribers.c.id) & subscriptions.c.list.in_(lists),
            isouter=True,
        )
        .where(own)
    ).all()
    return Known(
        subscriber=rows[0].id if rows else None,
        states={found.list: SubscriptionState(found.state) for found in rows if found.list is not None},
    )


def admit(
    db: Connection, person: NewSubscriber, *, lists: Sequence[str], now: datetime
) -> tuple[int, list[str]]:
    """Make somebody who has confirmed a reader of lists; return the number, and where that is new.

    The spelling and the language of the one who confirmed count from now on, and earlier bounces no more. An
    erasure, a move or a hard bounce is lifted: the address itself has asked for mail.
    """
    lift(db, person.address_hash)
    told = {
        "address": person.address,
        "lang": person.lang,
        "is_role": person.is_role,
        "is_disposable": person.is_disposable,
    }
    new = insert(db, subscribers).values(
        public_id=person.public_id, address_key=person.address_key, created_at=now, **told
    )
    fresh = {"score": 0, "scored_at": None, "bounced_at": None}
    number: int = db.execute(
        new.on_conflict_do_update(
            index_elements=[subscribers.c.address_key], set_={**told, **fresh}
        ).returning(subscribers.c.id)
    ).scalar_one()
    begun = [name for name in lists if _begin(db, number, name, now=now)]
    return number, begun


def left_since(db: Connection, address_key: str, moment: datetime) -> set[str]:
    """Return the lists that somebody has left after a moment."""
    left = select(subscriptions.c.list).join_from(subscriptions, subscribers)
    return set(
        db.scalars(
            left.where(
                subscribers.c.address_key == address_key,
                subscriptions.c.state == SubscriptionState.UNSUBSCRIBED.value,
                subscriptions.c.since > moment,
            )
        )
    )


def lift(db: Connection, address_hash: str) -> None:
    """Mail an address again whose owner has asked for it, unless that was forbidden for a graver reason."""
    db.execute(
        suppressions.delete().where(
            suppressions.c.address_hash == address_hash,
            suppressions.c.reason.in_([reason.value for reason in OWN_WORD_LIFTS]),
        )
    )


def _expect_on(db: Connection, name: str, *, who: ColumnElement[bool], now: datetime) -> None:
    values = {
        subscriptions.c.list: name,
        subscriptions.c.state: SubscriptionState.PENDING.value,
        subscriptions.c.since: now,
        subscriptions.c.consent: ASKED,
    }
    new = insert(db, subscriptions).from_select(
        [subscriptions.c.subscriber, *values],
        select(subscribers.c.id, *(literal(value, column.type) for column, value in values.items())).where(
            who
        ),
    )
    again = new.on_conflict_do_update(
        index_elements=[subscriptions.c.subscriber, subscriptions.c.list],
        set_={"since": now},
        where=subscriptions.c.state == SubscriptionState.PENDING.value,
    )
    db.execute(again)


def _begin(db: Connection, subscriber: int, name: str, *, now: datetime) -> bool:
    """Let a subscription be active; return False if it was."""
    values = {
        "state": SubscriptionState.ACTIVE.value,
        "since": now,
        "consent": CONFIRMED,
        "resumes_at": None,
    }
    new = insert(db, subscriptions).values(subscriber=subscriber, list=name, **values)
    done = db.execute(
        new.on_conflict_do_update(
            index_elements=[subscriptions.c.subscriber, subscriptions.c.list],
            set_=values,
            where=subscriptions.c.state != SubscriptionState.ACTIVE.value,
        ).returning(subscriptions.c.list)
    )
    return done.first() is not None
