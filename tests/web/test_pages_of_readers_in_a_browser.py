"""The pages on which readers leave and choose, in a real browser: without a script, with keys, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from publisher.actions.asking_readers import ask_to_erase
from publisher.app import Publisher, open_publisher
from publisher.delivery import tokens
from publisher.settings_file import load_settings
from publisher.web.routes import site
from publisher.web.server import Server
from tests.browsing import DESK, PHONE, Open, Scheme, faults, fits, served
from tests.web.newsroom import MovedClock
from tests.web.readers import chosen, mailed, states, token_for, with_lists


@pytest.fixture
def publisher(template: Path, tmp_path: Path) -> Iterator[Publisher]:
    root = tmp_path / "newsroom"
    shutil.copytree(template, root)
    with closing(open_publisher(load_settings(root), clock=MovedClock(), actor="tester")) as opened:
        publication = opened.settings.publication.model_copy(update={"home_url": "http://127.0.0.1"})
        settings = opened.settings.model_copy(update={"publication": publication})
        yield with_lists(replace(opened, settings=settings))


@pytest.fixture
def home(publisher: Publisher) -> Iterator[str]:
    yield from served(Server(site(publisher), host="127.0.0.1", port=0))


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_the_pages_of_readers_are_accessible(
    opened: Open, publisher: Publisher, home: str, width: int, scheme: Scheme
) -> None:
    token, leave = token_for(publisher), token_for(publisher, tokens.UNSUBSCRIBE)
    ask_to_erase(publisher, chosen(publisher, token))
    page = opened(f"{home}/preferences/{token}", width=width, scheme=scheme)
    found = faults(page)
    assert fits(page)
    for path in (f"/preferences/{token}?said=saved", mailed(publisher)[0][2], f"/unsubscribe/{leave}"):
        page.goto(home + path)
        found += faults(page)
    page.get_by_role("button").last.click()
    found += faults(page)

    assert fits(page)
    assert found == []


def test_a_reader_chooses_with_keys_alone_and_without_a_script(
    opened: Open, publisher: Publisher, home: str
) -> None:
    token = token_for(publisher)
    page = opened(f"{home}/preferences/{token}", java_script_enabled=False)

    page.get_by_role("checkbox", name="The Daily").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Your choice is saved.")
    assert states(publisher, token) == {"weekly": "active", "daily": "active"}


def test_leaving_is_taken_back_with_a_button(opened: Open, publisher: Publisher, home: str) -> None:
    leave, token = token_for(publisher, tokens.UNSUBSCRIBE), token_for(publisher)
    page = opened(f"{home}/unsubscribe/{leave}", java_script_enabled=False, width=PHONE)

    page.get_by_role("button", name="Unsubscribe").click()
    left = states(publisher, token)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed again")
    assert left == {"weekly": "unsubscribed"}
    assert states(publisher, token) == {"weekly": "active"}
