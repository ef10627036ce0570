"""Notices as a browser shows them, in light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from publisher.actions.notices import rendered
from publisher.model.notices import NoticeKind
from tests.browser.test_email import NARROW, OF_PAGES_ONLY, PHONE
from tests.browsing import Open, Scheme, faults, launched
from tests.editions import MASTHEAD
from tests.notices import HEAT, NOTICES, notice
from tests.sites import theme

WIDE = notice(
    NoticeKind.PAUSED,
    HEAT | {"title": "W" * 80, "slug": "w" * 60, "reason": "x" * 300, "done": "0", "audience": "1"},
)
SHOWN = {**NOTICES, "wide": WIDE}


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """Open a notice in Chromium."""
    with launched() as browser:

        def at(name: str, width: int, scheme: Scheme = "light") -> Page:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.set_content(rendered(theme(), MASTHEAD, SHOWN[name])[1])
            return page

        yield at


@pytest.mark.parametrize("name", ["held-many", "ended"])
@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 26)")], ids=["light", "dark"]
)
def test_a_notice_is_accessible_in_light_and_dark(
    opened: Open, name: str, scheme: Scheme, paper: str
) -> None:
    page = opened(name, PHONE, scheme)

    assert faults(page, without=OF_PAGES_ONLY) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_sticks_out_of_a_narrow_phone(opened: Open, name: str) -> None:
    page = opened(name, NARROW)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_a_notice_loads_nothing_and_runs_nothing(opened: Open) -> None:
    page = opened("ended", PHONE)

    assert page.evaluate("document.querySelectorAll('img, script, link, iframe').length") == 0
    assert page.locator("h1").count() == 1
