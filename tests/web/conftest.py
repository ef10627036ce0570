"""A publisher on a real database, with an issue public, and a reader's program that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from publisher import data_files
from publisher.app import Publisher, open_publisher
from publisher.settings_file import load_settings
from publisher.web.routes import site
from publisher.web.server import Server
from tests.browsing import Open, launched, opening, served
from tests.editions import rich_edition
from tests.web.newsroom import SETTINGS, MovedClock, make_public


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A copy of the sample newsroom's files."""
    root, sample = tmp_path / "sample", data_files.sample_newsroom()
    shutil.copytree(sample / "issues", root / "issues")
    shutil.copy(sample / "publisher.toml", root)
    return root


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom with an issue of three stories public, to be copied."""
    root = tmp_path_factory.mktemp("template")
    (root / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    publisher = open_publisher(load_settings(root), clock=MovedClock(), actor="tester")
    make_public(publisher, rich_edition())
    publisher.close()
    return root


@pytest.fixture
def open_copy(template: Path, tmp_path: Path, clock: MovedClock) -> Iterator[Callable[..., Publisher]]:
    """Open copies of the newsroom, with words of its settings replaced, and close them at the end."""
    opened: list[Publisher] = []

    def open_one(**replaced: str) -> Publisher:
        root = tmp_path / f"newsroom{len(opened)}"
        shutil.copytree(template, root)
        text = (root / "publisher.toml").read_text(encoding="utf-8")
        for key, value in replaced.items():
            line = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
            text = text.replace(line, f'{key} = "{value}"')
        (root / "publisher.toml").write_text(text, encoding="utf-8")
        opened.append(open_publisher(load_settings(root), clock=clock, actor="tester"))
        return opened[-1]

    yield open_one
    for publisher in opened:
        publisher.close()


@pytest.fixture
def publisher(open_copy: Callable[..., Publisher]) -> Publisher:
    return open_copy()


@pytest.fixture
def reader(publisher: Publisher) -> Iterator[TestClient]:
    """A program that fetches, and follows nothing by itself."""
    with TestClient(site(publisher), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open addresses; at the end nothing may have been refused by a policy or have failed in a script."""
    yield from opening(browser)


@pytest.fixture
def home(publisher: Publisher) -> Iterator[str]:
    yield from served(Server(site(publisher), host="127.0.0.1", port=0))
