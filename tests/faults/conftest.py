"""A newsroom with an issue, a relay, and trouble."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsrooms import HandClock, Newsroom, newsroom_in
from tests.smtp_server import SmtpServer


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    """Return a newsroom with one reader and an issue that is ready."""
    made = newsroom_in(tmp_path / "newsroom", sqlite_template)
    made.writes("heat")
    return made


@pytest.fixture
def clock(newsroom: Newsroom) -> HandClock:
    return newsroom.clock


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server
