from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import html5lib
import pytest

from publisher.model.edition import Correction, Edition
from publisher.model.phrases import PHRASES
from publisher.outputs.article import issue_html, story_html
from publisher.outputs.corrections import correction_lines
from publisher.outputs.labels import LABELS, labels
from tests.editions import arabic_story, laboratory_story, rich_edition
from tests.sites import publish

AT = datetime(2026, 10, 6, 22, 30, tzinfo=UTC)
LINE = (
    '<p lang="en">Corrected on <time datetime="2026-10-06T22:30:00Z">7 October 2026</time>: '
    '<bdi lang="en">It was 1958, not &lt;1985&gt;.</bdi></p>'
)
ARTICLE = (
    '<p>Corrected on <time datetime="2026-10-06T22:30:00Z">7 October 2026</time>: '
    "It was 1958, not &lt;1985&gt;.</p>"
)


def corrected(*stories: str, note: str = "It was 1958,\n not <1985>.") -> Edition:
    """Return the sample issue after a correction late in the evening."""
    return replace(rich_edition(), corrections=(Correction(at=AT, note=note, stories=stories),))


def pages(edition: Edition) -> dict[str, str]:
    _, parts = publish(edition)
    return {part.path: part.body.decode() for part in parts if part.path}


def test_a_corrected_story_and_its_issue_say_when_and_what_for_on_the_publications_clock() -> None:
    found = pages(corrected(laboratory_story().id))

    assert {path for path, page in found.items() if LINE in page} == {
        "/issues/notebooks/",
        "/stories/laboratory/",
    }
    assert "Corrected" not in found["/stories/meta-element/"]


def test_a_correction_in_the_issues_own_words_is_told_there_alone() -> None:
    found = pages(corrected())

    assert {path for path, page in found.items() if LINE in page} == {"/issues/notebooks/"}


def test_all_corrections_of_an_issue_are_told_oldest_first() -> None:
    first, second = corrected("x").corrections[0], Correction(at=AT.replace(day=9), note="Again.")
    page = pages(replace(rich_edition(), corrections=(first, second)))["/issues/notebooks/"]

    assert 0 < page.index("7 October 2026</time>: ") < page.index("10 October 2026</time>: ")


def test_feeds_show_a_correction_before_the_source() -> None:
    edition = corrected(laboratory_story().id)
    story = edition.stories[0]

    html = story_html(story, corrections=correction_lines(edition, story))

    assert html.splitlines()[-2] == ARTICLE
    assert issue_html(edition).endswith(ARTICLE)
    assert html5lib.HTMLParser(strict=True).parseFragment(html) is not None


@pytest.mark.parametrize("output", ["atom", "rss", "json"])
def test_the_entries_of_a_corrected_story_and_its_issue_tell_it_and_no_other_does(output: str) -> None:
    _, parts = publish(corrected(laboratory_story().id))

    told = {part.key for part in parts if part.output == output and "Corrected on" in part.body.decode()}

    assert told == {"", "laboratory"}


def test_mails_tell_of_no_correction() -> None:
    _, parts = publish(corrected(laboratory_story().id))

    assert not [part for part in parts if part.output in ("email", "text") and b"Corrected" in part.body]


def test_without_a_note_the_day_stands_alone() -> None:
    (line,) = correction_lines(corrected(note=""))

    assert line.text == "Corrected on 7 October 2026"
    assert line.html == ('<p>Corrected on <time datetime="2026-10-06T22:30:00Z">7 October 2026</time></p>')


def test_a_story_in_another_language_says_it_in_that_language() -> None:
    edition = corrected(arabic_story().id)

    (line,) = correction_lines(edition, arabic_story())

    assert line.text == "صُحّح في 7 أكتوبر 2026: It was 1958, not <1985>."


def test_labels_are_there_in_the_languages_of_mails() -> None:
    assert LABELS.keys() == PHRASES.keys()


@pytest.mark.parametrize("lang", sorted(LABELS))
def test_every_label_is_there_and_has_a_place_for_a_day_where_one_goes(lang: str) -> None:
    said = asdict(labels(lang))

    assert all(said.values())
    assert {key: text.count("{}") for key, text in said.items() if "{}" in text} == {
        "corrected": 1,
        "corrected_why": 2,
        "gone": 1,
    }
    assert labels(f"{lang}-XY") is labels(lang)
