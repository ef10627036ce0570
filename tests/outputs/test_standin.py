from __future__ import annotations

from datetime import UTC, datetime

import html5lib
import pytest

from publisher.model.edition import Direction
from publisher.outputs.standin import moved_page, withdrawn_page
from publisher.outputs.words import WORDS
from tests.editions import HOME, MARKUP_TITLE, MASTHEAD
from tests.sites import theme

URL = f"{HOME}/stories/laboratory/"
AT = datetime(2026, 10, 6, 22, 30, tzinfo=UTC)


def withdrawn(*, lang: str = "en", dir: Direction = Direction.LTR, reason: str = "A <b> was wrong.") -> str:  # noqa: A002 (HTML's own name)
    return withdrawn_page(
        masthead=MASTHEAD,
        url=URL,
        title=MARKUP_TITLE,
        lang=lang,
        dir=dir,
        reason=reason,
        at=AT,
        theme=theme(),
    ).decode()


def moved() -> str:
    return moved_page(
        masthead=MASTHEAD, url=URL, title=MARKUP_TITLE, lang="ar", dir=Direction.RTL, theme=theme()
    ).decode()


@pytest.mark.parametrize("page", [withdrawn(), withdrawn(reason=""), moved()], ids=["why", "bare", "moved"])
def test_a_page_that_stands_in_is_html_without_errors(page: str) -> None:
    parser = html5lib.HTMLParser(strict=True)

    parser.parse(page)

    assert parser.errors == []


def test_a_withdrawn_page_keeps_its_title_and_says_when_and_why_on_the_publications_clock() -> None:
    page = withdrawn()

    assert "<h1>The &lt;meta&gt; element</h1>" in page
    assert (
        'This page was withdrawn on <time datetime="2026-10-06T22:30:00Z" lang="en">7 October 2026</time>.'
        in page
    )
    assert '<p class="reason">A &lt;b&gt; was wrong.</p>' in page


def test_a_withdrawn_page_leads_on_and_is_not_for_search_engines() -> None:
    page = withdrawn()

    assert '<a href="/">Front page</a> · <a href="/archive/">Archive</a>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_no_reason_leaves_no_empty_line() -> None:
    assert "reason" not in withdrawn(reason="")


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_a_withdrawn_page_speaks_the_language_of_what_was_there(lang: str) -> None:
    page = withdrawn(lang=lang, dir=Direction.RTL if lang == "ar" else Direction.LTR)

    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page
    assert "2026" in page.partition("<time")[2].partition("</time>")[0]


def test_a_moved_page_leads_people_and_programs_to_the_new_address() -> None:
    page = moved()

    assert f'<meta http-equiv="refresh" content="0; url={URL}">' in page
    assert f'<link rel="canonical" href="{URL}">' in page
    assert f'<h1><a href="{URL}">The &lt;meta&gt; element</a></h1>' in page
    assert '<html lang="ar" dir="rtl">' in page
