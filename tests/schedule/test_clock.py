from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Condition, Event

import pytest
from structlog.testing import capture_logs

from publisher.actions.tick import Ticked, tick
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.schedule.clock import Clock
from publisher.settings_file import load_settings
from publisher.store import audit, issues
from publisher.store.database import open_database
from publisher.theme import open_theme
from tests.editions import japanese_edition
from tests.web.newsroom import SETTINGS, put_into_queue

SOON = timedelta(milliseconds=50)
NEVER = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    """A publisher on a database that is given up after a tenth of a second."""
    (tmp_path / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    settings = load_settings(tmp_path)
    with open_database(settings.database_url, clock=now, patience=timedelta(seconds=0.1)) as database:
        yield Publisher(
            settings=settings, database=database, theme=open_theme(None), clock=now, actor="clock"
        )


class Heard:
    """What a clock tells, and when."""

    def __init__(self) -> None:
        self.ticks: list[tuple[datetime, Ticked]] = []
        self._new = Condition()

    def __call__(self, ticked: Ticked) -> None:
        with self._new:
            self.ticks.append((now(), ticked))
            self._new.notify_all()

    def waits_for(self, count: int) -> None:
        """Wait until so many ticks have been heard of."""
        with self._new:
            assert self._new.wait_for(lambda: len(self.ticks) >= count, timeout=10)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    clock.start()
    try:
        yield
    finally:
        clock.stop()


def file_of(publisher: Publisher) -> Path:
    assert publisher.database.path is not None
    return publisher.database.path


def quiet(_publisher: Publisher) -> Ticked:
    return Ticked()


def test_it_ticks_at_once_and_then_every_so_often(publisher: Publisher, heard: Heard) -> None:
    with running(Clock(publisher, heard, tick=quiet, every=SOON)):
        heard.waits_for(4)

    moments = [moment for moment, _ in heard.ticks]
    assert moments[3] - moments[0] >= 2 * SOON


def test_it_goes_on_when_the_wall_clock_is_set_back(publisher: Publisher, heard: Heard) -> None:
    clock = Clock(publisher, heard, tick=quiet, every=SOON)

    with running(clock):
        heard.waits_for(1)
        clock._scheduler.modify_job("rhythm", next_run_time=now() + timedelta(hours=1))
        heard.waits_for(len(heard.ticks) + 4)

    assert not clock._guard.is_alive()


def test_an_issue_is_published_at_its_own_moment_once_and_late_by_nothing(
    publisher: Publisher, heard: Heard
) -> None:
    put_into_queue(publisher, japanese_edition(), timedelta(seconds=1))
    slug = japanese_edition().slug
    with publisher.database.read() as db:
        due = issues.next_due(db)
    assert due is not None

    with capture_logs() as logs, running(Clock(publisher, heard, tick=tick, every=NEVER)):
        heard.waits_for(2)

    with publisher.database.read() as db:
        record = issues.find(db, slug)
        rows = [row for row in audit.listed(db) if row.verb == "publish"]
    assert record is not None
    assert record.state is IssueState.PUBLISHED
    assert [ticked.published for _, ticked in heard.ticks] == [(), (slug,)]
    assert rows[0].at - due < timedelta(seconds=2)
    assert len(rows) == 1
    assert [(line["issue"], line["late_seconds"]) for line in logs if line["event"] == "published"] == [
        (slug, 0)
    ]


def test_the_wake_up_comes_within_a_moment_of_what_is_due(publisher: Publisher, heard: Heard) -> None:
    put_into_queue(publisher, japanese_edition(), timedelta(seconds=1))
    with publisher.database.read() as db:
        due = issues.next_due(db)
    assert due is not None

    with running(Clock(publisher, heard, tick=quiet, every=NEVER)):
        heard.waits_for(2)

    assert timedelta(0) <= heard.ticks[1][0] - due < timedelta(seconds=0.3)


def test_what_is_due_and_cannot_go_out_waits_for_the_next_tick(publisher: Publisher, heard: Heard) -> None:
    put_into_queue(publisher, japanese_edition(), timedelta(seconds=-1))

    with running(Clock(publisher, heard, tick=quiet, every=timedelta(seconds=0.2))):
        heard.waits_for(3)

    moments = [moment for moment, _ in heard.ticks]
    assert moments[2] - moments[0] >= timedelta(seconds=0.3)


@pytest.mark.parametrize("trouble", ["locked", "away"])
def test_a_database_in_trouble_is_told_once_and_the_clock_goes_on(
    publisher: Publisher, heard: Heard, trouble: str
) -> None:
    troubles: dict[str, Callable[[Path], AbstractContextManager[None]]] = {"locked": locked, "away": away}

    with capture_logs() as logs, running(Clock(publisher, heard, tick=tick, every=SOON)):
        heard.waits_for(1)
        with troubles[trouble](file_of(publisher)):
            publisher.database.close()
            pause(0.6)
            told = [line["what"] for line in logs if line["event"] == "trouble"]
        heard.waits_for(len(heard.ticks) + 2)

    assert len(told) == 1
    assert str(file_of(publisher)) in told[0]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep everybody from writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Take the database away, as when a disk is unmounted."""
    folder = path.parent
    folder.rename(folder.with_name("elsewhere"))
    yield
    folder.with_name("elsewhere").rename(folder)


def pause(seconds: float) -> None:
    with (never := Condition()):
        never.wait(seconds)


def test_each_trouble_is_told_once_until_it_is_over(publisher: Publisher, heard: Heard) -> None:
    found = iter([("a",), ("a", "b"), ("b",), (), ("a",)])

    def troubled(_publisher: Publisher) -> Ticked:
        return Ticked(troubles=next(found, ("a",)))

    with capture_logs() as logs, running(Clock(publisher, heard, tick=troubled, every=SOON)):
        heard.waits_for(7)

    assert [line["what"] for line in logs] == ["a", "b", "a"]


def test_a_bug_in_a_tick_is_logged_once_and_the_next_tick_comes(publisher: Publisher, heard: Heard) -> None:
    results = iter([ZeroDivisionError("one"), ZeroDivisionError("one"), ValueError("two")])

    def faulty(_publisher: Publisher) -> Ticked:
        if error := next(results, None):
            raise error
        return Ticked()

    with capture_logs() as logs, running(Clock(publisher, heard, tick=faulty, every=SOON)):
        heard.waits_for(2)

    assert [(line["event"], line["log_level"]) for line in logs] == [("a tick has failed", "error")] * 2


def test_whoever_listens_cannot_stop_it(publisher: Publisher, heard: Heard) -> None:
    def listener(ticked: Ticked) -> None:
        heard(ticked)
        raise ZeroDivisionError

    with capture_logs(), running(Clock(publisher, listener, tick=quiet, every=SOON)):
        heard.waits_for(3)

    assert len(heard.ticks) >= 3


def test_a_late_issue_that_is_held_is_told(publisher: Publisher, heard: Heard) -> None:
    put_into_queue(publisher, japanese_edition(), -timedelta(hours=7))

    with capture_logs() as logs, running(Clock(publisher, heard, tick=tick, every=NEVER)):
        heard.waits_for(1)

    assert heard.ticks[0][1].held == (japanese_edition().slug,)
    assert [line["log_level"] for line in logs if "held" in line["event"]] == ["warning"]


def test_a_slow_tick_is_not_joined_by_a_second_one(publisher: Publisher, heard: Heard) -> None:
    at_once = []

    def slow(_publisher: Publisher) -> Ticked:
        at_once.append(1)
        pause(0.2)
        at_once.append(-1)
        return Ticked()

    with running(Clock(publisher, heard, tick=slow, every=timedelta(milliseconds=20))):
        heard.waits_for(3)

    assert [sum(at_once[: position + 1]) for position in range(6)] == [1, 0] * 3


def test_it_stops_before_it_has_begun_and_twice_and_nothing_ticks_after(
    publisher: Publisher, heard: Heard
) -> None:
    clock = Clock(publisher, heard, tick=quiet, every=SOON)
    clock.stop()

    clock.start()
    heard.waits_for(1)
    clock.stop()
    clock.stop()

    count = len(heard.ticks)
    pause(0.2)
    assert len(heard.ticks) == count


def test_ticks_go_on_while_something_beside_them_takes_its_time(publisher: Publisher, heard: Heard) -> None:
    begun, may_end = Event(), Event()

    def slow(_publisher: Publisher) -> None:
        begun.set()
        assert may_end.wait(10)

    with running(Clock(publisher, heard, tick=quiet, every=SOON, beside=[slow])):
        assert begun.wait(10)
        heard.waits_for(len(heard.ticks) + 4)
        may_end.set()
