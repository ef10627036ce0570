from __future__ import annotations

import re
from dataclasses import replace

import html5lib
import pytest

from publisher.model.edition import PrintedStory
from publisher.outputs.article import issue_html, sponsor_place, story_html
from tests.editions import (
    arabic_story,
    japanese_edition,
    laboratory_story,
    meta_story,
    printed,
    rich_edition,
    single_edition,
)


def test_takeaways_are_a_list_with_strong_leads_and_the_authors_colon() -> None:
    english = story_html(laboratory_story())
    japanese = story_html(japanese_edition().stories[0])

    assert "<h2>Key Takeaways</h2>\n<ul>\n<li><strong>Failure had a budget:</strong> one project" in english
    assert "<li>Half of the notebooks had" in english
    assert "<li><strong>政策より価格：</strong>電池の価格は" in japanese


def test_facts_stand_in_an_aside() -> None:
    html = story_html(laboratory_story())

    aside = html.partition("<aside>")[2].partition("</aside>")[0]

    assert "<h2>Did You Know?</h2>" in aside
    assert aside.count("<li>") == 2


def test_the_picture_has_its_alternative_text_and_its_size() -> None:
    html = story_html(laboratory_story())

    assert (
        'alt="Four bars, each &quot;taller&quot; than the last, under a sun" width="1200" height="675"'
        in html
    )
    assert "<figcaption>Field Notes &amp; friends</figcaption>" in html


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (
            replace(laboratory_story(), link="https://review.example.net/?a=1&b=2"),
            (
                'Source: <a href="https://review.example.net/?a=1&amp;b=2">Example Energy Review &amp; Digest'
                "</a> (A. Writer, 3 October 2026)"
            ),
        ),
        (meta_story(), "Source: Markup Weekly"),
        (
            replace(meta_story(), source="", link="https://review.example.net/a"),
            'Source: <a href="https://review.example.net/a">review.example.net</a>',
        ),
        (
            replace(arabic_story(), link="https://review.example.net/"),
            'المصدر: <a href="https://review.example.net/">مجلة الطاقة</a> (ليلى حداد, 28 سبتمبر 2026)',
        ),
    ],
)
def test_a_story_ends_with_a_visible_line_that_names_its_source(story: PrintedStory, line: str) -> None:
    assert story_html(story).endswith(f"<p>{line}</p>")


def test_a_story_without_a_source_names_none() -> None:
    assert "Source" not in story_html(replace(meta_story(), source=""))


def test_headings_begin_at_level_2_in_a_story_and_below_its_title_in_an_issue() -> None:
    story = story_html(laboratory_story())
    issue = issue_html(rich_edition())

    assert re.findall(r"<h(\d)>(?:Deep|What)", story) == ["2", "3"]
    assert re.findall(r"<h(\d)>(?:R&amp;D|Deep|What)", issue) == ["2", "3", "4"]


def test_a_story_that_is_the_issue_is_not_titled_twice() -> None:
    html = issue_html(single_edition())

    assert "The &lt;meta&gt; element" not in html
    assert re.findall(r"<h(\d)>", html) == ["2", "2"]


def test_there_is_nothing_in_it_that_readers_must_throw_away() -> None:
    html = issue_html(rich_edition())

    assert not re.search(r"<(?:script|style|iframe|svg|form|meta)|\s(?:class|style|on\w+)=", html)


def test_a_story_in_another_language_says_so_inside_its_issue() -> None:
    assert '<article lang="ar" dir="rtl">\n<h2>الشمس' in issue_html(rich_edition())


def test_it_is_html_without_errors() -> None:
    parser = html5lib.HTMLParser(strict=True)

    parser.parseFragment(issue_html(rich_edition()))

    assert parser.errors == []


def test_characters_that_break_feeds_are_removed() -> None:
    story = replace(meta_story(), lead=printed("<p>a\x00b\x1bc</p>"), source="N\x07AME")

    html = story_html(story)

    assert "<p>abc</p>" in html
    assert "Source: NAME" in html


@pytest.mark.parametrize(("wanted", "place"), [(None, 1), (0, 1), (2, 2), (99, 3)])
def test_the_sponsor_stands_where_the_issue_says_but_never_outside(wanted: int | None, place: int) -> None:
    assert sponsor_place(replace(rich_edition(), sponsor_after=wanted)) == place
