"""The publisher that is running: settings, database, theme and clock, opened once, passed as an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from publisher.settings import Settings
from publisher.settings_file import load_settings
from publisher.store.database import Database, open_database
from publisher.theme import Theme, open_theme

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Everything an action needs.

    `clock` gives the present moment, aware; `actor` is who acts, for the audit.
    """

    settings: Settings
    database: Database
    theme: Theme
    clock: Clock
    actor: str

    def now(self, db: Connection | None = None) -> datetime:
        """Return the present moment: the database server's on PostgreSQL, the clock's on SQLite.

        Whoever has a connection open gives it, so that no second one is needed.
        """
        return self.database.now(db)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


@contextmanager
def opened(root: Path, *, clock: Clock, actor: str) -> Iterator[Publisher]:
    """Open the newsroom in folder `root`, and close it at the end.

    Raises:
        SettingsError: its settings cannot be understood.
        StoreError: its database cannot be opened.
    """
    publisher = open_publisher(load_settings(root), clock=clock, actor=actor)
    try:
        yield publisher
    finally:
        publisher.close()


def open_publisher(settings: Settings, *, clock: Clock, actor: str) -> Publisher:
    """Return a publisher for `settings`; whoever asks closes it.

    Raises:
        StoreError: the database cannot be opened.
    """
    return Publisher(
        settings=settings,
        database=open_database(settings.database_url, clock=clock),
        theme=open_theme(settings.root / "templates"),
        clock=clock,
        actor=actor,
    )
