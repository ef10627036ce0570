from __future__ import annotations

import unicodedata
from datetime import datetime
from pathlib import Path

import pytest

from publisher.content.folder import read_issue
from publisher.content.reading import STORIES
from publisher.model.issue import Intent, Issue, Reading
from publisher.model.story import Role
from tests.content.seeds import story, write

SINGLE = """---
id: a1
title: Kazan
date: 2026-10-06T06:30
status: ready
number: 41
lists: [weekly]
tags: [world]
image: pictures/cover one.jpg
image_alt: A kremlin
link: https://a.b
sponsor: acme
---

Lead with ![a picture](in%20line.png) and ![another](https://a.b/c.png).

## Key Takeaways

- **A:** b

## Closing

End.
"""


def read(root: Path, name: str = "energy") -> Issue:
    reading = read_issue(root, name)
    assert reading.issue is not None, reading.findings
    return reading.issue


def found(reading: Reading) -> list[str]:
    return [f"{finding.place}: {finding.code}" for finding in reading.findings]


def frame(fields: str = "", body: str = "Hello.") -> str:
    return f"---\nid: i1\ntitle: Energy\n{fields}\n---\n\n{body}\n"


def folder(tmp_path: Path, issue: str, *names: str) -> Path:
    """Write an issue `energy` with stories of these names."""
    files = {f"2026-10-06-energy/{name}.md": story(name) for name in names}
    return write(tmp_path, {"2026-10-06-energy/issue.md": issue} | files)


def test_the_short_form_is_issue_and_story_in_one(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "2026-10-09-kazan.md": SINGLE,
            "pictures/cover one.jpg": b"cover",
            "in line.png": b"inline",
            "_sponsors/acme.md": "---\n---\nBuy **anvils**.<!-- paid -->\n",
        },
    )

    reading = read_issue(root, "kazan")
    issue = read(root, "kazan")

    assert (reading.slug, issue.slug, issue.id, issue.title, issue.number) == (
        "kazan",
        "kazan",
        "a1",
        "Kazan",
        41,
    )
    assert issue.when == datetime(2026, 10, 6, 6, 30)  # noqa: DTZ001 - a wall clock
    assert (issue.status, issue.lists, issue.single) == (Intent.READY, ("weekly",), True)
    assert (issue.sponsor, issue.stories[0].sponsor) == ("Buy **anvils**.", None)
    assert not issue.opening
    only = issue.stories[0]
    assert (only.slug, only.id, only.title, only.folder, only.link) == (
        "kazan",
        "a1",
        "Kazan",
        "",
        "https://a.b",
    )
    assert only.image is not None
    assert (only.image.file, only.image.alt) == ("pictures/cover one.jpg", "A kremlin")
    assert {path: file.body for path, file in issue.pictures.items()} == {
        "pictures/cover one.jpg": b"cover",
        "in line.png": b"inline",
    }
    assert reading.elsewhere == ("_sponsors/acme.md", "in line.png", "pictures/cover one.jpg")
    assert found(reading) == []
    assert (str(issue.place), issue.line_of("number"), issue.line_of("theme")) == (
        "issues/2026-10-09-kazan.md:1",
        6,
        1,
    )


def test_a_folder_is_read_in_the_order_that_the_issue_lists(tmp_path: Path) -> None:
    root = folder(tmp_path, frame("stories: [heat, grid]", "Hello.\n\n## Closing\n\nBye."), "grid", "heat")

    issue = read(root)

    assert [(each.slug, each.title, each.folder) for each in issue.stories] == [
        ("heat", "heat", "2026-10-06-energy"),
        ("grid", "grid", "2026-10-06-energy"),
    ]
    assert (issue.opening.markdown, issue.opening.line, issue.closing.markdown) == ("Hello.", 7, "Bye.")
    assert (issue.single, issue.stories[0].parts(Role.KEY_TAKEAWAYS)[0].line) == (False, 9)


def test_without_a_list_stories_come_by_weight_and_then_by_name(tmp_path: Path) -> None:
    root = folder(tmp_path, frame(), "b", "a", "d")
    write(tmp_path, {"2026-10-06-energy/z.md": story("z").replace("source", "weight: 1\nsource")})
    write(tmp_path, {"2026-10-06-energy/y.md": story("y").replace("source", "weight: -1\nsource")})
    write(tmp_path, {"2026-10-06-energy/_note.md": "", "2026-10-06-energy/README.md": ""})

    assert [each.slug for each in read(root).stories] == ["y", "z", "a", "b", "d"]


def test_stories_come_from_shared_folders_and_other_issues_too(tmp_path: Path) -> None:
    root = folder(tmp_path, frame("stories: [_stories/ever, _kept, 2026-10-01-old/x, old/y.md]"), "_kept")
    write(
        tmp_path,
        {f"{name}.md": story(name[-1]) for name in ("_stories/ever", "2026-10-01-old/x", "2026-10-01-old/y")},
    )

    reading = read_issue(root, "energy")

    assert reading.issue is not None
    assert [(each.slug, each.folder) for each in reading.issue.stories] == [
        ("ever", "_stories"),
        ("kept", "2026-10-06-energy"),
        ("x", "2026-10-01-old"),
        ("y", "2026-10-01-old"),
    ]
    assert reading.elsewhere == ("2026-10-01-old/x.md", "2026-10-01-old/y.md", "_stories/ever.md")


def test_a_picture_of_a_shared_story_is_a_file_elsewhere_and_an_own_one_is_not(tmp_path: Path) -> None:
    root = folder(tmp_path, frame("stories: [_stories/ever, own]"), "own")
    pictures = {"_stories/ever.md": "a.png", "2026-10-06-energy/own.md": "pictures/b.png"}
    write(tmp_path, {name: f"{story('x')}\n![It](<{picture}>)\n" for name, picture in pictures.items()})

    reading = read_issue(root, "energy")

    assert reading.elsewhere == ("_stories/a.png", "_stories/ever.md")


def test_missing_twice_listed_and_forgotten_stories_are_told_where_the_list_stands(tmp_path: Path) -> None:
    root = folder(tmp_path, frame("stories: [grid, haet, grid, _stories/no, ../../x, a/b/c]"), "grid", "heat")

    reading = read_issue(root, "energy")

    issue_file = "issues/2026-10-06-energy/issue.md:4"
    assert found(reading) == [f"{issue_file}: {code}" for code in ["E022"] * 4 + ["E030", "W023"]]
    assert "did you mean heat?" in [finding.fix for finding in reading.findings]
    assert [each.slug for each in read(root).stories] == ["grid"]


def test_names_are_compared_whatever_form_their_accents_have(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    text = story("x").replace("source", f"image: {composed}.png\nimage_alt: x\nsource")
    root = folder(tmp_path, frame(f"stories: [{composed}]"))
    write(tmp_path, {f"2026-10-06-energy/{decomposed}.md": text, f"2026-10-06-energy/{decomposed}.png": b"1"})

    issue = read(root)

    assert [each.slug for each in issue.stories] == [composed]
    assert list(issue.pictures) == [f"2026-10-06-energy/{composed}.png"]


def test_each_broken_file_is_one_finding_and_the_issue_is_not_read(tmp_path: Path) -> None:
    root = folder(tmp_path, frame(), "fine")
    broken = {
        "half": b"---\ntitle: Half",
        "large": b"a" * 2_000_000,
        "nul": b"---\ntitle: a\0b\n---\n",
        "latin": "---\ntitle: Caf\xe9\n---\n".encode("latin-1"),
        "yaml": b"---\ntitle: a: b\n---\n",
        "seed": b"---\ntitle: a\n---\nKey Takeaways\n-\nA: b\nDeep Analysis\nc",
        "empty": b"",
    }
    write(tmp_path, {f"2026-10-06-energy/{name}.md": text for name, text in broken.items()})

    reading = read_issue(root, "energy")

    assert reading.issue is None
    assert [(Path(finding.place.path).stem, finding.code) for finding in reading.findings] == [
        ("empty", "E005"),
        ("half", "E005"),
        ("large", "E003"),
        ("latin", "E002"),
        ("nul", "E004"),
        ("seed", "E013"),
        ("yaml", "E007"),
    ]


def test_a_broken_issue_leaves_others_alone(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.md": "---\ntitle: a: b\n---\n", "b.md": story("b")})

    assert found(read_issue(root, "a")) == ["issues/a.md:2:8: E007"]
    assert found(read_issue(root, "b")) == []


def test_copies_inside_of_an_issue_are_errors_and_no_stories(tmp_path: Path) -> None:
    root = folder(tmp_path, frame(), "heat", "heat 1", "grid (conflicted copy)")

    reading = read_issue(root, "energy")

    assert [finding.code for finding in reading.findings] == ["E024", "E024"]
    assert [each.slug for each in read(root).stories] == ["heat"]


def test_an_issue_without_stories_or_titles_is_an_error(tmp_path: Path) -> None:
    root = folder(tmp_path, "---\nid: i\ntitle:\n---\n")
    write(tmp_path, {"2026-10-07-x/issue.md": frame(), "2026-10-07-x/a.md": "---\nid: a\n---\n"})

    assert found(read_issue(root, "energy")) == [
        "issues/2026-10-06-energy/issue.md:1: E028",
        "issues/2026-10-06-energy/issue.md:3: E029",
    ]
    assert found(read_issue(root, "x")) == ["issues/2026-10-07-x/a.md:1: E029"]


def test_two_stories_with_one_slug_are_an_error(tmp_path: Path) -> None:
    root = folder(tmp_path, frame("stories: [heat, _stories/heat]"), "heat")
    write(tmp_path, {"_stories/heat.md": story("Heat")})

    assert found(read_issue(root, "energy")) == ["issues/_stories/heat.md:1: E026"]


def test_a_slug_in_front_matter_wins_over_the_name(tmp_path: Path) -> None:
    root = write(tmp_path, {"2026-10-06-energy.md": story("x").replace("source", "slug: heat-wave\nsource")})

    reading = read_issue(root, "energy")

    assert reading.slug == "energy"
    assert (read(root).slug, read(root).stories[0].slug) == ("heat-wave", "heat-wave")


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("covr.jpg", "E502"),
        ("https://a.b/c.jpg", "E502"),
        ("../../secret.jpg", "E025"),
        ("linked.jpg", "E025"),
        ("large.jpg", "E508"),
        ("pictures", "E025"),
    ],
)
def test_pictures_that_cannot_be_read_are_told_where_they_are_named(
    tmp_path: Path, image: str, code: str
) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    text = story("x").replace("source", f"image: {image}\nimage_alt: x\nsource")
    root = write(
        tmp_path,
        {
            "e/issue.md": frame(),
            "e/x.md": text,
            "e/cover.jpg": b"",
            "e/large.jpg": bytes(10 * 1024 * 1024 + 1),
        },
    )
    (root / "e" / "linked.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "e" / "pictures").mkdir()

    reading = read_issue(root, "e")

    assert found(reading) == [f"issues/e/x.md:4: {code}"]
    assert reading.issue is not None
    assert reading.issue.pictures == {}


def test_a_missing_picture_in_the_text_is_told_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    text = story("x").replace("A lead", "![A cover](covr.jpg)")
    root = write(tmp_path, {"e/issue.md": frame(), "e/x.md": text, "e/cover.jpg": b"1"})

    reading = read_issue(root, "e")

    assert found(reading) == ["issues/e/x.md:7: E502"]
    assert str(reading.findings[0]).endswith(
        "picture 'covr.jpg' is not in the folder (did you mean 'cover.jpg'?)"
    )


@pytest.mark.parametrize(
    ("sponsor", "words"),
    [("acme", "Anvils."), ("Words of *Acme*", "Words of *Acme*"), ("acne", None)],
)
def test_a_sponsor_is_a_file_or_words(tmp_path: Path, sponsor: str, words: str | None) -> None:
    root = folder(tmp_path, frame(f"sponsor: {sponsor}"), "a")
    write(tmp_path, {"_sponsors/acme.md": "Anvils.\n"})

    reading = read_issue(root, "energy")

    assert read(root).sponsor == words
    assert [finding.code for finding in reading.findings] == ([] if words else ["E034"])


def test_more_stories_than_an_issue_may_have_are_an_error(tmp_path: Path) -> None:
    root = folder(tmp_path, frame(), *(f"s{number}" for number in range(STORIES + 1)))

    reading = read_issue(root, "energy")

    assert [finding.code for finding in reading.findings] == ["E027"]
    assert reading.issue is not None
    assert len(reading.issue.stories) == STORIES


def test_more_pictures_than_an_issue_may_weigh_are_an_error(tmp_path: Path) -> None:
    names = [f"p{number}.png" for number in range(12)]
    text = story("x") + "".join(f"![x]({name})\n" for name in names)
    root = write(
        tmp_path, {"e/issue.md": frame(), "e/x.md": text} | {f"e/{name}": bytes(9_000_000) for name in names}
    )

    reading = read_issue(root, "e")

    assert reading.issue is None
    assert [finding.code for finding in reading.findings] == ["E027"]


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    root = folder(tmp_path, frame(), "a", "b")

    assert read_issue(root, "energy") == read_issue(root, "energy")
