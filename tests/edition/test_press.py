from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import ContentError, Place
from publisher.model.edition import Direction
from publisher.model.story import Fact, Image, Role, Takeaway
from tests.edition.manuscripts import (
    FOLDER,
    HOME,
    MASTHEAD,
    issue,
    passage,
    picture_file,
    pictures,
    print_issue,
    print_story,
    rich_issue,
    section,
    story,
)

ROOT = Path(__file__).resolve().parents[2]


def test_an_edition_says_what_the_issue_says() -> None:
    whole = issue(
        story(tags=("energy",)),
        subject="Subject",
        preheader="Pre  header",
        lists=("weekly", "daily", "weekly"),
        tags=("week", "energy"),
        number=7,
        theme="dark",
        sponsor="By **Acme**",
        sponsor_after=1,
        opening=passage("Good *morning*."),
        closing=passage("Bye."),
    )

    edition = print_issue(whole)

    assert (edition.subject, edition.preheader, edition.title) == ("Subject", "Pre header", "Energy")
    assert (edition.lists, edition.tags) == (("weekly", "daily"), ("week", "energy"))
    assert (edition.number, edition.theme, edition.sponsor_after) == (7, "dark", 1)
    assert edition.sponsor.html == "By <strong>Acme</strong>"
    assert (edition.opening.html, edition.closing.html) == ("<p>Good <em>morning</em>.</p>", "<p>Bye.</p>")
    assert (edition.url, edition.masthead) == (f"{HOME}/issues/energy/", MASTHEAD)


def test_what_an_issue_leaves_out_comes_from_its_stories_and_its_masthead() -> None:
    edition = print_issue(issue(story(lead=passage("It *rained* [here](#x). Then it stopped."))))

    assert (edition.subject, edition.preheader) == ("Energy", "It rained here.")
    assert (edition.lists, edition.theme, edition.lang) == (("weekly",), "default", "en")


def test_an_empty_list_of_lists_means_pages_and_feeds_only() -> None:
    assert print_issue(issue(story(), lists=())).lists == ()


def test_the_opening_of_an_issue_gives_its_preheader() -> None:
    edition = print_issue(
        issue(story(lead=passage("A lead.")), opening=passage("# Hi\n\nGood morning. Look."))
    )

    assert edition.preheader == "Good morning."


@pytest.mark.parametrize(
    ("lead", "preheader"),
    [
        ("word " * 60, "word " * 27 + "word…"),
        ("電池" * 100, "電池" * 34 + "電…"),
    ],
)
def test_a_long_first_sentence_is_cut_for_the_preheader(lead: str, preheader: str) -> None:
    assert print_issue(issue(story(lead=passage(lead)))).preheader == preheader


def test_a_story_says_what_its_file_says() -> None:
    printed = print_story(
        link="https://Review.example/wärme",
        source=" Example  Review ",
        author="A. Writer",
        source_date=date(2026, 10, 3),
        category="Research",
        tags=("R&D/é", "energy", "energy", "\x1b"),
        summary="Sum\nmary",
        sponsor="By *Acme*",
        closing=passage("Bye."),
    )

    assert (printed.link, printed.source) == ("https://review.example/w%C3%A4rme", "Example Review")
    assert (printed.author, printed.source_date, printed.category) == (
        "A. Writer",
        date(2026, 10, 3),
        "Research",
    )
    assert (printed.tags, printed.summary) == (("R&D/é", "energy"), "Sum mary")
    assert (printed.sponsor.html, printed.closing.html) == ("By <em>Acme</em>", "<p>Bye.</p>")
    assert printed.url == f"{HOME}/stories/heat/"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ('R&D at AT&T: 5 < 6 "q" 🚀', 'R&D at AT&T: 5 < 6 "q" 🚀'),
        ("The <meta> element", "The <meta> element"),
        ("A\n\ttitle  in pieces ", "A title in pieces"),
        ("N\0U\x0bL\x1b\x7f\x85\ud83d\ufffe", "NUL"),
        ("\u202eevil\u202c", "evil"),
        ("*not* Markdown", "*not* Markdown"),
        ("👩‍👩‍👧‍👦 𠮷 🇪🇸", "👩‍👩‍👧‍👦 𠮷 🇪🇸"),
    ],
)
def test_titles_are_kept_to_the_letter_but_for_what_breaks_readers(written: str, printed: str) -> None:
    edition = print_issue(issue(story(title=written), title=written))

    assert (edition.title, edition.subject, edition.stories[0].title) == (printed, printed, printed)


def test_without_a_title_the_first_words_of_the_lead_stand_in() -> None:
    edition = print_issue(
        issue(story(title=" \n", lead=passage("For the *first* time, " + "batteries " * 20)), title="")
    )

    title = "For the first time, batteries batteries batteries batteries batteries…"
    assert (edition.title, edition.stories[0].title) == (title, title)


def test_without_any_words_the_slug_stands_in() -> None:
    edition = print_issue(issue(story(title=""), title=""))

    assert (edition.title, edition.stories[0].title) == ("heat", "heat")
    assert print_issue(issue(title="")).title == "energy"


def test_a_summary_is_the_first_sentences_of_the_lead() -> None:
    printed = print_story(
        lead=passage("It **rained**[^1]. [Then](#x) it stopped.\n\n" + "Long " * 80),
        footnotes=passage("[^1]: x"),
    )

    assert printed.summary == "It rained. Then it stopped."


def test_ids_are_tag_uris_that_follow_neither_slug_nor_title_nor_host() -> None:
    before = print_issue(issue(story()))

    after = print_issue(issue(story("other", title="Other"), slug="other"), home_url="https://moved.example")

    assert (
        before.stories[0].id
        == after.stories[0].id
        == "tag:example.org,2026:0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01"
    )
    assert before.id == after.id == "tag:example.org,2026:issue:3b9d2f60-4f0c-4a2e-8d0b-7c1f5a9e2c10"


def test_an_imported_story_keeps_its_old_id() -> None:
    assert print_story(external_id="https://old.example/?p=112").id == "https://old.example/?p=112"


def test_a_single_file_issue_and_its_story_have_distinct_ids_and_pages() -> None:
    place = Place(path="issues/2026-10-09-kazan.md", line=1)
    for own in ("0d0f4a0e", None):
        only = story("kazan", place=place, folder="", id=own)

        edition = print_issue(issue(only, place=place, slug="kazan", id=own, single=True))

        assert edition.id != edition.stories[0].id
        assert (edition.url, edition.stories[0].url) == (f"{HOME}/issues/kazan/", f"{HOME}/stories/kazan/")


def test_files_without_ids_get_distinct_ones_from_their_paths() -> None:
    edition = print_issue(issue(story("a", id=None), story("b", id=None), id=None))

    assert len({edition.id, *(printed.id for printed in edition.stories)}) == 3


def test_two_stories_of_one_title_are_apart() -> None:
    edition = print_issue(issue(story("one", id="1"), story("two", id="2")))

    first, second = edition.stories
    assert first.title == second.title
    assert first.id != second.id
    assert first.url != second.url


@pytest.mark.parametrize(
    ("issue_lang", "story_lang", "expected"),
    [
        (None, None, ("en", Direction.LTR, "en", Direction.LTR)),
        (None, "ar", ("en", Direction.LTR, "ar", Direction.RTL)),
        ("he_IL", None, ("he-IL", Direction.RTL, "he-IL", Direction.RTL)),
        ("ar", "ja", ("ar", Direction.RTL, "ja", Direction.LTR)),
        ('x" onload="y', None, ("en", Direction.LTR, "en", Direction.LTR)),
    ],
)
def test_language_and_direction_go_down_from_masthead_to_story(
    issue_lang: str | None, story_lang: str | None, expected: tuple[str, Direction, str, Direction]
) -> None:
    edition = print_issue(issue(story(lang=story_lang), lang=issue_lang))

    (printed,) = edition.stories
    assert (edition.lang, edition.dir, printed.lang, printed.dir) == expected


def test_sections_keep_order_words_and_anchors_of_their_own() -> None:
    sections = (
        section(Role.KEY_TAKEAWAYS, "要点"),
        section(Role.PLAIN, "How *we* read <them>"),
        section(Role.PLAIN, "1. 方法"),
        section(Role.PLAIN, "How we read them"),
    )

    edition = print_issue(issue(story("heat", sections=sections), story("heat-1", sections=sections)))

    first, second = edition.stories
    assert [part.heading for part in first.sections] == [
        "要点",
        "How we read <them>",
        "1. 方法",
        "How we read them",
    ]
    assert [part.anchor for part in first.sections] == [
        "heat-key-takeaways",
        "heat-how-we-read-them",
        "heat-1-2",
        "heat-how-we-read-them-2",
    ]
    assert second.sections[2].anchor == "heat-1-1"
    anchors = [part.anchor for printed in edition.stories for part in printed.sections]
    assert len(anchors) == len(set(anchors))


def test_reading_time_counts_all_parts_and_both_kinds_of_script() -> None:
    words = "word " * 220
    printed = print_story(
        lead=passage(words),
        sections=(
            section(
                body=passage(words),
                takeaways=(Takeaway(lead=words, colon=":", text=words, line=1),),
                facts=(Fact(text=words, line=1),),
            ),
        ),
        closing=passage("電" * 500),
        footnotes=passage(f"[^1]: {words}"),
    )

    assert (printed.minutes, printed.words) == (7, 6 * 220 + 1 + 500)


def test_an_issue_takes_as_long_as_its_stories() -> None:
    edition = print_issue(issue(story("a", lead=passage("word " * 440)), story("b")))

    assert (edition.minutes, print_issue(issue()).minutes) == (3, 1)


def test_the_picture_of_a_story_is_printed_once_with_those_in_the_text() -> None:
    files = pictures(picture_file(), picture_file("chart.png", (30, 20)), picture_file("unused.png", (3, 2)))
    heat = story(
        image=Image(file="cover.png", alt="Bars\n", credit="Us"),
        lead=passage("![A](chart.png) ![B](cover.png)"),
    )
    bare = story("bare", image=Image(file="cover.png", alt="x", decorative=True))

    edition = print_issue(issue(heat, bare, pictures=files))

    first, second = (printed.picture for printed in edition.stories)
    assert first is not None
    assert second is not None
    assert (first.alt, first.credit, second.alt) == ("Bars", "Us", "")
    assert [(picture.width, picture.height) for picture in edition.pictures] == [(8, 6), (30, 20)]


def test_a_missing_picture_is_named_with_the_line_of_its_field() -> None:
    with pytest.raises(ContentError, match=rf"^issues/{FOLDER}/heat\.md:6: picture 'covr\.png'"):
        print_story(image=Image(file="covr.png"), lines={"image": 6})


def test_a_shared_story_finds_its_own_pictures_and_links() -> None:
    shared = story(
        "evergreen",
        place=Place(path="issues/_stories/evergreen.md"),
        folder="_stories",
        image=Image(file="cover.png", alt="x"),
        lead=passage(f"[a](../{FOLDER}/heat.md)"),
    )
    file = replace(picture_file(), path="_stories/cover.png")

    edition = print_issue(issue(story(), shared, pictures={file.path: file}))

    assert edition.stories[1].picture is not None
    assert edition.stories[1].lead.links == (f"{HOME}/stories/heat/",)


def test_a_home_url_may_have_a_path_and_a_slug_any_letters() -> None:
    edition = print_issue(issue(story("日本", title="x"), slug="é"), home_url="https://example.org/news/")

    assert edition.url == "https://example.org/news/issues/%C3%A9/"
    assert edition.stories[0].url == "https://example.org/news/stories/%E6%97%A5%E6%9C%AC/"


@given(st.text(), st.text(), st.text())
def test_whatever_the_fields_say_there_is_an_edition(title: str, lead: str, source: str) -> None:
    lead = lead.replace("![", "")

    edition = print_issue(
        issue(story(title=title, lead=passage(lead), source=source, link=title), title=title)
    )

    assert edition.title
    assert "\n" not in edition.subject + edition.preheader + edition.stories[0].source


SETTINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "fr_FR.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONUTF8": "0"},
)


def test_other_processes_print_the_same_whatever_their_locale_zone_and_hash_seed() -> None:
    program = "from tests.edition.manuscripts import *; print(ascii(print_issue(rich_issue())))"
    arguments = [sys.executable, "-c", program]

    prints = [
        subprocess.run(arguments, cwd=ROOT, env=os.environ | setting, check=True, capture_output=True).stdout
        for setting in SETTINGS
    ]

    assert {printed.decode("ascii").strip() for printed in prints} == {ascii(print_issue(rich_issue()))}


def test_eight_threads_print_the_same() -> None:
    whole = rich_issue()

    with ThreadPoolExecutor(8) as pool:
        prints = list(pool.map(print_issue, [whole] * 32))

    assert all(printed == prints[0] for printed in prints)
