"""Purging: what is older than it may be is removed or made blank, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, exists, func, or_, select, tuple_, update

from publisher.model.pace import us_of
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import SubscriptionState
from publisher.store.schema import audit, site, subscribers, subscriptions
from publisher.store.schema_readers import reader_tokens, requests
from publisher.store.schema_sending import (
    accounts,
    batches,
    deliveries,
    delivery_errors,
    mailings,
    notices,
    rates,
    reports,
)

AT_ONCE: Final = 1000
"""So many rows are changed in one transaction: nobody else waits long for it."""

BUDGETS: Final = "budgets"
BUDGET_KEPT: Final = timedelta(hours=1)
"""How long a rate is remembered after the moment from which on it says nothing any more."""

Old = Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Rows of a table of which some are `old` at a moment: they are removed, or get the values `blank`."""

    table: Table
    old: Old
    is_held: bool = False
    """Whether something may become theirs at the same moment: they are locked, and looked at once more."""
    blank: Mapping[Column[Any], object] = field(default_factory=dict)


def purge_some(db: Connection, kind: str, before: datetime, *, most: int = AT_ONCE) -> int:
    """Remove at most `most` rows of a kind (see `RESTS`) that are older than `before`, and return how many.

    0 if there are no more. It may be called again at any time, by several at once.
    """
    for rest in RESTS[kind]:
        if changed := _change(db, rest, before, most):
            return changed
    return 0


def count_old(db: Connection, kind: str, before: datetime) -> int:
    """Return how many rows `purge_some` would find now; what would follow from it is not counted."""
    return sum(
        db.execute(select(func.count()).select_from(rest.table).where(rest.old(before))).scalar_one()
        for rest in RESTS[kind]
    )


def forget_mailing(db: Connection, *, before: datetime, now: datetime) -> int | None:
    """Forget who got the oldest mailing that has ended by `before`; return its number, None if there is none.

    Its counts are kept. Its rows are those of "deliveries" from now on, which `purge_some` removes.
    """
    number: int | None = db.scalar(
        select(mailings.c.id).where(_has_long_ended(before)).order_by(mailings.c.id).limit(1)
    )
    if number is not None:
        own = select(batches.c.number).where(batches.c.mailing == number)
        db.execute(own.order_by(batches.c.number).with_for_update())
        db.execute(batches.delete().where(batches.c.mailing == number))
        db.execute(mailings.update().where(mailings.c.id == number).values(forgotten_at=now))
    return number


def count_forgettable(db: Connection, before: datetime) -> int:
    """Return how many deliveries are of mailings that `forget_mailing` would find."""
    ended = select(mailings.c.id).where(_has_long_ended(before))
    found = select(func.count()).select_from(deliveries).where(deliveries.c.mailing.in_(ended))
    return int(db.execute(found).scalar_one())


def purged_at(db: Connection) -> datetime | None:
    """Return when a purge last began."""
    moment: datetime | None = db.execute(select(site.c.purged_at)).scalar_one()
    return moment


def begin_purge(db: Connection, *, last: datetime | None, now: datetime | None) -> bool:
    """Note that a purge begins `now`; return False if somebody has begun one since the `last`."""
    noted = db.execute(update(site).where(site.c.purged_at.is_not_distinct_from(last)).values(purged_at=now))
    return noted.rowcount == 1


def _change(db: Connection, rest: Rest, before: datetime, most: int) -> int:
    """Change the first old rows; whoever has changed one of them meanwhile has it looked at once more.

    A row that is held and that somebody has locked waits for the next purge.
    """
    keys = list(rest.table.primary_key.columns)
    chosen = select(*keys).where(rest.old(before)).order_by(*keys).limit(most)
    if rest.is_held:
        held = db.execute(chosen.with_for_update(skip_locked=True)).all()
        key = keys[0].in_([row[0] for row in held])
    else:
        key = keys[0].in_(chosen) if len(keys) == 1 else tuple_(*keys).in_(chosen)
    if rest.blank:
        return db.execute(rest.table.update().where(key, rest.old(before)).values(dict(rest.blank))).rowcount
    return db.execute(rest.table.delete().where(key, rest.old(before))).rowcount


def _has_long_ended(before: datetime) -> ColumnElement[bool]:
    has_counts = exists().where(accounts.c.mailing == mailings.c.id)
    return (mailings.c.finished_at <= before) & mailings.c.forgotten_at.is_(None) & has_counts


def _of_forgotten(table: Table) -> Rest:
    forgotten = select(mailings.c.id).where(mailings.c.forgotten_at.is_not(None))
    return Rest(table=table, old=lambda _before: table.c.mailing.in_(forgotten))


_ON_NO_LIST: Final = ~exists().where(subscriptions.c.subscriber == subscribers.c.id)


def _is_asked(before: datetime) -> ColumnElement[bool]:
    """Tell whether a link to confirm was made for a subscriber after a moment, and is not used."""
    return exists().where(
        reader_tokens.c.subscriber == subscribers.c.id,
        reader_tokens.c.purpose == TokenPurpose.CONFIRM.value,
        reader_tokens.c.used_at.is_(None),
        reader_tokens.c.created_at > before,
    )


RESTS: Final[Mapping[str, tuple[Rest, ...]]] = {
    "pending": (
        Rest(
            table=subscriptions,
            old=lambda before: (
                (subscriptions.c.state == SubscriptionState.PENDING.value) & (subscriptions.c.since <= before)
            ),
        ),
        Rest(
            table=subscribers,
            old=lambda before: (subscribers.c.created_at <= before) & _ON_NO_LIST & ~_is_asked(before),
            is_held=True,
        ),
    ),
    "links": (
        Rest(
            table=reader_tokens,
            old=lambda before: or_(
                reader_tokens.c.expires_at <= before,
                reader_tokens.c.used_at <= before,
            ),
        ),
    ),
    "notices": (
        Rest(table=notices, old=lambda before: notices.c.due_at.is_(None) & (notices.c.done_at <= before)),
    ),
    "words": (
        Rest(
            table=delivery_errors,
            old=lambda before: (delivery_errors.c.at <= before) & (delivery_errors.c.text != ""),
            blank={delivery_errors.c.text: ""},
        ),
        Rest(
            table=reports,
            old=lambda before: (reports.c.at <= before) & (reports.c.text != ""),
            blank={reports.c.text: ""},
        ),
    ),
    "requests": (Rest(table=requests, old=lambda before: requests.c.created_at <= before),),
    "deliveries": tuple(_of_forgotten(table) for table in (deliveries, delivery_errors, reports)),
    "audit": (Rest(table=audit, old=lambda before: audit.c.at <= before),),
    BUDGETS: (Rest(table=rates, old=lambda before: rates.c.next_at_us <= us_of(before)),),
}
"""What is purged, by the names of settings: where it stands, and when it is old."""
