"""A database in one SQLite file: how connections to it behave, and how it is copied."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import StoreError


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
    writer = create_engine(url, pool_size=1, max_overflow=0)
    reader = create_engine(url, pool_size=4, max_overflow=-1)
    _set_up(writer, patience, begin="BEGIN IMMEDIATE")
    _set_up(reader, patience, begin="BEGIN", query_only=True)
    return writer, reader


def copy_of(path: Path, *, suffix: str) -> Path:
    """Copy the database at `path`, whole and safely on disk, to a file beside it, and return its path."""
    target = path.with_name(path.name + suffix)
    unfinished = target.with_name(target.name + ".unfinished")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    for place in (unfinished, path.parent):
        if place is path.parent:
            unfinished.rename(target)
        _sync(place)
    return target


def _set_up(engine: Engine, patience: timedelta, *, begin: str, query_only: bool = False) -> None:
    """Give each connection its settings and let SQLAlchemy, not the driver, begin transactions."""
    settings = [
        f"busy_timeout = {int(patience.total_seconds() * 1000)}",
        "journal_mode = WAL",
        "synchronous = FULL",  # WAL with NORMAL loses commits in a power cut
        "foreign_keys = ON",
        f"query_only = {'ON' if query_only else 'OFF'}",
    ]

    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
