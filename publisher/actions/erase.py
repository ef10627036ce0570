"""Forgetting a reader, for good."""

from __future__ import annotations

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.preferences import ACTOR
from publisher.app import Publisher
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import SuppressionReason
from publisher.store import audit, choices, erasure, keys, reader_tokens, subscribers


def erase(publisher: Publisher, subscriber: int, *, actor: str = "") -> bool:
    """Forget a reader; return False if there is none of that number.

    What stays is a keyed hash of the address, which keeps it from being mailed or imported again, and how
    many mails went to a number that nobody has any more. In the file of a database, and in backups, what was
    deleted is gone once they are written anew (`VACUUM`).

    Raises:
        StoreError: the database cannot be written; nothing has changed.
    """
    with publisher.database.begin() as db:
        now, found = publisher.now(db), choices.of(db, subscriber, locked=True)
        if found is None:
            return False
        hashed = address_hash(suppression_secret(keys.every(db)), found.address_key)
        subscribers.suppress(db, address_hash=hashed, reason=SuppressionReason.ERASED, now=now)
        erasure.forget(db, subscriber, address=found.address, address_key=found.address_key)
        detail = {"subscriber": subscriber}
        who = actor or publisher.actor
        audit.write(db, at=now, actor=who, verb="erase", subject="subscribers", detail=detail)
    return True


def erase_by_link(publisher: Publisher, token: str) -> bool:
    """Forget the reader who has got `token` by mail; return False if it is used, too old or no such token."""
    with publisher.database.read() as db:
        found = reader_tokens.find(db, token, purpose=TokenPurpose.ERASE, now=publisher.now(db))
    if found is None or found.subscriber is None:
        return False
    return erase(publisher, found.subscriber, actor=ACTOR)
