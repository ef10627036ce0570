"""Which characters may leave the house: every text of a feed or page passes here."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]",
)
"""What XML 1.0 forbids, and what it and HTML discourage: controls, lone surrogates, noncharacters."""

_BIDI_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates: in a title they would turn the words of whatever follows it."""


def clean(text: str) -> str:
    """Return `text` in NFC without characters that break XML, JSON or HTML; line ends become newlines.

    Joiners (and with them emoji of several parts) and all planes of Unicode stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", lines))


def clean_line(text: str) -> str:
    """Return `text` as one line for titles and names: `clean`, no bidi controls, single spaces."""
    return " ".join(_BIDI_CONTROLS.sub("", clean(text)).split())
