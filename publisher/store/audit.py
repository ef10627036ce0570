"""Who did what to what, when; rows are only ever added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from publisher.model.records import AuditRow
from publisher.store.schema import audit


def write(  # noqa: PLR0913 - one argument a column
    db: Connection,
    *,
    at: datetime,
    actor: str,
    verb: str,
    subject: str,
    from_state: str | None = None,
    to_state: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add a row; `detail` is what JSON can hold."""
    db.execute(
        audit.insert().values(
            at=at,
            actor=actor,
            verb=verb,
            subject=subject,
            from_state=from_state,
            to_state=to_state,
            detail=dict(detail or {}),
        )
    )


def listed(db: Connection, *, subject: str | None = None, limit: int = 100) -> list[AuditRow]:
    """Return the last `limit` rows, of one subject or of all, newest first."""
    statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if subject is not None:
        statement = statement.where(audit.c.subject == subject)
    return list(map(_row, db.execute(statement)))


def latest(db: Connection, subjects: Collection[str], *, verbs: Collection[str]) -> dict[str, AuditRow]:
    """Return of each of the subjects the last row with one of these verbs, if there is one."""
    wanted = audit.c.subject.in_(subjects), audit.c.verb.in_(verbs)
    last = select(func.max(audit.c.id)).where(*wanted).group_by(audit.c.subject)
    return {row.subject: _row(row) for row in db.execute(select(audit).where(audit.c.id.in_(last)))}


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        at=row.at,
        actor=row.actor,
        verb=row.verb,
        subject=row.subject,
        from_state=row.from_state,
        to_state=row.to_state,
        detail=row.detail,
    )
