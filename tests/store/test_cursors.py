"""What programs read portion by portion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import cursors, subscribers
from publisher.store.database import Database
from publisher.store.schema import subscribers as readers
from publisher.store.schema_readers import topics
from tests.databases import NOW
from tests.ledgers import add_readers


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        add_readers(connection, 5)
        yield connection


def test_portions_follow_each_other_without_a_gap(db: Connection) -> None:
    first = cursors.subscribers_after(db, 0, limit=2)
    db.execute(readers.delete().where(readers.c.id == first[-1].number))
    second = cursors.subscribers_after(db, first[-1].number, limit=10)

    assert [each.number for each in first + second] == [1, 2, 3, 4, 5]


def test_a_reader_has_all_lists_also_those_that_were_not_asked_for(db: Connection) -> None:
    one = cursors.subscriber(db, number=1)
    assert one is not None
    subscribers.add(
        db,
        address=one.address,
        address_key=one.address_key,
        address_hash="h",
        lists=["extra"],
        state=SubscriptionState.PENDING,
        consent="asked",
        now=NOW,
        public_id="z" * 16,
    )
    db.execute(topics.insert(), [{"subscriber": 1, "topic": topic} for topic in ("wind", "heat")])

    (found,) = cursors.subscribers_after(db, 0, list="extra", limit=10)

    assert len(found.lists) == 2
    assert found.topics == ("heat", "wind")
    assert cursors.subscribers_after(db, 0, list="extra", state=SubscriptionState.ACTIVE, limit=10) == []
    assert cursors.subscriber(db, public_id=found.public_id) == found
    assert cursors.subscriber(db, address_key=found.address_key) == found
    assert cursors.subscriber(db) is None


def test_why_addresses_are_left_alone_is_told_for_many_at_once(db: Connection) -> None:
    subscribers.suppress(db, address_hash="a", reason=SuppressionReason.ERASED, now=NOW)

    assert cursors.suppressed(db, ["a", "b"]) == {"a": SuppressionReason.ERASED}
    assert cursors.suppressed(db, []) == {}
