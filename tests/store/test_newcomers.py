"""Many readers at once: what a stale look at them can do, and what the database takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from publisher.model.subscriber import Added, SubscriptionState, SuppressionReason
from publisher.store import erasure, newcomers, schema, subscribers
from publisher.store.database import Database, open_database
from publisher.store.migrations.versions import readers
from publisher.store.newcomers import Standing
from publisher.store.schema import metadata
from publisher.store.schema_readers import topics
from publisher.store.schema_sending import suppressions
from tests.databases import NOW, FixedClock, until_somebody_waits
from tests.ledgers import add_readers, person

ACTIVE = SubscriptionState.ACTIVE


def test_somebody_else_may_be_quicker_with_an_address(database: Database) -> None:
    new = [person(number) for number in (1, 2, 3)]
    with database.begin() as db:
        add_readers(db, 1, "daily", first=2)

        found = newcomers.decide(new, Standing(), forbidden=(), lists=("weekly",), state=ACTIVE)
        newcomers.write(db, found, Standing(), state=ACTIVE, consent="imported", now=NOW)

        listed = [(each.address, each.list) for each in subscribers.listed(db)]
        assert sorted(listed) == [
            ("reader0001@example.org", "weekly"),
            ("reader0002@example.org", "daily"),
            ("reader0002@example.org", "weekly"),
            ("reader0003@example.org", "weekly"),
        ]


@pytest.mark.parametrize(
    ("reason", "answer"), [(SuppressionReason.ERASED, Added.SUPPRESSED), (None, Added.ADDED)]
)
def test_whoever_is_erased_while_they_are_added_again_breaks_nothing(
    postgresql_url: str, reason: SuppressionReason | None, answer: Added
) -> None:
    def add() -> list[dict[str, Added]]:
        with database.begin() as db:
            return subscribers.add_many(
                db, [person(1)], lists=("daily",), state=ACTIVE, consent="imported", now=NOW
            )

    with open_database(postgresql_url, clock=FixedClock()) as database, ThreadPoolExecutor(1) as pool:
        with database.begin() as db:
            add_readers(db, 1)
        with database.begin() as db:
            if reason is not None:
                subscribers.suppress(db, address_hash=person(1).address_hash, reason=reason, now=NOW)
            erasure.forget(db, 1, address=person(1).address, address_key=person(1).address_key)
            adding = pool.submit(add)
            until_somebody_waits(database)

        assert adding.result(10) == [{"daily": answer}]


@pytest.mark.parametrize(
    ("first", "spelling", "lang"),
    [(SubscriptionState.PENDING, "Reader0001@example.org", "de"), (ACTIVE, "reader0001@EXAMPLE.org", "ja")],
)
def test_of_somebody_who_was_only_pending_what_is_told_later_counts(
    database: Database, first: SubscriptionState, spelling: str, lang: str
) -> None:
    typed = person(1)._replace(address="reader0001@EXAMPLE.org", lang="ja", is_role=True)
    told = person(1)._replace(address="Reader0001@example.org", lang="de")
    with database.begin() as db:
        subscribers.add_many(db, [typed], lists=("weekly",), state=first, consent="form", now=NOW)
        subscribers.add_many(db, [told], lists=("weekly", "daily"), state=ACTIVE, consent="x", now=NOW)

        found = schema.subscribers.c
        row = db.execute(select(found.address, found.lang, found.is_role)).one()
        assert tuple(row) == (spelling, lang, first is ACTIVE)


def test_each_may_bring_lists_topics_language_and_a_day(database: Database) -> None:
    before = NOW - timedelta(days=99)
    own = person(1)._replace(lists=("daily",), topics=("energy", "heat"), lang="de", since=before)
    with database.begin() as db:
        answers = subscribers.add_many(
            db, [own, person(2)], lists=("weekly",), state=ACTIVE, consent="imported", now=NOW
        )

        assert answers == [{"daily": Added.ADDED}, {"weekly": Added.ADDED}]
        assert [(each.list, each.since) for each in subscribers.listed(db)] == [
            ("daily", before),
            ("weekly", NOW),
        ]
        assert db.scalars(select(topics.c.topic).order_by(topics.c.topic)).all() == ["energy", "heat"]


def test_what_the_database_refuses_is_said_as_usual(database: Database) -> None:
    twin = person(2)._replace(public_id="p0001")
    with database.begin() as db:
        add_readers(db, 1)

    with pytest.raises(IntegrityError), database.begin() as db:
        subscribers.add_many(db, [twin], lists=("weekly",), state=ACTIVE, consent="x", now=NOW)


def test_suppressions_survive_their_new_rule(database: Database) -> None:
    with database.begin() as db:
        subscribers.suppress(db, address_hash="a", reason=SuppressionReason.COMPLAINT, now=NOW)
        context = MigrationContext.configure(db, opts={"target_metadata": metadata})
        with Operations.context(context):
            readers._suppressions()

        subscribers.suppress(db, address_hash="b", reason=SuppressionReason.BY_HAND, now=NOW)
        assert {row.address_hash: row.reason for row in db.execute(select(suppressions))} == {
            "a": "complaint",
            "b": "by hand",
        }
