"""Requests with an idempotency key: what was asked under it, and what was answered, for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from publisher.store.schema_readers import requests
from publisher.store.statements import insert

KEPT: Final = timedelta(hours=24)
"""How long an answer is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered, byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked under a key: `fingerprint` is made of it, `answer` is missing while it is being done."""

    fingerprint: str
    created_at: datetime
    answer: Answered | None


def begin(db: Connection, token: int, key: str, *, fingerprint: str, now: datetime) -> Request | None:
    """Take a key for a request that is done now, and return None; or return the request that has it already.

    Of several that come at once, one takes it.
    """
    new = insert(db, requests).values(token=token, key=key, fingerprint=fingerprint, created_at=now)
    taken = db.execute(new.on_conflict_do_nothing().returning(requests.c.key)).first()
    return None if taken is not None else find(db, token, key)


def find(db: Connection, token: int, key: str) -> Request | None:
    """Return what was asked with a token under a key."""
    row = db.execute(select(requests).where(*_own(token, key))).first()
    if row is None:
        return None
    answer = None
    if row.status is not None:
        answer = Answered(status=row.status, headers=row.headers, body=row.body)
    return Request(fingerprint=row.fingerprint, created_at=row.created_at, answer=answer)


def take_over(db: Connection, token: int, key: str, *, since: datetime, now: datetime) -> bool:
    """Take a key whose request, begun at `since`, was never answered; False if somebody else was faster."""
    stale = requests.update().where(*_own(token, key), requests.c.status.is_(None))
    return db.execute(stale.where(requests.c.created_at == since).values(created_at=now)).rowcount == 1


def finish(db: Connection, token: int, key: str, answer: Answered) -> None:
    """Keep what was answered."""
    values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    db.execute(requests.update().where(*_own(token, key)).values(values))


def forget(db: Connection, token: int, key: str) -> None:
    """Give a key free whose request is not done and was not answered."""
    db.execute(requests.delete().where(*_own(token, key), requests.c.status.is_(None)))


def forget_old(db: Connection, now: datetime) -> int:
    """Remove what was asked a day ago or earlier; return how many were removed."""
    return db.execute(requests.delete().where(requests.c.created_at <= now - KEPT)).rowcount


def _own(token: int, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return requests.c.token == token, requests.c.key == key
