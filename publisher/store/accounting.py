"""What came of a mailing, counted: what waits in a batch, and why deliveries were rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, literal, select

from publisher.model.delivery import DeliveryState
from publisher.store.ledger import IN_ITS_BATCH, SAID_LAST
from publisher.store.schema_sending import batches, deliveries, delivery_errors

_OPEN: Final = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.DEFERRED,
    DeliveryState.UNCERTAIN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """How many deliveries were rejected with one reply code (None: no relay was asked) and enhanced code."""

    code: int | None
    enhanced: str
    count: int


def waiting(db: Connection, mailing: int, batch: int) -> int:
    """Return how many deliveries of a batch are not final, or of which nobody knows; 0 if there is none."""
    open_ones = sum((batches.c[state.value] for state in _OPEN), literal(0))
    found = select(open_ones).where(batches.c.mailing == mailing, batches.c.number == batch)
    return int(db.execute(found).scalar() or 0)


def refusals(db: Connection, mailing: int) -> list[Refusal]:
    """Return why deliveries of a mailing are rejected, by their last words, the most frequent first.

    Only batches with rejected deliveries are looked into.
    """
    many = func.count().label("many")
    rows = db.execute(
        select(delivery_errors.c.code, delivery_errors.c.enhanced, many)
        .join_from(batches, deliveries, IN_ITS_BATCH)
        .join(delivery_errors, SAID_LAST)
        .where(
            batches.c.mailing == mailing,
            batches.c[DeliveryState.REJECTED.value] > 0,
            deliveries.c.state == DeliveryState.REJECTED,
        )
        .group_by(delivery_errors.c.code, delivery_errors.c.enhanced)
        .order_by(many.desc(), delivery_errors.c.code.nulls_last(), delivery_errors.c.enhanced)
    )
    return [Refusal(code=row.code, enhanced=row.enhanced, count=row.many) for row in rows]
