"""Feeds: ids that never change, and titles that survive."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.model.records import PublicStory
from tests.check.issues import HEAD, read, short, single
from tests.check.printed import edition_of, proofread


def public(tmp_path: Path, **fields: str) -> Facts:
    """Return facts with the one story as it is public, with some fields changed."""
    edition = edition_of(single(tmp_path / "public", "link: https://a.example/x").issue)
    values = {"id": edition.stories[0].id, "slug": "heat", "link": "https://a.example/x", "issue": "heat"}
    return Facts(public=(PublicStory(**{**values, **fields}, number=1),))


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"id": "tag:other"}, ["E901"]),
        ({"id": "tag:other", "slug": "old-name"}, ["E901"]),
        ({"id": "tag:other", "slug": "old-name", "link": ""}, []),
        ({"id": "tag:other", "issue": "another", "link": ""}, []),
    ],
)
def test_a_public_story_keeps_its_id(tmp_path: Path, changed: dict[str, str], codes: list[str]) -> None:
    reading = single(tmp_path, "link: https://a.example/x")

    found = proofread(reading, facts=public(tmp_path, **changed))

    assert [short(each) for each in found if each.code[1] == "9"] == [f"heat.md:2 {code}" for code in codes]
    assert all("tag:other" in each.what for each in found if each.code == "E901")


def test_a_public_story_may_have_the_address_that_another_one_had(tmp_path: Path) -> None:
    reading = single(tmp_path, "link: https://a.example/x")
    (own,) = public(tmp_path, slug="old-name", link="").public
    (other,) = public(tmp_path, id="tag:other").public

    found = proofread(reading, facts=Facts(public=(own, other)))

    assert "E901" not in [each.code for each in found]


@pytest.mark.parametrize(
    ("title", "swallowed"),
    [
        ("What <canvas> can do", "<canvas>"),
        ("An end </b> of it", "</b>"),
        ("A <!-- note", "<!"),
        ("Fish &amp; chips", "&amp;"),
        ("A &#8217; mark", "&#8217;"),
        ("5 < 6 and 7 > 6", None),
        ("R&D at AT&T; and more", None),
        ("I <3 batteries", None),
        ("Left << right", None),
    ],
)
def test_titles_survive_programs_that_take_them_for_html(
    tmp_path: Path, title: str, swallowed: str | None
) -> None:
    head = HEAD.replace("Heat returns to the north", f'"{title}"')
    reading = read(tmp_path, {"heat.md": head.format(fields="tags: []", body="Text.")})

    found = [each for each in check(reading.issue) if each.code == "W902"]

    assert [short(each) for each in found] == (["heat.md:3 W902"] if swallowed else [])
    assert all(f"'{swallowed}'" in each.what for each in found)
