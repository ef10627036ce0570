"""Names in addresses, and headings as keys: text -> slug."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[-_ ]+(?=.)")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`")


def slug_of(text: str) -> str:
    """Return `text` in lower case with hyphens for all that is neither letter nor digit, in any script.

    The result is in NFC and may be empty. It may hold letters beyond ASCII: addresses must percent-encode it.
    """
    if text.isascii():
        return _NOT_ASCII_WORD.sub("-", text.translate(_APOSTROPHES).lower()).strip("-")
    letters = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).lower()
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else "-" for char in letters)
    return unicodedata.normalize("NFC", re.sub("-+", "-", kept).strip("-"))


@lru_cache(maxsize=4096)
def slug_of_name(name: str) -> str:
    """Return the slug of a file or folder: its name without `.md` and without a leading date.

    A name that is only a date is its own slug.
    """
    stem = name[: -len(".md")] if name.lower().endswith(".md") else name
    return slug_of(_DATED.sub("", stem, count=1)) or slug_of(stem)


def heading_key(text: str) -> str:
    """Return a heading as the table of roles spells it: a slug without accents."""
    if text.isascii():
        return slug_of(text)
    decomposed = unicodedata.normalize("NFKD", text)
    return slug_of("".join(char for char in decomposed if not unicodedata.combining(char)))
