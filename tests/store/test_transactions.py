"""Writing and reading: transactions, snapshots, waiting, and the end of a process in the middle."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from publisher.errors import StoreError
from publisher.store import audit, public, schema
from publisher.store.database import Database, open_database
from tests.databases import NOW, FixedClock
from tests.newsrooms import until

ENDLESS_WRITER = """
import sys
from datetime import UTC, datetime
from publisher.store import audit
from publisher.store.database import open_database
with open_database(sys.argv[1], clock=lambda: datetime.now(UTC)) as database:
    number = 0
    while True:
        number += 1
        with database.begin() as db:
            audit.write(db, at=database.now(), actor="child", verb="write", subject=str(number))
            audit.write(db, at=database.now(), actor="child", verb="write", subject=str(number))
        print(number, flush=True)
"""


def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    def write_and_fail() -> None:
        with database.begin() as db:
            audit.write(db, at=NOW, actor="anna", verb="test", subject="a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    assert _rows(database) == 0


def test_a_reading_connection_cannot_write(database: Database) -> None:
    with pytest.raises((StoreError, DBAPIError)), database.read() as db:
        public.note_tick(db, NOW)

    with database.read() as db:
        assert public.ticked_at(db) is None


def test_a_reader_sees_one_moment_of_the_database(database: Database) -> None:
    with database.read() as db:
        before = public.generation(db)
        with database.begin() as writer:
            assert public.raise_generation(writer, expected=before)

        assert public.generation(db) == before
    with database.read() as db:
        assert public.generation(db) == before + 1


def test_two_who_want_to_change_the_same_state_are_told_apart(database: Database) -> None:
    with database.begin() as db:
        first = public.raise_generation(db, expected=0)
    with database.begin() as db:
        second = public.raise_generation(db, expected=0)

    assert (first, second) == (True, False)


def test_a_statement_that_is_a_bug_stays_a_bug(database: Database) -> None:
    with pytest.raises(DBAPIError), database.begin() as db:
        db.execute(text("SELECT nonsense FROM nowhere"))


def test_a_transaction_inside_another_is_a_bug_and_does_not_hang(sqlite_url: str) -> None:
    with (
        open_database(sqlite_url, clock=FixedClock()) as database,
        pytest.raises(RuntimeError, match="inside another"),
        database.begin(),
        database.begin(),
    ):
        pass


def test_whoever_waits_too_long_for_another_program_is_told_so(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    patience = timedelta(seconds=0.1)
    with (
        open_database(sqlite_url, clock=FixedClock(), patience=patience) as database,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError) as refused, database.begin():
            pass

        assert str(refused.value).startswith(f"{path} is busy: ")
        with database.read() as db:
            assert public.generation(db) == 0


def test_whoever_waits_too_long_for_another_thread_is_told_so(sqlite_url: str) -> None:
    begun, enough = threading.Event(), threading.Event()
    patience = timedelta(seconds=0.1)
    with open_database(sqlite_url, clock=FixedClock(), patience=patience) as database:

        def hold() -> None:
            with database.begin():
                begun.set()
                enough.wait(10)

        holder = threading.Thread(target=hold)
        holder.start()
        assert begun.wait(10)
        try:
            with pytest.raises(StoreError, match=r"did not finish within 0\.1 s"), database.begin():
                pass
        finally:
            enough.set()
            holder.join()

        with database.begin() as db:
            assert public.raise_generation(db, expected=0)


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(sqlite_url: str) -> None:
    with open_database(sqlite_url, clock=FixedClock()) as database:
        with database.begin() as db:
            pages = db.exec_driver_sql("PRAGMA page_count").scalar()
            db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(StoreError, match="the disk is full"), database.begin() as db:
            audit.write(db, at=NOW, actor="a" * 100_000, verb="test", subject="b")

        assert _rows(database) == 0


def test_a_thread_that_writes_without_pause_leaves_the_others_their_share(database: Database) -> None:
    enough = threading.Event()
    written = [0, 0]

    def write(own: int) -> None:
        while not enough.is_set():
            _write(database)
            written[own] += 1

    threads = [threading.Thread(target=write, args=(own,)) for own in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: sum(written) >= 40)
    enough.set()
    for thread in threads:
        thread.join()

    assert min(written) > 10
    assert min(written) * 3 > max(written)


def test_killing_a_writer_leaves_every_whole_transaction_and_no_half_one(
    database: Database, database_url: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS_WRITER, database_url], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(20)]
        child.send_signal(signal.SIGKILL)

    with database.begin() as db:
        subjects = list(db.execute(select(schema.audit.c.subject).order_by(schema.audit.c.id)).scalars())
        whole = len(subjects) // 2
        assert subjects == [str(number) for number in range(1, whole + 1) for _ in range(2)]
        assert whole >= said[-1]
        if database.is_sqlite:
            assert db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def _write(database: Database) -> None:
    with database.begin() as db:
        audit.write(db, at=NOW, actor="anna", verb="test", subject="a")


def _rows(database: Database) -> int:
    with database.read() as db:
        return len(audit.listed(db, limit=1000))


def test_who_is_silent_within_a_transaction_keeps_no_other_waiting_for_ever(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.store.database._SILENCE", timedelta(seconds=1))
    short = timedelta(seconds=0.3)
    with (
        open_database(postgresql_url, clock=FixedClock(), patience=short) as stopped,
        open_database(postgresql_url, clock=FixedClock(), patience=short) as other,
    ):
        start = time.monotonic()
        with pytest.raises(StoreError, match="cannot be used"), stopped.begin() as silent:  # noqa: PT012 - a transaction
            silent.execute(schema.site.update().values(generation=7))
            with pytest.raises(StoreError, match="lock timeout"), other.begin() as db:
                db.execute(schema.site.update().values(generation=8))
            time.sleep(1.5)
            with other.begin() as db:
                db.execute(schema.site.update().values(generation=9))
            silent.execute(select(schema.site))

        assert time.monotonic() - start < 10
        with other.read() as db:
            assert public.generation(db) == 9
