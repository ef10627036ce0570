"""Workers in threads and in several processes' databases, at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from publisher.model.delivery import MailingState
from publisher.store import deliveries, mailings
from publisher.store.database import Database, open_database
from tests.databases import NOW, FixedClock, until_somebody_waits
from tests.ledgers import add_readers, advance, answered, assert_accounts, claim, claimed, start

READERS = 60
WORKERS = 4


def test_workers_at_the_same_time_never_get_the_same_reader(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 4)
    with database.begin() as db:
        addresses = add_readers(db, READERS)
        mailing = start(db)
    together = threading.Barrier(WORKERS)

    def work(number: int) -> list[str]:
        """Work as a process of its own: through its own connections."""
        got: list[str] = []
        with open_database(database_url, clock=FixedClock()) as own:
            together.wait(10)
            while True:
                with own.begin() as db:
                    batch = claim(db, worker=str(number))
                if batch is None:
                    return got
                with own.begin() as db:
                    recipient = advance(db, batch)
                while recipient is not None:
                    got.append(recipient.address)
                    with own.begin() as db:
                        recipient = advance(db, batch, answered(recipient))
                with own.begin() as db:
                    assert deliveries.give_back(db, batch, now=NOW)
                    mailings.finish_if_done(db, mailing.id, NOW)

    with ThreadPoolExecutor(WORKERS) as pool:
        got = list(pool.map(work, range(WORKERS)))

    assert Counter(address for each in got for address in each) == Counter(addresses)
    with database.read() as db:
        assert_accounts(db, mailing.id)
        assert mailings.listed(db)[0].state is MailingState.SENT


def test_a_worker_who_takes_another_batch_and_an_editor_do_not_wait_for_each_other(
    postgresql_url: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 2)

    def go_on() -> bool:
        with open_database(postgresql_url, clock=clock) as own, own.begin() as db:
            return mailings.resume(db, mailing.id)

    with open_database(postgresql_url, clock=clock) as database, ThreadPoolExecutor(1) as pool:
        with database.begin() as db:
            add_readers(db, 4)
            mailing = start(db)
            held = claimed(db)
        with database.begin() as db:
            deliveries.lock(db, [held])
            editor = pool.submit(go_on)
            until_somebody_waits(database)
            another = claimed(db)
            recipients = [advance(db, each) for each in (held, another)]

        assert editor.result(30)
        assert None not in recipients


def test_connections_that_share_a_batch_at_the_same_time_never_get_the_same_reader(
    database: Database,
) -> None:
    with database.begin() as db:
        addresses = add_readers(db, READERS)
        mailing = start(db)
        batch = claim(db)
    assert batch is not None

    def connect(_: int) -> list[str]:
        got: list[str] = []
        with database.begin() as db:
            recipient = advance(db, batch)
        while recipient is not None:
            got.append(recipient.address)
            with database.begin() as db:
                recipient = advance(db, batch, answered(recipient))
        return got

    with ThreadPoolExecutor(WORKERS) as pool:
        got = list(pool.map(connect, range(WORKERS)))

    assert Counter(address for each in got for address in each) == Counter(addresses)
    with database.read() as db:
        assert_accounts(db, mailing.id)
