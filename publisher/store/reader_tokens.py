"""Random tokens of links to readers: good for one purpose, for a time, once; only their hashes are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from publisher.model.reader_token import LIFETIMES, TokenPurpose
from publisher.store.schema_readers import reader_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderToken:
    """What a token was made for. `subscriber` is None as long as there is none: somebody who asks to join."""

    hash: str
    purpose: TokenPurpose
    subscriber: int | None
    payload: Mapping[str, Any]
    created_at: datetime
    is_used: bool = False


def keep(  # noqa: PLR0913 - one argument a column
    db: Connection,
    token: str,
    *,
    purpose: TokenPurpose,
    subscriber: int | None,
    payload: Mapping[str, object],
    now: datetime,
    address_key: str | None = None,
) -> None:
    """Keep the hash of a new token, which holds for as long as its purpose allows.

    `token` is drawn at random by whoever asks, at least 128 bits of it. If an address is in its payload, the
    token is forgotten by its `address_key`.
    """
    lifetime = LIFETIMES[purpose]
    db.execute(
        reader_tokens.insert().values(
            hash=hash_of(token),
            purpose=purpose.value,
            subscriber=subscriber,
            payload=dict(payload),
            address_key=address_key,
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        )
    )


def find(
    db: Connection, token: str, *, purpose: TokenPurpose, now: datetime, or_used: bool = False
) -> ReaderToken | None:
    """Return what a token was made for; None if it is of another purpose, too old, or none of ours.

    None also if it has been used, unless such a one is wanted, too: to say once more what it has done.
    """
    row = db.execute(
        select(reader_tokens).where(
            reader_tokens.c.hash == hash_of(token),
            reader_tokens.c.purpose == purpose.value,
            or_(reader_tokens.c.expires_at.is_(None), reader_tokens.c.expires_at > now),
        )
    ).first()
    if row is None or (row.used_at is not None and not or_used):
        return None
    return ReaderToken(
        hash=row.hash,
        purpose=TokenPurpose(row.purpose),
        subscriber=row.subscriber,
        payload=row.payload,
        created_at=row.created_at,
        is_used=row.used_at is not None,
    )


def has(db: Connection, subscriber: int, purpose: TokenPurpose) -> bool:
    """Tell whether a subscriber has a token for a purpose."""
    own = (reader_tokens.c.subscriber == subscriber) & (reader_tokens.c.purpose == purpose.value)
    return bool(db.execute(select(exists().where(own))).scalar_one())


def give(db: Connection, token: ReaderToken, subscriber: int) -> None:
    """Let a token be a subscriber's, so that it is forgotten with everything else of them."""
    db.execute(reader_tokens.update().where(reader_tokens.c.hash == token.hash).values(subscriber=subscriber))


def use(db: Connection, token: ReaderToken, *, now: datetime) -> bool:
    """Use a token up; return False if somebody else was faster."""
    used = db.execute(
        reader_tokens.update()
        .where(reader_tokens.c.hash == token.hash, reader_tokens.c.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def is_used(db: Connection, hash: str, *, now: datetime) -> bool:  # noqa: A002 - the column's name
    """Tell whether a token, given as its hash, was used while it held, and still would hold."""
    found = select(reader_tokens.c.hash).where(
        reader_tokens.c.hash == hash, reader_tokens.c.used_at.is_not(None), reader_tokens.c.expires_at > now
    )
    return db.execute(found).first() is not None


def revoke(db: Connection, subscriber: int, *purposes: TokenPurpose) -> int:
    """Remove the tokens of a subscriber for these purposes, for all if none is named; return how many."""
    own = reader_tokens.delete().where(reader_tokens.c.subscriber == subscriber)
    if purposes:
        own = own.where(reader_tokens.c.purpose.in_([purpose.value for purpose in purposes]))
    return db.execute(own).rowcount


def forget_address(db: Connection, address_key: str) -> None:
    """Remove every token that would make something of an address, whosever it is."""
    db.execute(reader_tokens.delete().where(reader_tokens.c.address_key == address_key))


def hash_of(token: str) -> str:
    """Return all that is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
