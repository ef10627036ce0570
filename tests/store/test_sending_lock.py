"""The right to send."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import StoreError
from publisher.store.database import open_database
from publisher.store.sending_lock import try_take
from tests.databases import FixedClock

HOLDER = """
import sys, time
from datetime import UTC, datetime
from publisher.store.database import open_database
from publisher.store.sending_lock import try_take
right = try_take(open_database(sys.argv[1], clock=lambda: datetime.now(UTC)))
print(right is not None, flush=True)
time.sleep(60)
"""


def test_one_sender_at_a_time_works_on_an_sqlite_file(sqlite_url: str) -> None:
    with (
        open_database(sqlite_url, clock=FixedClock()) as one,
        open_database(sqlite_url, clock=FixedClock()) as two,
    ):
        right = try_take(one)
        assert right is not None
        assert try_take(two) is None
        assert try_take(one) is None

        right.release()
        right.release()

        with try_take(two) or pytest.fail("the right is not free"):
            assert try_take(one) is None
        assert try_take(one) is not None


def test_the_right_ends_with_the_process_that_had_it(sqlite_url: str) -> None:
    with (
        open_database(sqlite_url, clock=FixedClock()) as database,
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, sqlite_url], stdout=subprocess.PIPE, text=True
        ) as holder,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert try_take(database) is None

        holder.send_signal(signal.SIGKILL)
        holder.wait()

        with try_take(database) or pytest.fail("the right is not free"):
            pass


def test_whoever_has_not_the_right_to_send_may_still_read_and_write(sqlite_url: str) -> None:
    with (
        open_database(sqlite_url, clock=FixedClock()) as one,
        open_database(sqlite_url, clock=FixedClock()) as two,
        try_take(one) or pytest.fail("the right is not free"),
        two.begin() as db,
    ):
        assert db.exec_driver_sql("UPDATE site SET generation = 1").rowcount == 1


def test_several_may_send_on_postgresql(postgresql_url: str) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database:
        rights = [try_take(database), try_take(database)]

        assert all(rights)
        for right in rights:
            if right is not None:
                right.release()


def test_a_lock_that_cannot_be_made_is_told(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///") + ".sender-lock").mkdir()
    with (
        open_database(sqlite_url, clock=FixedClock()) as database,
        pytest.raises(StoreError, match=r"sender-lock cannot be written: Is a directory"),
    ):
        try_take(database)
