"""A newsroom with readers, an issue and a mailing, and programs that ask its API with tokens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from publisher.actions.api_readers import by_address
from publisher.actions.api_token import create
from publisher.actions.send_now import publish_now
from publisher.app import Publisher
from publisher.model.scope import Scope
from publisher.web.routes import site
from tests.newsrooms import READER, HandClock, Newsroom, newsroom_in

Knocks = Callable[..., TestClient]


@pytest.fixture(scope="session")
def with_a_mailing(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A newsroom in which one issue is public and mailed, to be copied."""
    newsroom = newsroom_in(tmp_path_factory.mktemp("api") / "newsroom", sqlite_template)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
    return newsroom.root


@pytest.fixture
def newsroom(tmp_path: Path, with_a_mailing: Path) -> Newsroom:
    """A copy of it, with a second issue that is ready."""
    newsroom = Newsroom(tmp_path / "newsroom")
    shutil.copytree(with_a_mailing, newsroom.root)
    newsroom.writes("cold", title="A second machine")
    return newsroom


@pytest.fixture
def clock(newsroom: Newsroom) -> HandClock:
    return newsroom.clock


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    with newsroom.opened() as opened:
        yield opened


@pytest.fixture
def knocks(publisher: Publisher) -> Iterator[Knocks]:
    """Return a function that gives a program a token with scopes, all of them if none is named."""
    with TestClient(site(publisher), raise_server_exceptions=False) as client:

        def program(*scopes: Scope, name: str = "shop") -> TestClient:
            made = create(publisher, name, scopes=scopes or tuple(Scope))
            client.headers["authorization"] = f"Bearer {made.token}"
            client.base_url = client.base_url.join("/api/v1/")
            return client

        yield program


@pytest.fixture
def program(knocks: Knocks) -> TestClient:
    return knocks()


def public_id_of(publisher: Publisher, address: str = READER) -> str:
    """Return the id that the API has for a subscriber."""
    return by_address(publisher, address).reader.public_id
