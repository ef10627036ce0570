"""What the databases spell differently, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from publisher.errors import TransitionError

_UNIQUE = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"})


def insert(db: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT for which `on_conflict_do_nothing` and `on_conflict_do_update` can be called."""
    return sqlite.insert(table) if db.dialect.name == "sqlite" else postgresql.insert(table)


def new_row(db: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Add a row to a table that numbers its rows, and return its number."""
    key: Any = db.execute(table.insert().values(**values)).inserted_primary_key
    return int(key[0])


@contextmanager
def unless_taken(db: Connection, what: str, *, fix: str) -> Iterator[None]:
    """Do the statements inside, or none of them and say `what` if another row has the same key already.

    Raises:
        TransitionError: a primary key or a unique constraint refuses.
    """
    try:
        with db.begin_nested():
            yield
    except IntegrityError as error:
        if not _UNIQUE & {getattr(error.orig, name, None) for name in ("sqlite_errorname", "sqlstate")}:
            raise
        raise TransitionError(what, fix=fix) from error
