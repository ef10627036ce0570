"""Statements that are compiled once do and raise what SQLAlchemy's own execution does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from publisher.model.delivery import DeliveryState
from publisher.store.compiled import Statement
from publisher.store.database import Database
from publisher.store.schema_sending import audiences, deliveries
from tests.databases import NOW

READERS = (3, 5, 8, 13, 21, 34, 55, 89, 144)


def test_values_come_back_as_sqlalchemy_gives_them(database: Database) -> None:
    with database.begin() as db:
        _add(db, "weekly", "daily")
        found = Statement(_OF_LIST).rows(db, {"of_list": "daily"})

        assert found == [dict(row) for row in db.execute(_OF_LIST, {"of_list": "daily"}).mappings()]
        assert found == [{"list": "daily", "readers": 5, "counted_at": NOW}]


def test_values_are_written_as_sqlalchemy_writes_them(database: Database) -> None:
    later = NOW + timedelta(hours=1, microseconds=7)
    statement = Statement(audiences.update().where(audiences.c.list == bindparam("of_list")))

    with database.begin() as db:
        _add(db, "weekly", "daily")
        changed = statement.change(db, {"counted_at": later, "readers": 7, "of_list": "weekly"})
        statement.change(db, {"readers": 8, "of_list": "daily"})

        assert changed == 1
        assert [tuple(row) for row in db.execute(select(audiences).order_by(audiences.c.readers))] == [
            ("weekly", 7, later),
            ("daily", 8, NOW),
        ]


def test_states_and_seconds_have_their_form_on_disk(database: Database) -> None:
    row = {"mailing": 1, "subscriber": 1, "list": 0, "state": DeliveryState.DEFERRED, "attempts": 2}
    with database.begin() as db:
        db.execute(deliveries.insert().values(**row, due_at=NOW))
        found = Statement(
            select(deliveries.c.state, deliveries.c.due_at).where(deliveries.c.due_at <= bindparam("now"))
        ).rows(db, {"now": NOW})

    assert found == [{"state": DeliveryState.DEFERRED, "due_at": NOW}]


def test_constants_of_a_statement_stay_with_it(database: Database) -> None:
    statement = Statement(_OF_LIST.where(audiences.c.readers > 4))

    with database.begin() as db:
        _add(db, "weekly", "daily")

        assert statement.rows(db, {"of_list": "weekly"}) == []
        assert len(statement.rows(db, {"of_list": "daily"})) == 1


@pytest.mark.parametrize("length", range(1, len(READERS) + 1))
def test_a_list_finds_its_own_whatever_its_length(database: Database, length: int) -> None:
    statement = Statement(
        select(audiences.c.readers).where(audiences.c.readers.in_(bindparam("wanted", expanding=True)))
    )

    with database.begin() as db:
        _add(db, *(f"list{number}" for number in range(len(READERS))))
        found = statement.rows(db, {"wanted": list(READERS[:length])})

    assert sorted(row["readers"] for row in found) == list(READERS[:length])


def test_only_rows_that_were_there_count_as_changed(database: Database) -> None:
    statement = Statement(audiences.delete().where(audiences.c.list == bindparam("of_list")))

    with database.begin() as db:
        _add(db, "weekly", "daily")

        assert statement.change(db, {"of_list": "weekly"}, {"of_list": "monthly"}) == 1
        assert db.execute(select(audiences.c.list)).scalars().all() == ["daily"]


def test_a_change_gives_its_rows_back_as_they_are_now(database: Database) -> None:
    statement = Statement(
        audiences.update()
        .where(audiences.c.list == bindparam("of_list"))
        .values(readers=audiences.c.readers + bindparam("more"))
        .returning(audiences.c.readers, audiences.c.counted_at)
    )

    with database.begin() as db:
        _add(db, "weekly", "daily")

        assert statement.rows(db, {"of_list": "daily", "more": 3}) == [{"readers": 8, "counted_at": NOW}]
        assert statement.rows(db, {"of_list": "monthly", "more": 3}) == []
        assert set(db.execute(select(audiences.c.readers)).scalars()) == {3, 8}


def test_what_the_database_refuses_is_said_as_sqlalchemy_says_it(database: Database) -> None:
    statement = Statement(audiences.update().where(audiences.c.list == bindparam("of_list")))

    with database.begin() as db:
        _add(db, "weekly", "daily")
        with pytest.raises(IntegrityError), db.begin_nested():
            statement.change(db, {"list": "daily", "of_list": "weekly"})

        assert set(db.execute(select(audiences.c.list)).scalars()) == {"weekly", "daily"}


def _add(db: Connection, *lists: str) -> None:
    """Add lists with as many readers as `READERS` says, in that order."""
    for name, readers in zip(lists, READERS, strict=False):
        db.execute(audiences.insert().values(list=name, readers=readers, counted_at=NOW))


_OF_LIST = select(audiences).where(audiences.c.list == bindparam("of_list"))
