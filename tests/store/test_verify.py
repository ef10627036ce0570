"""The invariants: a database as it must be is not complained of, and each way to break it has its code."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text, update

from publisher.model.delivery import DeliveryState, MailingState, Recipient, UncertainPolicy
from publisher.model.rendered import Artefact
from publisher.model.subscriber import SuppressionReason
from publisher.store import deliveries, mailings, public, schema, subscribers
from publisher.store import schema_sending as sending
from publisher.store.database import Database, open_database
from publisher.store.verify import INVARIANTS, Facts
from tests.databases import NOW, FixedClock
from tests.ledgers import (
    add_readers,
    advance,
    answered,
    claimed,
    handed,
    hash_of,
    start,
)

FACTS = Facts(most_sending=2, suppressed_hash=hash_of)
HOUR = timedelta(hours=1)
FEED = Artefact(path="/feed.rss", media_type="application/rss+xml", body=b"<rss><channel/></rss>")


def faults(db: Connection) -> dict[str, list[str]]:
    """Return the codes of all invariants that do not hold, with what they complain of."""
    found = {invariant.code: list(invariant.faults(db, FACTS)) for invariant in INVARIANTS}
    return {code: sentences for code, sentences in found.items() if sentences}


@pytest.fixture
def lived(database: Database) -> Database:
    """A database with a mailing that is sent, one on its way, one that was cancelled, and a feed."""
    with database.begin() as db:
        add_readers(db, 6)
        sent = start(db, "old")
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(db, batch, answered(first, DeliveryState.REJECTED, code=550, text="nobody"))
        third = handed(db, batch, answered(second))
        rest: Recipient | None = handed(db, batch, answered(third, DeliveryState.UNCERTAIN, text="cut off"))
        while rest is not None:
            rest = advance(db, batch, answered(rest))
        deliveries.give_back(db, batch, now=NOW)
        assert mailings.finish_if_done(db, sent.id, NOW)
        cancelled = start(db, "gone")
        mailings.cancel(db, cancelled.id)
        mailings.finish_if_done(db, cancelled.id, NOW)
        start(db, "new", uncertain=UncertainPolicy.HOLD)
        batch = claimed(db)
        later = answered(handed(db, batch), DeliveryState.DEFERRED, retry_at=NOW + HOUR, text="busy")
        send_on = handed(db, batch, later)
        handed(db, batch, answered(send_on))
        public.put(db, [FEED], generation=1, now=NOW)
    return database


def test_a_database_with_a_life_behind_it_is_as_it_must_be(lived: Database) -> None:
    with lived.read() as db:
        assert faults(db) == {}


def test_a_new_database_is_as_it_must_be(database: Database) -> None:
    with database.read() as db:
        assert faults(db) == {}


def miscounts(db: Connection) -> None:
    """Count one accepted more and one pending less: the sum stays right."""
    table = sending.batches
    db.execute(
        update(table)
        .where(table.c.mailing == 3)
        .values(accepted=table.c.accepted + 1, pending=table.c.pending - 1)
    )


def loses_a_reader(db: Connection) -> None:
    db.execute(update(sending.mailings).where(sending.mailings.c.id == 3).values(audience=7))


def overlaps(db: Connection) -> None:
    """Add a batch without a delivery of its own to the range of another."""
    values = {"mailing": 2, "number": 1, "first_subscriber": 3, "last_subscriber": 3, "pending": 1}
    db.execute(insert(sending.batches).values(values))
    table = sending.batches
    db.execute(update(table).where(table.c.mailing == 2, table.c.number == 0).values(first_subscriber=1))


def forgets_an_account(db: Connection) -> None:
    db.execute(update(sending.accounts).where(sending.accounts.c.mailing == 1).values(accepted=0))


def mails_somebody_twice(db: Connection) -> None:
    """Let one address be stored under two keys, and both be in the audience."""
    db.execute(
        update(schema.subscribers)
        .where(schema.subscribers.c.id == 2)
        .values(address="Reader0001@example.org")
    )


def mails_who_left(db: Connection) -> None:
    subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW - HOUR)


def mails_who_complained(db: Connection) -> None:
    subscribers.suppress(
        db,
        address_hash=hash_of("reader0002@example.org"),
        reason=SuppressionReason.COMPLAINT,
        now=NOW - HOUR,
    )


def forgets_a_worker(db: Connection) -> None:
    db.execute(update(sending.batches).where(sending.batches.c.sending > 0).values(lease_until=None))


def overloads_a_worker(db: Connection) -> None:
    """Let one worker have three messages on their way over two connections."""
    table = sending.deliveries
    own = (table.c.mailing == 3, table.c.state == DeliveryState.PENDING)
    for subscriber in (
        db.execute(table.select().with_only_columns(table.c.subscriber).where(*own)).scalars().all()[:2]
    ):
        db.execute(
            update(table)
            .where(table.c.mailing == 3, table.c.subscriber == subscriber)
            .values(state=DeliveryState.SENDING)
        )
    of = sending.batches
    db.execute(update(of).where(of.c.mailing == 3).values(sending=3, pending=of.c.pending - 2))


def calls_it_sent(db: Connection) -> None:
    values = {"state": MailingState.SENT.value, "finished_at": NOW}
    db.execute(update(sending.mailings).where(sending.mailings.c.id == 3).values(values))


def forgets_when_it_is_due(db: Connection) -> None:
    db.execute(update(sending.batches).where(sending.batches.c.mailing == 3).values(due_at=None))


def leaves_a_cancelled_one_due(db: Connection) -> None:
    db.execute(update(sending.batches).where(sending.batches.c.mailing == 2).values(due_at=NOW))


def accepts_without_a_try(db: Connection) -> None:
    table = sending.deliveries
    own = (table.c.mailing == 1, table.c.state == DeliveryState.ACCEPTED)
    db.execute(update(table).where(*own).values(attempts=0))


def rejects_without_a_word(db: Connection) -> None:
    db.execute(sending.delivery_errors.delete())


def breaks_bytes(db: Connection) -> None:
    db.execute(update(schema.artefacts).values(body=b"<rss><channel/></rss> "))


def breaks_compressed_bytes(db: Connection) -> None:
    db.execute(update(schema.artefacts).values(gzip=b"not gzip"))


def publishes_half_a_feed(db: Connection) -> None:
    body = b"<rss><channel>"
    db.execute(update(schema.artefacts).values(body=body, etag=public.etag_of(body), gzip=None))


def publishes_half_a_json_feed(db: Connection) -> None:
    body = b'{"items": ['
    values = {"body": body, "etag": public.etag_of(body), "gzip": None, "media_type": "application/feed+json"}
    db.execute(update(schema.artefacts).values(values))


def exchanges_a_picture(db: Connection) -> None:
    db.execute(
        insert(schema.pictures).values(name=f"{'a' * 32}.png", media_type="image/png", body=b"x", public=True)
    )


Breaks = Callable[[Connection], None]


@pytest.mark.parametrize(
    ("breaks", "code", "words"),
    [
        (miscounts, "I1", "batch 0 of new counts"),
        (loses_a_reader, "I2", "the audience of new is 7, its batches count 6, and there are 6 deliveries"),
        (forgets_an_account, "I2", "the last counts of old are not the sums of its batches"),
        (mails_somebody_twice, "I3", "reader0001@example.org is 2 times in the audience of"),
        (mails_who_left, "I4", "reader0002@example.org left at"),
        (mails_who_complained, "I4", "reader0002@example.org is suppressed since"),
        (forgets_a_worker, "I5", "batch 0 of new has 1 on their way and no worker"),
        (overloads_a_worker, "I5", "has 3 messages on their way over 2 connections"),
        (calls_it_sent, "I6", "new is called sent, and something of it is open"),
        (forgets_when_it_is_due, "I6", "batch 0 of new is due at None"),
        (leaves_a_cancelled_one_due, "I6", "batch 0 of gone is due at"),
        (accepts_without_a_try, "I7", "is accepted without a try"),
        (rejects_without_a_word, "I7", "is rejected without a word why"),
        (breaks_bytes, "I9", "/feed.rss does not have the bytes of its ETag"),
        (breaks_compressed_bytes, "I9", "/feed.rss does not have the same bytes when it is compressed"),
        (publishes_half_a_feed, "I9", "/feed.rss is not well-formed: no element found"),
        (publishes_half_a_json_feed, "I9", "/feed.rss is not well-formed: Expecting value"),
        (exchanges_a_picture, "I9", "does not have the bytes of its name"),
    ],
)
def test_what_is_broken_is_named_by_its_code_and_by_no_other(
    lived: Database, breaks: Breaks, code: str, words: str
) -> None:
    with lived.begin() as db:
        breaks(db)

        found = faults(db)

        assert list(found) == [code]
        assert any(words in sentence for sentence in found[code])


def test_batches_that_share_readers_are_named(lived: Database) -> None:
    with lived.begin() as db:
        overlaps(db)

        assert "batch 1 of gone has readers of the batch before it" in faults(db)["I2"]


def test_a_row_that_points_nowhere_is_found_in_the_database_itself(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as careless, careless:
        careless.execute("INSERT INTO occurrences VALUES ('weekly', '2026-10-06', '06:30', 'nobody')")

    with open_database(sqlite_url, clock=FixedClock()) as database, database.read() as db:
        assert faults(db) == {"I8": ["row 1 of occurrences points to a row of issues that does not exist"]}


def test_a_constraint_that_somebody_dropped_is_missed(postgresql_url: str) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database, database.read() as db:
        before = faults(db)
    with open_database(postgresql_url, clock=FixedClock()) as database, _undone(database) as db:
        db.execute(text("ALTER TABLE deliveries DROP CONSTRAINT pk_deliveries"))

        assert faults(db) == {"I8": ["the constraint pk_deliveries of deliveries is gone"]}
    assert before == {}


@contextmanager
def _undone(database: Database) -> Iterator[Connection]:
    """Yield a connection whose transaction leaves nothing behind."""
    with suppress(InterruptedError), database.begin() as db:
        yield db
        raise InterruptedError


def test_a_mail_on_its_way_while_its_reader_left_is_no_fault(lived: Database) -> None:
    with lived.begin() as db:
        subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW - timedelta(minutes=9))

        assert faults(db) == {}


def test_what_was_uncertain_may_turn_out_accepted_after_its_reader_left(lived: Database) -> None:
    with lived.begin() as db:
        table, key = sending.delivery_errors, {"mailing": 1, "subscriber": 2, "at": NOW}
        words = {"state": DeliveryState.UNCERTAIN, "enhanced": "", "stage": "dot", "text": "cut off"}
        db.execute(insert(table).values(key | words))
        subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW - HOUR)

        assert "I4" not in {
            code for code, sentences in faults(db).items() if any("old" in each for each in sentences)
        }


def test_the_one_later_try_of_a_suppressed_address_is_no_fault(lived: Database) -> None:
    with lived.begin() as db:
        mails_who_complained(db)
        db.execute(update(sending.suppressions).values(probe_at=NOW - timedelta(minutes=1)))

        assert faults(db) == {}


def test_the_page_for_editors_has_every_rule() -> None:
    page = Path(__file__).parents[2] / "docs/how-to/steer-a-mailing.md"
    rows = [f"| {invariant.code} | {invariant.sentence} |" for invariant in INVARIANTS]

    assert "\n".join(rows) in page.read_text(encoding="utf-8")
