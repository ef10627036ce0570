from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.model.shelves import (
    DOCUMENT,
    ISSUES,
    STORIES,
    Filed,
    Shelf,
    Volume,
    address,
    list_shelf,
    shelf_of,
    tag_name,
    tag_shelf,
    volumes,
)


@pytest.mark.parametrize(
    ("tag", "name", "encoded"),
    [
        ("Energy", "energy", "energy"),
        ("Grid  batteries", "grid-batteries", "grid-batteries"),
        ("R&D/é", "r&d-é", "r%26d-%C3%A9"),
        ("C++", "c++", "c%2B%2B"),
        ("C#", "c#", "c%23"),
        ("電力", "電力", "%E9%9B%BB%E5%8A%9B"),
        (".net", "net", "net"),
        ("..", "-", "-"),
        ("../../etc", "-..-etc", "-..-etc"),
        ("\u202e", "-", "-"),
        ("50%", "50%", "50%25"),
        ("Index.html", "index.html-0eb54730", "index.html-0eb54730"),
        ("feed.atom", "feed.atom", "feed.atom"),
    ],
)
def test_a_tag_has_a_readable_name_in_addresses(tag: str, name: str, encoded: str) -> None:
    assert tag_name(tag) == name
    assert address(name) == encoded


def test_tags_that_differ_in_case_and_spaces_share_a_shelf_and_others_do_not() -> None:
    assert tag_shelf("Open Data").key == tag_shelf(" open   data").key == "tag:open-data"
    assert tag_shelf("e\u0301").key == tag_shelf("\u00e9").key
    assert len({tag_shelf(tag).key for tag in ("C", "C++", "C#", "R&D", "R+D")}) == 5


@given(st.text())
@example("x" * 500)
@example("電" * 200)
@example("a/" * 100)
def test_the_name_of_a_tag_is_the_name_of_one_file_anywhere(tag: str) -> None:
    name = tag_name(tag)

    assert PurePosixPath(name).parts == (name,)
    assert not name.startswith(".")
    assert 0 < len(name.encode()) <= 89
    assert name == unicodedata.normalize("NFC", name)
    assert not any(char.isspace() or unicodedata.category(char) == "Cc" for char in name)
    assert address(name).isascii()


@given(st.text(alphabet="ab", min_size=100, max_size=200))
def test_long_tags_that_differ_at_their_end_stay_apart(tag: str) -> None:
    assert tag_name(tag + "1") != tag_name(tag + "2")


@pytest.mark.parametrize("name", ["index.html", "index.html.gz", "index.html.br"])
def test_no_tag_has_the_name_of_a_file_beside_the_folders_of_tags(name: str) -> None:
    spellings = (name, name.upper(), f".{name}", f"-{name}", f"{name}-")

    assert name not in {tag_name(spelt) for spelt in spellings}
    assert len({tag_name(spelt) for spelt in (name, *spellings[-2:])}) == 3


@pytest.mark.parametrize("shelf", [STORIES, ISSUES, tag_shelf("a:b"), list_shelf("weekly")])
def test_a_shelf_is_known_by_its_key(shelf: Shelf) -> None:
    assert shelf_of(shelf.key, shelf.title) == shelf


def test_feeds_of_a_shelf_stand_in_its_folder() -> None:
    found = [shelf.folder for shelf in (STORIES, ISSUES, tag_shelf("R&D"), list_shelf("weekly"))]

    assert found == ["", "/issues", "/tags/r&d", "/lists/weekly"]


def test_only_the_feeds_that_hold_everything_once_are_archived() -> None:
    shelves = (STORIES, ISSUES, tag_shelf("R&D"), list_shelf("weekly"))

    assert [shelf.is_archived for shelf in shelves] == [True, True, False, False]


def test_an_entry_is_archived_in_the_month_of_its_publication_in_utc() -> None:
    late = datetime.fromisoformat("2026-11-01T00:30:00+02:00")
    filed = Filed(shelf="stories", entry="a", edition=1, key="a", title="", published=late, updated=late)

    assert filed.month == "2026-10"
    assert datetime(2026, 10, 31, 22, 30, tzinfo=UTC) == late


def test_a_month_has_as_many_documents_as_its_entries_need() -> None:
    assert volumes("2026-10", 0) == ()
    assert volumes("2026-10", DOCUMENT) == (Volume("2026-10"),)
    assert [each.name for each in volumes("2026-10", 2 * DOCUMENT + 1)] == [
        "2026-10",
        "2026-10-2",
        "2026-10-3",
    ]
