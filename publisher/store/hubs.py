"""WebSub hubs: which feeds they have still to be told of, and whether they take it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from publisher.model.records import HubRecord, Ping
from publisher.store.schema import hubs, pings
from publisher.store.statements import insert


def note(db: Connection, urls: Iterable[str], paths: Collection[str], *, now: datetime) -> None:
    """Note that each hub has to be told, from now on, that these feeds have changed.

    A feed of which a hub has not been told yet is told once: the tries before do not count any more.
    """
    rows = [{"hub": url, "path": path, "due_at": now, "attempts": 0} for url in urls for path in paths]
    if rows:
        statement = insert(db, pings)
        db.execute(
            statement.on_conflict_do_update(
                index_elements=[pings.c.hub, pings.c.path],
                set_={"due_at": statement.excluded.due_at, "attempts": statement.excluded.attempts},
            ),
            rows,
        )


def due(db: Connection, now: datetime) -> list[Ping]:
    """Return what can be told now, by hub and path."""
    rows = db.execute(select(pings).where(pings.c.due_at <= now).order_by(pings.c.hub, pings.c.path))
    return [Ping(**row) for row in rows.mappings()]


def move(db: Connection, ping: Ping, *, due_at: datetime, attempts: int) -> bool:
    """Let a ping wait until `due_at`; return False if it is not as `ping` says any more.

    So whoever moves a ping before telling has it for that time; no other process tells it as well.
    """
    moved = db.execute(pings.update().where(*_is(ping)).values(due_at=due_at, attempts=attempts))
    return moved.rowcount == 1


def done(db: Connection, ping: Ping) -> bool:
    """Forget a ping; return False, and keep it, if the feed has changed again meanwhile."""
    return db.execute(pings.delete().where(*_is(ping))).rowcount == 1


def keep_only(db: Connection, urls: Collection[str]) -> None:
    """Forget all that concerns other hubs than these."""
    db.execute(pings.delete().where(pings.c.hub.not_in(urls)))
    db.execute(hubs.delete().where(hubs.c.url.not_in(urls)))


def set_works(db: Connection, url: str, *, works: bool, now: datetime) -> bool:
    """Note whether a hub works; return whether that is something new. One that was never noted works."""
    if not works:
        first = {"url": url, "works": True, "since": now}
        db.execute(insert(db, hubs).values(first).on_conflict_do_nothing(index_elements=[hubs.c.url]))
    changed = db.execute(
        hubs.update().where(hubs.c.url == url, hubs.c.works != works).values(works=works, since=now)
    )
    return changed.rowcount == 1


def working(db: Connection, urls: Sequence[str]) -> tuple[str, ...]:
    """Return those of the hubs that work, in their order."""
    broken = frozenset(db.scalars(select(hubs.c.url).where(hubs.c.works.is_(False))))
    return tuple(url for url in urls if url not in broken)


def listed(db: Connection, urls: Sequence[str]) -> list[HubRecord]:
    """Return how it stands with these hubs."""
    known = {row.url: row for row in db.execute(select(hubs))}
    counts = select(pings.c.hub, func.count().label("pings")).group_by(pings.c.hub)
    waiting = {row.hub: row.pings for row in db.execute(counts)}
    return [
        HubRecord(
            url=url,
            works=known[url].works if url in known else True,
            since=known[url].since if url in known else None,
            waiting=waiting.get(url, 0),
        )
        for url in urls
    ]


def _is(ping: Ping) -> tuple[ColumnElement[bool], ...]:
    return (
        pings.c.hub == ping.hub,
        pings.c.path == ping.path,
        pings.c.due_at == ping.due_at,
        pings.c.attempts == ping.attempts,
    )
