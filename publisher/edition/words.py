"""Plain text: cleaning it, finding its sentences, beginning with some of them, and naming things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from publisher.model import characters
from publisher.model.length import IDEOGRAPHIC, columns, cut

_BREAKS: Final = re.compile("[ \t\n\u2028\u2029]+")

_SENTENCE_END: Final = re.compile(
    r"""[.!?…؟\u06d4।]+["'”’»)\]]*(?=\s|$)   # marks that a space follows
    |   [。！？｡]+["'」』”’\uff09】》]*         # marks that nothing need follow
    """,
    re.VERBOSE,
)
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\"'“\u2018«])(?:\w|(?:\w\.)+\w|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|No|Nos|vs|cf|approx|Gen|Sen|Rep|Gov|Lt|Col)\.$",
)


def clean(text: str) -> str:
    """Return `text` in NFC, line ends as newlines, without the characters that XML or HTML forbid.

    Joiners, variation selectors and all planes of Unicode stay, so emoji of several parts stay whole.
    """
    return unicodedata.normalize("NFC", characters.clean(text))


def one_line(text: str | None) -> str:
    """Return `text` as a title or a name: clean, in one line, without bidi controls that outlast it."""
    return _BREAKS.sub(" ", characters.BIDI_CONTROLS.sub("", clean(text or ""))).strip()


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of one line of prose. Initials, "U.S." and "Dr." end none; what is left is one."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        following = text[end.end() :].lstrip()[:1]
        if following.islower() or _ABBREVIATION.search(text[start : end.end()]):
            continue
        yield text[start : end.end()].strip()
        start = end.end()
    if rest := text[start:].strip():
        yield rest


def beginning(text: str, limit: int) -> str:
    """Return as many whole sentences as `limit` columns hold; if not even one, the first cut short."""
    taken = ""
    for sentence in sentences(text[: 4 * limit]):
        longer = f"{taken} {sentence}" if taken and not IDEOGRAPHIC.match(taken[-1]) else taken + sentence
        if columns(longer) > limit:
            return taken or cut(sentence, limit)
        taken = longer
    return taken


def ascii_name(text: str, *, otherwise: str) -> str:
    """Return `text` as lower-case ASCII words joined with hyphens; `otherwise` if nothing is left of it."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")[:60] or otherwise


class Names:
    """Gives out names (ids of HTML elements), each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """Return `name`, or `name-2`, `name-3`, … if it is taken."""
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}-{number}"
        self._taken.add(found)
        return found
