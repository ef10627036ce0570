"""Subscribing and unsubscribing."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.bring_readers import Wishes, bring
from publisher.app import Publisher
from publisher.delivery import addresses, tokens
from publisher.delivery.special_addresses import is_disposable, is_role
from publisher.errors import NotFoundError, PublisherError
from publisher.model.shelves import tag_name
from publisher.model.subscriber import PUBLIC_ID, NewSubscriber, Subscription, SubscriptionState
from publisher.store import audit, cursors, keys, subscribers
from publisher.store.subscribers import Added

BY_HAND = "added by hand"
IMPORTED = "imported from a file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of importing addresses: how many for each answer, and the rows that were refused."""

    counts: dict[Added, int]
    refused: tuple[PublisherError, ...]


def add(  # noqa: PLR0913 - who, and what is known of that reader
    publisher: Publisher,
    address: str,
    *,
    lists: Sequence[str] = (),
    consent: str = BY_HAND,
    lang: str | None = None,
    topics: Sequence[str] = (),
) -> dict[str, Added]:
    """Make `address` an active subscriber of `lists` (none: the default list); say what happened on each.

    Nobody who has left or must not be mailed is added back. Readers who are known keep language and topics.

    Raises:
        PublisherError: the address is impossible.
        NotFoundError: there is no such list.
    """
    names = tuple(dict.fromkeys(map(tag_name, topics)))
    return _add(publisher, address, _lists(publisher, lists), consent, lang=lang, topics=names)


def add_from_file(publisher: Publisher, text: str, *, path: str, lists: Sequence[str] = ()) -> Imported:
    """Add the addresses of a CSV file (a column `email`, or the first) or of a plain list, one a line.

    See `bring`; a row that is refused is told with its line and keeps no other back.

    Raises:
        NotFoundError: there is no such list.
        PublisherError: the file is no CSV; nobody was added.
    """
    wishes = Wishes(source=IMPORTED, lists=tuple(lists), again=True)
    brought = bring(publisher, io.BytesIO(text.encode()), name=path, wishes=wishes)
    return Imported(counts=dict(brought.counts), refused=brought.examples)


def subscription_of(publisher: Publisher, token: str) -> Subscription | None:
    """Return whose unsubscribe link `token` is from, or None if it is nobody's."""
    with publisher.database.read() as db:
        read = tokens.read(token, {str(kid): secret for kid, secret in keys.every(db).items()})
        return subscribers.by_public_id(db, read.public_id, read.list) if read else None


def is_of_a_test(publisher: Publisher, token: str) -> bool:
    """Return whether `token` is from a test mail, whose links act on nobody."""
    with publisher.database.read() as db:
        known = {str(kid): secret for kid, secret in keys.every(db).items()}
    return tokens.read(token, known, purpose=tokens.TEST) is not None


def unsubscribe(publisher: Publisher, token: str) -> Subscription | None:
    """End the subscription that `token` belongs to (RFC 8058); doing it again changes nothing.

    Returns the ended subscription, or None if the token is nobody's.
    """
    found = subscription_of(publisher, token)
    if found is None or found.state is SubscriptionState.UNSUBSCRIBED:
        return found
    with publisher.database.begin() as db:
        if subscribers.unsubscribe(
            db, public_id=found.public_id, list=found.list, now=publisher.now(db), can_be_undone=True
        ):
            audit.write(
                db,
                at=publisher.now(db),
                actor="subscriber",
                verb="unsubscribe",
                subject=found.list,
                detail={"subscriber": found.subscriber},
            )
    return subscription_of(publisher, token)


def _add(  # noqa: PLR0913 - as above
    publisher: Publisher,
    text: str,
    lists: Sequence[str],
    consent: str,
    *,
    lang: str | None,
    topics: tuple[str, ...],
) -> dict[str, Added]:
    """Add an address; the audit says whom, by number."""
    address = addresses.admit(text)
    key = addresses.normalise(address)
    with publisher.database.begin() as db:
        reader = NewSubscriber(
            address=str(address),
            address_key=key,
            address_hash=address_hash(suppression_secret(keys.every(db)), key),
            public_id=secrets.token_hex(PUBLIC_ID // 2),
            lang=lang,
            is_role=is_role(address),
            is_disposable=is_disposable(address),
            topics=topics,
        )
        (answer,) = subscribers.add_many(
            db,
            [reader],
            lists=lists,
            state=SubscriptionState.ACTIVE,
            consent=consent,
            now=publisher.now(db),
        )
        _note_added(publisher, db, key, [name for name, said in answer.items() if said is Added.ADDED])
        return answer


def _note_added(publisher: Publisher, db: Connection, address_key: str, lists: Sequence[str]) -> None:
    reader = cursors.subscriber(db, address_key=address_key)
    if reader is not None and lists:
        audit.write(
            db,
            at=publisher.now(db),
            actor=publisher.actor,
            verb="subscribe",
            subject=f"subscriber {reader.number}",
            detail={"lists": list(lists)},
        )


def _lists(publisher: Publisher, names: Sequence[str]) -> tuple[str, ...]:
    known = publisher.settings.lists
    for name in names:
        if name not in known:
            raise NotFoundError(f"there is no list '{name}'", fix=f"the lists are: {', '.join(known)}")
    return tuple(names) or publisher.settings.default_lists


def everybody(publisher: Publisher, *, lists: Sequence[str] = ()) -> list[Subscription]:
    """Return all subscriptions, or those of some lists.

    Raises:
        NotFoundError: there is no such list.
    """
    names = _lists(publisher, lists) if lists else (None,)
    found: list[Subscription] = []
    with publisher.database.read() as db:
        for name in names:
            last = 0
            while page := subscribers.listed(db, list=name, after=last):
                found += page
                last = page[-1].subscriber
    return found
