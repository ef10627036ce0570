"""Slots that issues have taken."""

from __future__ import annotations

from datetime import date, time

import pytest

from publisher.errors import TransitionError
from publisher.model.records import Occurrence
from publisher.store import slots
from publisher.store.database import Database
from tests.ledgers import add_issue

MORNING = Occurrence(timetable="weekly", day=date(2026, 10, 6), hour=time(6, 30), issue="energy")
EVENING = Occurrence(timetable="weekly", day=date(2026, 10, 6), hour=time(18, 0), issue="chips")


def test_a_slot_belongs_to_the_issue_that_took_it(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy")
        add_issue(db, "chips")
        slots.take(db, MORNING)
        slots.take(db, EVENING)

        assert slots.taken(db, "weekly") == {
            (MORNING.day, MORNING.hour): "energy",
            (EVENING.day, EVENING.hour): "chips",
        }
        assert slots.taken(db, "daily") == {}
        assert slots.of_issue(db, "energy") == MORNING


def test_a_slot_that_is_freed_can_be_taken_again(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy")
        slots.take(db, MORNING)

        slots.free(db, "energy")
        slots.free(db, "energy")

        assert slots.of_issue(db, "energy") is None
        slots.take(db, MORNING)


def test_a_slot_has_one_issue_and_an_issue_one_slot(database: Database) -> None:
    late = Occurrence(timetable="weekly", day=MORNING.day, hour=time(18, 0), issue="energy")
    rival = Occurrence(timetable="weekly", day=MORNING.day, hour=MORNING.hour, issue="chips")
    with database.begin() as db:
        add_issue(db, "energy")
        add_issue(db, "chips")
        slots.take(db, MORNING)

        for second in (late, rival):
            with pytest.raises(TransitionError, match=rf"the slot 2026-10-06 {second.hour:%H:%M} of"):
                slots.take(db, second)

        assert slots.taken(db, "weekly") == {(MORNING.day, MORNING.hour): "energy"}
