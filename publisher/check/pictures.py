"""Group 5: pictures. Dimensions are read from the head of each file; nothing is decoded."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image

from publisher.check.proof import Proof, Shown, word_count
from publisher.model.finding import Finding
from publisher.model.issue import PictureFile, picture_path

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_FILE_NAME = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg)|(?:img|dsc|dscf|screenshot|pxl)[-_ ]?\d+\S*", re.IGNORECASE
)
_FEW_WORDS: Final = 50


def has_alts(proof: Proof) -> Iterator[Finding]:
    """Whoever cannot see a picture is told what it shows."""
    for shown in proof.pictures:
        alt = (shown.alt or "").strip()
        if not alt and not shown.decorative:
            fix = "write image_alt: …, or ![what it shows](…) in the text; image_decorative: true if nothing"
            yield Finding(code="E501", what=f"'{shown.address}' has no alt text", fix=fix, place=shown.place)
        elif alt and _FILE_NAME.fullmatch(alt):
            what = f"the alt text '{alt}' looks like the name of a file"
            yield Finding(code="W503", what=what, fix="say what the picture shows", place=shown.place)


def has_fitting_files(proof: Proof) -> Iterator[Finding]:
    """Each picture is one that mail programs show, and not larger than a reader's line can take."""
    seen: set[str] = set()
    for shown in proof.pictures:
        path = picture_path(shown.folder, shown.address)
        file = proof.issue.pictures.get(path) if path else None
        if path is not None and file is not None and path not in seen:
            seen.add(path)
            yield from _file(proof, shown, file)


def is_not_only_pictures(proof: Proof) -> Iterator[Finding]:
    """There are words, too."""
    words = sum(word_count(story) for story in proof.issue.stories)
    if proof.pictures and words < _FEW_WORDS:
        what = f"the issue has {words} word{'' if words == 1 else 's'} beside its pictures"
        fix = "write what the pictures say; many programs show no pictures at first"
        yield Finding(code="W505", what=what, fix=fix, place=proof.at_issue("title"))


CHECKS: Final = (has_alts, has_fitting_files, is_not_only_pictures)


def _file(proof: Proof, shown: Shown, file: PictureFile) -> Iterator[Finding]:
    rules = proof.rules
    size = _dimensions(file.body)
    if size is None:
        what = f"'{shown.address}' is not a picture that mail programs show"
        yield Finding(code="E506", what=what, fix="save it as PNG, JPEG, GIF or WebP", place=shown.place)
        return
    width, height = size
    if width * height > rules.megapixels * 1_000_000:
        what = f"'{shown.address}' has {width} x {height} pixels, more than {rules.megapixels} megapixels"
        fix = f"scale it to {rules.picture_width} pixels in width"
        yield Finding(code="E507", what=what, fix=fix, place=shown.place)
    elif len(file.body) > rules.picture_bytes or width > rules.picture_width:
        what = f"'{shown.address}' has {len(file.body) / 1000:,.0f} kB and is {width} pixels wide"
        fix = (
            f"save it with at most {rules.picture_bytes // 1000} kB and {rules.picture_width} pixels in width"
        )
        yield Finding(code="W504", what=what, fix=fix, place=shown.place)


def _dimensions(body: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels; None for what is no picture, and a million each for a bomb."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_FORMATS) as image:
                return image.size
    except Image.DecompressionBombError:
        return 1_000_000, 1_000_000
    except Exception:  # noqa: BLE001 - a hostile file can make Pillow's plug-ins raise anything
        return None
