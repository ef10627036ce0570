"""The mail as a browser shows it: the nearest thing to a mail client that can be measured."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Page, sync_playwright

from publisher.outputs.email import EmailOutput
from tests.editions import picture, rich_edition
from tests.sites import INK, fillins, theme

DESK, PHONE, NARROW = 1000, 390, 320

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]

OF_PAGES_ONLY = ("landmark-one-main", "region")
"""Rules about landmarks: a mail is shown as an article within a client's page."""


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """Open the mail of the rich edition in Chromium, each way once."""
    (part,) = EmailOutput().render(rich_edition(), theme=theme(), ink=INK)
    slots = {"list": "Weekly", "unsubscribe": "https://news.example.org/unsubscribe/token"}
    html = INK.fill(part.body, fillins(rich_edition()) | slots).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        @cache
        def at(width: int, scheme: Scheme = "light") -> Page:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.route("**/*", lambda route: route.fulfill(body=picture().body, content_type="image/png"))
            page.set_content(html)
            return page

        yield at
        browser.close()


def box(page: Page, selector: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the first such element."""
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 26)")], ids=["light", "dark"]
)
def test_the_mail_is_accessible_in_light_and_dark(opened: Open, scheme: Scheme, paper: str) -> None:
    page = opened(PHONE, scheme)

    found = Axe().run(page, options={"rules": {rule: {"enabled": False} for rule in OF_PAGES_ONLY}})

    assert [violation["id"] for violation in found.response["violations"]] == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_facts_stand_beside_the_analysis_where_there_is_room(opened: Open) -> None:
    page = opened(DESK)

    main, aside = box(page, ".main"), box(page, ".aside")
    assert main[0] + main[2] <= aside[0]
    assert abs(main[1] - aside[1]) < 1
    assert main[2] + aside[2] == 600


def test_facts_stand_on_the_other_side_in_a_story_from_right_to_left(opened: Open) -> None:
    page = opened(DESK)

    main, aside = box(page, ".main:has([dir=rtl])"), box(page, ".aside:has([dir=rtl])")
    assert aside[0] + aside[2] <= main[0]


@pytest.mark.parametrize("width", [PHONE, NARROW])
def test_on_a_phone_there_is_one_column_and_nothing_sticks_out(opened: Open, width: int) -> None:
    page = opened(width)

    main, aside = box(page, ".main"), box(page, ".aside")
    assert main[1] + main[3] <= aside[1]
    assert main[2] == aside[2] == width
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_links_that_are_no_part_of_a_sentence_can_be_hit_with_a_thumb(opened: Open) -> None:
    page = opened(PHONE)

    for selector in (".toc a", "h2 a", ".more a", ".links a"):
        heights = [element.bounding_box() for element in page.locator(selector).all()]
        assert len(heights) >= 3
        assert all(found is not None and found["height"] >= 44 for found in heights), selector


def test_the_preheader_is_not_seen(opened: Open) -> None:
    page = opened(PHONE)

    assert not page.get_by_text(rich_edition().preheader).is_visible()
