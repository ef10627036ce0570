"""A database that cannot be written, or is not there, while mail is on its way."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from publisher.actions import committer
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.model.delivery import Stage
from publisher.store.database import open_database
from publisher.store.sending_lock import try_take
from tests.newsrooms import PATIENCE, READER, Newsroom, newsroom_in, published_to, relay_at, until
from tests.senders import assert_everybody_once, copies_of, counts_of, sending
from tests.smtp_server import SmtpServer

ON_THEIR_WAY = 2
MOUNT = ["/usr/bin/env", "mount", "-t", "tmpfs", "-o", "size=16m", "none"]
UMOUNT = ["/usr/bin/env", "umount"]


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sender try the ledger again soon."""
    monkeypatch.setattr(committer, "_REST", 0.05)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """Return a folder with a disk of its own of 16 MB, None where nobody may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run([*MOUNT, str(folder)], check=False, capture_output=True)
    is_mounted = made.returncode == 0
    yield folder if is_mounted else None
    if is_mounted:
        subprocess.run([*UMOUNT, str(folder)], check=True)


def test_a_locked_database_stops_the_sender_until_it_is_free(newsroom: Newsroom, relay: SmtpServer) -> None:
    with impatient(newsroom, relay) as publisher:
        said = in_trouble(publisher, relay, locked)

        assert "is busy: " in said
        assert_everybody_once(publisher, relay.messages)


def test_a_full_disk_stops_the_sender_until_there_is_room(
    small_disk: Path | None, newsroom: Newsroom, sqlite_template: Path, relay: SmtpServer
) -> None:
    if small_disk is not None:
        newsroom = newsroom_in(small_disk / "newsroom", sqlite_template)
        newsroom.writes("heat")
    with impatient(newsroom, relay) as publisher:
        said = in_trouble(publisher, relay, full if small_disk is not None else limited)

        assert FULL in said if small_disk is not None else NO_ANSWER in said
        assert_everybody_once(publisher, relay.messages)


def test_what_cannot_be_noted_in_the_lock_file_stops_nobody_and_is_made_up_for(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        right = try_take(publisher.database)
        assert right is not None
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
        try:
            right.note(5)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        while_full = right.seen
        right.note(6)
        right.release()
        again = try_take(publisher.database)
        assert again is not None
        again.release()

    assert (while_full, again.seen) == (0, 6)


def test_a_disk_that_does_not_answer_stops_the_sender_until_it_does(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    with impatient(newsroom, relay) as publisher:
        said = in_trouble(publisher, relay, limited)

        assert NO_ANSWER in said
        assert_everybody_once(publisher, relay.messages)


def test_a_database_that_is_moved_away_stops_the_sender_until_it_is_back(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    with impatient(newsroom, relay) as publisher:
        said = in_trouble(publisher, relay, moved_away)

        assert "was removed or replaced while it was open" in said
        assert not (newsroom.root / "var" / "away.db").exists()
        assert_everybody_once(publisher, relay.messages)


def test_a_database_that_another_one_replaces_gets_nothing_of_the_old_one(
    newsroom: Newsroom, relay: SmtpServer, sqlite_template: Path
) -> None:
    @contextmanager
    def replaced(publisher: Publisher) -> Iterator[None]:
        with moved_away(publisher):
            path = file_of(publisher)
            path.write_bytes(sqlite_template.read_bytes())
            before = path.read_bytes()
            yield
            assert path.read_bytes() == before
            path.unlink()

    with impatient(newsroom, relay) as publisher:
        said = in_trouble(publisher, relay, replaced)

        assert "was removed or replaced while it was open" in said
        assert_everybody_once(publisher, relay.messages)


def test_a_postgresql_server_that_goes_away_and_comes_back_costs_nobody_a_mail(
    newsroom: Newsroom, relay: SmtpServer, new_postgresql: Callable[[], str]
) -> None:
    newsroom.sets(f'{relay_at(relay.port)}\n[database]\nurl = "{new_postgresql()}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)

        said = in_trouble(publisher, relay, gone)

        assert "cannot be used" in said
        assert_everybody_once(publisher, relay.messages)


def test_a_postgresql_server_that_breaks_connections_again_and_again_costs_nobody_a_mail(
    newsroom: Newsroom, relay: SmtpServer, new_postgresql: Callable[[], str]
) -> None:
    url = new_postgresql()
    newsroom.sets(f'{relay_at(relay.port)}\n[database]\nurl = "{url}"\n')
    relay.when(Stage.DOT, delay=0.02)
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)
        published_to(publisher, "heat", readers=60)
        with sending(publisher), closing_connections(url) as close:
            while len(relay.messages) < 60:
                close()
                time.sleep(0.1)
            until(lambda: "sending" not in counts_of(publisher))

        copies = copies_of(relay.messages)
        assert len(copies) == copies.total() == 60


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_sender_with_nothing_to_do_outlives_its_database_being_away(
    newsroom: Newsroom, relay: SmtpServer, request: pytest.FixtureRequest, kind: str
) -> None:
    database = ""
    if kind == "postgresql":
        database = f'\n[database]\nurl = "{request.getfixturevalue("new_postgresql")()}"\n'
    newsroom.sets(relay_at(relay.port) + database)
    with newsroom.opened() as publisher:
        if database:
            add(publisher, READER)
            scan(publisher, patient=False)
        with sending(publisher) as sender:
            with (gone if database else moved_away)(publisher):
                until(lambda: sender.complaint)
            published_to(publisher, "heat", readers=5)
            until(lambda: counts_of(publisher) == {"accepted": 5})

        assert_everybody_once(publisher, relay.messages)


FULL = "cannot grow: the disk is full"
NO_ANSWER = "cannot be read or written: the disk does not answer"

Trouble = Callable[[Publisher], AbstractContextManager[None]]


@contextmanager
def impatient(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom that sends over the relay, and has little patience with its database."""
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        url = publisher.settings.database_url
        with open_database(url, clock=newsroom.clock, patience=timedelta(seconds=0.1)) as database:
            yield replace(publisher, database=database)


def in_trouble(publisher: Publisher, relay: SmtpServer, trouble: Trouble) -> str:
    """Let the trouble come while two messages are on their way, and go; return what the sender said of it.

    Both are taken meanwhile, nothing else is handed over, and nothing of that is forgotten.
    """
    relay.when(Stage.DOT, delay=0.3, times=ON_THEIR_WAY)
    published_to(publisher, "heat", readers=20)
    with sending(publisher) as sender:
        until(lambda: relay.commands.count("DATA") == ON_THEIR_WAY)
        with trouble(publisher):
            relay.wait_for(ON_THEIR_WAY)
            until(lambda: sender.complaint)
            time.sleep(1.0)
            said, while_in_trouble = sender.complaint, len(relay.messages)
        relay.wait_for(20)
        until(lambda: counts_of(publisher) == {"accepted": 20})
        assert while_in_trouble == ON_THEIR_WAY
        assert sender.complaint == ""
    return said


@contextmanager
def locked(publisher: Publisher) -> Iterator[None]:
    """Keep everybody else from writing, as a backup program may do."""
    with closing(sqlite3.connect(file_of(publisher), timeout=PATIENCE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(publisher: Publisher) -> Iterator[None]:
    """Fill the disk to its last byte."""
    filler = publisher.settings.root / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    yield
    filler.unlink()


@contextmanager
def limited(publisher: Publisher) -> Iterator[None]:
    """Let no file of this process become longer than the write-ahead log is now."""
    log = file_of(publisher).with_name(file_of(publisher).name + "-wal")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@contextmanager
def moved_away(publisher: Publisher) -> Iterator[None]:
    """Move the file away, and back at the end."""
    path = file_of(publisher)
    away = path.rename(path.with_name("away.db"))
    yield
    away.rename(path)


@contextmanager
def gone(publisher: Publisher) -> Iterator[None]:
    """Let the server end all connections to the database and take no others, as one that is stopped."""
    url = publisher.settings.database_url
    with closing_connections(url, allow=False) as close:
        close()
        yield


@contextmanager
def closing_connections(url: str, *, allow: bool = True) -> Iterator[Callable[[], object]]:
    """Yield a function that ends all connections to a database; without `allow` there are no new ones."""
    name = make_url(url).database
    server = make_url(url).set(drivername="postgresql+psycopg", database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with engine.connect() as db:
        db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allow}"))
        yield lambda: db.execute(end, {"name": name}).all()
        db.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    engine.dispose()


def file_of(publisher: Publisher) -> Path:
    assert publisher.database.path is not None
    return publisher.database.path
