from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.rules import Rules
from tests.check.issues import BODY, found, picture, read, single

LONG = BODY.replace("Lead.", "word " * 60)
HEAD_PICTURE = "image: a.png\nimage_alt: Rows of batteries"


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that claims such a size and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ("image: a.png", LONG, ["heat.md:6 E501"]),
        ("image: a.png\nimage_alt: ''", LONG, ["heat.md:6 E501"]),
        ("image: a.png\nimage_decorative: true", LONG, []),
        ("image: a.png\nimage_decorative: false", LONG, ["heat.md:6 E501"]),
        (HEAD_PICTURE, LONG, []),
        ("tags: []", f"![](a.png)\n\n{LONG}", ["heat.md:9 E501"]),
        ("tags: []", f"a\n\n![ ][p]\n\n[p]: a.png\n\n{LONG}", ["heat.md:11 E501"]),
        ("tags: []", f"![A *plant*](a.png)\n\n{LONG}", []),
        ("tags: []", f"![](https://a.b/c.png)\n\n{LONG}", ["heat.md:9 E501"]),
        ("image: a.png\nimage_alt: cover.JPG", LONG, ["heat.md:6 W503"]),
        ("image: a.png\nimage_alt: IMG_2041", LONG, ["heat.md:6 W503"]),
        ("tags: []", f"![DSC0042.jpeg](a.png)\n\n{LONG}", ["heat.md:9 W503"]),
    ],
)
def test_pictures_say_what_they_show(tmp_path: Path, fields: str, body: str, expected: list[str]) -> None:
    assert found(single(tmp_path, fields, body, a_png=picture(10, 10))) == expected


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param(picture(1200, 10), [], id="png"),
        pytest.param(picture(1200, 10, "JPEG"), [], id="jpeg"),
        pytest.param(picture(1200, 10, "GIF"), [], id="gif"),
        pytest.param(picture(1200, 10, "WEBP"), [], id="webp"),
        pytest.param(picture(1201, 10), ["W504"], id="wide"),
        pytest.param(picture(10, 10) + bytes(200_000), ["W504"], id="heavy"),
        pytest.param(picture(10, 10, "TIFF"), ["E506"], id="tiff"),
        pytest.param(b"<svg/>", ["E506"], id="svg"),
        pytest.param(b"", ["E506"], id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", ["E506"], id="torn"),
        pytest.param(bomb(10_000, 5_001), ["E507"], id="large"),
        pytest.param(bomb(10_000, 10_000), ["E507"], id="large enough for a warning of Pillow"),
        pytest.param(bomb(60_000, 60_000), ["E507"], id="bomb"),
    ],
)
def test_files_are_pictures_that_fit(tmp_path: Path, content: bytes, codes: list[str]) -> None:
    reading = single(tmp_path, HEAD_PICTURE, LONG, a_png=content)

    assert [each.split()[1] for each in found(reading)] == codes


def test_a_newsroom_sets_its_own_limits(tmp_path: Path) -> None:
    reading = single(tmp_path, HEAD_PICTURE, LONG, a_png=picture(800, 10))

    assert found(reading, rules=Rules(picture_width=700)) == ["heat.md:6 W504"]


def test_a_picture_that_is_shown_twice_is_told_once(tmp_path: Path) -> None:
    reading = single(tmp_path, HEAD_PICTURE, f"![x](a.png)\n\n{LONG}", a_png=b"no")

    assert found(reading) == ["heat.md:6 E506"]


def test_pictures_around_the_stories_are_looked_at_too(tmp_path: Path) -> None:
    story = f"---\nid: s\ntitle: S\nsource: A\n---\n\n{LONG}"
    issue = "---\nid: i\ntitle: E\n---\n\n![](a.png)\n"

    assert found(read(tmp_path, {"e/issue.md": issue, "e/s.md": story, "e/a.png": b"no"}, "e")) == [
        "issue.md:6 E501",
        "issue.md:6 E506",
    ]


def test_an_issue_of_pictures_alone_is_a_warning(tmp_path: Path) -> None:
    few = single(tmp_path / "few", HEAD_PICTURE, "Come.", a_png=picture(10, 10))
    many = single(tmp_path / "many", HEAD_PICTURE, LONG, a_png=picture(10, 10))
    none = single(tmp_path / "none", body="Come.")
    unspaced = single(tmp_path / "unspaced", HEAD_PICTURE, "紙は冬に漉く。" * 20, a_png=picture(10, 10))

    assert [found(reading) for reading in (few, many, none, unspaced)] == [["heat.md:3 W505"], [], [], []]


def test_a_missing_picture_is_told_once_by_reading(tmp_path: Path) -> None:
    reading = single(tmp_path, HEAD_PICTURE, LONG)

    assert [finding.code for finding in check(reading.issue, found=reading.findings)] == ["E502"]
