"""Opening the database, and the two kinds of connection to it: one that writes, many that read."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from publisher.errors import StoreError
from publisher.store import schema
from publisher.store.columns import Moment
from publisher.store.sqlite_file import PATIENCE_NOW, copy_of, identity_of, sqlite_engines
from publisher.store.trouble import explained
from publisher.store.turns import Turns

PATIENCE = timedelta(seconds=10)
"""How long to wait for somebody else who is writing."""

_SILENCE = timedelta(seconds=30)
"""How long a transaction may be open without a statement, on PostgreSQL."""

_LOST = timedelta(seconds=60)
"""How long nothing may come back over the network from a PostgreSQL server: all probes, and no less."""

_MIGRATION_LOCK = 0x5055_424C
"""The advisory lock under which a PostgreSQL database is migrated; any number that stays the same."""


class Database:
    """An open database, safe to share between threads.

    `path` is the file of an SQLite database, else None. Close it, or use it in a `with` statement.
    """

    def __init__(
        self,
        *,
        url: URL,
        writer: Engine,
        reader: Engine,
        clock: Callable[[], datetime],
        patience: timedelta,
    ) -> None:
        self.url = url.render_as_string(hide_password=True)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.path = Path(url.database or "") if self.is_sqlite else None
        self.name = str(self.path or self.url)
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._patience = patience
        self._turns = Turns() if self.is_sqlite else None
        self._kept: list[Connection] = []
        """What writes to an SQLite file, between two transactions: to open it takes as long as to commit."""
        self._is_closed = False
        self._identity: tuple[int, int] | None = None

    @contextmanager
    def begin(self, *, at_once: bool = False) -> Iterator[Connection]:
        """Yield a connection for one writing transaction: committed at the end, undone by any exception.

        In an SQLite process writers work one at a time, in the order in which they came; with `at_once` there
        is no transaction if another writer would have to be waited for.

        Raises:
            StoreError: somebody else keeps writing, or the database cannot be written or has vanished.
        """
        self._refuse_another_file()
        if self._turns is None:
            with explained(self.name, self._patience), self._writer.begin() as db:
                yield db
            return
        patience = timedelta(0) if at_once else self._patience
        with explained(self.name, patience), self._turns.taken(patience):
            db = self._writing()
            db.info[PATIENCE_NOW] = patience
            try:
                with db.begin():
                    yield db
            except BaseException:
                db.close()
                raise
            self._keep(db)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one snapshot of the database and cannot write.

        Raises:
            StoreError: the database cannot be read or has vanished.
        """
        self._refuse_another_file()
        with explained(self.name, self._patience), self._reader.begin() as db:
            yield db

    def now(self, db: Connection | None = None) -> datetime:
        """Return the present moment: the server's on PostgreSQL, the publisher's clock's on SQLite."""
        if self.is_sqlite:
            return self._clock()
        if db is None:
            with self.read() as own:
                return self.now(own)
        return db.execute(select(func.clock_timestamp(type_=Moment()))).scalar_one()

    def stay_with_the_file(self) -> None:
        """From now on work with the very file that is there, and with no other that takes its place."""
        if self.path is not None:
            self._identity = identity_of(self.path)

    def close(self) -> None:
        """Let go of all connections that are not in use."""
        self._is_closed = True
        while self._kept:
            self._kept.pop().close()
        self._writer.dispose()
        self._reader.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _writing(self) -> Connection:
        """Return what writes to the SQLite file, to whoever has the turn."""
        try:
            return self._kept.pop()
        except IndexError:
            return self._writer.connect()

    def _keep(self, db: Connection) -> None:
        if self._is_closed:
            db.close()
        else:
            self._kept.append(db)

    def _refuse_another_file(self) -> None:
        """Raise if the file was removed or replaced; its open connections would go on without a word."""
        if self.path is not None and self._identity not in (None, identity_of(self.path)):
            raise StoreError(
                f"{self.name} was removed or replaced while it was open",
                fix="put it back, or stop `publisher`, restore it from a backup and start again",
            )


def open_database(url: str, *, clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> Database:
    """Open the database at `url`, and make it or bring it up to date first where that is needed.

    `url` is `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`.

    Raises:
        StoreError: it cannot be opened, is not a database of this program, or of a newer one.
    """
    target = _target(url)
    if target.get_backend_name() == "sqlite":
        writer, reader = sqlite_engines(target, patience)
    else:
        writer, reader = _postgresql_engines(target, patience)
    database = Database(url=target, writer=writer, reader=reader, clock=clock, patience=patience)
    try:
        _bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    database.stay_with_the_file()
    return database


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("the address of the database cannot be understood", fix=_ADDRESSES) from None
    if target.get_backend_name() == "postgresql":
        return target.set(drivername="postgresql+psycopg").update_query_dict(
            {"connect_timeout": "10", **target.query}
        )
    if target.drivername != "sqlite" or target.database in (None, "", ":memory:"):
        raise StoreError(f"'{target.render_as_string()}' is not a database for this program", fix=_ADDRESSES)
    return target


_ADDRESSES = "write sqlite:///var/publisher.sqlite3 or postgresql://user:password@host/name"


def _bounded(patience: timedelta) -> dict[str, object]:
    """Return how long a PostgreSQL server lets us wait for others, and others for us.

    A process that is stopped in mid-transaction, or whose machine is gone, must not keep all others waiting.
    """
    limits = {
        "lock_timeout": f"{patience.total_seconds() * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{_SILENCE.total_seconds() * 1000:.0f}",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": f"{_LOST.total_seconds() * 1000:.0f}",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    ours = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    return {"options": options, **ours, "tcp_user_timeout": int(_LOST.total_seconds() * 1000)}


def _postgresql_engines(url: URL, patience: timedelta) -> tuple[Engine, Engine]:
    try:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_bounded(patience))
    except ImportError:
        raise StoreError(
            "the driver for PostgreSQL is not installed", fix="install newsroom-publisher[postgres]"
        ) from None
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _bring_up_to_date(database: Database) -> None:
    """Make or migrate the tables, alone; whoever comes second finds the work done."""
    with database.read() as db:
        if _revision(db, database.name) == schema.REVISIONS[-1]:
            return
    with database.begin() as db:
        if not database.is_sqlite:
            db.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        revision = _revision(db, database.name)
        if revision == schema.REVISIONS[-1]:
            return
        if revision is not None and database.path is not None:
            copy_of(database.path, suffix=f".before-{schema.REVISIONS[-1]}")
        from publisher.store.migrations.upgrade import upgrade  # noqa: PLC0415 - Alembic takes 0.2 s to import

        upgrade(db, revision)
        if revision is None:
            _found(db, database.now(db))


def _revision(db: Connection, name: str) -> str | None:
    """Return which schema the database has, None if it is empty."""
    if inspect(db).has_table("alembic_version"):
        revision: str = db.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        if revision not in schema.REVISIONS:
            raise StoreError(
                f"{name} was made by a newer version of this program (schema {revision})",
                fix="install that version, or restore the copy from before the update",
            )
        return revision
    if inspect(db).get_table_names():
        raise StoreError(f"{name} belongs to another program", fix="give the address of an empty database")
    return None


def _found(db: Connection, now: datetime) -> None:
    """Write the rows that every database has from its first moment on."""
    db.execute(schema.site.insert().values(id=1, generation=0, created_at=now))
    db.execute(schema.keys.insert().values(kid=1, secret=secrets.token_bytes(32), created_at=now))
