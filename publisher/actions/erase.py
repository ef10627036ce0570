"""Erasing a reader: all that is kept is a hash by which the address is recognised."""

from __future__ import annotations

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.app import Publisher
from publisher.model.subscriber import SuppressionReason
from publisher.store import audit, cursors, keys, subscribers


def erase(publisher: Publisher, subscriber: int) -> bool:
    """Erase the subscriber of that number; return False if there is none.

    The address is not mailed again, and cannot be added again by anybody else.
    """
    with publisher.database.begin() as db:
        reader = cursors.subscriber(db, number=subscriber)
        if reader is None:
            return False
        now = publisher.now(db)
        key = address_hash(suppression_secret(keys.every(db)), reader.address_key)
        subscribers.suppress(db, address_hash=key, reason=SuppressionReason.ERASED, now=now)
        cursors.remove(db, subscriber)
        audit.write(db, at=now, actor=publisher.actor, verb="erase", subject=f"subscriber {subscriber}")
        return True
