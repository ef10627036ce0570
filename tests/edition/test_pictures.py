from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Canvas

from publisher.edition.pictures import Album
from publisher.errors import ContentError, Place
from publisher.model.issue import PictureFile
from tests.edition.manuscripts import FOLDER, HOME, picture_file, pictures

PLACE = Place(path=f"issues/{FOLDER}/heat.md", line=4)


@pytest.mark.parametrize(
    ("kind", "media_type", "suffix"),
    [
        ("JPEG", "image/jpeg", "jpg"),
        ("PNG", "image/png", "png"),
        ("GIF", "image/gif", "gif"),
        ("WEBP", "image/webp", "webp"),
    ],
)
def test_a_picture_is_named_and_measured_by_its_bytes(kind: str, media_type: str, suffix: str) -> None:
    file = picture_file("photo.bin", (40, 30), kind)

    printed = album(file).picture("photo.bin", folder=FOLDER, place=PLACE, alt="A bar", credit="Us")

    assert printed.name == f"{hashlib.sha256(file.body).hexdigest()[:32]}.{suffix}"
    assert printed.url == f"{HOME}/media/{printed.name}"
    assert (printed.media_type, printed.width, printed.height) == (media_type, 40, 30)
    assert (printed.size, printed.body) == (len(file.body), file.body)
    assert (printed.alt, printed.credit) == ("A bar", "Us")


def test_a_photo_taken_lying_is_measured_as_it_is_shown() -> None:
    exif = Canvas.Exif()
    exif[0x0112] = 6
    file = picture_file("photo.jpg", (40, 30), "JPEG", exif=exif)

    printed = album(file).picture("photo.jpg", folder=FOLDER, place=PLACE, alt="")

    assert (printed.width, printed.height) == (30, 40)


def test_a_camera_file_of_two_pictures_is_a_jpeg() -> None:
    second = Canvas.new("RGB", (40, 30), "#fff")
    file = picture_file("photo.jpg", (40, 30), "MPO", save_all=True, append_images=[second])

    printed = album(file).picture("photo.jpg", folder=FOLDER, place=PLACE, alt="")

    assert printed.media_type == "image/jpeg"


def test_a_picture_used_twice_is_printed_once_with_each_its_own_words() -> None:
    shown = album(picture_file())

    first = shown.picture("cover.png", folder=FOLDER, place=PLACE, alt="One")
    second = shown.picture("./cover.png", folder=FOLDER, place=PLACE, alt="Two")

    assert (first.alt, second.alt) == ("One", "Two")
    assert [picture.name for picture in shown.pictures] == [first.name]


def test_equal_files_of_two_names_are_one_picture() -> None:
    shown = album(picture_file("a.png"), picture_file("b.png"))

    for name in ("a.png", "b.png"):
        shown.picture(name, folder=FOLDER, place=PLACE, alt="")

    assert len(shown.pictures) == 1


def test_a_missing_picture_is_named_with_its_place_and_the_nearest_file() -> None:
    with pytest.raises(ContentError) as refusal:
        album(picture_file("cover.jpg")).picture("covr.jpg", folder=FOLDER, place=PLACE, alt="")

    assert str(refusal.value) == (
        f"issues/{FOLDER}/heat.md:4: picture 'covr.jpg' is not in the folder (did you mean 'cover.jpg'?)"
    )


def test_a_path_out_of_the_folder_finds_nothing() -> None:
    with pytest.raises(ContentError, match="is not in the folder"):
        album(picture_file()).picture("../../etc/cover.png", folder=FOLDER, place=PLACE, alt="")


def test_svg_is_refused_with_the_cure() -> None:
    body = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'

    with pytest.raises(ContentError, match=r"heat\.md:4: 'x\.png' is not a whole .*an SVG may carry scripts"):
        look(body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_torn_file_is_refused(kind: str) -> None:
    noise = Canvas.effect_noise((64, 64), 80).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, kind)

    with pytest.raises(ContentError, match="is not a whole"):
        look(buffer.getvalue()[: len(buffer.getvalue()) // 2])


@pytest.mark.parametrize(("width", "height"), [(10_000, 5_001), (10_000, 10_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    with pytest.raises(ContentError, match="more than 50 megapixels"):
        look(png_that_says(width, height))


def test_a_file_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(ContentError, match=r"has 10\.5 MiB, more than 10"):
        look(bytes(11 * 1024 * 1024 - 512 * 1024))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP"]),
)
def test_hostile_bytes_are_refused_with_a_sentence(body: bytes, start: bytes) -> None:
    with pytest.raises(ContentError, match=r"issues/.*heat\.md:4: .*x\.png"):
        look(start + body)


def album(*files: PictureFile) -> Album:
    return Album(pictures(*files), home_url=HOME)


def look(body: bytes) -> None:
    album(PictureFile(path=f"{FOLDER}/x.png", body=body)).picture("x.png", folder=FOLDER, place=PLACE, alt="")


def png_that_says(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims that size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )
