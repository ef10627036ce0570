"""A database in one SQLite file: how connections to it behave, and how it is copied."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import StoreError

PATIENCE_NOW = "patience"
"""Where the `info` of a connection says how long to wait for others this time."""


def sqlite_engines(url: URL, patience: timedelta) -> tuple[Engine, Engine]:
    """Return the engine that writes, with a single connection, and the one that reads.

    Raises:
        StoreError: the folder of the file cannot be made, or the path is a folder.
    """
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder of {path} cannot be made: {error.strerror}", fix="give the path of another file"
        ) from error
    if path.is_dir():
        raise StoreError(f"{path} is a folder", fix="give the path of a file in it")
    writer = create_engine(
        url, pool_size=1, max_overflow=0, hide_parameters=True, connect_args={"timeout": 0}
    )
    reader = create_engine(
        url,
        pool_size=4,
        max_overflow=-1,
        hide_parameters=True,
        connect_args={"timeout": patience.total_seconds()},
    )
    _set_up(writer, patience, begin="BEGIN IMMEDIATE")
    _set_up(reader, patience, begin="BEGIN", query_only=True)
    return writer, reader


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from others that may take its place, None if it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def copy_of(path: Path, *, suffix: str) -> Path:
    """Copy the database at `path`, whole and safely on disk, to a file beside it, and return its path.

    Raises:
        StoreError: the copy cannot be written.
    """
    target = path.with_name(path.name + suffix)
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        _sync(unfinished)
        unfinished.rename(target)
        _sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path} cannot be copied to {target.name}: {error}", fix="make room beside it and try again"
        ) from error
    return target


def _set_up(engine: Engine, patience: timedelta, *, begin: str, query_only: bool = False) -> None:
    """Give each connection its settings and let SQLAlchemy, not the driver, begin transactions."""
    settings = [
        "synchronous = FULL",  # WAL with NORMAL loses commits in a power cut
        "foreign_keys = ON",
        f"query_only = {'ON' if query_only else 'OFF'}",
    ]

    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        _patiently(connection, "PRAGMA journal_mode = WAL", patience)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        now = connection.info.get(PATIENCE_NOW, patience)
        _patiently(connection.connection.driver_connection, begin, now)


def _patiently(connection: Any, statement: str, patience: timedelta) -> None:  # noqa: ANN401 - the driver's type
    """Execute a statement that needs a lock, asking for it often.

    SQLite's own waiting asks ever more seldom: beside a process that writes without pause it took up to two
    seconds to get a turn. And for the first switch of a file to WAL it does not wait at all.
    """
    until = monotonic() + patience.total_seconds()
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.001)
        else:
            return


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
