"""Relays as all senders know them: whether they can be reached, and how fast they let us be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select

from publisher.model.pace import Pace, recovered, slowed
from publisher.model.records import RelayRecord
from publisher.store.schema_sending import relays
from publisher.store.statements import insert

_PACES = select(relays.c.interval_us, relays.c.changed_at)


def report(db: Connection, name: str, *, works: bool, said: str, now: datetime) -> bool:
    """Note whether a relay can be reached, and what it said if not; return whether that is something new.

    One that was never noted works. Nothing is written if nothing has changed; the last complaint stays when
    the relay is back.
    """
    known = db.execute(select(relays.c.works, relays.c.said).where(relays.c.name == name)).first()
    if known is None:
        if works:
            return False
        _add(db, name, now)
    elif known.works == works and (works or known.said == said):
        return False
    changed = db.execute(
        relays.update().where(relays.c.name == name, relays.c.works != works).values(works=works, since=now)
    )
    if not works:
        db.execute(relays.update().where(relays.c.name == name, relays.c.said != said).values(said=said))
    return changed.rowcount == 1


def pace(db: Connection, name: str) -> Pace:
    """Return to which pace a relay has slowed us down."""
    row = db.execute(_PACES.where(relays.c.name == name)).mappings().first()
    return Pace(**row) if row else Pace()


def slow_down(
    db: Connection, name: str, *, configured_us: int | None, recent_us: int | None, now: datetime
) -> Pace:
    """Go at half the pace because a relay complained, and return the pace; `slowed` has the rule."""
    rule = partial(slowed, configured_us=configured_us, recent_us=recent_us, now=now)
    return _change(db, name, rule, now)


def recover(db: Connection, name: str, *, configured_us: int | None, now: datetime) -> Pace:
    """Let the pace pick up if it is time to, and return it; `recovered` has the rule."""
    return _change(db, name, partial(recovered, configured_us=configured_us, now=now), now)


def listed(db: Connection) -> list[RelayRecord]:
    """Return what is known of relays, by name; of those that never failed or complained nothing is."""
    return [
        RelayRecord(
            name=row.name,
            works=row.works,
            since=row.since,
            said=row.said,
            pace=Pace(interval_us=row.interval_us, changed_at=row.changed_at),
        )
        for row in db.execute(select(relays).order_by(relays.c.name))
    ]


def _change(db: Connection, name: str, rule: Callable[[Pace], Pace], now: datetime) -> Pace:
    """Set the pace to what `rule` makes of it, and return it; only read where that changes nothing."""
    known = pace(db, name)
    if rule(known) == known:
        return known
    _add(db, name, now)
    row = db.execute(_PACES.where(relays.c.name == name).with_for_update()).mappings().one()
    changed = rule(Pace(**row))
    db.execute(
        relays.update()
        .where(relays.c.name == name)
        .values(interval_us=changed.interval_us, changed_at=changed.changed_at)
    )
    return changed


def _add(db: Connection, name: str, now: datetime) -> None:
    """Make the row of a relay that works, if it has none."""
    first = {"name": name, "works": True, "since": now, "said": ""}
    db.execute(insert(db, relays).values(first).on_conflict_do_nothing(index_elements=[relays.c.name]))
