"""How many readers lists have, for those who ask often: counting a million takes longer than a look may."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from publisher.store.mailings import audience_of
from publisher.store.schema_sending import audiences
from publisher.store.statements import insert

LARGE = 50_000
"""A list of fewer readers is counted whenever somebody asks."""

FRESH = timedelta(minutes=2)
"""A count that was kept longer ago is no answer any more."""


def readers_of(db: Connection, name: str, now: datetime) -> int:
    """Return how many active readers a list has; of a `LARGE` one, had at most two minutes ago."""
    kept = db.execute(select(audiences).where(audiences.c.list == name)).first()
    if kept is not None and kept.readers >= LARGE and abs(now - kept.counted_at) <= FRESH:
        return int(kept.readers)
    return audience_of(db, (name,))


def counted_at(db: Connection, name: str) -> datetime | None:
    """Return when the readers of a list were last counted to be kept."""
    moment: datetime | None = db.execute(
        select(audiences.c.counted_at).where(audiences.c.list == name)
    ).scalar()
    return moment


def keep(db: Connection, name: str, readers: int, now: datetime) -> None:
    """Keep the count of a list's readers."""
    values = {"list": name, "readers": readers, "counted_at": now}
    statement = insert(db, audiences).values(values)
    db.execute(statement.on_conflict_do_update(index_elements=["list"], set_=values))
