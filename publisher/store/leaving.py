"""What readers can do about a subscription that they have just ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, select

from publisher.model.subscriber import SubscriptionState
from publisher.store.schema import subscribers, subscriptions

UNDO: Final = timedelta(hours=24)
"""So long a reader can take back that a subscription was ended."""

_CONFIRMED: Final = (SubscriptionState.ACTIVE.value, SubscriptionState.PAUSED.value)


def take_back(db: Connection, *, public_id: str, list: str, now: datetime) -> bool:  # noqa: A002 - the project's noun
    """Let a subscription go on that its reader has ended within `UNDO`, or its pause; False: there is none.

    One that was never confirmed, or that ended by a complaint, does not come back.
    """
    undone = db.execute(
        subscriptions.update()
        .where(_can_be_undone(public_id, list, now))
        .values(state=subscriptions.c.before, since=now, before=None)
    )
    return undone.rowcount == 1


def can_be_taken_back(db: Connection, *, public_id: str, list: str, now: datetime) -> bool:  # noqa: A002 - the project's noun
    """Tell whether `take_back` would do anything."""
    return bool(db.execute(select(exists().where(_can_be_undone(public_id, list, now)))).scalar_one())


def _can_be_undone(public_id: str, name: str, now: datetime) -> ColumnElement[bool]:
    subscriber = select(subscribers.c.id).where(subscribers.c.public_id == public_id).scalar_subquery()
    return (
        (subscriptions.c.subscriber == subscriber)
        & (subscriptions.c.list == name)
        & (subscriptions.c.state == SubscriptionState.UNSUBSCRIBED.value)
        & subscriptions.c.before.in_(_CONFIRMED)
        & (subscriptions.c.since > now - UNDO)
    )
