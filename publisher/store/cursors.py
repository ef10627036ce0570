"""What programs read portion by portion, in an order that nothing added meanwhile disturbs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from publisher.model.states import IssueState
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store.moves import called_so
from publisher.store.schema import issues, subscribers, subscriptions
from publisher.store.schema_readers import topics
from publisher.store.schema_sending import mailings, suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class OnList:
    """A subscriber's state on one list. `resumes_at` is set while it is paused until then."""

    list: str
    state: SubscriptionState
    since: datetime
    consent: str
    resumes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A subscriber with all that was chosen."""

    number: int
    public_id: str
    address: str
    address_key: str
    lang: str | None
    created_at: datetime
    is_role: bool
    is_disposable: bool
    bounced_at: datetime | None
    complained_at: datetime | None
    lists: tuple[OnList, ...]
    topics: tuple[str, ...]


def subscribers_after(
    db: Connection,
    number: int,
    *,
    list: str | None = None,  # noqa: A002 - the project's noun
    state: SubscriptionState | None = None,
    limit: int,
) -> list[Reader]:
    """Return the next `limit` subscribers after that number who are on a list, or in a state on one."""
    wanted = select(subscribers).where(subscribers.c.id > number)
    if list is not None or state is not None:
        own = select(subscriptions.c.subscriber).distinct().where(subscriptions.c.subscriber > number)
        if list is not None:
            own = own.where(subscriptions.c.list == list)
        if state is not None:
            own = own.where(subscriptions.c.state == state.value)
        portion = own.order_by(subscriptions.c.subscriber).limit(limit)
        wanted = wanted.where(subscribers.c.id.in_(portion))
    return _readers(db, db.execute(wanted.order_by(subscribers.c.id).limit(limit)).all())


def subscriber(
    db: Connection,
    *,
    number: int | None = None,
    public_id: str | None = None,
    address_key: str | None = None,
) -> Reader | None:
    """Return the subscriber with that number, public id or address, whichever is given.

    One who has moved is found by an earlier public id as well.
    """
    given = {"id": number, "public_id": public_id, "address_key": address_key}
    own = [subscribers.c[name] == value for name, value in given.items() if value is not None]
    if public_id is not None:
        own = [or_(*own, subscribers.c.id == called_so(public_id))]
    if not own:
        return None
    return next(iter(_readers(db, db.execute(select(subscribers).where(*own)).all())), None)


def set_lang(db: Connection, number: int, lang: str | None) -> None:
    """Note in which language a subscriber wants pages and notices, None: the publication's."""
    db.execute(subscribers.update().where(subscribers.c.id == number).values(lang=lang))


def suppressed(db: Connection, hashes: Collection[str]) -> dict[str, SuppressionReason]:
    """Return why which of these addresses, given by their keyed hashes, must not be mailed."""
    rows = db.execute(
        select(suppressions.c.address_hash, suppressions.c.reason).where(
            suppressions.c.address_hash.in_(hashes)
        )
    )
    return {row.address_hash: SuppressionReason(row.reason) for row in rows}


def issues_after(db: Connection, slug: str, *, state: IssueState | None = None, limit: int) -> list[str]:
    """Return the slugs of the next `limit` issues after that slug, by slug."""
    wanted = select(issues.c.slug).where(issues.c.slug > slug)
    if state is not None:
        wanted = wanted.where(issues.c.state == state.value)
    return [*db.scalars(wanted.order_by(issues.c.slug).limit(limit))]


def mailings_before(db: Connection, number: int | None, *, limit: int) -> list[int]:
    """Return the numbers of the next `limit` mailings before that number, newest first."""
    wanted = select(mailings.c.id).order_by(mailings.c.id.desc()).limit(limit)
    return [*db.scalars(wanted if number is None else wanted.where(mailings.c.id < number))]


def _readers(db: Connection, rows: Collection[Row[Any]]) -> list[Reader]:
    numbers = [row.id for row in rows]
    places: dict[int, list[OnList]] = {}
    chosen: dict[int, list[str]] = {}
    if numbers:
        own = subscriptions.c.subscriber.in_(numbers)
        for each in db.execute(select(subscriptions).where(own).order_by(subscriptions.c.list)):
            place = OnList(
                list=each.list,
                state=SubscriptionState(each.state),
                since=each.since,
                consent=each.consent,
                resumes_at=each.resumes_at if each.state == SubscriptionState.PAUSED.value else None,
            )
            places.setdefault(each.subscriber, []).append(place)
        wanted = select(topics).where(topics.c.subscriber.in_(numbers)).order_by(topics.c.topic)
        for each in db.execute(wanted):
            chosen.setdefault(each.subscriber, []).append(each.topic)
    return [
        Reader(
            number=row.id,
            public_id=row.public_id,
            address=row.address,
            address_key=row.address_key,
            lang=row.lang,
            created_at=row.created_at,
            is_role=row.is_role,
            is_disposable=row.is_disposable,
            bounced_at=row.bounced_at,
            complained_at=row.complained_at,
            lists=tuple(places.get(row.id, ())),
            topics=tuple(chosen.get(row.id, ())),
        )
        for row in rows
    ]
