"""Notices: single mails about somebody's own affairs, such as a confirmation; sent before any mailing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from publisher.model.delivery import DeliveryState, NextStep
from publisher.model.records import Notice
from publisher.store.schema_sending import notices
from publisher.store.statements import new_row


def add(db: Connection, *, kind: str, address: str, payload: Mapping[str, object], now: datetime) -> int:
    """Put a notice in line, due at once, and return its number. `payload` is what its template needs."""
    values = {
        "kind": kind,
        "address": address,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "payload": dict(payload),
    }
    return new_row(db, notices, values)


def due(db: Connection, now: datetime, limit: int = 20) -> list[Notice]:
    """Return the notices that are due, those that have waited longest first."""
    return [_notice(row) for row in db.execute(_due(now, limit)).mappings()]


def claim(db: Connection, *, now: datetime, lease_until: datetime, limit: int = 20) -> list[Notice]:
    """Take up to `limit` due notices; nobody else can take them before `lease_until`.

    One that is not marked by then is due again: a notice may come twice, but is never lost.
    """
    rows = db.execute(_due(now, limit).with_for_update(skip_locked=True)).mappings().all()
    db.execute(
        notices.update()
        .where(notices.c.id.in_([row["id"] for row in rows]))
        .values(state=DeliveryState.SENDING, attempts=notices.c.attempts + 1, due_at=lease_until, done_at=now)
    )
    return [_notice(row) for row in rows]


def mark(db: Connection, notice: Notice, step: NextStep, *, now: datetime) -> bool:
    """Record what came of a claimed notice; return False if it was claimed by somebody else since."""
    marked = db.execute(
        notices.update()
        .where(
            notices.c.id == notice.id,
            notices.c.state == DeliveryState.SENDING,
            notices.c.attempts == notice.attempts + 1,
        )
        .values(state=step.state, due_at=step.retry_at, done_at=now)
    )
    return marked.rowcount == 1


def _due(now: datetime, limit: int) -> Select[Any]:
    """Select due notices. Whatever still has a due moment is to be sent: what is final has none."""
    return (
        select(notices).where(notices.c.due_at <= now).order_by(notices.c.due_at, notices.c.id).limit(limit)
    )


def _notice(row: RowMapping) -> Notice:
    return Notice(
        id=row["id"],
        kind=row["kind"],
        address=row["address"],
        state=row["state"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        payload=row["payload"],
    )
