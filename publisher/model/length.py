"""How long a text is: in columns, in words and characters, in minutes; and cutting it to a length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WITHOUT_SPACES: Final = (
    "\u2e80-\u30ff\u31c0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
"""Scripts that put no spaces between words (Han, kana) and their punctuation."""

IDEOGRAPHIC: Final = re.compile(f"[{_WITHOUT_SPACES}]")
CJK: Final = re.compile(f"[{_WITHOUT_SPACES}\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
"""The same and Hangul, which has spaces but glues particles to the word before."""

_WORD: Final = re.compile(r"[^\W_]\S*")
_REFERENCE: Final = re.compile(r"\u00a0\[\d+\]|\[\^\d+\]")
_REGIONAL: Final = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_JOINED: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")

WORDS_PER_MINUTE: Final = 220
CHARACTERS_PER_MINUTE: Final = 500


def cut(text: str, limit: int) -> str:
    """Return `text` if it fits `limit` columns (an ideograph takes two), else its beginning and "…".

    It is cut between words where the script has such places near the end, and never inside an emoji, a flag
    or a letter and its marks.
    """
    if columns(text) <= limit:
        return text
    end, used = 0, 1
    while (used := used + _width(text[end])) <= limit:
        end += 1
    head = text[:end]
    space = head.rfind(" ")
    if not (text[end].isspace() or IDEOGRAPHIC.match(text[end]) or IDEOGRAPHIC.match(head[-1:])):
        head = head[:space] if space > end // 2 else _between_letters(text, end)
    return head.rstrip(" \u3000,;:–—-\u3001\uff0c\uff1b\uff1a") + "…"


def columns(text: str) -> int:
    """Return how wide `text` is where an ideograph takes two columns."""
    return len(text) if text.isascii() else sum(map(_width, text))


def count(texts: Iterable[str]) -> tuple[int, int]:
    """Return how many words `texts` have, and how many characters of scripts without spaces.

    The numbers of links and notes count nothing.
    """
    words = unspaced = 0
    for text in texts:
        plain = _REFERENCE.sub(" ", text) if "[" in text else text
        if not plain.isascii():
            unspaced += sum(map(str.isalnum, IDEOGRAPHIC.findall(plain)))
            plain = IDEOGRAPHIC.sub(" ", plain)
        words += len(_WORD.findall(plain))
    return words, unspaced


def about_words(text: str) -> int:
    """Return how many words a text has; two characters of a script without spaces are about one."""
    words, characters = count([text])
    return words + (characters + 1) // 2


def minutes(words: int, characters: int) -> int:
    """Return the reading time in whole minutes, at least one."""
    return max(1, int(words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE + 0.5))


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _between_letters(text: str, end: int) -> str:
    """Return the longest beginning of `text[:end]` after which no character belongs to the one before."""
    while end and (
        unicodedata.category(text[end])[0] == "M" or _JOINED.match(text[end]) or text[end - 1] == "\u200d"
    ):
        end -= 1
    flags = _REGIONAL.search(text[:end])
    if flags and len(flags[0]) % 2 and _REGIONAL.match(text[end]):
        end -= 1
    return text[:end]
