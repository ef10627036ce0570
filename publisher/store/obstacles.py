"""What is in the way of mail: relays that do not work, batches that were parked, notices given up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from publisher.model.delivery import DeliveryState
from publisher.store.schema_sending import batches, mailings, notices, relays


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayTrouble:
    """A relay that cannot be used, since when, and what it said."""

    name: str
    since: datetime
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Batches of an issue's mailing that nobody sends, because their senders ended again and again."""

    issue: str
    batches: int
    deliveries: int
    """How many messages in them are still open."""


def is_leased(db: Connection, now: datetime) -> bool:
    """Tell whether a sender is at work on some batch, or was until a moment ago."""
    leased = exists().where(batches.c.lease_until > now)
    return bool(db.execute(select(leased)).scalar_one())


def refused_notices(db: Connection, kinds: Collection[str]) -> list[str]:
    """Return the addresses whose last notice of these kinds was given up."""
    rows = db.execute(
        select(notices.c.address, notices.c.state)
        .where(notices.c.kind.in_(kinds), notices.c.due_at.is_(None))
        .order_by(notices.c.id)
    )
    last = {row.address: row.state for row in rows}
    return [address for address, state in last.items() if state is not DeliveryState.ACCEPTED]


def relays_down(db: Connection) -> list[RelayTrouble]:
    """Return the relays that do not work."""
    rows = db.execute(select(relays).where(~relays.c.works).order_by(relays.c.name))
    return [RelayTrouble(name=row.name, since=row.since, said=row.said) for row in rows]


def parked(db: Connection) -> list[Parked]:
    """Return what is parked of mailings that are not finished."""
    still_open = func.sum(batches.c.pending + batches.c.sending + batches.c.deferred + batches.c.uncertain)
    rows = db.execute(
        select(mailings.c.issue, func.count().label("batches"), still_open.label("deliveries"))
        .join_from(mailings, batches)
        .where(mailings.c.finished_at.is_(None), batches.c.parked)
        .group_by(mailings.c.id, mailings.c.issue)
        .order_by(mailings.c.id)
    )
    return [Parked(issue=row.issue, batches=row.batches, deliveries=row.deliveries) for row in rows]
