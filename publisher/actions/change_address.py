"""Moving a reader to another address, once the owners of both have agreed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.asking_readers import tell
from publisher.actions.preferences import ACTOR
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.delivery.special_addresses import is_disposable, is_role
from publisher.model.choices import Change, Choices
from publisher.model.reader_notices import ReaderNotice
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import SubscriptionState
from publisher.store import audit, choices, joining, keys, reader_tokens

MOVED = "moved here by its reader"
"""How the subscriptions of a reader came about who has moved to an address that was known already."""


class Moved(Enum):
    """What came of a press: the other side is still to be asked, or the address is changed."""

    HALF = auto()
    CHANGED = auto()


def change_address(publisher: Publisher, token: str) -> Moved | None:
    """Agree to a change of address for one side; with the second one, change it.

    A reader whom the new address already has gets the lists of the old one, which ends there: both were
    asked, so both are one person. Returns None if the token is used, too old, or good for something else.
    """
    with publisher.database.begin() as db:
        now = publisher.now(db)
        used = reader_tokens.find(db, token, purpose=TokenPurpose.CHANGE_ADDRESS, now=now)
        found = choices.of(db, used.subscriber, locked=True) if used and used.subscriber else None
        if used is None or found is None or not reader_tokens.use(db, used, now=now):
            return None
        if not reader_tokens.is_used(db, used.payload["other"], now=now):
            return Moved.HALF
        _move(publisher, db, found, addresses.parse(used.payload["address"]))
        reader_tokens.revoke(db, found.subscriber, TokenPurpose.CHANGE_ADDRESS)
        tell(publisher, db, found, ReaderNotice.ADDRESS_CHANGED)
        detail = {"subscriber": found.subscriber}
        audit.write(db, at=now, actor=ACTOR, verb="change address", subject="preferences", detail=detail)
    return Moved.CHANGED


def _move(publisher: Publisher, db: Connection, found: Choices, new: addresses.Address) -> None:
    key, now = addresses.normalise(new), publisher.now(db)
    joining.lift(db, address_hash(suppression_secret(keys.every(db)), key))
    number = choices.number_of(db, key)
    if number is None or number == found.subscriber:
        flags = {"is_role": is_role(new), "is_disposable": is_disposable(new)}
        choices.set_address(db, found.subscriber, address=str(new), address_key=key, **flags)
        return
    there = choices.of(db, number, locked=True)
    for change in _joined(found, there):
        choices.change(db, number, change, consent=MOVED, now=now)
    for name, standing in found.lists.items():
        if standing.is_on:
            left = Change(list=name, state=SubscriptionState.UNSUBSCRIBED)
            choices.change(db, found.subscriber, left, consent=MOVED, now=now)


def _joined(found: Choices, there: Choices | None) -> Iterator[Change]:
    """Yield the lists that the reader at the new address is not on yet, as they are at the old one."""
    for name, standing in found.lists.items():
        known = there.lists.get(name) if there else None
        if standing.is_on and not (known and known.is_on):
            yield Change(list=name, state=standing.state, resumes_at=standing.resumes_at)
