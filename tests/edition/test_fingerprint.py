from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.edition.fingerprint import canonical
from publisher.edition.press import press
from publisher.errors import Place
from publisher.model.edition import Masthead
from publisher.model.issue import Intent, Issue
from publisher.model.story import Fact, Image, Role, Story, Takeaway
from tests.edition.manuscripts import (
    MASTHEAD,
    issue,
    passage,
    picture_file,
    pictures,
    print_issue,
    rich_issue,
    section,
    story,
)

UNSEEN_OF_AN_ISSUE = {"when", "timezone", "status", "number", "notes", "allow", "lines", "moved"}
UNSEEN_OF_A_STORY = {"weight", "notes", "allow", "lines", "moved"}


def test_the_hash_is_a_sha_256() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", of(rich_issue()))


@given(
    when=st.none() | st.dates() | st.datetimes(),
    status=st.sampled_from(Intent),
    number=st.none() | st.integers(),
    notes=st.none() | st.text(),
    allow=st.lists(st.text()).map(tuple),
    lines=st.dictionaries(st.text(), st.integers(min_value=1)),
)
def test_what_no_reader_sees_is_not_covered(**unseen: object) -> None:
    whole = rich_issue()

    changed: Any = replace(whole, **unseen)  # type: ignore[arg-type]  # each is drawn for its field

    assert of(changed) == of(whole)


@pytest.mark.parametrize(
    "change",
    [
        {"when": date(2027, 1, 1)},
        {"when": datetime(2027, 1, 1, 6, 30, tzinfo=UTC), "timezone": "Asia/Kolkata"},
        {"status": Intent.READY},
        {"number": 42},
        {"notes": "remember"},
        {"allow": ("W204",)},
        {"lines": {"title": 3}},
        {"moved": {3: 4}},
        {"lists": ("weekly",)},
        {"theme": "default"},
        {"subject": "Energy"},
    ],
)
def test_intent_and_notes_of_an_issue_are_not_covered(change: dict[str, Any]) -> None:
    assert of(replace(rich_issue(), **change)) == of(rich_issue())


@pytest.mark.parametrize(
    "change",
    [
        {"weight": 9},
        {"notes": "remember"},
        {"allow": ("W204",)},
        {"lines": {"title": 3, "link": 4}},
        {"moved": {3: 4}},
    ],
)
def test_weight_and_notes_of_a_story_are_not_covered(change: dict[str, Any]) -> None:
    assert of(with_story(change)) == of(rich_issue())


def test_where_a_line_stands_is_not_covered() -> None:
    moved = {"lead": replace(rich_issue().stories[0].lead, line=99)}

    assert of(with_story(moved)) == of(rich_issue())


def test_from_where_the_program_was_started_is_not_covered() -> None:
    whole = issue(story(id=None), id=None)

    elsewhere = issue(
        story(id=None, place=Place(path=f"/srv/news/{PurePosixPath(whole.stories[0].place.path)}")),
        id=None,
        place=Place(path=f"/srv/news/{whole.place.path}"),
    )

    assert of(elsewhere) == of(whole)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"subject": "Other"},
        {"preheader": "Other"},
        {"tags": ("other",)},
        {"lists": ()},
        {"lists": ("weekly", "daily")},
        {"segment": "tag:energy"},
        {"lang": "es"},
        {"theme": "dark"},
        {"sponsor": "Other"},
        {"sponsor_after": 2},
        {"opening": passage("Other")},
        {"closing": passage("Other")},
        {"stories": rich_issue().stories[::-1]},
        {"stories": rich_issue().stories[:1]},
        {"pictures": pictures(picture_file(size=(9, 6)), picture_file("chart.png", (30, 20)))},
        {"id": "other"},
        {"slug": "other"},
    ],
)
def test_all_that_readers_see_of_an_issue_is_covered(change: dict[str, Any]) -> None:
    assert of(replace(rich_issue(), **change)) != of(rich_issue())


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"link": "https://other.example/"},
        {"source": "Other"},
        {"author": "Other"},
        {"source_date": date(2026, 1, 1)},
        {"category": "Other"},
        {"tags": ()},
        {"lang": "es"},
        {"summary": "Other"},
        {"sponsor": "Other"},
        {"image": Image(file="chart.png", alt="Bars", credit="Us")},
        {"image": Image(file="cover.png", alt="Other", credit="Us")},
        {"image": Image(file="cover.png", alt="Bars", credit="Other")},
        {"lead": passage("Other[^1][^2][l]")},
        {"sections": ()},
        {"sections": (section(Role.WHY_IT_MATTERS, "Why"),)},
        {"sections": (section(takeaways=(Takeaway(lead="A", colon=":", text="b", line=1),)),)},
        {"sections": (section(facts=(Fact(text="b", line=1),)),)},
        {"closing": passage("Other.\n\n[l]: https://lab.example.net/list")},
        {"footnotes": passage("[^1]: Other.\n[^2]: See [next](sun.md).")},
        {"external_id": "https://old.example/1"},
        {"old_paths": ("/blog/a/",)},
    ],
)
def test_all_that_readers_see_of_a_story_is_covered(change: dict[str, Any]) -> None:
    assert of(with_story(change)) != of(rich_issue())


@pytest.mark.parametrize("name", [field.name for field in fields(Masthead)])
def test_the_whole_masthead_is_covered(name: str) -> None:
    assert print_issue(rich_issue(), **{name: "xx"}).content_hash != of(rich_issue())


def test_every_field_is_known_to_be_covered_or_not() -> None:
    covered_of_an_issue = {
        *(
            "place",
            "slug",
            "title",
            "id",
            "subject",
            "preheader",
            "tags",
            "lists",
            "segment",
            "lang",
            "theme",
            "sponsor",
        ),
        *("sponsor_after", "opening", "closing", "stories", "pictures", "single"),
    }
    covered_of_a_story = {
        *("place", "folder", "slug", "title", "id", "link", "source", "author", "source_date", "category"),
        *(
            "external_id",
            "tags",
            "image",
            "lang",
            "summary",
            "sponsor",
            "lead",
            "sections",
            "closing",
            "footnotes",
            "old_paths",
        ),
    }

    assert {field.name for field in fields(Issue)} == covered_of_an_issue | UNSEEN_OF_AN_ISSUE
    assert {field.name for field in fields(Story)} == covered_of_a_story | UNSEEN_OF_A_STORY


def test_a_field_that_is_younger_than_approvals_changes_no_hash_where_it_is_empty() -> None:
    old = replace(rich_issue().stories[0], old_paths=("/blog/a/",))

    assert "old_paths" not in canonical(print_issue(rich_issue()))
    assert '"old_paths":["/blog/a/"]' in canonical(print_issue(replace(rich_issue(), stories=(old,))))


def test_a_segment_is_covered_as_the_filter_that_it_means() -> None:
    whole = rich_issue()
    written, named = (replace(whole, segment=text) for text in ("( tag:energy )", "fans"))

    plain, known = print_issue(written), {"fans": "tag:energy"}

    assert press(named, MASTHEAD, default_lists=("weekly",), segments=known).segment == plain.segment
    assert '"segment":"tag:energy"' in canonical(plain)
    assert "segment" not in canonical(print_issue(whole))


def of(whole: Issue) -> str:
    return print_issue(whole).content_hash


def with_story(change: dict[str, Any]) -> Issue:
    """Return the rich issue with its first story changed."""
    whole = rich_issue()
    first, *others = whole.stories
    return replace(whole, stories=(replace(first, **change), *others))
