"""Notices: single mails about somebody's own affairs, such as a confirmation; sent before any mailing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from publisher.model.delivery import DeliveryState, NextStep
from publisher.model.notices import Item, Payload, first_payload, joined
from publisher.model.reader_notices import READER_KINDS
from publisher.model.records import Notice
from publisher.store.schema_sending import notices
from publisher.store.statements import insert


def add(  # noqa: PLR0913 - what there is to know
    db: Connection,
    *,
    kind: str,
    address: str,
    payload: Mapping[str, object],
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
    subscriber: int | None = None,
    address_key: str | None = None,
) -> int | None:
    """Put a notice in line, due at once or at `due_at`, and return its number.

    `payload` is what its template needs. Where there has been one with the same `key`, nothing happens, and
    there is no number. One to a reader, or to who may become one, names `subscriber` and `address_key`.
    """
    values: dict[str, object] = {
        "kind": kind,
        "address": address,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "created_at": now,
        "due_at": due_at or now,
        "payload": dict(payload),
        "key": key,
        "subscriber": subscriber,
        "address_key": address_key,
    }
    return _add(db, values)


def add_silent(db: Connection, *, kind: str, now: datetime) -> int | None:
    """Put down that a notice was asked for that is not sent, to nobody: the same statement as for others."""
    values = {
        "kind": kind,
        "address": "",
        "state": DeliveryState.SUPPRESSED,
        "attempts": 0,
        "created_at": now,
        "due_at": None,
        "done_at": now,
        "payload": {},
        "key": None,
        "subscriber": None,
        "address_key": None,
    }
    return _add(db, values)


def gather(  # noqa: PLR0913 - what there is to know
    db: Connection, *, kind: str, address: str, item: Item, key: str, now: datetime, due_at: datetime
) -> None:
    """Tell `address` of one more event, in the notice of that kind that waits or in one due at `due_at`.

    A notice that somebody has begun to send is not changed any more. `key` makes an event that begins a
    notice count once.
    """
    waiting = db.execute(
        select(notices.c.id, notices.c.payload)
        .where(
            notices.c.kind == kind,
            notices.c.address == address,
            notices.c.state == DeliveryState.PENDING,
            notices.c.due_at.is_not(None),
        )
        .order_by(notices.c.id)
        .limit(1)
        .with_for_update()
    ).first()
    if waiting is None:
        payload = first_payload(item)
        add(db, kind=kind, address=address, payload=payload, now=now, due_at=due_at, key=key)
    else:
        payload = joined(waiting.payload, item)
        db.execute(notices.update().where(notices.c.id == waiting.id).values(payload=dict(payload)))


def payloads(db: Connection, *, kind: str, address: str, since: datetime) -> list[Payload]:
    """Return what an address was told of that kind since then, sent or not."""
    found = select(notices.c.payload).where(
        notices.c.kind == kind, notices.c.address == address, notices.c.created_at >= since
    )
    return list(db.execute(found).scalars())


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
    """Record what came of a claimed notice; return False if it was claimed by somebody else since.

    Of one to a reader that is not tried again nothing more is kept than that there was one: its payload has a
    link that opens a door.
    """
    is_over = step.retry_at is None and notice.kind in READER_KINDS
    marked = db.execute(
        notices.update()
        .where(
            notices.c.id == notice.id,
            notices.c.state == DeliveryState.SENDING,
            notices.c.attempts == notice.attempts + 1,
        )
        .values(state=step.state, due_at=step.retry_at, done_at=now, **({"payload": {}} if is_over else {}))
    )
    return marked.rowcount == 1


def _add(db: Connection, values: Mapping[str, object]) -> int | None:
    new = insert(db, notices).values(values).on_conflict_do_nothing(index_elements=["key"])
    number: int | None = db.execute(new.returning(notices.c.id)).scalar()
    return number


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
