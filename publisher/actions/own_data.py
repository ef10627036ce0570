"""All that is stored about a reader, for the reader."""

from __future__ import annotations

from typing import Any

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.app import Publisher
from publisher.model.choices import Choices
from publisher.model.reader_token import TokenPurpose
from publisher.store import choices, keys, own_data, reader_tokens


def data_of(publisher: Publisher, subscriber: int) -> dict[str, Any]:
    """Return everything that is known of a reader as values that JSON can hold; empty if there is none."""
    with publisher.database.read() as db:
        found = choices.of(db, subscriber)
        if found is None:
            return {}
        hashed = address_hash(suppression_secret(keys.every(db)), found.address_key)
        return own_data.of(db, subscriber, address_hash=hashed)


def data_by_link(publisher: Publisher, token: str) -> dict[str, Any]:
    """Return the data of the reader who has got `token` by mail, once; empty if it is not or no more good."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        found = reader_tokens.find(db, token, purpose=TokenPurpose.OWN_DATA, now=now)
        if found is None or found.subscriber is None or not reader_tokens.use(db, found, now=now):
            return {}
    return data_of(publisher, found.subscriber)


def reader_of(publisher: Publisher, token: str, purpose: TokenPurpose) -> Choices | None:
    """Return the reader who has got a `token` by mail that is still good for `purpose`, None if it is not."""
    with publisher.database.read() as db:
        found = reader_tokens.find(db, token, purpose=purpose, now=publisher.now(db))
        return choices.of(db, found.subscriber) if found and found.subscriber else None
