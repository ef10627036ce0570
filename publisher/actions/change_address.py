"""Moving a reader to another address, once the owners of both have agreed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.asking_readers import tell
from publisher.actions.preferences import ACTOR
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.delivery.special_addresses import is_disposable, is_role
from publisher.errors import StoreError
from publisher.model.choices import Change, Choices
from publisher.model.reader_notices import ReaderNotice
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import PUBLIC_ID, SubscriptionState, SuppressionReason
from publisher.store import audit, choices, consents, joining, keys, moves, reader_tokens, subscribers

MOVED: Final = "moved here by its reader"
"""How the subscriptions of a reader came about who has moved to an address that was known already."""

PAGE: Final = "/change"
"""The page on which both sides agreed, as the proof of a consent names it."""

_TRIES: Final = 3

_OF_THE_OLD: Final = (
    TokenPurpose.CHANGE_ADDRESS,
    TokenPurpose.CONFIRM,
    TokenPurpose.ERASE,
    TokenPurpose.OWN_DATA,
)
"""What links in mails to the old address were good for: whoever reads those mails is the reader no more."""


class Moved(Enum):
    """What came of a press: the other side is still to be asked, or the address is changed."""

    HALF = auto()
    CHANGED = auto()


def change_address(publisher: Publisher, token: str) -> Moved | None:
    """Agree to a change of address for one side; with the second one, change it.

    The old address is not mailed any more, whoever adds it, until its owner asks for that at a form; of links
    that were mailed there only those work that end a subscription. A reader whom the new address already has
    gets all that the old one had, which is gone then: both were asked, so both are one person. Returns None
    if the token is used, too old, or good for something else.

    Raises:
        StoreError: the database cannot be written, or others keep changing these readers; nothing is done.
    """
    for _ in range(_TRIES):
        try:
            return _agree(publisher, token)
        except _OvertakenError:
            continue
    raise StoreError("somebody else changes these readers at this moment", fix="try again in a moment")


class _OvertakenError(Exception):
    """Somebody else was faster: what was looked at is not so any more, and nothing may be done about it."""


def _agree(publisher: Publisher, token: str) -> Moved | None:
    with publisher.database.begin() as db:
        now = publisher.now(db)
        used = reader_tokens.find(db, token, purpose=TokenPurpose.CHANGE_ADDRESS, now=now)
        if used is None or used.subscriber is None:
            return None
        new = addresses.parse(used.payload["address"])
        there = _locked(db, used.subscriber, addresses.normalise(new))
        found = choices.of(db, used.subscriber)
        if found is None or not reader_tokens.use(db, used, now=now):
            return None
        if not reader_tokens.is_used(db, used.payload["other"], now=now):
            return Moved.HALF
        _move(publisher, db, found, new, there)
    return Moved.CHANGED


def _locked(db: Connection, subscriber: int, key: str) -> Choices | None:
    """Lock the reader who moves and the one at the new address; return that one if it is another."""
    number = choices.number_of(db, key)
    moves.lock(db, {subscriber, number if number is not None else subscriber})
    if choices.number_of(db, key) != number:
        raise _OvertakenError
    return choices.of(db, number) if number not in (None, subscriber) else None


def _move(
    publisher: Publisher, db: Connection, found: Choices, new: addresses.Address, there: Choices | None
) -> None:
    key, now = addresses.normalise(new), publisher.now(db)
    reader = there.subscriber if there else found.subscriber
    secret = suppression_secret(keys.every(db))
    joining.lift(db, address_hash(secret, key))
    flags = {"is_role": is_role(new), "is_disposable": is_disposable(new)}
    if not moves.set_address(db, reader, address=str(new), address_key=key, **flags):
        raise _OvertakenError
    if key == found.address_key:
        reader_tokens.revoke(db, reader, TokenPurpose.CHANGE_ADDRESS)
    else:
        _leave(publisher, db, found, there)
        old = address_hash(secret, found.address_key)
        subscribers.suppress(db, address_hash=old, reason=SuppressionReason.MOVED, now=now)
    tell(publisher, db, replace(found, subscriber=reader), ReaderNotice.ADDRESS_CHANGED)
    detail = {"subscriber": reader, **({"was": found.subscriber} if there else {})}
    audit.write(db, at=now, actor=ACTOR, verb="change address", subject="preferences", detail=detail)


def _leave(publisher: Publisher, db: Connection, found: Choices, there: Choices | None) -> None:
    """Let links in mails to the old address do nothing any more but end subscriptions."""
    now = publisher.now(db)
    reader_tokens.forget_address(db, found.address_key)
    if there is None:
        reader_tokens.revoke(db, found.subscriber, *_OF_THE_OLD)
        name = secrets.token_hex(PUBLIC_ID // 2)
        moves.rename(db, found.subscriber, old=found.public_id, new=name, now=now)
        return
    joined = list(_joined(found, there))
    for change in joined:
        choices.change(db, there.subscriber, change, consent=MOVED, now=now)
    choices.set_topics(db, there.subscriber, _topics(found, there))
    moves.merge(db, found.subscriber, public_id=found.public_id, into=there.subscriber, now=now)
    lists = [change.list for change in joined if change.state is not SubscriptionState.UNSUBSCRIBED]
    if lists:
        version = consents.keep_text(db, MOVED)
        number = there.subscriber
        consents.add(db, subscriber=number, lists=lists, version=version, source=PAGE, network="", now=now)


def _joined(found: Choices, there: Choices) -> Iterator[Change]:
    """Yield what the reader at the new address has to change to be where the old one is.

    A list that was left at the old address, and of which the new one knows nothing, is left there as well.
    """
    for name, standing in found.lists.items():
        known = there.lists.get(name)
        if standing.is_on and not (known and known.is_on):
            yield Change(list=name, state=standing.state, resumes_at=standing.resumes_at)
        elif known is None and standing.state is SubscriptionState.UNSUBSCRIBED:
            yield Change(list=name, state=standing.state)


def _topics(found: Choices, there: Choices) -> frozenset[str]:
    """Return the topics of two readers who are one: all of both, and none, which means all, if one had none.

    Who was on no list before has nothing to say.
    """
    sides = [each for each in (found, there) if any(standing.is_on for standing in each.lists.values())]
    if not all(each.topics for each in sides):
        return frozenset()
    return frozenset().union(*(each.topics for each in sides))
