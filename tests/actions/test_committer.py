"""The committer: what it does when the ledger cannot be written while mail is on its way."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, event, text

from publisher.actions import committer, deliver
from publisher.actions.beside import beside
from publisher.actions.notices import Sent
from publisher.actions.send_now import sender_for
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.delivery import DeliveryState, Stage
from publisher.store.database import open_database
from tests.newsrooms import PATIENCE, READER, Newsroom, mailing_of, published_to, relay_at, until
from tests.smtp_server import SmtpServer


@pytest.fixture
def sending(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom that sends over the relay, and that has little patience with its database."""
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        database = open_database(
            publisher.settings.database_url, clock=newsroom.clock, patience=timedelta(seconds=0.1)
        )
        with database:
            yield replace(publisher, database=database)


def test_an_outcome_that_is_known_waits_until_the_ledger_can_be_written(
    sending: Publisher, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "_REST", 0.05)
    relay.when(Stage.DOT, delay=0.3, times=2)
    published_to(sending, "heat", readers=5)
    sender = sender_for(sending, until_idle=False)
    assert sender is not None
    until(lambda: relay.commands.count("DATA") == 2)

    with locked(sending):
        relay.wait_for(2)
        time.sleep(0.5)
        while_locked = len(relay.messages)
    relay.wait_for(5)
    sender.close()

    assert while_locked == 2
    assert len({message.envelope_to for message in relay.messages}) == len(relay.messages) == 5
    assert mailing_of(sending, "heat").counts[DeliveryState.ACCEPTED] == 5


def test_a_sender_with_nothing_to_do_outlives_a_database_that_is_away_for_a_while(
    sending: Publisher, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "_REST", 0.05)
    sender = sender_for(sending, until_idle=False)
    assert sender is not None

    with away():
        time.sleep(3 * committer.POLL)
    alive = sender.is_alive
    published_to(sending, "heat", readers=3)
    relay.wait_for(3)
    sender.close()

    assert alive
    assert sender.failure is None


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return when the loop of the sender had time for others: every few milliseconds if nothing blocks it."""
    moments: list[float] = []

    async def beat(_publisher: Publisher, _transport: object, stopping: Event, **_: object) -> Sent:
        while not stopping.is_set():
            moments.append(time.monotonic())
            await asyncio.sleep(0.01)
        return Sent(accepted=0)

    monkeypatch.setattr(deliver, "send_due", beat)
    return moments


def test_connections_go_on_while_another_program_keeps_an_sqlite_file_locked(
    newsroom: Newsroom, relay: SmtpServer, beats: list[float]
) -> None:
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        failure = sent_while(publisher, relay, newsroom, locked(publisher))

    assert longest_gap(beats) < 1
    assert failure is None


def test_connections_go_on_while_a_server_of_a_database_is_waited_for(
    newsroom: Newsroom, postgresql_url: str, relay: SmtpServer, beats: list[float]
) -> None:
    newsroom.sets(f'{relay_at(relay.port)}\n[database]\nurl = "{postgresql_url}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        failure = sent_while(publisher, relay, newsroom, batches_locked(publisher))

    assert longest_gap(beats) < 1
    assert failure is None


def test_where_the_disk_is_slow_the_ledger_is_written_beside_the_connections(
    sending: Publisher, relay: SmtpServer
) -> None:
    published_to(sending, "heat", readers=60)
    writers: list[str] = []

    def is_slow(_connection: Connection) -> None:
        writers.append(threading.current_thread().name)
        time.sleep(0.03)

    event.listen(Engine, "commit", is_slow)
    try:
        sender = sender_for(sending, until_idle=False)
        assert sender is not None
        relay.wait_for(60)
        sender.close()
    finally:
        event.remove(Engine, "commit", is_slow)

    assert {"sender", "beside the loop"} <= set(writers)


def test_a_moment_in_which_no_thread_can_be_started_harms_nobody(
    sending: Publisher, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "_QUICK", 0)  # as on a slow disk: all is written in threads
    monkeypatch.setattr(committer, "_REST", 0.05)
    published_to(sending, "heat", readers=5)
    refusals, start = iter(range(3)), threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "beside the loop" and relay.messages and next(refusals, None) is not None:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    sender = sender_for(sending, until_idle=False)
    assert sender is not None
    relay.wait_for(5)
    sender.close()

    assert next(refusals, None) is None
    assert sender.failure is None
    assert mailing_of(sending, "heat").counts[DeliveryState.ACCEPTED] == 5


@pytest.mark.parametrize("error", [StopIteration("no more"), KeyError("a bug")])
def test_whatever_a_step_beside_the_loop_raises_is_raised_in_the_loop(error: Exception) -> None:
    def fails() -> None:
        raise error

    async def wait_for_it() -> str:
        try:
            await asyncio.wait_for(beside(fails), 5)
        except KeyError as raised:
            return type(raised).__name__
        except RuntimeError as raised:  # what Python makes of a StopIteration that leaves a coroutine
            return type(raised.__cause__).__name__
        return "nothing"

    assert asyncio.run(wait_for_it()) == type(error).__name__


def sent_while(
    publisher: Publisher, relay: SmtpServer, newsroom: Newsroom, locked: AbstractContextManager[None]
) -> Exception | None:
    """Send to five readers while nobody can write for a moment; return what ended the sender, if anything."""
    newsroom.writes("heat")
    relay.when(Stage.DOT, delay=0.3, times=2)
    published_to(publisher, "heat", readers=5)
    sender = sender_for(publisher, until_idle=False)
    assert sender is not None
    until(lambda: relay.commands.count("DATA") == 2)
    with locked:
        time.sleep(1.5)
    relay.wait_for(5)
    sender.close()
    return sender.failure


@contextmanager
def batches_locked(publisher: Publisher) -> Iterator[None]:
    """Keep everybody from the batches of a PostgreSQL database, as a long migration may do."""
    with publisher.database.begin() as db:
        db.execute(text("LOCK TABLE batches IN ACCESS EXCLUSIVE MODE"))
        yield


def longest_gap(moments: list[float]) -> float:
    return max(after - before for before, after in pairwise(moments))


@contextmanager
def away() -> Iterator[None]:
    """Let no transaction begin, on whatever connection."""

    def fails(_connection: Connection) -> None:
        raise StoreError("the database does not answer")

    event.listen(Engine, "begin", fails)
    try:
        yield
    finally:
        event.remove(Engine, "begin", fails)


@contextmanager
def locked(publisher: Publisher) -> Iterator[None]:
    """Keep everybody else from writing, as a backup program may do."""
    with closing(
        sqlite3.connect(str(publisher.database.path), timeout=PATIENCE, isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
