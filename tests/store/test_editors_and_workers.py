"""Editors who decide while workers send: everybody waits for his turn, and nobody for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from publisher.model.delivery import Batch, DeliveryState, MailingState
from publisher.store import decisions, deliveries, mailings
from publisher.store.database import Database, open_database
from tests.databases import NOW, FixedClock
from tests.ledgers import add_readers, advance, answered, assert_accounts, claim, start

READERS = 40
WORKERS = 2
ROUNDS = 10


def test_what_editors_do_while_workers_send_ends_in_no_deadlock_and_in_right_counts(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 2)
    with database.begin() as db:
        add_readers(db, READERS)
        mailing = start(db).id
    together, edited = threading.Barrier(WORKERS + 1), threading.Event()

    def work(number: int) -> None:
        with open_database(database_url, clock=FixedClock()) as own:
            together.wait(10)
            while not edited.is_set():
                if batch := _claimed(own, number):
                    _reject_all(own, batch)

    def edit() -> None:
        with open_database(database_url, clock=FixedClock()) as own:
            together.wait(10)
            for _ in range(ROUNDS):
                with own.begin() as db:
                    mailings.pause(db, mailing, "wait")
                with own.begin() as db:
                    decisions.retry(db, mailing, range(READERS + 1), now=NOW)
                with own.begin() as db:
                    mailings.resume(db, mailing)
            edited.set()

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        doing = [pool.submit(edit), *(pool.submit(work, number) for number in range(WORKERS))]
        for each in doing:
            each.result(60)
    while batch := _claimed(database, 9):
        _reject_all(database, batch)

    with database.read() as db:
        assert_accounts(db, mailing)
        assert mailings.listed(db)[0].state is MailingState.SENT


def _claimed(database: Database, number: int) -> Batch | None:
    with database.begin() as db:
        return claim(db, worker=str(number))


def _reject_all(database: Database, batch: Batch) -> None:
    with database.begin() as db:
        recipient = advance(db, batch)
    while recipient is not None:
        with database.begin() as db:
            recipient = advance(db, batch, answered(recipient, DeliveryState.REJECTED, text="no"))
    with database.begin() as db:
        deliveries.give_back(db, batch, now=NOW)
        mailings.finish_if_done(db, batch.mailing, NOW)
