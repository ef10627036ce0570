"""Which links of a mail can count clicks, and that nothing else in it changes but a sentence that says so."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.counted_links import click_token, counting, links_of, read_click_token
from publisher.model.click_words import CLICKS_COUNTED
from publisher.model.length import columns
from publisher.model.phrases import PHRASES
from publisher.outputs.text import WIDTH

HOME = "https://news.example.org"
STORY = f"{HOME}/stories/heat/"
OUT = "https://example.net/a?b=1&c=2#d"
WAY_OUT = "zq1.unsubscribe.qz"
HTML = (
    f'<p>A <a class="x" href="{OUT.replace("&", "&amp;")}">link</a> and <a href="{STORY}">a story</a>.</p>'
    f'<img src="https://example.net/a.jpg"><p class="links">\n<a href="{WAY_OUT}">Leave</a>\n'
    f'<a href="{HOME}/issues/heat/">In a browser</a></p>'
)
TEXT = (
    f"A link [1] and a story [2].\n\n[1] {OUT}\n[2] {STORY}\n\n"
    f"Leave:\n{WAY_OUT}\n\nBrowser:\n{HOME}/issues/heat/\n"
)
KEYS = [b"a" * 32, b"b" * 32]


def found(html: str) -> tuple[str, ...]:
    return links_of(html, home_url=HOME, stories={STORY})


def test_links_to_other_sites_and_to_stories_count_each_once_and_in_order() -> None:
    assert found(HTML + HTML) == (OUT, STORY)


@pytest.mark.parametrize(
    "href",
    [
        WAY_OUT,
        HOME,
        f"{HOME}/",
        f"{HOME}/feeds/",
        f"{HOME}/issues/heat/",
        f"{HOME}/unsubscribe/v1.x",
        f"{HOME}/preferences/v1.x",
        f"{HOME}?q=1",
        "mailto:ada@example.net",
        "#note",
        "https://example.net/é",
        "https://example.net/a b",
        'javascript:alert("x")',
    ],
)
def test_ways_out_and_all_that_is_no_plain_address_never_count(href: str) -> None:
    assert found(f'<a href="{href}">x</a>') == ()


def test_a_site_whose_name_begins_like_ours_is_another_one() -> None:
    assert found(f'<a href="{HOME}.evil.example/x">x</a>') == (f"{HOME}.evil.example/x",)


def test_a_place_within_a_story_counts() -> None:
    assert found(f'<a href="{STORY}#note">x</a>') == (f"{STORY}#note",)


def test_every_counted_link_is_replaced_in_both_bodies_and_nothing_else_is() -> None:
    counted = {OUT: f"{HOME}/to/1.1.a", STORY: f"{HOME}/to/1.2.b"}

    html, text = counting(HTML, TEXT, counted=counted, told="It is < counted.", way_out=WAY_OUT)

    assert re.findall(r'href="([^"]*)"', html) == [*counted.values(), WAY_OUT, f"{HOME}/issues/heat/"]
    assert 'src="https://example.net/a.jpg"' in html
    assert f"[1] {HOME}/to/1.1.a\n[2] {HOME}/to/1.2.b\n" in text
    assert html.replace("<p>It is &lt; counted.</p>\n", "").count("<p") == HTML.count("<p")
    assert f"Browser:\n{HOME}/issues/heat/\n" in text


def test_the_mail_says_so_where_it_tells_how_to_leave() -> None:
    html, text = counting(HTML, TEXT, counted={}, told="It is counted.", way_out=WAY_OUT)

    assert html == HTML.replace('<p class="links">', '<p>It is counted.</p>\n<p class="links">')
    assert text == TEXT.replace("Leave:", "It is counted.\n\nLeave:")


def test_it_says_so_also_in_templates_that_have_no_paragraph_there() -> None:
    html, text = counting(
        f'<p>x</p><td><a href="{WAY_OUT}">Leave</a></td>', WAY_OUT, counted={}, told="Told.", way_out=WAY_OUT
    )

    assert html == f'<p>x</p><td>Told. <a href="{WAY_OUT}">Leave</a></td>'
    assert text == f"Told.\n\n{WAY_OUT}"


def test_a_link_that_begins_like_another_is_not_taken_for_it() -> None:
    counted = {"https://example.net/a": "https://news.example.org/to/1.1.a"}

    _, text = counting("", f"https://example.net/ab\n\n{WAY_OUT}", counted=counted, told="", way_out=WAY_OUT)

    assert "https://example.net/ab" in text


@given(st.integers(1, 10**9 - 2), st.integers(1, 10**5), st.sampled_from(KEYS))
def test_a_token_tells_its_link_and_no_other_one(mailing: int, number: int, key: bytes) -> None:
    token = click_token(key, mailing=mailing, number=number)

    assert read_click_token(token, KEYS) == (mailing, number)
    assert read_click_token(token, [b"c" * 32]) is None
    assert read_click_token(token.replace(f".{number}.", f".{number + 1}."), KEYS) is None
    assert read_click_token(f"{mailing + 1}{token[len(str(mailing)) :]}", KEYS) is None


@pytest.mark.parametrize(
    "token", ["", "1.1", "1.1.", "0.1." + "a" * 16, "1.1." + "a" * 16, "x" * 9999, "1.1.é"]
)
def test_what_is_no_token_leads_nowhere(token: str) -> None:
    assert read_click_token(token, KEYS) is None


@pytest.mark.parametrize("lang", PHRASES)
def test_the_sentence_is_there_in_every_language_and_fits_into_a_line(lang: str) -> None:
    assert 0 < columns(CLICKS_COUNTED[lang]) <= WIDTH
