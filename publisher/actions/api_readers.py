"""What programs do with subscribers: look at them, add them, change and unsubscribe them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.erase import erase
from publisher.actions.subscribe import add as subscribe
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.errors import NotFoundError, TransitionError
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import audit, cursors, keys, subscribers
from publisher.store.cursors import Reader
from publisher.store.subscribers import Added


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A subscriber, and why the address must not be mailed if it must not."""

    reader: Reader
    suppressed: SuppressionReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of adding an address: whose it is, and what happened on each list."""

    public_id: str
    answers: dict[str, Added]


def portion(
    publisher: Publisher,
    *,
    after: int,
    list: str | None,  # noqa: A002 - the project's noun
    state: SubscriptionState | None,
    limit: int,
) -> list[Looked]:
    """Return the next `limit` subscribers after that number, on a list or in a state on one.

    Raises:
        NotFoundError: there is no such list.
    """
    if list is not None:
        _known_list(publisher, list)
    with publisher.database.read() as db:
        found = cursors.subscribers_after(db, after, list=list, state=state, limit=limit)
        return _looked(db, found)


def one(publisher: Publisher, public_id: str) -> Looked:
    """Return a subscriber.

    Raises:
        NotFoundError: there is none with that id.
    """
    with publisher.database.read() as db:
        return _looked(db, [_known(db, public_id)])[0]


def by_address(publisher: Publisher, address: str) -> Looked:
    """Return the subscriber whose address this is, however it is spelt.

    Raises:
        AddressError: it cannot be an address.
        NotFoundError: nobody has it.
    """
    key = addresses.normalise(addresses.parse(address))
    with publisher.database.read() as db:
        found = cursors.subscriber(db, address_key=key)
        if found is None:
            raise NotFoundError("no subscriber has this address")
        return _looked(db, [found])[0]


def add(publisher: Publisher, address: str, *, lists: Sequence[str], consent: str) -> Joined:
    """Make an address an active subscriber of lists (none: the default list).

    Raises:
        AddressError: it cannot be an address.
        NotFoundError: there is no such list.
        TransitionError: the address must not be mailed; nothing was kept of it.
    """
    answers = subscribe(publisher, address, lists=lists, consent=consent)
    if Added.SUPPRESSED in answers.values():
        raise TransitionError(
            "this address must not be mailed: it complained, bounced, moved or was erased",
            fix="only its owner can join again, by the page to subscribe",
        )
    return Joined(public_id=by_address(publisher, address).reader.public_id, answers=answers)


def set_lang(publisher: Publisher, public_id: str, lang: str | None) -> Looked:
    """Set in which language a subscriber reads pages and notices, None: the publication's.

    Raises:
        NotFoundError: there is no subscriber with that id.
    """
    with publisher.database.begin() as db:
        before = _known(db, public_id)
        if before.lang != lang:
            cursors.set_lang(db, before.number, lang)
            _note(publisher, db, before, "change subscriber", lang=lang)
        return _looked(db, [_known(db, public_id)])[0]


def unsubscribe(publisher: Publisher, public_id: str, *, lists: Sequence[str]) -> list[str]:
    """End a subscriber's subscriptions to lists (none: to all); return those that had not ended before.

    Raises:
        NotFoundError: there is no subscriber with that id.
    """
    with publisher.database.begin() as db:
        reader, now = _known(db, public_id), publisher.now(db)
        wanted = lists or [place.list for place in reader.lists]
        ended = [
            name
            for name in dict.fromkeys(wanted)
            if subscribers.unsubscribe(db, public_id=reader.public_id, list=name, now=now)
        ]
        for name in ended:
            audit.write(
                db,
                at=now,
                actor=publisher.actor,
                verb="unsubscribe",
                subject=name,
                detail={"subscriber": reader.number},
            )
        return ended


def forget(publisher: Publisher, public_id: str) -> None:
    """Erase a subscriber; what stays is a hash with which the address is recognised.

    Raises:
        NotFoundError: there is no subscriber with that id.
    """
    with publisher.database.read() as db:
        number = _known(db, public_id).number
    if not erase(publisher, number):
        raise NotFoundError(f"there is no subscriber '{public_id}'")


def _known_list(publisher: Publisher, name: str) -> None:
    known = publisher.settings.lists
    if name not in known:
        raise NotFoundError(f"there is no list '{name}'", fix=f"the lists are: {', '.join(known)}")


def _known(db: Connection, public_id: str) -> Reader:
    found = cursors.subscriber(db, public_id=public_id)
    if found is None:
        raise NotFoundError(f"there is no subscriber '{public_id}'")
    return found


def _looked(db: Connection, found: Sequence[Reader]) -> list[Looked]:
    secret = suppression_secret(keys.every(db))
    hashes = [address_hash(secret, reader.address_key) for reader in found]
    reasons = cursors.suppressed(db, hashes)
    return [
        Looked(reader=reader, suppressed=reasons.get(key)) for reader, key in zip(found, hashes, strict=True)
    ]


def _note(publisher: Publisher, db: Connection, reader: Reader, verb: str, **detail: object) -> None:
    audit.write(
        db,
        at=publisher.now(db),
        actor=publisher.actor,
        verb=verb,
        subject=f"subscriber {reader.number}",
        detail=detail,
    )
