"""Opening a database: new, old, foreign, broken, busy."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from publisher.errors import StoreError
from publisher.store import audit, keys, public, schema
from publisher.store.database import Database, _bounded, open_database
from publisher.store.migrations import upgrade
from tests.databases import NOW, WORDS_OF_SQLITE, FixedClock

SHORT = timedelta(seconds=0.1)
LAST = schema.REVISIONS[-1]
NEXT_MIGRATION = f'''
"""One change more."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{LAST}"


def upgrade():
    op.add_column("rates", sa.Column("note", sa.Text))
'''


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the program need one schema more than the database has; return the new migration's file."""
    folder = tmp_path / "migrations"
    shutil.copytree(upgrade.FOLDER, folder)
    file = folder / "versions" / "next.py"
    file.write_text(NEXT_MIGRATION)
    monkeypatch.setattr(upgrade, "FOLDER", folder)
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    return file


def test_a_new_database_has_all_tables_one_key_and_nothing_public(new_database_url: str) -> None:
    with open_database(new_database_url, clock=FixedClock()) as database, database.read() as db:
        kid, secret = keys.current(db)

        own = WORDS_OF_SQLITE if db.dialect.name == "sqlite" else set()

        assert set(inspect(db).get_table_names()) == {*schema.metadata.tables, "alembic_version", *own}
        assert (kid, len(secret)) == (1, 32)
        assert keys.every(db) == {1: secret}
        assert public.generation(db) == 0


def test_opening_again_changes_nothing(new_database_url: str) -> None:
    with open_database(new_database_url, clock=FixedClock()) as database, database.read() as db:
        first = keys.current(db)

    with open_database(new_database_url, clock=FixedClock()) as database, database.read() as db:
        assert keys.current(db) == first


def test_a_new_database_may_be_opened_by_many_at_once(new_database_url: str) -> None:
    def open_and_read(_: int) -> tuple[int, bytes]:
        with open_database(new_database_url, clock=FixedClock()) as database, database.read() as db:
            return keys.current(db)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(open_and_read, range(6)))) == 1


def test_opening_what_is_up_to_date_does_not_wait_for_alembic(sqlite_url: str) -> None:
    program = (
        "import sys; from datetime import UTC, datetime\n"
        "from publisher.store.database import open_database\n"
        f"open_database({sqlite_url!r}, clock=lambda: datetime.now(UTC)).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_older_schema_is_migrated(own_database_url: str, next_migration: Path) -> None:
    assert next_migration.exists()

    with open_database(own_database_url, clock=FixedClock()) as database, database.read() as db:
        assert "note" in {column["name"] for column in inspect(db).get_columns("rates")}
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_an_sqlite_file_is_copied_before_it_is_migrated(sqlite_url: str, next_migration: Path) -> None:
    path = _path(sqlite_url)
    with open_database(sqlite_url, clock=FixedClock()) as database:
        copy = path.with_name("publisher.sqlite3.before-9999")

        assert next_migration.exists()
        assert sorted(each.name for each in path.parent.glob("*before*")) == [copy.name]
    with closing(sqlite3.connect(copy)) as old, database.read() as db:
        assert old.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (LAST,)
        assert old.execute("SELECT secret FROM keys").fetchone() == (keys.current(db)[1],)


def test_nothing_is_migrated_if_it_cannot_be_copied_first(sqlite_url: str, next_migration: Path) -> None:
    path = _path(sqlite_url)
    (path.parent / "publisher.sqlite3.before-9999").mkdir()
    assert next_migration.exists()

    assert _sentence(path).startswith(f"{path} cannot be copied to publisher.sqlite3.before-9999: ")

    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == (LAST,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    own_database_url: str, next_migration: Path
) -> None:
    next_migration.write_text(NEXT_MIGRATION + "    op.drop_table('nowhere')\n")
    with pytest.raises(Exception, match="nowhere"):
        open_database(own_database_url, clock=FixedClock())
    next_migration.write_text(NEXT_MIGRATION)

    with open_database(own_database_url, clock=FixedClock()) as database, database.read() as db:
        assert "note" in {column["name"] for column in inspect(db).get_columns("rates")}


def test_a_newer_schema_is_refused(own_database_url: str) -> None:
    with open_database(own_database_url, clock=FixedClock()) as database, database.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match=r"newer version of this program \(schema 9999\)"):
        open_database(own_database_url, clock=FixedClock())


def test_another_programs_database_is_refused_and_left_alone(new_database_url: str) -> None:
    with open_database(new_database_url, clock=FixedClock()) as database, database.begin() as db:
        schema.metadata.drop_all(db)
        db.execute(text("DROP TABLE IF EXISTS search_words"))
        db.execute(text("DROP TABLE alembic_version"))
        db.execute(text("CREATE TABLE recipes (name TEXT)"))

    with pytest.raises(StoreError, match="belongs to another program"):
        open_database(new_database_url, clock=FixedClock())

    with database.read() as db:
        assert inspect(db).get_table_names() == ["recipes"]
    database.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 1000)

    assert _sentence(path) == f"{path} is not a database (give the path of another file)"
    assert path.read_text() == "Dear diary, " * 1000


def test_a_damaged_file_is_told(sqlite_url: str) -> None:
    path = _path(sqlite_url)
    body = path.read_bytes()
    path.write_bytes(body[:4096] + b"\xff" * (len(body) - 4096))

    assert _sentence(path) == f"{path} is damaged (restore it from a backup)"


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert _sentence(tmp_path) == f"{tmp_path} is a folder (give the path of a file in it)"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    path = tmp_path / "file" / "publisher.sqlite3"

    assert _sentence(path).startswith(f"the folder of {path} cannot be made: ")


def test_a_place_where_nothing_can_be_written_is_told() -> None:
    path = Path("/proc/publisher.sqlite3")

    assert _sentence(path).startswith(f"{path} cannot be opened (")


def test_a_file_that_somebody_keeps_locked_is_told(tmp_path: Path) -> None:
    path = tmp_path / "publisher.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert _sentence(path).startswith(f"{path} is busy: ")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "publisher.sqlite3",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://localhost/x",
        "postgresql://host:port/x",
        "sqlite+aiosqlite:///x",
    ],
)
def test_an_address_of_something_else_is_told(url: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///"):
        open_database(url, clock=FixedClock())


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as refused:
        open_database("postgresql://anna:sesame@127.0.0.1:1/news", clock=FixedClock())

    assert "127.0.0.1:1/news" in str(refused.value)
    assert "sesame" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_driver_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError, match=r"install newsroom-publisher\[postgres\]"):
        open_database("postgresql://127.0.0.1:1/news", clock=FixedClock())


def test_an_sqlite_database_survives_a_power_cut_and_keeps_its_promises(sqlite_url: str) -> None:
    with open_database(sqlite_url, clock=FixedClock()) as database:
        for connection in (database.begin, database.read):
            with connection() as db:
                values = [
                    db.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys")
                ]

                assert values == ["wal", 2, 1]


def test_time_is_the_servers_where_there_is_one(database: Database, clock: FixedClock) -> None:
    with database.begin() as db:
        now = database.now(db)

    if database.is_sqlite:
        assert now == database.now() == clock.now == NOW
    else:
        assert now.tzinfo is not None
        assert now < database.now()


def test_a_database_says_where_it_is(sqlite_url: str, postgresql_url: str) -> None:
    with open_database(sqlite_url, clock=FixedClock()) as database:
        assert (database.is_sqlite, database.path) == (True, _path(sqlite_url))
    with open_database(postgresql_url, clock=FixedClock()) as database:
        assert (database.is_sqlite, database.path) == (False, None)


def test_what_one_process_has_committed_the_others_see(database: Database, database_url: str) -> None:
    program = (
        "from datetime import UTC, datetime\n"
        "from publisher.store import audit\n"
        "from publisher.store.database import open_database\n"
        f"with open_database({database_url!r}, clock=lambda: datetime.now(UTC)) as database:\n"
        "    with database.begin() as db:\n"
        "        audit.write(db, at=datetime.now(UTC), actor='child', verb='test', subject='x')\n"
    )
    with database.read() as db:
        before = db.execute(select(schema.audit)).all()

    subprocess.run([sys.executable, "-c", program], check=True)

    assert before == []
    with database.read() as db:
        assert [row.actor for row in audit.listed(db)] == ["child"]


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _sentence(path: Path) -> str:
    """Return what opening the file says, which must be a refusal of one line."""
    with pytest.raises(StoreError) as refused:
        open_database(f"sqlite:///{path}", clock=FixedClock(), patience=SHORT)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_writer_that_ends_after_the_database_was_closed_keeps_nothing_open(sqlite_url: str) -> None:
    database = open_database(sqlite_url, clock=FixedClock())

    with database.begin() as db:
        database.close()

    assert db.closed


def test_at_once_nobody_is_waited_for(sqlite_url: str) -> None:
    ours = open_database(sqlite_url, clock=FixedClock(), patience=timedelta(seconds=30))
    other = open_database(sqlite_url, clock=FixedClock())
    with ours, other:
        begun = time.monotonic()
        with other.begin(), pytest.raises(StoreError, match="is busy"), ours.begin(at_once=True):
            pass
        took = time.monotonic() - begun
        with ours.begin(at_once=True) as db:
            db.execute(schema.site.update().values(generation=7))

        with other.read() as db:
            assert public.generation(db) == 7

    assert took < 10


def test_a_server_is_given_up_only_after_all_its_probes() -> None:
    """TCP_USER_TIMEOUT ends a silent connection at the next probe, however many more may be lost."""
    limits = _bounded(timedelta(seconds=10))

    idle, interval, count = (int(str(limits[f"keepalives_{name}"])) for name in ("idle", "interval", "count"))
    probes_ms = (idle + interval * count) * 1000
    assert limits["tcp_user_timeout"] == probes_ms
    assert f"-c tcp_user_timeout={probes_ms} " in f"{limits['options']} "
