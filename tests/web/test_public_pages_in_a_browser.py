"""The public pages as people meet them: on a phone, in the dark, on paper, without a mouse or a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from publisher.app import Publisher, open_publisher
from publisher.model.edition import Correction, Direction, Edition
from publisher.model.rendered import Artefact
from publisher.outputs.standin import withdrawn_page
from publisher.settings_file import load_settings
from publisher.store import public
from publisher.web.routes import site
from publisher.web.server import Server
from tests.browsing import DESK, PHONE, Open, Scheme, faults, fits, opening, served
from tests.editions import HOME, meta_story, printed, rich_edition, single_edition
from tests.web.newsroom import NOW, MovedClock, make_public

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

WITHDRAWN = "/stories/wrong/"
UNRULY = "/stories/unruly/"
STORY = "/stories/laboratory/"
PAGES = (
    *("/", "/archive/", "/archive/2026/", "/tags/", "/tags/energy/", "/feeds/", "/nothing/", WITHDRAWN),
    *("/issues/notebooks/", STORY, "/stories/shams/", "/stories/meta-element/", UNRULY, "/issues/unruly/"),
)
KINDS = ("/", "/archive/2026/", "/tags/energy/", "/feeds/", WITHDRAWN, "/issues/notebooks/", STORY)
"""One page of each template and stylesheet."""


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open addresses; at the end a browser may have complained of nothing."""
    yield from opening(browser, _is_trouble)


def _is_trouble(told: ConsoleMessage) -> bool:
    """Return whether a browser complains of more than that the page itself is not there, or no more."""
    is_status = told.text.startswith("Failed to load resource: the server responded with a status of 4")
    is_page = told.page is not None and told.location["url"] == told.page.url
    return told.type in ("error", "warning") and not (is_status and is_page)


@pytest.fixture(scope="module")
def home(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an issue whose story does not want to fit anywhere, and a story that was withdrawn."""
    root = tmp_path_factory.mktemp("pages") / "newsroom"
    shutil.copytree(template, root)
    with closing(open_publisher(load_settings(root), clock=MovedClock(), actor="tester")) as publisher:
        make_public(publisher, _unruly(), moment=NOW - timedelta(days=2))
        _withdraw(publisher)
        yield from served(Server(site(publisher), host="127.0.0.1", port=0))


def _unruly() -> Edition:
    rows = "".join(f"<td>figure {column}</td>" for column in range(14))
    body = printed(
        f"<p>{LONG_WORD} {'x' * 200}</p>\n<table>\n<tbody>\n<tr>{rows}</tr>\n</tbody>\n</table>\n"
        f"<pre><code>{'wide ' * 60}</code></pre>\n<h4>Below</h4>"
    )
    story = meta_story()
    unruly = replace(
        story,
        slug="unruly",
        id="tag:example.org,2026:unruly",
        url=f"{HOME}{UNRULY}",
        title=f"On the {LONG_WORD}",
        tags=(LONG_WORD,),
        sections=(replace(story.sections[0], body=body), *story.sections[1:]),
    )
    corrected = Correction(at=NOW, note="It was 1958, not 1985.", stories=(unruly.id,))
    return replace(
        single_edition(),
        slug="unruly",
        id="tag:example.org,2026:issue/unruly",
        url=f"{HOME}/issues/unruly/",
        title=unruly.title,
        stories=(unruly,),
        corrections=(corrected,),
    )


def _withdraw(publisher: Publisher) -> None:
    page = withdrawn_page(
        masthead=publisher.settings.masthead(),
        url=f"{HOME}{WITHDRAWN}",
        title="A battery that never was",
        lang="en",
        dir=Direction.LTR,
        reason="The study that it told of was withdrawn by its authors.",
        at=NOW,
        theme=publisher.theme,
    )
    artefact = Artefact(path=WITHDRAWN, media_type="text/html; charset=utf-8", body=page, status=410)
    with publisher.database.begin() as db:
        generation, slug = public.generation(db), rich_edition().slug
        public.put(db, (artefact,), generation=generation, now=NOW, issue=slug)


@pytest.mark.parametrize(
    ("width", "scheme", "paths"),
    [(DESK, "light", PAGES), (PHONE, "dark", PAGES), (DESK, "dark", KINDS), (PHONE, "light", KINDS)],
    ids=["desk-light", "phone-dark", "desk-dark", "phone-light"],
)
def test_every_page_is_accessible(
    opened: Open, home: str, width: int, scheme: Scheme, paths: tuple[str, ...]
) -> None:
    page = opened(f"{home}/", width=width, scheme=scheme)
    found = {}
    for path in paths:
        page.goto(home + path)
        found[path] = faults(page)

    assert found == {path: [] for path in paths}


@pytest.mark.parametrize("width", [320, DESK // 2], ids=["narrow", "twice as large"])
def test_nobody_scrolls_sideways_whatever_an_author_writes(opened: Open, home: str, width: int) -> None:
    page = opened(f"{home}/", width=width)
    found = []
    for path in PAGES:
        page.goto(home + path)
        found += [] if fits(page) else [path]

    assert found == []


def test_wide_tables_and_code_scroll_by_themselves_and_with_keys(opened: Open, home: str) -> None:
    page = opened(home + UNRULY, width=320)

    for wide in ("pre", ".wide"):
        place = page.locator(wide)
        assert place.evaluate("wide => wide.scrollWidth > wide.clientWidth")
        place.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("name => document.querySelector(name).scrollLeft > 0", arg=wide)


def test_the_first_key_leads_past_the_head(opened: Open, home: str) -> None:
    page = opened(home + STORY)
    skip = page.get_by_role("link", name="Skip to content")
    before = skip.bounding_box()

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    assert before is not None
    assert before["x"] < 0


def test_every_link_shows_that_it_has_the_focus(opened: Open, home: str) -> None:
    page = opened(home + STORY)

    for _ in range(4):
        page.keyboard.press("Tab")

    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"


def test_a_place_that_a_link_leads_to_has_room_above_it(opened: Open, home: str) -> None:
    page = opened(home + STORY, reduced_motion="reduce")

    page.locator("[role=doc-noteref]").click()

    top = page.locator(":target").evaluate("place => place.getBoundingClientRect().top")
    assert top >= 20


def on_paper(opened: Open, address: str) -> Page:
    page = opened(address)
    page.emulate_media(media="print")
    return page


def test_on_paper_a_story_has_no_navigation_and_shows_where_its_links_lead(opened: Open, home: str) -> None:
    page = on_paper(opened, home + STORY)

    for hidden in (".skip", ".top nav", ".more", ".original", ".tags", ".bottom"):
        assert page.locator(hidden).count() == 1
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shown = page.locator(".byline a").evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://review.example.net/labs?id=7&lang=en" in shown
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_on_paper_of_a_dark_screen_text_is_black_on_white(opened: Open, home: str) -> None:
    page = opened(home + STORY, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )

    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize(("wish", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_nothing_moves_for_those_who_do_not_want_it(
    opened: Open, home: str, wish: str, behaviour: str
) -> None:
    page = opened(home + STORY, reduced_motion=wish)

    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour


@pytest.mark.parametrize("wish", [{"forced_colors": "active"}, {"contrast": "more"}], ids=["forced", "more"])
def test_where_tints_are_not_seen_lines_take_their_place(
    opened: Open, home: str, wish: dict[str, str]
) -> None:
    usual, page = opened(home + STORY), opened(home + STORY, **wish)

    border = "box => getComputedStyle(box).borderTopStyle"
    assert usual.locator(".key-takeaways").evaluate(border) == "none"
    assert page.locator(".key-takeaways").evaluate(border) == "solid"
    assert faults(page) == []


def test_a_page_in_arabic_begins_at_the_right(opened: Open, home: str) -> None:
    page = opened(f"{home}/stories/shams/")
    brand, links = page.locator(".brand").bounding_box(), page.locator(".top nav").bounding_box()

    assert brand is not None
    assert links is not None
    assert brand["x"] > links["x"]


ADDRESS = f"{HOME}/issues/feed.atom"


def test_the_address_of_a_feed_is_copied_by_a_button(browser: Browser, home: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{home}/feeds/")
    row = page.locator(".addresses li", has_text=ADDRESS)

    row.get_by_role("button", name="Copy Issues Atom", exact=True).click()

    expect(row.get_by_role("button", name="Copied Issues Atom", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Copied: Issues, Atom")
    assert page.evaluate("navigator.clipboard.readText()") == ADDRESS
    assert faults(page) == []
    context.close()


def test_without_a_script_a_click_selects_an_address_and_no_button_is_dead(opened: Open, home: str) -> None:
    page = opened(f"{home}/feeds/", java_script_enabled=False)

    page.locator(".addresses code", has_text=ADDRESS).click()

    assert page.evaluate("getSelection().toString()") == ADDRESS
    assert page.locator("main button").count() == 0


@pytest.mark.parametrize("path", ["/", "/archive/", "/tags/", "/nothing/"])
def test_a_search_begins_with_words_and_the_enter_key(opened: Open, home: str, path: str) -> None:
    page = opened(home + path, java_script_enabled=False)

    page.get_by_role("searchbox", name="Search").fill("R&D sun")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{home}/search?q=R%26D+sun")
