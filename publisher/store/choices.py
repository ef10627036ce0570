"""What readers have chosen: lists, topics, the language of notices, pauses, and another address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from publisher.model.choices import Change, Choices, Standing
from publisher.model.subscriber import SubscriptionState
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics
from publisher.store.statements import insert

_ACTIVE, _PAUSED = SubscriptionState.ACTIVE.value, SubscriptionState.PAUSED.value


def by_public_id(db: Connection, public_id: str) -> Choices | None:
    """Return what the reader has chosen whom links in mails call so, None if there is none."""
    number = db.scalar(select(subscribers.c.id).where(subscribers.c.public_id == public_id))
    return None if number is None else of(db, number)


def of(db: Connection, subscriber: int, *, locked: bool = False) -> Choices | None:
    """Return what a reader has chosen, None if there is no such reader.

    While they are `locked` nobody else changes the reader before the transaction ends.
    """
    found = select(subscribers).where(subscribers.c.id == subscriber)
    row = db.execute(found.with_for_update() if locked else found).first()
    if row is None:
        return None
    rows = db.execute(select(subscriptions).where(subscriptions.c.subscriber == subscriber))
    chosen = db.scalars(select(topics.c.topic).where(topics.c.subscriber == subscriber))
    return Choices(
        subscriber=row.id,
        public_id=row.public_id,
        address=row.address,
        address_key=row.address_key,
        lang=row.lang,
        lists={
            each.list: Standing(state=SubscriptionState(each.state), resumes_at=each.resumes_at)
            for each in rows
        },
        topics=frozenset(chosen),
    )


def number_of(db: Connection, address_key: str) -> int | None:
    """Return the number of the reader with an address, None if there is none."""
    number: int | None = db.scalar(select(subscribers.c.id).where(subscribers.c.address_key == address_key))
    return number


def public_id_of(db: Connection, subscriber: int) -> str | None:
    """Return what links in mails call a reader, None if there is no such reader."""
    found: str | None = db.scalar(select(subscribers.c.public_id).where(subscribers.c.id == subscriber))
    return found


def change(db: Connection, subscriber: int, wanted: Change, *, consent: str, now: datetime) -> None:
    """Let a reader join or leave a list by an own choice; `consent` says how, for one that is joined."""
    statement = insert(db, subscriptions).values(
        subscriber=subscriber,
        list=wanted.list,
        state=wanted.state.value,
        since=now,
        consent=consent,
        resumes_at=wanted.resumes_at,
    )
    new = ["state", "since", "resumes_at", "before"]
    if wanted.state is not SubscriptionState.UNSUBSCRIBED:
        new.append("consent")
    keys = [subscriptions.c.subscriber, subscriptions.c.list]
    set_ = {name: statement.excluded[name] for name in new}
    db.execute(statement.on_conflict_do_update(index_elements=keys, set_=set_))


def set_lang(db: Connection, subscriber: int, lang: str | None) -> None:
    """Note in which language a reader is written to."""
    db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(lang=lang))


def set_topics(db: Connection, subscriber: int, wanted: Collection[str]) -> None:
    """Note the topics that a reader wants to read about; none means all."""
    db.execute(topics.delete().where(topics.c.subscriber == subscriber))
    if wanted:
        db.execute(topics.insert(), [{"subscriber": subscriber, "topic": each} for each in sorted(wanted)])


def pause(db: Connection, subscriber: int, *, until: datetime, now: datetime) -> int:
    """Let nothing come to a reader until then; return how many subscriptions are paused by it."""
    paused = db.execute(
        subscriptions.update()
        .where(subscriptions.c.subscriber == subscriber, subscriptions.c.state.in_((_ACTIVE, _PAUSED)))
        .values(state=_PAUSED, since=now, resumes_at=until)
    )
    return paused.rowcount


def resume(db: Connection, subscriber: int, *, now: datetime) -> int:
    """End a reader's pause before its time; return how many subscriptions go on."""
    resumed = db.execute(
        subscriptions.update()
        .where(subscriptions.c.subscriber == subscriber, subscriptions.c.state == _PAUSED)
        .values(state=_ACTIVE, since=now, resumes_at=None)
    )
    return resumed.rowcount


def resume_due(db: Connection, now: datetime) -> int:
    """End all pauses whose time is over; return how many subscriptions go on."""
    resumed = db.execute(
        subscriptions.update()
        .where(subscriptions.c.resumes_at <= now, subscriptions.c.state == _PAUSED)
        .values(state=_ACTIVE, since=now, resumes_at=None)
    )
    return resumed.rowcount
