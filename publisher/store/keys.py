"""The secrets with which tokens and message ids are made; a key that was ever used is kept."""

from __future__ import annotations

from sqlalchemy import Connection, select

from publisher.store.compiled import Statement
from publisher.store.schema import keys


def current(db: Connection) -> tuple[int, bytes]:
    """Return the number (kid) and the 32 bytes of the key that new tokens are made with."""
    row = db.execute(select(keys).order_by(keys.c.kid.desc()).limit(1)).one()
    return row.kid, row.secret


def every(db: Connection) -> dict[int, bytes]:
    """Return all keys by their numbers: tokens in old mails must still be understood."""
    return {row["kid"]: row["secret"] for row in _EVERY.rows(db, {})}


_EVERY = Statement(select(keys.c.kid, keys.c.secret))
