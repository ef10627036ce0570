from __future__ import annotations

import re
from itertools import pairwise

import pytest

from publisher.web.in_frame import Scheme, beside_itself, first_words, in_scheme, with_anchors, with_own_pages
from tests.editions import rich_edition
from tests.sites import publish

MAIL = next(part for part in publish(rich_edition())[1] if part.output == "email").body.decode()
HOME = rich_edition().masthead.home_url


def test_every_story_of_a_mail_can_be_gone_to() -> None:
    stories = rich_edition().stories

    html = with_anchors(MAIL, [story.url for story in stories])

    found = [match.start() for match in re.finditer('<h2 id="story-', html)]
    assert [html.index(f'<h2 id="story-{number}"') for number in range(1, len(stories) + 1)] == found
    for (start, end), story in zip(pairwise([*found, len(html)]), stories, strict=True):
        assert f'href="{story.url}"' in html[start:end]


def test_a_mail_that_links_its_headings_elsewhere_stays_as_it_is() -> None:
    assert with_anchors("<h2>Title</h2>", ["https://example.net/a?b&c"]) == "<h2>Title</h2>"
    assert with_anchors(
        '<h2><a href="https://example.net/a?b&amp;c">T</a></h2>', ["https://example.net/a?b&c"]
    ) == ('<h2 id="story-1"><a href="https://example.net/a?b&amp;c">T</a></h2>')


@pytest.mark.parametrize("scheme", Scheme)
def test_a_scheme_changes_styles_and_no_word(scheme: Scheme) -> None:
    html = in_scheme(MAIL, scheme)

    assert first_words(html) == first_words(MAIL)
    assert html.partition("<body")[2] == MAIL.partition("<body")[2]
    assert ("invert(1)" in html) is (scheme is Scheme.FORCED)
    assert "prefers-color-scheme" not in html


def test_links_open_beside_and_files_come_from_beside() -> None:
    html = beside_itself(
        f'<a class="x" href="https://example.net/">a</a><a href="#note">b</a><img src="{HOME}/media/a.png">',
        HOME,
    )

    assert html == (
        '<a target="_blank" rel="noopener" class="x" href="https://example.net/">a</a>'
        '<a href="#note">b</a><img src="media/a.png">'
    )


def test_links_to_the_site_are_whole_as_they_would_be_on_it() -> None:
    home = "https://example.net/news"

    assert beside_itself('<a href="/news/feeds/">a</a><a href="//cdn.example/">b</a>', home) == (
        '<a target="_blank" rel="noopener" href="https://example.net/news/feeds/">a</a>'
        '<a href="//cdn.example/">b</a>'
    )


def test_links_to_the_issues_own_pages_lead_to_their_preview() -> None:
    html = (
        '<a href="https://e.net/n/stories/a/">a</a><a href="/n/stories/a/">b</a>'
        '<a href="/n/stories/ab/">c</a>'
    )

    shown = with_own_pages(html, {"https://e.net/n/stories/a/": "page?story=a"}, target="_self")

    assert shown == (
        '<a href="page?story=a" target="_self">a</a><a href="page?story=a" target="_self">b</a>'
        '<a href="/n/stories/ab/">c</a>'
    )


def test_an_inbox_reads_the_hidden_preheader_first_and_then_the_mail() -> None:
    words = first_words(MAIL)

    assert words.startswith(f"{rich_edition().preheader} {rich_edition().masthead.title}")
    assert len(words) <= 200


def test_words_of_blocks_are_apart_and_those_of_a_line_are_not() -> None:
    html = (
        "<title>No</title><style>no{}</style><p>One<b>word</b>.</p><p>Next &amp; last<br>line</p><!-- no -->"
    )

    assert first_words(html) == "Oneword. Next & last line"
