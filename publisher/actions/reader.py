"""Looking for a reader, and showing what is known of one."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.delivery.addresses import AddressError
from publisher.errors import NotFoundError
from publisher.model.reader_history import FoundReader, History
from publisher.store import keys, readers


def find(publisher: Publisher, text: str, *, limit: int) -> tuple[list[FoundReader], bool]:
    """Return up to `limit` readers with `text` in their address, and whether there are more.

    `@example.org` means a whole domain; the best matches come first.
    """
    with publisher.database.read() as db:
        found = readers.find(db, _key_of(text.strip()), limit=limit + 1)
    return found[:limit], len(found) > limit


def number_of(publisher: Publisher, who: str) -> int:
    """Return the number of a reader, given by address or by number.

    Raises:
        NotFoundError: there is no such reader.
        AddressError: it is neither a number nor an address.
    """
    with publisher.database.read() as db:
        number = _number(db, who)
        if number is None or readers.reader(db, number) is None:
            raise _nobody(who)
    return number


def show(publisher: Publisher, who: str) -> History:
    """Return all that is known of a reader, given by address or by number.

    Raises:
        NotFoundError: there is no such reader, and no suppression of such an address.
        AddressError: it is neither a number nor an address.
    """
    with publisher.database.read() as db:
        number = _number(db, who)
        found = readers.reader(db, number) if number is not None else None
        key = readers.address_key_of(db, number) if number is not None else None
        if key is None and not who.isdecimal():
            key = addresses.normalise(addresses.parse(who))
        hashed = address_hash(suppression_secret(keys.every(db)), key) if key is not None else ""
        suppression = readers.suppression(db, hashed)
        if found is None or number is None or key is None:
            if suppression is None:
                raise _nobody(who)
            return History(reader=None, suppression=suppression)
        return History(
            reader=found,
            suppression=suppression,
            subscriptions=readers.lists(db, number),
            topics=readers.topics_of(db, number),
            consents=readers.consents_of(db, number),
            deliveries=readers.deliveries_of(db, number),
            reports=readers.reports_of(db, number),
            notices=readers.notices_of(db, number, key),
        )


def _number(db: Connection, who: str) -> int | None:
    if who.isdecimal():
        return int(who) if len(who) < 10 else None
    return readers.number_of(db, addresses.normalise(addresses.parse(who)))


def _key_of(text: str) -> str:
    """Return a text as address keys have it: a whole address, or a part of one."""
    try:
        return addresses.normalise(addresses.parse(text))
    except AddressError:
        return text.lower()


def _nobody(who: str) -> NotFoundError:
    return NotFoundError(f"there is no subscriber '{who}'", fix="publisher subscribers find PART finds them")
