"""Which issue has which slot of a timetable."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import Connection, select

from publisher.model.records import Occurrence
from publisher.store.schema import occurrences
from publisher.store.statements import unless_taken


def taken(db: Connection, timetable: str) -> dict[tuple[date, time], str]:
    """Return the slots of a timetable that issues have, past ones too, with the issue of each."""
    rows = db.execute(select(occurrences).where(occurrences.c.timetable == timetable))
    return {(row.day, row.hour): row.issue for row in rows}


def of_issue(db: Connection, slug: str) -> Occurrence | None:
    """Return the slot that an issue has."""
    row = db.execute(select(occurrences).where(occurrences.c.issue == slug)).mappings().first()
    return Occurrence(**row) if row else None


def take(db: Connection, occurrence: Occurrence) -> None:
    """Give a slot to an issue that has none.

    Raises:
        TransitionError: another issue has the slot, or the issue has another slot.
    """
    slot = f"{occurrence.day:%Y-%m-%d} {occurrence.hour:%H:%M} of timetable '{occurrence.timetable}'"
    with unless_taken(db, f"the slot {slot} is taken", fix="`publisher status` shows the free slots"):
        db.execute(
            occurrences.insert().values(
                timetable=occurrence.timetable,
                day=occurrence.day,
                hour=occurrence.hour,
                issue=occurrence.issue,
            )
        )


def free(db: Connection, slug: str) -> None:
    """Take the slot away from an issue, if it has one."""
    db.execute(occurrences.delete().where(occurrences.c.issue == slug))
