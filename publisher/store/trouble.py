"""What a database refuses, in words for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from publisher.errors import StoreError
from publisher.store.turns import NoTurnError

_SQLITE: dict[str, tuple[str, str]] = {
    "SQLITE_BUSY": ("is busy: another program has been writing to it for too long", "try again in a moment"),
    "SQLITE_READONLY": ("cannot be written", "check who may write the file and its folder"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check that its folder exists and who may read and write it"),
    "SQLITE_PERM": ("cannot be opened", "check who may read and write it"),
    "SQLITE_NOTADB": ("is not a database", "give the path of another file"),
    "SQLITE_CORRUPT": ("is damaged", "restore it from a backup"),
    "SQLITE_FULL": ("cannot grow: the disk is full", "make room and try again; nothing is lost"),
    "SQLITE_IOERR": ("cannot be read or written: the disk does not answer", "look at the disk"),
}
"""SQLite's primary result code -> what is wrong with the file, and what to do."""


_PASSING = frozenset({"25006", "25P03", "57P01"})
"""PostgreSQL's codes for what is over some time: a standby that has not taken over yet, a connection that was
ended because it was silent within a transaction, a server that shuts down."""


@contextmanager
def explained(name: str, patience: timedelta) -> Iterator[None]:
    """Turn what goes wrong with database `name` and can be mended from outside into one sentence.

    Anything else, such as a statement that the database does not understand, is a bug and stays as it is.

    Raises:
        StoreError: the database is busy, missing, full, damaged, not writable or not there.
    """
    try:
        yield
    except (NoTurnError, PoolTimeoutError) as error:
        raise StoreError(
            f"{name} is busy: the others who write did not finish within {patience.total_seconds():g} s",
            fix="try again in a moment",
        ) from error
    except (DatabaseError, sqlite3.Error) as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise StoreError(f"{name} {sentence[0]}", fix=sentence[1]) from error


def _sentence(error: DatabaseError | sqlite3.Error) -> tuple[str, str] | None:
    cause = error.orig if isinstance(error, DatabaseError) else error
    if isinstance(cause, sqlite3.Error):
        primary = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
        return _SQLITE.get(primary)
    if isinstance(error, OperationalError) or getattr(cause, "sqlstate", None) in _PASSING:
        said = str(cause).strip().splitlines() or ["it does not answer"]
        return f"cannot be used: {said[0].strip()}", "check its address and that the server is up"
    return None
