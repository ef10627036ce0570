"""A newsroom of its own for each test of an action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.app import Publisher
from tests.newsrooms import HandClock, Newsroom, newsroom_in
from tests.smtp_server import SmtpServer


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def clock(newsroom: Newsroom) -> HandClock:
    return newsroom.clock


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    with newsroom.opened() as opened:
        yield opened


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    """Run a real SMTP server, with a memory."""
    with SmtpServer() as server:
        yield server
