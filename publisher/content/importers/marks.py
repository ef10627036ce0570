"""Emphasis: marks are set only where Markdown reads them as marks, and else left out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from publisher.content.importers.escape import start_escaped

OPEN: Final = "\x02"
CLOSE: Final = "\x03"
"""Stand before a mark that opens or closes: no text has them, because controls are taken out before."""

BREAK: Final = "\x01"
"""A line break that is meant."""

_MARK = re.compile(r"([\x02\x03])(\*\*|\*|~~)")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Mark:
    """A mark at its place among the pieces."""

    index: int
    sign: str


def marked(text: str, sign: str) -> str:
    """Return running text between marks that `paragraph` resolves; blanks at its ends stay outside."""
    inner = text.strip(f" \t\r\n\f\u00a0{BREAK}")
    if not inner:
        return text
    before, _, after = text.partition(inner)
    return f"{before}{OPEN}{sign}{inner}{CLOSE}{sign}{after}"


def paragraph(run: str) -> str:
    """Return running text as one paragraph of Markdown; empty if there is nothing in it."""
    parts = [start_escaped(part.strip()) for part in _resolved(_BLANKS.sub(" ", run)).split(BREAK)]
    while parts and not parts[-1]:
        parts.pop()
    while parts and not parts[0]:
        parts.pop(0)
    return "\\\n".join(part or "\u00a0" for part in parts)


def line(run: str) -> str:
    """Return running text as one line of Markdown: breaks are blanks."""
    return _BLANKS.sub(" ", _resolved(run.replace(BREAK, " "))).strip()


def _resolved(text: str) -> str:
    """Replace opening and closing signs by marks where they work (CommonMark section 6.2)."""
    pieces: list[str] = []
    opened: list[_Mark] = []
    position = 0
    for found in _MARK.finditer(text):
        pieces.append(text[position : found.start()])
        position = found.end()
        pieces.append("")
        if found[1] == OPEN:
            opened.append(_Mark(len(pieces) - 1, found[2]))
            continue
        mark = opened.pop()
        inner = "".join(pieces[mark.index + 1 :])
        before = next(
            (piece[-1] for piece in (pieces[at] for at in range(mark.index - 1, -1, -1)) if piece), ""
        )
        after = _MARK.sub("", text[position : position + 16])[:1]
        touches = before in ("*", "~") or inner[:1] == mark.sign[0] or inner[-1:] == mark.sign[0]
        nested = touches and _is_nested(before, inner, mark.sign)
        works = _flanks(before, inner.lstrip("*~")[:1]) and _flanks(after, inner.rstrip("*~")[-1:])
        if works and (nested or not touches):
            pieces[mark.index] = pieces[-1] = mark.sign
    pieces.append(text[position:])
    return "".join(pieces)


def _is_nested(before: str, inner: str, sign: str) -> bool:
    """Return whether touching marks are `***both***` and nothing that could be read in two ways."""
    other = "*" if sign == "**" else "**"
    whole = inner.startswith(other) and inner.endswith(other) and other not in inner[len(other) : -len(other)]
    return before not in ("*", "~") and whole and "*" not in inner.strip("*")


def _flanks(outside: str, inside: str) -> bool:
    """Return whether a mark between two characters opens (or closes, seen from the other side)."""
    if not inside or inside.isspace():
        return False
    return not _is_sign(inside) or not outside or outside.isspace() or _is_sign(outside)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
