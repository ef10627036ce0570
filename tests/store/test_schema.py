"""The schema: what the migrations make is what the program thinks it has, and what the database refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError

from publisher.model.delivery import DeliveryState
from publisher.model.states import IssueState
from publisher.store import notices, schema
from publisher.store import schema_sending as sending
from publisher.store.database import Database, open_database
from publisher.store.migrations import upgrade
from tests.databases import NOW, WORDS_OF_SQLITE, FixedClock
from tests.ledgers import add_issue, add_readers, start

SQLITE_OBJECTS = """
    SELECT name, sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version' AND name NOT LIKE 'search_words%'
    ORDER BY name
"""
SQLITE_WORDS = """
    SELECT type, name FROM sqlite_master WHERE name LIKE 'search_words%' ORDER BY name
"""
POSTGRESQL_WORDS = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search' AND indexdef LIKE '%gin%' ORDER BY 1
"""
POSTGRESQL_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conname <> 'alembic_version_pkc'
    AND contype <> 'n' ORDER BY 1, 2
"""
POSTGRESQL_OPTIONS = """
    SELECT relname, reloptions FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    ORDER BY relname
"""


def test_the_program_knows_every_migration_in_its_order() -> None:
    scripts = ScriptDirectory(upgrade.FOLDER)

    assert tuple(step.revision for step in scripts.walk_revisions())[::-1] == schema.REVISIONS


OF_POSTGRESQL = {
    ("column", "head"),
    ("column", "words"),
    ("index", "ix_search_head"),
    ("index", "ix_search_words"),
}
OF_SQLITE = {("table", name) for name in WORDS_OF_SQLITE}
"""What a database has of its own to find words."""


def test_migrations_make_the_tables_of_the_program(database: Database) -> None:
    left_out: set[tuple[str, str | None]] = set()
    own = OF_SQLITE if database.is_sqlite else OF_POSTGRESQL

    def is_ours(_: object, name: str | None, kind: str, reflected: bool, _like: object) -> bool:  # noqa: FBT001 (Alembic's signature)
        if reflected and (kind, name) in own:
            left_out.add((kind, name))
            return False
        return True

    with database.read() as db:
        context = MigrationContext.configure(
            db, opts={"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        )

        assert compare_metadata(context, schema.metadata) == []
    assert left_out == own


def test_words_are_found_by_an_index_of_each_database_and_go_with_their_page(
    sqlite_url: str, postgresql_url: str
) -> None:
    with open_database(sqlite_url, clock=FixedClock()) as database, database.read() as db:
        assert _answers(db, SQLITE_WORDS) == [
            ("table", "search_words"),
            ("table", "search_words_config"),
            ("table", "search_words_content"),
            ("table", "search_words_data"),
            ("table", "search_words_docsize"),
            ("trigger", "search_words_go"),
            ("table", "search_words_idx"),
        ]
    with open_database(postgresql_url, clock=FixedClock()) as database, database.read() as db:
        assert _answers(db, POSTGRESQL_WORDS) == [
            ("ix_search_head", "CREATE INDEX ix_search_head ON public.search USING gin (head)"),
            ("ix_search_words", "CREATE INDEX ix_search_words ON public.search USING gin (words)"),
        ]


def test_migrations_make_every_constraint_and_option_of_the_program(own_database_url: str) -> None:
    with open_database(own_database_url, clock=FixedClock()) as database, database.begin() as db:
        migrated = _described(db)
        schema.metadata.drop_all(db)
        schema.metadata.create_all(db)

        assert _described(db) == migrated
        assert len(migrated) > len(schema.metadata.tables)


def test_the_ledger_leaves_room_for_changes_in_place_on_postgresql(postgresql_url: str) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database, database.read() as db:
        assert ("deliveries", ["fillfactor=45"]) in _answers(db, POSTGRESQL_OPTIONS)


def test_the_ledger_has_no_second_index(database: Database) -> None:
    with database.read() as db:
        assert inspect(db).get_indexes("deliveries") == []
        assert inspect(db).get_pk_constraint("deliveries")["constrained_columns"] == ["mailing", "subscriber"]


ISSUE = {
    "slug": "new",
    "title": "New",
    "state": "ready",
    "first_seen_at": NOW,
    "signature": "1",
    "lists": [],
}
DELIVERY = {"mailing": 1, "subscriber": 9, "list": 0, "state": DeliveryState.PENDING, "attempts": 0}
BATCH = {"mailing": 1, "number": 9, "first_subscriber": 5, "last_subscriber": 9}
MAILING = {
    "issue": "other",
    "edition": 1,
    "state": "sending",
    "uncertain": "hold",
    "kid": 1,
    "audience": 0,
    "created_at": NOW,
    "not_before": NOW,
}
SLOT = {"timetable": "weekly", "day": date(2026, 10, 6), "hour": time(6, 30), "issue": "denchi"}
PART = {"edition": 1, "output": "page", "key": "", "media_type": "text/html", "body": b""}
PICTURE = {"name": "a.png", "media_type": "image/png", "body": b"", "public": True}
ARTEFACT = {
    "path": "/",
    "media_type": "text/html",
    "body": b"",
    "etag": '"1"',
    "modified_at": NOW,
    "generation": 1,
}
SUPPRESSION = {"address_hash": "x", "reason": "complaint", "since": NOW}
ERROR = {
    "mailing": 1,
    "subscriber": 1,
    "at": NOW,
    "state": DeliveryState.DEFERRED,
    "enhanced": "",
    "stage": "",
    "text": "",
}
PERSON = {"public_id": "x", "address": "x@example.org", "address_key": "x@example.org", "created_at": NOW}
SUBSCRIPTION = {"subscriber": 1, "list": "x", "state": "active", "since": NOW, "consent": "by hand"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def refusing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Return a filled database in which nothing that these tests do can leave a trace."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('refusing')}/publisher.sqlite3"
    else:
        url = request.getfixturevalue("new_postgresql")()
    with open_database(url, clock=FixedClock()) as database:
        yield _fill(database)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        pytest.param(schema.site, {"id": 2, "generation": 0, "created_at": NOW}, id="a second site"),
        pytest.param(schema.keys, {"kid": 1, "secret": b"", "created_at": NOW}, id="another key 1"),
        pytest.param(schema.parts, PART, id="a part twice"),
        pytest.param(schema.parts, PART | {"edition": 99}, id="a part of no print"),
        pytest.param(schema.pictures, PICTURE, id="a picture twice"),
        pytest.param(
            schema.edition_pictures, {"edition": 1, "name": "b.png"}, id="a picture that is not there"
        ),
        pytest.param(schema.edition_pictures, {"edition": 9, "name": "a.png"}, id="a picture of no print"),
        pytest.param(schema.artefacts, ARTEFACT, id="two artefacts at one path"),
        pytest.param(schema.issues, ISSUE | {"slug": "denchi"}, id="an issue twice"),
        pytest.param(schema.issues, ISSUE | {"id": "id-of-denchi"}, id="an id twice"),
        pytest.param(schema.issues, ISSUE | {"number": 1}, id="a number twice"),
        pytest.param(schema.issues, ISSUE | {"state": "sent"}, id="an unknown state of an issue"),
        pytest.param(schema.issues, ISSUE | {"state": "held"}, id="held without a reason"),
        pytest.param(schema.issues, ISSUE | {"state": "queued", "edition": 1}, id="queued without a moment"),
        pytest.param(schema.issues, ISSUE | {"state": "queued", "due_at": NOW}, id="queued without a print"),
        pytest.param(schema.issues, ISSUE | {"state": "published"}, id="published without a print"),
        pytest.param(schema.issues, ISSUE | {"state": "archived"}, id="archived without a print"),
        pytest.param(schema.issues, ISSUE | {"edition": 99}, id="a print that does not exist"),
        pytest.param(schema.occurrences, SLOT | {"issue": "other"}, id="a slot twice"),
        pytest.param(schema.occurrences, SLOT | {"day": date(2027, 1, 1)}, id="two slots of one issue"),
        pytest.param(schema.occurrences, SLOT | {"issue": "x", "hour": time(7)}, id="a slot of no issue"),
        pytest.param(
            schema.subscribers, PERSON | {"address_key": "reader0001@example.org"}, id="a reader twice"
        ),
        pytest.param(schema.subscribers, PERSON | {"public_id": "p0001"}, id="a public id twice"),
        pytest.param(schema.subscriptions, SUBSCRIPTION | {"list": "weekly"}, id="a subscription twice"),
        pytest.param(
            schema.subscriptions, SUBSCRIPTION | {"state": "gone"}, id="an unknown subscription state"
        ),
        pytest.param(schema.subscriptions, SUBSCRIPTION | {"subscriber": 99}, id="a subscription of nobody"),
        pytest.param(
            sending.suppressions,
            SUPPRESSION | {"address_hash": "y", "reason": "spite"},
            id="an unknown reason",
        ),
        pytest.param(sending.suppressions, SUPPRESSION, id="a suppression twice"),
        pytest.param(sending.mailings, MAILING | {"issue": "denchi"}, id="a second mailing"),
        pytest.param(sending.mailings, MAILING | {"issue": "x"}, id="a mailing of no issue"),
        pytest.param(sending.mailings, MAILING | {"edition": 99}, id="a mailing of no print"),
        pytest.param(sending.mailings, MAILING | {"state": "done"}, id="an unknown state of a mailing"),
        pytest.param(sending.mailings, MAILING | {"uncertain": "guess"}, id="an unknown policy"),
        pytest.param(sending.mailings, MAILING | {"state": "paused"}, id="paused without a reason"),
        pytest.param(sending.mailings, MAILING | {"state": "sent"}, id="sent without a moment"),
        pytest.param(sending.mailings, MAILING | {"audience": -1}, id="less than nobody"),
        pytest.param(sending.mailings, MAILING | {"kid": 9}, id="a key that does not exist"),
        pytest.param(
            sending.mailing_templates,
            {"mailing": 1, "position": 1, "list": "weekly", "title": "", "template": b""},
            id="two messages for one list",
        ),
        pytest.param(
            sending.mailing_templates,
            {"mailing": 1, "position": 0, "list": "x", "title": "", "template": b""},
            id="two messages at one position",
        ),
        pytest.param(sending.delivery_errors, ERROR, id="two errors of a moment"),
        pytest.param(sending.batches, BATCH | {"number": 0}, id="a batch twice"),
        pytest.param(
            sending.batches, BATCH | {"first_subscriber": 10}, id="a range that ends before it begins"
        ),
        pytest.param(sending.batches, BATCH | {"mailing": 9}, id="a batch of no mailing"),
        *(
            pytest.param(sending.batches, BATCH | {state.value: -1}, id=f"fewer than no {state}")
            for state in DeliveryState
        ),
        pytest.param(sending.deliveries, DELIVERY | {"subscriber": 1}, id="a delivery twice"),
        pytest.param(sending.deliveries, DELIVERY | {"attempts": -1}, id="fewer than no attempts"),
        pytest.param(
            sending.deliveries,
            DELIVERY | {"state": DeliveryState.DEFERRED},
            id="deferred without a moment",
        ),
        *(
            pytest.param(
                sending.deliveries,
                DELIVERY | {"state": state, "due_at": NOW},
                id=f"{state} with a next try",
            )
            for state in sorted(set(DeliveryState) - {DeliveryState.DEFERRED, DeliveryState.UNCERTAIN})
        ),
    ],
)
def test_the_database_refuses(refusing: Database, table: Table, row: Mapping[str, object]) -> None:
    with pytest.raises(IntegrityError), refusing.begin() as db:
        db.execute(table.insert().values(row))


@pytest.mark.parametrize("table", ["deliveries", "notices"])
def test_a_number_that_is_no_state_is_refused(database: Database, table: str) -> None:
    with _fill(database).begin() as db:
        notices.add(db, kind="welcome", address="a@example.org", payload={}, now=NOW)

    with pytest.raises(IntegrityError), database.begin() as db:
        db.execute(text(f"UPDATE {table} SET state = 7"))  # noqa: S608 - two fixed names


def test_what_it_refuses_would_else_be_accepted(database: Database) -> None:
    with _fill(database).begin() as db:
        rows: list[tuple[Table, Mapping[str, object]]] = [
            (schema.issues, ISSUE),
            (schema.subscribers, PERSON),
            (schema.subscriptions, SUBSCRIPTION),
            (sending.mailings, MAILING),
            (sending.batches, BATCH),
            (sending.deliveries, DELIVERY),
            (sending.deliveries, DELIVERY | {"subscriber": 10, "state": DeliveryState.UNCERTAIN}),
            (
                sending.deliveries,
                DELIVERY | {"subscriber": 11, "state": DeliveryState.DEFERRED, "due_at": NOW},
            ),
        ]
        for table, row in rows:
            db.execute(table.insert().values(row))


def test_moments_come_back_aware_in_utc_to_the_microsecond_or_the_second(database: Database) -> None:
    moment = NOW + timedelta(seconds=1, microseconds=750_001)
    with _fill(database).begin() as db:
        db.execute(schema.site.update().values(ticked_at=moment))
        db.execute(sending.batches.update().values(due_at=moment))

        assert db.execute(select(schema.site.c.ticked_at)).scalar_one() == moment
        assert db.execute(select(sending.batches.c.due_at)).scalar_one() == NOW + timedelta(seconds=1)


def test_a_moment_without_a_zone_is_a_bug(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    _fill(database)
    for table, column in ((schema.site, "ticked_at"), (sending.batches, "due_at")):
        with pytest.raises(Exception, match="naive moment"), database.begin() as db:
            db.execute(table.update().values({column: naive}))


def test_deleting_a_reader_deletes_the_subscriptions_and_keeps_the_ledger(database: Database) -> None:
    with _fill(database).begin() as db:
        db.execute(schema.subscribers.delete())

        assert db.execute(select(schema.subscriptions)).all() == []
        assert len(db.execute(select(sending.deliveries)).all()) == 1


def _fill(database: Database) -> Database:
    """Fill a database so that subscriber, edition and mailing have number 1."""
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        add_issue(db, "other", state=IssueState.ARCHIVED, number=1)
        for table, row in (
            (schema.occurrences, SLOT),
            (schema.pictures, PICTURE),
            (schema.artefacts, ARTEFACT),
            (sending.suppressions, SUPPRESSION),
            (sending.delivery_errors, ERROR),
        ):
            db.execute(table.insert().values(row))
        numbers = [
            db.execute(select(table.c.id).order_by(table.c.id).limit(1)).scalar_one()
            for table in (schema.subscribers, schema.editions, sending.mailings)
        ]
    assert numbers == [1, 1, 1]
    return database


def _answers(db: Connection, question: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(text(question))]


def _described(db: Connection) -> list[object]:
    """Return all that a database says of its tables, in no particular order of the lines."""
    if db.dialect.name == "sqlite":
        return [
            (name, sorted(re.split(r" ?, (?![^(]*\))", " ".join(str(sql).split()).rstrip(" )"))))
            for name, sql in _answers(db, SQLITE_OBJECTS)
        ]
    return [*_answers(db, POSTGRESQL_CONSTRAINTS), *_answers(db, POSTGRESQL_OPTIONS)]
