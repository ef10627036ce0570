"""Relays: whether they can be reached, and how fast they let us be."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import event, select

from publisher.model.pace import Pace
from publisher.model.records import RelayRecord
from publisher.store import relays
from publisher.store.database import Database, open_database
from publisher.store.schema_sending import relays as rows
from tests.databases import NOW, FixedClock, until_somebody_waits

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
INTERVAL = 100_000


def test_a_relay_works_until_it_is_said_not_to_and_only_what_is_new_counts(database: Database) -> None:
    with database.begin() as db:
        assert not relays.report(db, "smtp", works=True, said="", now=NOW)
        assert relays.listed(db) == []
        assert relays.report(db, "smtp", works=False, said="connection refused", now=NOW)
        assert not relays.report(db, "smtp", works=False, said="connection refused", now=NOW + MINUTE)
        assert relays.listed(db) == [
            RelayRecord(name="smtp", works=False, since=NOW, said="connection refused", pace=Pace())
        ]


def test_another_complaint_is_noted_and_the_relay_is_down_since_the_first(database: Database) -> None:
    with database.begin() as db:
        relays.report(db, "smtp", works=False, said="connection refused", now=NOW)

        assert not relays.report(db, "smtp", works=False, said="535 who are you", now=NOW + MINUTE)

        (record,) = relays.listed(db)
        assert (record.works, record.since, record.said) == (False, NOW, "535 who are you")


def test_a_relay_that_is_back_is_so_since_then_and_its_last_complaint_stays(database: Database) -> None:
    with database.begin() as db:
        relays.report(db, "smtp", works=False, said="connection refused", now=NOW)

        assert relays.report(db, "smtp", works=True, said="", now=NOW + MINUTE)
        assert not relays.report(db, "smtp", works=True, said="", now=NOW + 2 * MINUTE)

        (record,) = relays.listed(db)
        assert (record.works, record.since, record.said) == (True, NOW + MINUTE, "connection refused")


def test_what_is_not_new_is_not_written(database: Database) -> None:
    written: list[str] = []
    with database.begin() as db:
        relays.report(db, "smtp", works=False, said="connection refused", now=NOW)
        event.listen(
            db, "before_cursor_execute", lambda *call: written.append(call[2]) if _writes(call[2]) else None
        )

        relays.report(db, "smtp", works=False, said="connection refused", now=NOW + MINUTE)
        relays.report(db, "spare", works=True, said="", now=NOW + MINUTE)
        relays.recover(db, "smtp", configured_us=INTERVAL, now=NOW + MINUTE)
        relays.recover(db, "spare", configured_us=None, now=NOW + MINUTE)
        assert written == []

        relays.report(db, "smtp", works=True, said="", now=NOW + MINUTE)
        assert len(written) == 1


def test_a_relay_that_complains_slows_all_senders_down_and_they_recover_together(database: Database) -> None:
    with database.begin() as db:
        assert relays.pace(db, "smtp") == Pace()

        slow = relays.slow_down(db, "smtp", configured_us=INTERVAL, recent_us=None, now=NOW)
        assert slow == Pace(interval_us=2 * INTERVAL, changed_at=NOW)
        assert relays.slow_down(db, "smtp", configured_us=INTERVAL, recent_us=None, now=NOW + SECOND) == slow
        assert relays.pace(db, "smtp") == slow
        assert relays.recover(db, "smtp", configured_us=INTERVAL, now=NOW + SECOND) == slow

        faster = relays.recover(db, "smtp", configured_us=INTERVAL, now=NOW + MINUTE)
        assert faster == Pace(interval_us=162_000, changed_at=NOW + MINUTE)
        assert relays.pace(db, "smtp") == faster
        free = relays.recover(db, "smtp", configured_us=INTERVAL, now=NOW + 10 * MINUTE)
        assert free.interval_us is None
        assert relays.pace(db, "smtp") == free


def test_the_measured_pace_is_halved_where_no_rate_is_configured(database: Database) -> None:
    with database.begin() as db:
        slow = relays.slow_down(db, "smtp", configured_us=None, recent_us=2_500, now=NOW)

        assert slow.interval_us == 5_000


def test_a_pace_says_nothing_about_whether_the_relay_works(database: Database) -> None:
    with database.begin() as db:
        relays.slow_down(db, "b", configured_us=INTERVAL, recent_us=None, now=NOW)
        relays.report(db, "a", works=False, said="connection refused", now=NOW)
        relays.slow_down(db, "a", configured_us=INTERVAL, recent_us=None, now=NOW)
        slow = Pace(interval_us=2 * INTERVAL, changed_at=NOW)

        assert relays.listed(db) == [
            RelayRecord(name="a", works=False, since=NOW, said="connection refused", pace=slow),
            RelayRecord(name="b", works=True, since=NOW, said="", pace=slow),
        ]


def test_complaints_to_several_senders_at_once_halve_the_pace_once(
    database_url: str,
) -> None:
    together = threading.Barrier(4)

    def complain(number: int) -> tuple[bool, Pace]:
        with open_database(database_url, clock=FixedClock()) as own:
            together.wait(10)
            with own.begin() as db:
                is_new = relays.report(db, "smtp", works=False, said="connection refused", now=NOW)
                now = NOW + number * timedelta(milliseconds=1)
                return is_new, relays.slow_down(db, "smtp", configured_us=INTERVAL, recent_us=None, now=now)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(complain, range(4)))

    assert sum(is_new for is_new, _ in answers) == 1
    assert {pace.interval_us for _, pace in answers} == {2 * INTERVAL}


def test_a_complaint_is_not_lost_to_a_sender_that_meant_to_pick_up_at_the_same_moment(
    postgresql_url: str,
) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database, ThreadPoolExecutor(1) as pool:
        with database.begin() as db:
            relays.slow_down(db, "smtp", configured_us=INTERVAL, recent_us=None, now=NOW)

        def pick_up() -> Pace:
            with database.begin() as db:
                return relays.recover(db, "smtp", configured_us=INTERVAL, now=NOW + MINUTE)

        with database.begin() as db:
            db.execute(select(rows).with_for_update())  # as a complaint that is about to be written
            picking_up = pool.submit(pick_up)
            until_somebody_waits(database)
            slower = relays.slow_down(db, "smtp", configured_us=INTERVAL, recent_us=None, now=NOW + MINUTE)

        assert picking_up.result(10) == slower
        with database.read() as db:
            assert relays.pace(db, "smtp") == slower == Pace(interval_us=400_000, changed_at=NOW + MINUTE)


def _writes(statement: str) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))
