"""The way of a reader through the form as a browser sees it: on a desk and a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from publisher.app import Publisher
from publisher.model.notices import Payload
from publisher.store import notices
from publisher.web.routes import site
from publisher.web.server import Server
from publisher.web.subscribe import FASTEST
from publisher.web.words_of_joining import JOINING_WORDS
from tests.browsing import DESK, PHONE, Open, Scheme, faults, fits, served
from tests.web.newsroom import MovedClock
from tests.web.test_subscribe import ADDRESS, with_more


@pytest.fixture
def publisher(open_copy: Callable[..., Publisher]) -> Publisher:
    return with_more(open_copy())


@pytest.fixture
def home(publisher: Publisher) -> Iterator[str]:
    yield from served(Server(site(publisher), host="127.0.0.1", port=0))


VIEWS: dict[str, tuple[Scheme, int, str]] = {"desk": ("light", DESK, "en"), "phone": ("dark", PHONE, "ar")}


@pytest.mark.parametrize("view", VIEWS)
def test_a_reader_joins_by_keyboard_alone_and_no_page_on_the_way_has_a_fault(
    home: str, publisher: Publisher, clock: MovedClock, opened: Open, view: str
) -> None:
    scheme, width, lang = VIEWS[view]
    words = JOINING_WORDS[lang]
    page = opened(f"{home}/subscribe?lang={lang}", width=width, scheme=scheme)
    problems = [("form", faults(page), fits(page))]

    page.focus("#email")
    page.keyboard.type("ada@printer.local")
    clock.moves(FASTEST)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    problems += [("told", faults(page), fits(page))]
    page.fill("#email", ADDRESS)
    page.press("#email", "Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    clock.moves(timedelta(seconds=5))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    sent = page.title()
    problems += [("sent", faults(page), fits(page))]
    with publisher.database.read() as db:
        (told,) = notices.due(db, clock.now)
    payload: Payload = told.payload
    item = payload["items"][0]
    page.goto(home + item["url"].removeprefix("https://news.example.org"))
    problems += [("link", faults(page), fits(page))]
    with page.expect_navigation():
        page.click("main button")
    problems += [("done", faults(page), fits(page))]

    assert sent.startswith(words.sent)
    assert page.title().startswith(words.done)
    assert item["lists"] in ("The Weekly, The Monthly", "The Weekly، The Monthly")
    assert all(found == [] and fitting for _, found, fitting in problems), problems
