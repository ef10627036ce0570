"""Tokens of programs that use the API: only their hashes are kept, and a revoked one stays in the list."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, or_, select

from publisher.model.scope import Scope
from publisher.store.schema_readers import api_tokens
from publisher.store.statements import new_row


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What is known of a token. It works until it expires or is revoked; `used_at` is to the minute."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def works(self, now: datetime) -> bool:
        """Return whether it opens a door."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def add(  # noqa: PLR0913 - one argument a column
    db: Connection,
    token: str,
    *,
    name: str,
    scopes: Collection[Scope],
    created_by: str,
    expires_at: datetime | None,
    now: datetime,
) -> int:
    """Keep the hash of a new token, of which at least 128 bits were drawn at random; return its number."""
    values = {
        "name": name,
        "hash": _hash(token),
        "scopes": sorted(scope.value for scope in scopes),
        "created_at": now,
        "created_by": created_by,
        "expires_at": expires_at,
    }
    return new_row(db, api_tokens, values)


def find(db: Connection, token: str) -> ApiToken | None:
    """Return what is known of a token, whether it works or not; None if it was never ours."""
    row = db.execute(select(api_tokens).where(api_tokens.c.hash == _hash(token))).first()
    return None if row is None else _token(row)


def listed(db: Connection) -> list[ApiToken]:
    """Return all tokens that there have been, oldest first."""
    return [_token(row) for row in db.execute(select(api_tokens).order_by(api_tokens.c.id))]


def working(db: Connection, name: str, now: datetime) -> ApiToken | None:
    """Return the token of that name that works."""
    named = select(api_tokens).where(
        api_tokens.c.name == name,
        api_tokens.c.revoked_at.is_(None),
        or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now),
    )
    row = db.execute(named).first()
    return None if row is None else _token(row)


def revoke(db: Connection, id: int, *, now: datetime) -> bool:  # noqa: A002 - the column's name
    """Let a token open nothing any more; return False if it was revoked already."""
    own = api_tokens.update().where(api_tokens.c.id == id, api_tokens.c.revoked_at.is_(None))
    return db.execute(own.values(revoked_at=now)).rowcount == 1


def note_use(db: Connection, id: int, *, now: datetime) -> None:  # noqa: A002 - the column's name
    """Note when a token was used last."""
    db.execute(api_tokens.update().where(api_tokens.c.id == id).values(used_at=now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    known = {scope.value for scope in Scope}
    facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    facts.pop("hash")
    scopes = frozenset(Scope(name) for name in facts.pop("scopes") if name in known)
    return ApiToken(**facts, scopes=scopes)
