"""All that is stored about a reader, for the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.asking_readers import NEW
from publisher.app import Publisher
from publisher.model.choices import Choices
from publisher.model.reader_token import TokenPurpose
from publisher.store import choices, keys, own_data, reader_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who has asked for a link by mail, and to which `address` to move, if to any.

    `is_there` is whether the link went to that address: whoever has it may not know the old one.
    """

    reader: Choices
    address: str = ""
    is_there: bool = False
    is_used: bool = False


def data_of(publisher: Publisher, subscriber: int) -> dict[str, Any]:
    """Return everything that is known of a reader as values that JSON can hold; empty if there is none."""
    with publisher.database.read() as db:
        found = choices.of(db, subscriber)
        if found is None:
            return {}
        hashed = address_hash(suppression_secret(keys.every(db)), found.address_key)
        known = own_data.of(db, subscriber, address_hash=hashed)
    for row in (*known["subscriptions"], *known["consents"]):
        row["title"] = publisher.settings.list_title(row["list"])
    return known


def data_by_link(publisher: Publisher, token: str) -> dict[str, Any]:
    """Return the data of the reader who has got `token` by mail, once; empty if it is not or no more good."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        found = reader_tokens.find(db, token, purpose=TokenPurpose.OWN_DATA, now=now)
        if found is None or found.subscriber is None or not reader_tokens.use(db, found, now=now):
            return {}
    return data_of(publisher, found.subscriber)


def asked_with(publisher: Publisher, token: str, purpose: TokenPurpose) -> Asked | None:
    """Return who has got a `token` for `purpose` by mail, used or not; None if it is too old or nobody's."""
    with publisher.database.read() as db:
        found = reader_tokens.find(db, token, purpose=purpose, now=publisher.now(db), or_used=True)
        reader = choices.of(db, found.subscriber) if found and found.subscriber else None
    if found is None or reader is None:
        return None
    return Asked(
        reader=reader,
        address=found.payload.get("address", ""),
        is_there=found.payload.get("side") == NEW,
        is_used=found.is_used,
    )
