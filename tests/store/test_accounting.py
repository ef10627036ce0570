"""What came of a mailing, counted."""

from __future__ import annotations

from datetime import timedelta

from publisher.model.delivery import DeliveryState
from publisher.store import accounting
from publisher.store.accounting import Refusal
from publisher.store.database import Database
from tests.databases import NOW
from tests.ledgers import add_readers, advance, answered, claimed, handed, start

REJECTED, ACCEPTED, DEFERRED = DeliveryState.REJECTED, DeliveryState.ACCEPTED, DeliveryState.DEFERRED


def test_rejections_are_counted_by_their_codes_the_most_frequent_first(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 6)
        mailing = start(db)
        batch = claimed(db)
        recipient = handed(db, batch)
        for state, code in [
            (REJECTED, 552),
            (REJECTED, 550),
            (ACCEPTED, 250),
            (DEFERRED, 451),
            (REJECTED, 550),
        ]:
            retry_at = NOW + timedelta(hours=1) if state is DEFERRED else None
            recipient = handed(db, batch, answered(recipient, state, code=code, retry_at=retry_at))
        advance(db, batch, answered(recipient, REJECTED))

        assert accounting.refusals(db, mailing.id) == [
            Refusal(code=550, enhanced="", count=2),
            Refusal(code=552, enhanced="", count=1),
            Refusal(code=None, enhanced="", count=1),
        ]


def test_a_delivery_that_was_refused_more_than_once_counts_by_its_last_words(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        batch = claimed(db)
        advance(db, batch, answered(handed(db, batch), DEFERRED, code=451, retry_at=later))
        recipient = handed(db, batch, now=later)
        advance(db, batch, answered(recipient, REJECTED, code=550), now=later)

        assert accounting.refusals(db, mailing.id) == [Refusal(code=550, enhanced="", count=1)]


def test_other_mailings_do_not_count(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        first, second = start(db, "heat"), start(db, "rain")
        batch = claimed(db)
        advance(db, batch, answered(handed(db, batch), REJECTED, code=550))

        counts = [len(accounting.refusals(db, each.id)) for each in (first, second)]
        assert sorted(counts) == [0, 1]


def test_what_waits_in_a_batch_is_what_is_not_final(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 4)
        mailing = start(db)
        batch = claimed(db)
        recipient = handed(db, batch)
        recipient = handed(db, batch, answered(recipient))
        recipient = handed(db, batch, answered(recipient, DeliveryState.UNCERTAIN))
        advance(db, batch, answered(recipient, DEFERRED, retry_at=NOW + timedelta(hours=1)))

        assert accounting.waiting(db, mailing.id, batch.number) == 3
        assert accounting.waiting(db, mailing.id, 99) == 0
