"""Language tags (BCP 47) as screen readers know them."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")

_TWO_LETTERS: Final = {
    "a": "abefkmnrsvyz",
    "b": "aeghimnors",
    "c": "aehorsuvy",
    "d": "aevz",
    "e": "elnostu",
    "f": "afijory",
    "g": "adlnuv",
    "h": "aeiortuyz",
    "i": "adegikostuw",
    "j": "aivw",
    "k": "agijklmnorsuvwy",
    "l": "abginotuv",
    "m": "ghiklnorsty",
    "n": "abdeglnorvy",
    "o": "cjmrs",
    "p": "ailst",
    "q": "u",
    "r": "mnouw",
    "s": "acdeghiklmnoqrstuvw",
    "t": "aeghiklnorstwy",
    "u": "gkrz",
    "v": "eio",
    "w": "ao",
    "x": "h",
    "y": "io",
    "z": "ahu",
}
"""First letter -> second letters of the languages of ISO 639-1, and of those kept from before."""

_NO_LANGUAGE: Final = frozenset({"und", "mis", "mul", "zxx"})

_MISREAD: Final = {
    "jp": "ja",
    "cn": "zh",
    "gr": "el",
    "cz": "cs",
    "dk": "da",
    "ua": "uk",
    "us": "en",
    "gb": "en",
    "eng": "en",
    "english": "en",
    "spanish": "es",
    "german": "de",
    "french": "fr",
    "italian": "it",
    "portuguese": "pt",
    "russian": "ru",
    "arabic": "ar",
    "japanese": "ja",
    "chinese": "zh",
    "deutsch": "de",
    "espanol": "es",
    "francais": "fr",
    "italiano": "it",
    "portugues": "pt",
}
"""Countries and names that are often written instead of a language."""


def wrong_tag(tag: str) -> bool:
    """Return whether a tag names no language that a screen reader could choose a voice for."""
    spelt = tag.strip().replace("_", "-")
    primary = spelt.partition("-")[0].lower()
    if not _SHAPE.fullmatch(spelt) or primary in _NO_LANGUAGE:
        return True
    return len(primary) == 2 and primary[1] not in _TWO_LETTERS[primary[0]]


def misread(tag: str) -> str | None:
    """Return the tag that is probably meant by a wrong one."""
    return _MISREAD.get(tag.strip().replace("_", "-").partition("-")[0].lower())
