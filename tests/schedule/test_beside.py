from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.schedule.beside import Beside
from publisher.settings_file import load_settings
from publisher.store.database import open_database
from publisher.theme import open_theme
from tests.web.newsroom import SETTINGS

PATIENCE = 10


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    (tmp_path / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    settings = load_settings(tmp_path)
    with open_database(settings.database_url, clock=now) as database:
        yield Publisher(
            settings=settings, database=database, theme=open_theme(None), clock=now, actor="clock"
        )


class Work:
    """An action that waits until it may end, and counts."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.at_once = self.most_at_once = self.count = 0

    def __call__(self, _publisher: Publisher) -> None:
        self.count += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.release()
        assert self.may_end.acquire(timeout=PATIENCE)
        self.at_once -= 1


@contextmanager
def started(beside: Beside) -> Iterator[None]:
    beside.start()
    try:
        yield
    finally:
        beside.stop()


def test_nudges_that_come_while_it_works_are_one(publisher: Publisher) -> None:
    work = Work()
    beside = Beside(publisher, work)

    with started(beside):
        beside.nudge()
        assert work.begun.acquire(timeout=PATIENCE)
        for _ in range(9):
            beside.nudge()
        work.may_end.release(2)
        assert work.begun.acquire(timeout=PATIENCE)

    assert (work.count, work.most_at_once) == (2, 1)


def test_trouble_is_told_once_until_it_is_over(publisher: Publisher) -> None:
    done = threading.Semaphore(0)
    troubles = iter(
        [PublisherError("the disk is full"), PublisherError("the disk is full"), None, KeyError()]
    )

    def action(_publisher: Publisher) -> None:
        trouble = next(troubles, None)
        done.release()
        if trouble is not None:
            raise trouble

    beside = Beside(publisher, action)
    with capture_logs() as logs, started(beside):
        for _ in range(5):
            beside.nudge()
            assert done.acquire(timeout=PATIENCE)

    assert [each["log_level"] for each in logs] == ["warning", "error"]
    assert logs[0]["what"] == "the disk is full"


def test_it_stops_before_it_has_begun_and_twice(publisher: Publisher) -> None:
    never, beside = Beside(publisher, Work()), Beside(publisher, Work())

    never.stop()
    beside.start()
    beside.stop()
    beside.stop()

    assert not beside._thread.is_alive()
