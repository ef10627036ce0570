from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, unquote, urljoin, urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.colours import READABLE, contrast
from publisher.model.edition import Masthead
from publisher.outputs.all import join_all
from publisher.outputs.labels import labels
from publisher.outputs.page import PageOutput
from publisher.outputs.words import words
from publisher.theme import open_theme
from tests.editions import HOME, MASTHEAD, japanese_edition, rich_edition, single_edition
from tests.sites import INK, days_before, publish, site, theme

SEEN = 3.0
"""The contrast of the edge of a field with its background that WCAG 2.2 asks for (criterion 1.4.11)."""

POWER = "%E9%9B%BB%E5%8A%9B"
STORY = "/stories/laboratory/"
ISSUE = "/issues/notebooks/"


@cache
def public(home: str = HOME) -> Mapping[str, bytes]:
    """Return all that is public after two issues, by path."""
    masthead = replace(MASTHEAD, home_url=home)
    cards = []
    paths: dict[str, bytes] = {}
    for edition, days in ((rich_edition(), 0), (japanese_edition(), 300), (single_edition(), 301)):
        issue, parts = publish(replace(edition, masthead=masthead), published=days_before(days))
        cards.append(issue)
        paths |= {part.path: part.body for part in parts if part.path}
    joined = join_all(site(*cards, masthead=masthead), theme=theme())
    return MappingProxyType(paths | {artefact.path: artefact.body for artefact in joined})


def pages() -> dict[str, str]:
    return {path: body.decode() for path, body in public().items() if path.endswith(("/", ".html"))}


def tags(page: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}\b[^>]*>", page)


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_is_html_without_errors(path: str) -> None:
    parser = html5lib.HTMLParser(strict=True)

    parser.parse(pages()[path])

    assert parser.errors == []


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_has_one_h1_and_skips_no_heading(path: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", pages()[path])]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_has_its_landmarks_and_a_way_past_the_head(path: str) -> None:
    page = pages()[path]

    assert [len(tags(page, tag)) for tag in ("main", "footer")] == [1, 1]
    assert tags(page, "body")
    assert page.index('<a class="skip" href="#content"') < page.index("<header")
    assert '<main id="content"' in page


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_needs_no_script_no_inline_style_and_nobody_elses_files(path: str) -> None:
    page = pages()[path]

    own = {'<script type="module" src="/copy.js">'} if path == "/feeds/" else set()
    assert {tag for tag in tags(page, "script") if tag != '<script type="application/ld+json">'} == own
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert [tag for tag in tags(page, "link") if "stylesheet" in tag] == [
        '<link rel="stylesheet" href="/style.css">'
    ]
    assert all(source.startswith("/media/") for source in re.findall(r'<img[^>]*\ssrc="([^"]*)"', page))


@pytest.mark.parametrize("path", sorted(pages()))
def test_ids_in_a_page_are_unique(path: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', pages()[path])

    assert len(ids) == len(set(ids))


def links() -> Iterator[tuple[str, str]]:
    for path, page in pages().items():
        for href in re.findall(r'<(?:a|link)\b[^>]*?\shref="([^"]*)"', page):
            target = urlsplit(urljoin(HOME + path, href))
            if f"{target.scheme}://{target.netloc}" == HOME:
                yield unquote(target.path), target.fragment


def test_every_link_within_the_site_leads_somewhere() -> None:
    found = set(links())

    assert len(found) > 20
    assert {path for path, _ in found} <= {*public(), "/search"}
    assert all(f'id="{place}"' in pages()[path] or place == "content" for path, place in found if place)


def test_footnotes_stay_in_the_page_in_which_they_are_read() -> None:
    for path in (STORY, ISSUE):
        assert 'href="#laboratory.fn1"' in pages()[path]
        assert 'href="#laboratory.fnref1"' in pages()[path]


def test_a_publication_below_a_path_links_below_it() -> None:
    below = public(f"{HOME}/news")

    page = below["/feeds/"].decode()

    assert set(re.findall(r'href="(/[^"]*)"', page)) == {
        *(
            "/news/",
            "/news/archive/",
            "/news/feeds/",
            "/news/feeds.opml",
            "/news/style.css",
            "/news/icon.svg",
        ),
        *(
            "/news/tags/",
            *(f"/news/tags/{tag}/feed.atom" for tag in ("energy", "r%26d-%C3%A9", "web", POWER)),
        ),
        *(f"/news{path}feed.{ending}" for path in ("/", "/issues/") for ending in ("atom", "rss", "json")),
    }
    assert f'<link rel="canonical" href="{HOME}/news/feeds/">' in page


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_leads_programs_to_the_feeds_one_for_each_content(path: str) -> None:
    found = [tag for tag in tags(pages()[path], "link") if "alternate" in tag]

    tag = re.fullmatch(r"/tags/(.+)/", path)
    other = f"/tags/{quote(tag[1])}/feed.atom" if tag else "/issues/feed.atom"
    assert [re.search(r'href="([^"]*)"', tag)[1] for tag in found] == ["/feed.atom", other]  # type: ignore[index]  # each has one


def test_a_story_that_is_the_issue_is_titled_once_on_either_page() -> None:
    for path in ("/issues/failures/", "/stories/failures/"):
        assert len(re.findall(r"<h\d[^>]*>(?:<a[^>]*>)?The &lt;meta&gt; element", pages()[path])) == 1


def test_date_and_number_of_an_issue_are_those_of_its_publication() -> None:
    page = pages()[ISSUE]

    assert '<span class="number" lang="en">Issue <b>42</b> · </span>' in page
    assert '<time datetime="2026-10-06T04:30:00Z">6 October 2026</time>' in page


def test_a_page_speaks_the_language_of_its_text_and_reads_in_its_direction() -> None:
    arabic, japanese = pages()["/stories/shams/"], pages()["/issues/denchi-no-aki/"]

    assert '<html lang="ar" dir="rtl">' in arabic
    assert "المصدر: <a" in arabic
    assert '<time datetime="2026-10-06T04:29:57Z" lang="en" dir="ltr">6 October 2026</time>' in arabic
    assert '<html lang="ja" dir="ltr">' in japanese
    assert "第<b>7</b>号" in japanese
    assert '<article class="story" lang="ar" dir="rtl"' in pages()[ISSUE]


def test_words_that_a_language_lacks_are_english_and_say_so() -> None:
    finnish = replace(rich_edition(), lang="fi")

    _, parts = publish(finnish)

    page = next(part.body.decode() for part in parts if part.path == ISSUE)
    assert '<html lang="fi" dir="ltr">' in page
    assert '<a class="skip" href="#content" lang="en">Skip to content</a>' in page


def test_the_front_page_shows_the_newest_issue_first() -> None:
    page = pages()["/"]

    assert page.index("Latest issue") < page.index("Notebooks, &lt;meta&gt;") < page.index("電池の秋")


def test_a_year_has_its_own_issues_and_links_to_the_other_years() -> None:
    page = pages()["/archive/2026/"]

    assert "Notebooks" in page
    assert '<a href="/archive/2026/" aria-current="page">2026</a>' in page


def test_only_touched_years_are_made_anew() -> None:
    full = site(publish(rich_edition()), publish(japanese_edition(), published=days_before(300)))
    later = replace(full, touched={2026: full.touched[2026]}, years=(2026, 2025, 2011))

    paths = {artefact.path for artefact in PageOutput().join(replace(later, tag_pages=()), theme=theme())}

    assert paths == {
        *("/", "/archive/", "/archive/2026/", "/tags/", "/feeds/", "/404.html"),
        *("/style.css", "/feed.css", "/copy.js", "/icon.svg"),
    }


def test_a_day_is_that_of_the_publications_wall_clock() -> None:
    late = publish(japanese_edition(), published=days_before(-0.75))

    front = next(a for a in PageOutput().join(site(late), theme=theme()) if a.path == "/")

    assert late[0].published.isoformat() == "2026-10-06T22:30:00+00:00"
    assert "2026年10月7日" in front.body.decode()


def test_a_card_says_all_in_its_own_language() -> None:
    assert (
        '<p class="kicker" lang="ja"><bdi>第7号</bdi> · <time datetime="2025-12-10T04:30:00Z">'
        '2025年12月10日</time> · <bdi class="minutes">2分で読めます</bdi></p>'
    ) in pages()["/"]
    assert '<bdi class="minutes">مدة القراءة: ' in pages()["/tags/energy/"]


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_a_feed_in_a_browser_says_what_it_is_and_no_title_looks_like_a_link(lang: str) -> None:
    joined = PageOutput().join(site(masthead=replace(MASTHEAD, lang=lang)), theme=theme())
    css = next(artefact.body.decode() for artefact in joined if artefact.path == "/feed.css")

    assert f'content: "{labels(lang).this_feed} {words(lang).feeds_text}";' in css
    assert MASTHEAD.accent not in css
    assert "accent" not in css


def test_what_is_for_programmers_is_closed_and_says_so() -> None:
    page = pages()["/feeds/"]

    assert '<details>\n<summary lang="en">For programmers</summary>\n<p id="publisher" lang="en"' in page


def test_a_site_without_issues_says_that_the_first_is_on_its_way() -> None:
    made = {artefact.path: artefact.body.decode() for artefact in PageOutput().join(site(), theme=theme())}

    assert "The first issue is on its way." in made["/"]
    assert "The first issue is on its way." in made["/archive/"]


def test_the_page_for_what_is_missing_is_not_for_search_engines() -> None:
    page = pages()["/404.html"]

    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def colours(masthead: Masthead) -> list[dict[str, str]]:
    """Return the colours of style.css in light and in dark."""
    css = next(a for a in PageOutput().join(site(masthead=masthead), theme=theme()) if a.path == "/style.css")
    screen = css.body.decode().partition("@media (prefers-contrast")[0]
    roots = re.findall(r":root \{(.*?)\}", screen, re.DOTALL)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", root)) for root in roots]


@given(accent=st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_text_can_be_read_in_light_and_dark_with_any_accent(accent: str) -> None:
    both = colours(replace(MASTHEAD, accent=accent))

    assert len(both) == 2
    for mode in both:
        for text in ("text", "quiet", "accent"):
            assert contrast(mode[text], mode["paper"]) >= READABLE
            assert contrast(mode[text], mode["box"]) >= READABLE
        assert contrast(mode["edge"], mode["paper"]) >= SEEN


def test_pages_of_a_newsrooms_own_get_what_the_first_ones_got(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/issue.html").write_text(
        "{% for story, say, words in stories %}\n"
        "{{ story.title }} {{ words.source }} {{ moment.date }}\n"
        "{% endfor %}"
    )
    (tmp_path / "web/front.html").write_text(
        "{% for card, day in cards %}{{ card.title }}, {{ day.iso }}, {{ day.text }}{% endfor %}"
    )
    own = open_theme(tmp_path)

    printed = PageOutput().render(rich_edition(), theme=own, ink=INK)
    joined = PageOutput().join(site(publish(rich_edition())), theme=own)

    assert printed[0].body.decode().splitlines()[1] == (
        f"The &lt;meta&gt; element Source: {{}} {INK.token('date')}"
    )
    assert joined[0].body.decode() == (
        "Notebooks, &lt;meta&gt; &amp; the sun, 2026-10-06T04:30:00Z, 6 October 2026"
    )
