"""A newsroom with readers, an issue and a mailing, and programs that ask its API with tokens."""

from __future__ import annotations

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


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def clock(newsroom: Newsroom) -> HandClock:
    return newsroom.clock


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    """Open the newsroom, in which one issue is public and mailed, and another one is ready."""
    newsroom.writes("heat")
    with newsroom.opened() as opened:
        publish_now(opened, "heat")
        newsroom.writes("cold", title="A second machine")
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
