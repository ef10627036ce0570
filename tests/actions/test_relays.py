"""What a sender knows of its relays: who may go on, who has to wait, and what all senders are told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from publisher.actions.held import Ask
from publisher.actions.relays import Relays
from publisher.delivery.breaker import FAILURES, FIRST_REST
from publisher.model.delivery import Outcome
from publisher.model.pace import UNMEASURED_US
from publisher.store import relays as kept
from publisher.store.database import Database, open_database
from tests.databases import NOW, FixedClock, until_somebody_waits
from tests.relays import DOWN, GREYLISTED, NO_ENTRY, REFUSED, TAKEN, THROTTLED, Seconds, answer, recipient

SECOND = timedelta(seconds=1)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def relays_of(
    seconds: Seconds, intervals: Mapping[str, int | None], domains: Mapping[str, int] | None = None
) -> Relays:
    return Relays(intervals, domains or {}, clock=seconds)


def hear(relays: Relays, outcome: Outcome, relay: str = "smtp", *, times: int = 1) -> None:
    for _ in range(times):
        relays.learn([answer(relays, outcome, relay)])


def asking(loop: asyncio.AbstractEventLoop, *names: str) -> list[Ask]:
    """Return connections to these relays that have nothing to do."""
    return [Ask(relay=name, answer=None, future=loop.create_future()) for name in names]


def takers(relays: Relays, waiting: list[Ask]) -> dict[str, int]:
    return {name: len(own) for name, own in relays.takers(waiting).items()}


def test_a_relay_that_cannot_be_reached_rests_is_tried_by_one_connection_and_is_back(
    seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": None})
    waiting = asking(loop, "smtp", "smtp", "smtp")
    hear(relays, DOWN, times=FAILURES - 1)
    before = takers(relays, waiting)

    hear(relays, DOWN)

    assert before == {"smtp": 3}
    assert relays.all_rest
    assert relays.complaint == "connection refused"
    assert takers(relays, waiting) == {}
    assert FIRST_REST <= relays.patience(60) <= FIRST_REST * 1.25
    seconds.now += FIRST_REST * 1.25
    assert takers(relays, waiting) == {"smtp": 1}
    probe = answer(relays, TAKEN)
    assert takers(relays, waiting) == {}
    relays.learn([probe])
    assert takers(relays, waiting) == {"smtp": 3}
    assert relays.complaint == ""


def test_a_refusal_of_a_reader_or_of_a_message_does_not_make_a_relay_rest(
    seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": None})

    hear(relays, GREYLISTED, times=9)

    assert takers(relays, asking(loop, "smtp")) == {"smtp": 1}


def test_the_next_relay_works_only_while_the_first_one_rests(
    seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": None, "backup": None})
    waiting = asking(loop, "backup", "smtp", "backup", "smtp")
    first = takers(relays, waiting)

    hear(relays, DOWN, times=FAILURES)
    failed_over = takers(relays, waiting)
    seconds.now += FIRST_REST * 1.25
    tried = takers(relays, waiting)
    hear(relays, TAKEN)

    assert first == {"smtp": 2}
    assert failed_over == {"backup": 2}
    assert tried == {"smtp": 1, "backup": 2}
    assert takers(relays, waiting) == {"smtp": 2}
    assert not relays.all_rest


def test_throttling_halves_the_pace_and_other_senders_keep_it(database: Database, seconds: Seconds) -> None:
    relays, another = (relays_of(seconds, {"smtp": 100_000}) for _ in range(2))

    with database.begin() as db:
        free = another.most(db, "smtp", NOW)
        relays.tell(db, [answer(relays, THROTTLED)], NOW)
        stored = kept.pace(db, "smtp").interval_us
        seconds.now += 1
        slow = another.most(db, "smtp", NOW)
        gone = another.waits(db, "smtp", [recipient(subscriber=each) for each in range(9)], NOW)

    assert stored == 200_000
    assert free == slow == 2
    assert sorted(gone) == list(range(2, 9))
    assert set(gone.values()) == {NOW + timedelta(microseconds=200_000)}


def test_a_relay_without_a_rate_gets_a_slow_one_when_it_complains_early(
    database: Database, seconds: Seconds
) -> None:
    relays = relays_of(seconds, {"smtp": None})

    with database.begin() as db:
        free = relays.most(db, "smtp", NOW)
        relays.tell(db, [answer(relays, THROTTLED)], NOW)

        assert free is None
        assert kept.pace(db, "smtp").interval_us == 2 * UNMEASURED_US
        assert relays.most(db, "smtp", NOW) == 1


def test_a_pace_that_was_measured_is_halved(database: Database, seconds: Seconds) -> None:
    relays = relays_of(seconds, {"smtp": None})
    for _ in range(20):
        seconds.now += 0.01
        hear(relays, TAKEN)

    with database.begin() as db:
        relays.tell(db, [answer(relays, THROTTLED)], NOW)

        assert kept.pace(db, "smtp").interval_us == pytest.approx(20_000, abs=2)


def test_a_pace_of_yesterday_or_of_another_relay_is_not_measured(
    database: Database, seconds: Seconds
) -> None:
    relays = relays_of(seconds, {"smtp": None, "backup": None})
    hear(relays, TAKEN, times=17)
    seconds.now += 86_400
    hear(relays, TAKEN, "backup", times=20)
    hear(relays, TAKEN, times=2)

    with database.begin() as db:
        relays.tell(db, [answer(relays, THROTTLED)], NOW)

        assert kept.pace(db, "smtp").interval_us == 2 * UNMEASURED_US


def test_a_relay_that_lets_nobody_in_pauses_no_mailing_that_another_relay_can_take(seconds: Seconds) -> None:
    alone, two = relays_of(seconds, {"smtp": None}), relays_of(seconds, {"smtp": None, "backup": None})
    for relays in (alone, two):
        hear(relays, NO_ENTRY, times=4)

    assert two.complaints([answer(two, NO_ENTRY)]) == {}
    assert set(alone.complaints([answer(alone, NO_ENTRY)])) == {1}
    assert two.first == "backup"


def test_who_waits_for_the_pace_of_a_relay_lets_all_of_its_connections_wait(
    database: Database, seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": 1_000_000, "backup": None})
    waiting = asking(loop, "smtp", "smtp")

    with database.begin() as db:
        gone = relays.waits(db, "smtp", [recipient(subscriber=each) for each in (1, 2)], NOW)

    assert gone == {2: NOW + SECOND}
    assert takers(relays, waiting) == {}
    assert relays.patience(60) == pytest.approx(1)
    seconds.now += 1
    assert takers(relays, waiting) == {"smtp": 2}


def test_who_waits_for_a_pace_is_looked_at_at_its_moment_also_if_that_passes_meanwhile(
    database: Database, seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": 100_000})
    waiting = asking(loop, "smtp", "smtp")
    with database.begin() as db:
        relays.most(db, "smtp", NOW)
        relays.waits(db, "smtp", [recipient(subscriber=each) for each in range(1, 5)], NOW)

    at_first = relays.patience(5.0)
    seconds.now += 0.08
    early, soon = takers(relays, waiting), relays.patience(5.0)
    seconds.now += 0.5
    late, at_once = relays.patience(5.0), takers(relays, waiting)

    assert at_first == pytest.approx(0.1, abs=0.001)
    assert early == {}
    assert soon == pytest.approx(0.02, abs=0.001)
    assert late == pytest.approx(0.001)
    assert at_once == {"smtp": 2}


def test_who_waits_for_the_pace_of_a_domain_keeps_no_other_reader_back(
    database: Database, seconds: Seconds, loop: asyncio.AbstractEventLoop
) -> None:
    relays = relays_of(seconds, {"smtp": None}, {"slow.example": 1_000_000})
    people = [
        recipient(f"r{number}@{domain}.example", subscriber=number)
        for number, domain in enumerate(["slow", "slow", "quick", "slow", "quick"])
    ]

    with database.begin() as db:
        gone = relays.waits(db, "smtp", people, NOW)

    assert set(gone) == {1, 3}
    assert takers(relays, asking(loop, "smtp")) == {"smtp": 1}
    assert relays.patience(60) == pytest.approx(1)


def test_a_relay_that_is_down_from_the_first_answer_on_is_told_to_all(
    database: Database, seconds: Seconds
) -> None:
    relays = relays_of(seconds, {"smtp": None})

    with database.begin() as db:
        relays.tell(db, [answer(relays, DOWN)], NOW)

        assert [(each.name, each.works, each.said) for each in kept.listed(db)] == [
            ("smtp", False, "connection refused")
        ]


def test_about_a_relay_only_changes_are_written(database: Database, seconds: Seconds) -> None:
    relays = relays_of(seconds, {"smtp": None})
    written = []
    for outcome in (TAKEN, TAKEN, DOWN, DOWN, DOWN, TAKEN, GREYLISTED, TAKEN):
        answers = [answer(relays, outcome)]
        with database.begin() as db, writes() as statements:
            relays.tell(db, answers, NOW)
        relays.learn(answers)
        written.append(bool(statements))

    assert written == [False, False, True, False, False, True, False, False]


def test_a_mailing_whose_messages_are_refused_pauses_with_the_words_of_the_relay(seconds: Seconds) -> None:
    relays = relays_of(seconds, {"smtp": None})
    hear(relays, REFUSED, times=4)
    early = relays.complaints([answer(relays, TAKEN)])
    last = [answer(relays, REFUSED), answer(relays, REFUSED, mailing=2)]

    found = relays.complaints(last)
    relays.learn(last)

    assert early == {}
    assert found == {1: "5 of the last 5 messages were refused at data: 554 5.7.1 we do not like your face"}
    assert relays.complaints([answer(relays, REFUSED)]) == {}


def test_two_senders_who_take_paces_in_another_order_do_not_wait_for_each_other(
    postgresql_url: str, clock: FixedClock, seconds: Seconds
) -> None:
    first, second = (
        relays_of(seconds, {"smtp": None}, {"a.example": 1000, "b.example": 1000}) for _ in range(2)
    )
    failures: list[Exception] = []

    def take(relays: Relays, db: Connection, domain: str) -> None:
        relays.waits(db, "smtp", [recipient(f"ada@{domain}.example")], NOW)

    def other_order() -> None:
        try:
            with open_database(postgresql_url, clock=clock) as own, own.begin() as db:
                second.lock(db, ["smtp"])
                take(second, db, "b")
                take(second, db, "a")
        except Exception as error:  # noqa: BLE001 - the test shows it
            failures.append(error)

    with open_database(postgresql_url, clock=clock) as database:
        thread = threading.Thread(target=other_order)
        with database.begin() as db:
            first.lock(db, ["smtp"])
            take(first, db, "a")
            thread.start()
            until_somebody_waits(database)
            take(first, db, "b")
        thread.join(30)

    assert failures == []
    assert not thread.is_alive()


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements that write."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
