"""The committer: what it does when the ledger cannot be written while mail is on its way."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from publisher.actions import committer
from publisher.actions.send_now import sender_for
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.delivery import DeliveryState, Stage
from publisher.store.database import open_database
from tests.newsrooms import PATIENCE, Newsroom, mailing_of, published_to, relay_at, until
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
