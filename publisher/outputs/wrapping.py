"""Lines of plain text that fit a mail reader's window, in any script, with addresses left whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_MARGIN: Final = re.compile(r"(?:> )* *(?:(?:\*|\d{1,4}\.|\[\w{1,9}\]|[⁰¹²³⁴-⁹]{1,3}) +)?")
_PLAIN: Final = re.compile("[\x00-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e]*")
"""Text in which every character takes one column, and only spaces part what may stand on two lines."""

_CLOSES: Final = frozenset({"Pe", "Pf", "Po"})
_OPENS: Final = frozenset({"Ps", "Pi"})
_HANGS: Final = frozenset("ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""What no line begins with, what none ends with, and the kana that belong to the letter before."""


def wrap(text: str, *, width: int) -> str:
    """Return `text` with its lines broken at `width` columns, as far as words allow.

    A line that fits stays as it is; the parts of a longer one hang under its first word, behind its quotation
    marks and bullet. Lines break at spaces and between ideographs; a word or an address is never broken.
    """
    return "\n".join(line for given in text.split("\n") for line in _wrapped(given, width))


def columns(text: str) -> int:
    """Return how many columns `text` takes on a terminal: two for each wide character, none for marks."""
    return len(text) if _PLAIN.fullmatch(text) else sum(_width(character) for character in text)


def _wrapped(line: str, width: int) -> Iterator[str]:
    if columns(line) <= width:
        yield line
        return
    margin = _MARGIN.match(line)[0]  # type: ignore[index]  # the pattern also matches nothing
    hanging = re.sub(r"[^> ]", " ", margin)
    if _PLAIN.fullmatch(line) and "  " not in line[len(margin) :]:
        room = max(1, width - len(margin))
        parts = re.findall(rf"(.{{1,{room}}}|[^ ]+)(?: |$)", line[len(margin) :])
        yield margin + ("\n" + hanging).join(parts)
        return
    made, used, begun = margin, len(margin), False
    for gap, piece in _pieces(line[len(margin) :]):
        needed = len(gap) + columns(piece)
        if begun and used + needed > width:
            yield made
            made, used = hanging + piece, len(hanging) + needed - len(gap)
        else:
            made, used, begun = made + gap + piece, used + needed, True
    yield made


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield what must stay together, each with the space that stands before it unless a line begins there."""
    gap = ""
    for word in text.split(" "):
        start = 0
        for end in range(1, 0 if _PLAIN.fullmatch(word) else len(word)):
            if _may_break(word[end - 1], word[end]):
                yield gap, word[start:end]
                start, gap = end, ""
        yield gap, word[start:]
        gap = " "


def _may_break(before: str, after: str) -> bool:
    if not (_is_ideograph(before) or _is_ideograph(after)) or after in _HANGS or not _width(after):
        return False
    return unicodedata.category(before) not in _OPENS and unicodedata.category(after) not in _CLOSES


def _is_ideograph(character: str) -> bool:
    """Return whether lines may break beside `character`: not beside Hangul, which has spaces, nor emoji."""
    if character < "\u2e80" or "\uac00" <= character <= "\ud7a3":
        return False
    return unicodedata.east_asian_width(character) in "WF" and unicodedata.category(character)[0] in "LNP"


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
