"""What somebody brings is never trusted: not its names, not its sizes, not its promises."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from publisher.actions import unpacking
from publisher.actions.unpacking import is_zip, unpacked
from publisher.errors import ContentError, PublisherError


def zip_of(tmp_path: Path, files: dict[str, bytes], **options: int) -> Path:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w", **options) as archive:  # type: ignore[call-overload]  # a compression
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def test_texts_and_pictures_are_taken_and_all_else_is_counted(tmp_path: Path) -> None:
    files = dict.fromkeys(
        (
            *("a.md", "b/c.markdown", "b/d.PNG", "e.txt", "f.exe", "Makefile"),
            *("__MACOSX/a.md", ".git/x.md", "b/.DS_Store", "themes/x/y.md", "README.md"),
        ),
        b"x",
    )

    with unpacked(zip_of(tmp_path, files)) as material:
        assert material.texts == ("a.md", "b/c.markdown")
        assert material.pictures == ("b/d.PNG",)
        assert material.read("a.md") == b"x"
        assert material.left_out == {
            "exe file": 1,
            "file of the site itself (themes, layouts, data)": 2,
            "hidden file": 3,
            "nameless file": 1,
            "txt file": 1,
        }


@pytest.mark.parametrize("name", ["../a.md", "/etc/a.md", "C:/a.md", "c:\\a.md", "x/../../a.md", "..\\a.md"])
def test_a_name_that_leads_out_is_never_used(tmp_path: Path, name: str) -> None:
    with unpacked(zip_of(tmp_path, {name: b"x", "good.md": b"x"})) as material:
        assert material.texts == ("good.md",)
        assert material.left_out == {"name that leads out of the archive": 1}


def test_links_in_a_zip_or_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    folder = tmp_path / "site"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.md").symlink_to(secret)
    (folder / "out").symlink_to(tmp_path)
    (folder / "deep/b.md").write_text("mine")
    link = zipfile.ZipInfo("a.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, str(secret))

    with unpacked(folder) as material:
        assert (material.texts, material.left_out) == (("deep/b.md",), {"link to another file": 2})
    with unpacked(path) as material:
        assert (material.texts, material.left_out) == ((), {"link to another file": 1})


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"a.md": b"0" * 5_000_000}, compression=zipfile.ZIP_DEFLATED)

    with pytest.raises(PublisherError, match="packed so tightly that it must be a bomb"), unpacked(path):
        pass


def test_what_says_to_be_small_and_is_not_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"a.png": os.urandom(11 * 1024 * 1024)})

    with unpacked(path) as material, pytest.raises(ContentError, match=r"'a\.png' is larger than 10 MiB"):
        material.read("a.png")


def test_too_many_files_and_too_large_a_whole_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zip_of(tmp_path, {f"{number}.md": b"xx" for number in range(3)})
    folder = tmp_path / "site"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.md").touch()

    monkeypatch.setattr(unpacking, "FILES", 2)
    for place in (path, folder):
        with pytest.raises(PublisherError, match="has more than 2 files"), unpacked(place):
            pass
    monkeypatch.setattr(unpacking, "FILES", 20)
    monkeypatch.setattr(unpacking, "TOTAL_BYTES", 5)
    with pytest.raises(PublisherError, match="would be larger than"), unpacked(path):
        pass


def test_an_encrypted_zip_is_one_sentence(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"a.md": b"x"})
    body = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.index(signature) + offset
        body[at : at + 2] = struct.pack("<H", 1)
    path.write_bytes(body)

    with pytest.raises(PublisherError, match=r"'site\.zip' is encrypted \(unpack it"), unpacked(path):
        pass


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\xff" * 30])
def test_a_broken_zip_is_one_sentence(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "site.zip"
    path.write_bytes(body)

    with pytest.raises(PublisherError, match="is no zip, or a broken one"), unpacked(path):
        pass


def test_a_file_that_is_broken_inside_a_zip_spoils_nothing_else(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"a.md": b"first text", "b.md": b"second text"})
    path.write_bytes(path.read_bytes().replace(b"first text", b"fiRst text", 1))

    with unpacked(path) as material:
        with pytest.raises(ContentError, match=r"'a\.md' is broken in the zip"):
            material.read("a.md")
        assert material.read("b.md") == b"second text"


def test_a_zip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    other = tmp_path / "a.zip"
    other.write_text("no zip")

    assert is_zip(zip_of(tmp_path, {"a.md": b""}))
    assert not is_zip(other)
    assert not is_zip(tmp_path / "none")
