"""The mail as a browser shows it: the nearest thing to a mail client that can be measured."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from playwright.sync_api import Page

from publisher.model.colours import READABLE, contrast
from publisher.model.edition import Direction, Edition
from publisher.outputs.email import EmailOutput
from tests.browsing import Open, Scheme, faults, launched
from tests.editions import (
    arabic_story,
    japanese_edition,
    laboratory_story,
    meta_story,
    picture,
    printed,
    rich_edition,
)
from tests.sites import INK, fillins, theme

DESK, PHONE, NARROW = 1000, 390, 320

Inversion = Callable[[str, str], tuple[str, str]]

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}

OF_PAGES_ONLY = ("landmark-one-main", "region")
"""Rules about landmarks: a mail is shown as an article within a client's page."""

UNBREAKABLE = printed(
    f"<p>{'antidisestablishmentarian' * 9} https://news.example.org/{'a' * 200}</p>"
    f"<pre><code>{'x = 1; ' * 40}</code></pre>"
    "<table><thead><tr>"
    + "".join(f'<th scope="col">Longheading{number}</th>' for number in range(9))
    + "</tr></thead><tbody><tr>"
    + "".join(f"<td>{number}000000</td>" for number in range(9))
    + "</tr></tbody></table>"
    f'<p><img src="{picture().url}" alt="Bars" width="1200" height="675" /></p>'
)


def arabic_edition() -> Edition:
    """Return an issue that runs from right to left, but for one story."""
    stories = (arabic_story(), replace(meta_story(), lead=printed("<p>From left to right.</p>")))
    return replace(rich_edition(), lang="ar", dir=Direction.RTL, title="شمس", stories=stories)


def short_edition() -> Edition:
    """Return an issue so large that its stories are excerpts."""
    long = replace(laboratory_story(), closing=printed(f"<p>{'words that fill a mail ' * 2_000}</p>"))
    return replace(rich_edition(), stories=(long, replace(long, slug="again"), meta_story()))


def wide_edition() -> Edition:
    """Return an issue with everything that sticks out of a narrow screen."""
    story = laboratory_story()
    sections = tuple(replace(each, body=UNBREAKABLE) for each in story.sections)
    return replace(
        rich_edition(), title="W" * 80, stories=(replace(story, lead=UNBREAKABLE, sections=sections),)
    )


EDITIONS = {
    "rich": rich_edition,
    "japanese": japanese_edition,
    "arabic": arabic_edition,
    "excerpts": short_edition,
    "wide": wide_edition,
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """Open the mail of an edition in Chromium, each way once."""
    with launched() as browser:

        @cache
        def at(width: int, scheme: Scheme = "light", name: str = "rich", *, styled: bool = True) -> Page:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.route("**/*", lambda route: route.fulfill(body=picture().body, content_type="image/png"))
            page.set_content(html(name) if styled else _STYLE.sub("", html(name)))
            return page

        yield at


@cache
def html(name: str) -> str:
    edition = EDITIONS[name]()
    (part,) = EmailOutput().render(edition, theme=theme(), ink=INK)
    slots = {"list": "Weekly", "unsubscribe": "https://news.example.org/unsubscribe/token"}
    return INK.fill(part.body, fillins(edition) | slots).decode()


_STYLE = re.compile("<style.*?</style>", re.DOTALL)


def box(page: Page, selector: str) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the first such element."""
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *((name, DESK, "light") for name in EDITIONS),
        *((name, PHONE, "dark") for name in EDITIONS),
        *(("rich", DESK, "dark"), ("rich", PHONE, "light")),
        *(("wide", DESK, "dark"), ("wide", PHONE, "light")),
    ],
)
def test_the_mail_is_accessible_in_light_and_dark(
    opened: Open, name: str, width: int, scheme: Scheme
) -> None:
    page = opened(width, scheme, name)

    assert faults(page, without=OF_PAGES_ONLY) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER[scheme]


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
def test_on_a_phone_there_is_one_column(opened: Open, width: int) -> None:
    page = opened(width)

    main, aside = box(page, ".main"), box(page, ".aside")
    assert main[1] + main[3] <= aside[1]
    assert main[2] == aside[2] == width


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.parametrize("width", [DESK, PHONE, NARROW])
def test_nothing_sticks_out_of_the_screen(opened: Open, name: str, width: int) -> None:
    page = opened(width, "light", name)

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_links_that_are_no_part_of_a_sentence_can_be_hit_with_a_thumb(opened: Open) -> None:
    page = opened(PHONE)

    for selector in (".name a", ".toc a", "h2 a", ".by a", ".more a", ".links a"):
        heights = [element.bounding_box() for element in page.locator(selector).all()]
        assert len(heights) >= (1 if selector == ".name a" else 2)
        assert all(found is not None and found["height"] >= 44 for found in heights), selector


def test_the_preheader_is_not_seen(opened: Open) -> None:
    page = opened(PHONE)

    assert not page.get_by_text(rich_edition().preheader).is_visible()


# Colours: what each text has, and what is behind it, as the browser computed them.

COLOURS = """() => {
  const opaque = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const pair = [getComputedStyle(element).color, opaque(element)];
    found.set(pair.join(), pair);
  }
  return [...found.values()];
}"""


def colours(page: Page) -> list[tuple[str, str]]:
    """Return all pairs of text and background in a mail, as "#rrggbb"."""
    pairs: list[tuple[str, str]] = page.evaluate(COLOURS)
    found = [(_hex(text), _hex(ground)) for text, ground in pairs]
    assert len(found) >= 4
    return found


def _hex(colour: str) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in re.findall(r"\d+", colour)[:3])


def everything(text: str, ground: str) -> tuple[str, str]:
    """Invert every channel, as a filter over the whole page does."""
    return _negative(text), _negative(ground)


def lightness(text: str, ground: str) -> tuple[str, str]:
    """Turn light into dark and keep the hue, as phones do."""
    return _lightness(text), _lightness(ground)


def only_what_is_light(text: str, ground: str) -> tuple[str, str]:
    """Darken light backgrounds and lighten dark texts, and leave what fits already."""
    return _lightness(text) if _is_dark(text) else text, ground if _is_dark(ground) else _lightness(ground)


def _negative(colour: str) -> str:
    return "#" + "".join(f"{255 - int(colour[at : at + 2], 16):02x}" for at in (1, 3, 5))


def _lightness(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    inverted = colorsys.hls_to_rgb(hue, 1 - light, saturation)
    return "#" + "".join(f"{round(value * 255):02x}" for value in inverted)


def _is_dark(colour: str) -> bool:
    return contrast(colour, "#ffffff") > contrast(colour, "#000000")


@pytest.mark.parametrize("invert", [everything, lightness, only_what_is_light])
@pytest.mark.parametrize("name", ["rich", "arabic", "excerpts"])
def test_all_text_can_be_read_where_a_client_inverts_colours_by_force(
    opened: Open, name: str, invert: Inversion
) -> None:
    pairs = colours(opened(PHONE, "light", name))

    for text, ground in pairs:
        assert contrast(*invert(text, ground)) >= READABLE, (text, ground)


@pytest.mark.parametrize("name", ["rich", "arabic", "excerpts"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_all_text_can_be_read_in_a_client_that_drops_style_sheets(
    opened: Open, name: str, width: int
) -> None:
    page = opened(width, "light", name, styled=False)

    assert all(contrast(text, ground) >= READABLE for text, ground in colours(page))
    assert page.get_by_role("heading", level=2).count() >= 2


def test_all_text_can_be_read_where_outlooks_apps_have_recoloured_the_mail(opened: Open) -> None:
    page = opened(PHONE, "light", "rich", styled=True)
    for mark in ("data-ogsc", "data-ogsb"):
        page.evaluate(f"document.documentElement.setAttribute('{mark}', '')")

    pairs = colours(page)
    for mark in ("data-ogsc", "data-ogsb"):
        page.evaluate(f"document.documentElement.removeAttribute('{mark}')")

    assert {ground for _, ground in pairs} == {"#14171a", "#20262c"}
    assert all(contrast(text, ground) >= READABLE for text, ground in pairs)


@pytest.mark.parametrize("name", ["rich", "wide"])
@pytest.mark.parametrize("width", [PHONE, NARROW])
def test_a_picture_that_is_not_loaded_leaves_its_words_and_its_credit(
    opened: Open, name: str, width: int
) -> None:
    browser = opened(PHONE).context.browser
    assert browser is not None
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.route("**/*", lambda route: route.abort())
    page.set_content(html(name))

    image = page.get_by_role("img", name='Four bars, each "taller" than the last, under a sun')

    assert image.is_visible()
    assert page.get_by_text("Field Notes & friends").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("width", [PHONE, NARROW])
def test_no_word_of_a_table_is_broken_and_a_wide_one_moves_by_itself(opened: Open, width: int) -> None:
    page = opened(width, "light", "wide")

    head = page.locator(".data th").first
    one_line, two_lines = 27, 54
    assert one_line <= head.evaluate("cell => cell.clientHeight - 12") < two_lines
    assert page.locator(".wide").first.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == width
