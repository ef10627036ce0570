"""Which newsroom a command works on, and opening it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from publisher.app import Publisher
    from publisher.settings import Settings

MARK = "publisher.toml"


def root_of(context: typer.Context) -> Path:
    """Return the newsroom's folder: the one named by --newsroom, else this one or the nearest above it."""
    named: Path | None = context.obj
    if named is not None:
        return named.resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / MARK).is_file()), here)


def settings_of(context: typer.Context) -> Settings:
    """Return the newsroom's settings.

    Raises:
        SettingsError: there is no newsroom, or its settings cannot be understood.
    """
    from publisher.settings_file import load_settings

    return load_settings(root_of(context))


@contextmanager
def opened(context: typer.Context) -> Iterator[Publisher]:
    """Open the newsroom and its database for one command.

    Raises:
        PublisherError: either cannot be opened.
    """
    from publisher.app import open_publisher

    publisher = open_publisher(settings_of(context), clock=now, actor=whoami())
    try:
        yield publisher
    finally:
        publisher.close()


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def whoami() -> str:
    """Return the name of the person at the keyboard, for the audit log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
