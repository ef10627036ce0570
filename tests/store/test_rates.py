"""Rates that several senders share."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select, text

from publisher.model.pace import Gate, moment_of_us
from publisher.store import rates
from publisher.store.database import Database, open_database
from publisher.store.schema_sending import rates as rows
from tests.databases import NOW, FixedClock, until_somebody_waits

INTERVAL = 71_429
STEP = timedelta(microseconds=INTERVAL)
SECOND = timedelta(seconds=1)
RELAY = Gate(name="relay:smtp", interval_us=INTERVAL, burst=2)
DOMAIN = Gate(name="domain:smtp:example.com", interval_us=1_000_000, burst=1)
SENDERS = 4


def take(database: Database, *, wanted: int = 1, now: datetime = NOW) -> tuple[int, datetime]:
    """Take from the rate of the relay in a transaction of its own."""
    with database.begin() as db:
        admitted = rates.take(db, RELAY.name, interval_us=INTERVAL, burst=2, wanted=wanted, now=now)
    return admitted.count, admitted.retry_at


def kept(database: Database) -> dict[str, datetime]:
    """Return what stands in the rows: when the next message of each rate is due at an even pace."""
    with database.read() as db:
        return {row.name: moment_of_us(row.next_at_us) for row in db.execute(select(rows))}


def test_what_was_taken_is_gone_for_everybody_and_comes_back_with_time(database: Database) -> None:
    first = take(database, wanted=5)
    second = take(database, wanted=5)
    third = take(database, wanted=5, now=NOW + 3 * STEP)

    assert first == (2, NOW + STEP)
    assert second == (0, NOW + STEP)
    assert third == (2, NOW + 4 * STEP)
    assert kept(database) == {RELAY.name: NOW + 5 * STEP}


def test_what_was_not_wanted_is_left(database: Database) -> None:
    assert take(database, wanted=1) == (1, NOW)
    assert take(database, wanted=1) == (1, NOW + STEP)


def test_a_transaction_that_is_undone_takes_nothing(database: Database) -> None:
    with database.begin() as db:
        rates.take(db, RELAY.name, interval_us=INTERVAL, burst=2, wanted=2, now=NOW)
        db.rollback()

    assert kept(database) == {}
    assert take(database, wanted=2)[0] == 2


def test_a_clock_that_was_put_back_holds_nobody_up_for_longer_than_an_interval(database: Database) -> None:
    take(database, wanted=2)
    earlier = NOW - timedelta(hours=1)

    refused, retry_at = take(database, now=earlier)

    assert (refused, retry_at) == (0, earlier + STEP)
    assert take(database, now=retry_at)[0] == 1


def test_rates_of_different_names_know_nothing_of_each_other(database: Database) -> None:
    with database.begin() as db:
        taken = [
            rates.take(db, name, interval_us=INTERVAL, burst=2, wanted=2, now=NOW).count
            for name in ("relay:smtp", "relay:spare", "domain:smtp:example.com")
        ]

    assert taken == [2, 2, 2]


def test_a_message_goes_when_all_of_its_gates_let_it_and_else_uses_up_none(database: Database) -> None:
    asked = [[RELAY, DOMAIN], [RELAY, DOMAIN], [RELAY], [RELAY], []]

    with database.begin() as db:
        answers = rates.take_for_each(db, asked, now=NOW)

    assert answers == (None, NOW + SECOND, None, NOW + STEP, None)
    assert kept(database) == {RELAY.name: NOW + 2 * STEP, DOMAIN.name: NOW + SECOND}


def test_a_message_that_two_gates_refuse_is_told_the_later_moment(database: Database) -> None:
    with database.begin() as db:
        rates.take_for_each(db, [[RELAY, DOMAIN], [RELAY]], now=NOW)

        (answer,) = rates.take_for_each(db, [[RELAY, DOMAIN]], now=NOW)

    assert answer == NOW + SECOND


def test_after_a_clock_was_put_back_all_gates_of_a_message_open_again(database: Database) -> None:
    earlier = NOW - timedelta(hours=1)
    with database.begin() as db:
        rates.take_for_each(db, [[RELAY, DOMAIN], [RELAY]], now=NOW)

        (refused,) = rates.take_for_each(db, [[RELAY, DOMAIN]], now=earlier)
        assert refused == earlier + SECOND
        assert rates.take_for_each(db, [[RELAY, DOMAIN]], now=refused) == (None,)


def test_nothing_asked_is_nothing_answered(database: Database) -> None:
    with database.begin() as db:
        assert rates.take_for_each(db, [], now=NOW) == ()


def test_four_senders_keep_fourteen_a_second_together(postgresql_url: str) -> None:
    """Each has connections of its own, as a process has, and the server's clock."""
    together, stop = threading.Barrier(SENDERS), threading.Event()

    def send(_: int) -> list[datetime]:
        sent: list[datetime] = []
        with open_database(postgresql_url, clock=FixedClock()) as own:
            together.wait(10)
            while not stop.is_set():
                with own.begin() as db:
                    now = own.now(db)
                    admitted = rates.take(db, RELAY.name, interval_us=INTERVAL, burst=2, wanted=3, now=now)
                sent += [now] * admitted.count
                stop.wait(max((admitted.retry_at - now).total_seconds(), 0.001))
        return sent

    with ThreadPoolExecutor(SENDERS) as pool:
        working = [pool.submit(send, number) for number in range(SENDERS)]
        time.sleep(4)
        stop.set()
        shares = [each.result(10) for each in working]

    sent = sorted(moment for share in shares for moment in share)
    elapsed = (sent[-1] - sent[0]) / SECOND
    assert max(sum(start <= each <= start + SECOND for each in sent) for start in sent) <= 15
    assert 12 <= (len(sent) - 1) / elapsed <= 14 + 1 / elapsed  # a busy machine may make all late


def test_whoever_waits_for_a_rate_holds_none_whose_name_comes_later(postgresql_url: str) -> None:
    """So no two can wait for each other, in whatever order the rows lie in the table."""
    later = Gate(name="relay:b", interval_us=1, burst=9)
    earlier = Gate(name="relay:a", interval_us=1, burst=9)
    with open_database(postgresql_url, clock=FixedClock()) as database, ThreadPoolExecutor(1) as pool:
        for gate in (later, earlier):
            with database.begin() as db:
                rates.take_for_each(db, [[gate]], now=NOW)

        def take_both() -> tuple[datetime | None, ...]:
            with database.begin() as db:
                return rates.take_for_each(db, [[later, earlier]], now=NOW)

        with database.begin() as holding:
            rates.take_for_each(holding, [[earlier]], now=NOW)
            waiting = pool.submit(take_both)
            until_somebody_waits(database)
            with database.begin() as db:
                db.execute(text("SET LOCAL lock_timeout = '3s'"))
                assert rates.take_for_each(db, [[later]], now=NOW) == (None,)
            assert not waiting.done()

        assert waiting.result(10) == (None,)


def test_senders_that_take_from_the_same_rates_in_another_order_all_get_through(
    database: Database, database_url: str
) -> None:
    gates = [Gate(name=f"domain:smtp:{name}.example", interval_us=1, burst=1000) for name in "abcd"]
    together = threading.Barrier(SENDERS)

    def send(number: int) -> int:
        passed = 0
        with open_database(database_url, clock=FixedClock()) as own:
            together.wait(10)
            for turn in range(10):
                first = (number + turn) % len(gates)
                asked = [[gate] for gate in gates[first:] + gates[:first]]
                with own.begin() as db:
                    passed += rates.take_for_each(db, asked, now=NOW).count(None)
        return passed

    with ThreadPoolExecutor(SENDERS) as pool:
        passed = sum(pool.map(send, range(SENDERS)))

    assert passed == SENDERS * 10 * len(gates)
    assert set(kept(database).values()) == {NOW + timedelta(microseconds=SENDERS * 10)}
