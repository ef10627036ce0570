"""Pictures: files beside the text, measured and named by what is in them."""

from __future__ import annotations

import difflib
import hashlib
import io
import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PIL import Image

from publisher.edition.links import file_key
from publisher.errors import ContentError, Place
from publisher.model.edition import PrintedPicture
from publisher.model.issue import PictureFile

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000

_KINDS: Final = {
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}
"""Pillow's format -> media type and suffix. MPO is the JPEG of cameras that keep a second picture in it."""

_ORIENTATION: Final = 0x0112
_LYING: Final = frozenset({5, 6, 7, 8})
"""The Exif orientations that swap width and height when the picture is shown."""


class Album:
    """The pictures of one edition, each printed once however often it is shown."""

    def __init__(self, files: Mapping[str, PictureFile], *, home_url: str) -> None:
        self._files = {file_key("", path): file for path, file in files.items()}
        self._home_url = home_url
        self._measured: dict[str, PrintedPicture] = {}
        self._printed: dict[str, PrintedPicture] = {}

    @property
    def pictures(self) -> tuple[PrintedPicture, ...]:
        """All that was printed, in the order of first use."""
        return tuple(self._printed.values())

    def picture(self, name: str, *, folder: str, place: Place, alt: str, credit: str = "") -> PrintedPicture:
        """Return the file `name` beside a text in `folder`, measured as a reader will see it.

        Raises:
            ContentError: there is no such file, or it is no picture we can print; `place` is in the sentence.
        """
        key = file_key(folder, name)
        if key not in self._files:
            raise ContentError(
                f"picture '{name}' is not in the folder", place=place, fix=self._instead_of(key)
            )
        if key not in self._measured:
            self._measured[key] = _measure(self._files[key].body, name, place, self._home_url)
        picture = replace(self._measured[key], alt=alt, credit=credit)
        self._printed.setdefault(picture.name, picture)
        return picture

    def _instead_of(self, key: str) -> str:
        folder = posixpath.dirname(key)
        beside = [posixpath.basename(path) for path in self._files if posixpath.dirname(path) == folder]
        close = difflib.get_close_matches(posixpath.basename(key), sorted(beside), n=1)
        return f"did you mean '{close[0]}'?" if close else "put the file beside the text"


def _measure(body: bytes, name: str, place: Place, home_url: str) -> PrintedPicture:
    if len(body) > MAX_BYTES:
        raise ContentError(
            f"picture '{name}' has {len(body) / 1024 / 1024:.1f} MiB, more than 10",
            place=place,
            fix="save it smaller",
        )
    kind, width, height = _look(body, name, place)
    media_type, suffix = _KINDS[kind]
    own_name = f"{hashlib.sha256(body).hexdigest()[:32]}.{suffix}"
    return PrintedPicture(
        name=own_name,
        url=f"{home_url}/media/{own_name}",
        media_type=media_type,
        width=width,
        height=height,
        size=len(body),
        alt="",
        body=body,
    )


def _look(body: bytes, name: str, place: Place) -> tuple[str, int, int]:
    """Return Pillow's name of the format, width and height; decode once, so that a torn file is found."""
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
            width, height = image.size
            if width * height <= MAX_PIXELS:
                lying = image.getexif().get(_ORIENTATION) in _LYING
                image.draft("L", (64, 64))
                image.load()
                return image.format or "", *((height, width) if lying else (width, height))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception:  # noqa: BLE001 (a hostile file makes Pillow's decoders raise almost anything)
        vector = b"<svg" in body[:1024].lower()
        raise ContentError(
            f"'{name}' is not a whole JPEG, PNG, GIF or WebP picture",
            place=place,
            fix="an SVG may carry scripts; save it as PNG"
            if vector
            else "save it anew in one of these formats",
        ) from None
    raise ContentError(
        f"picture '{name}' has more than 50 megapixels",
        place=place,
        fix="scale it down; 1200 pixels in width are enough",
    )
