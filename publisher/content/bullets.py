"""Bullets: the Markdown of one list item, and the lead phrase of a takeaway."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from publisher.model.story import Takeaway

_MARKER = re.compile(r"( *)(?:[-+*]|\d{1,9}[.)])( *)")
_BOLD = re.compile(
    r"(\*\*|__)(?P<lead>(?:(?!\1|\n\n).){1,300}?)(?:(?P<in>[:：])\1|\1(?P<out>[:：]))\s*", re.DOTALL
)
_PLAIN = re.compile(r"(?P<lead>[^\n]{1,60}?)(?P<colon>:(?=[ \t\n])|：)\s*")
_SENTENCE_MARK = re.compile(r"[.!?…](?=\s|$)|[。！？]")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_PAIR = re.compile(r"(\*+|_+|`+|~~)(?!\s)[^*_`~]+\1")
_LINK = re.compile(r"!?\[[^\[\]]*\](?:\([^()\s]*\)|\[[^\[\]]*\])?")
_LOOSE = re.compile(r"[*`\[\]<>~]|(?<!\w)_|_(?!\w)")


def split_lead(text: str) -> tuple[str, str, str]:
    """Return lead phrase, colon and text of a takeaway; the first two are empty where there is no lead.

    A lead is `**Lead:** text`, `**Lead**: text`, or `Lead: text` where it has at most 60 characters, no
    sentence mark, and a blank after the colon. A `：` is a colon that needs no blank.
    """
    bold = _BOLD.match(text)
    if bold is not None and _is_whole(bold["lead"]):
        return bold["lead"].strip(), bold["in"] or bold["out"], text[bold.end() :]
    plain = _PLAIN.match(text)
    if plain is not None and _is_whole(plain["lead"]) and not _SENTENCE_MARK.search(plain["lead"]):
        return plain["lead"].strip(), plain["colon"], text[plain.end() :]
    return "", "", text


def takeaway(text: str, line: int) -> Takeaway:
    """Return the takeaway that the Markdown of one list item says."""
    lead, colon, rest = split_lead(text)
    return Takeaway(lead=lead, colon=colon, text=rest, line=line)


def item_text(lines: Sequence[str]) -> str:
    """Return the Markdown inside a list item, given its lines: the marker and the indent are taken off."""
    expanded = [_spaces(line) for line in lines]
    marker = _MARKER.match(expanded[0])
    if marker is None:
        return "\n".join(lines).strip("\n")
    content = expanded[0][marker.end() :]
    blanks = len(marker[2])
    width = marker.end() if content and blanks <= 4 else marker.end() - blanks + 1
    first = expanded[0][width:]
    rest = [line[min(width, len(line) - len(line.lstrip(" "))) :] for line in expanded[1:]]
    return "\n".join([first, *rest]).strip("\n")


def lazy_line(lines: Sequence[str]) -> int | None:
    """Return the index of a line that stands directly under a bullet's text without being indented."""
    if not lines[0].strip().strip("-+*"):
        return None
    for index, (above, line) in enumerate(pairwise(lines), start=1):
        if above.strip() and line.strip() and not line.startswith((" ", "\t")) and not _MARKER.match(line):
            return index
    return None


def _is_whole(lead: str) -> bool:
    """Return whether no mark of inline Markdown begins in the lead and ends outside of it."""
    if not lead.strip():
        return False
    bare = _LINK.sub("", _ESCAPE.sub("", lead))
    return not _LOOSE.search(_PAIR.sub("", _PAIR.sub("", bare)))


def _spaces(line: str) -> str:
    """Write the tabs before and directly after a marker as the columns they stand for."""
    match = re.match(r"[ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?", line)
    width = match.end() if match else 0
    return line[:width].expandtabs(4) + line[width:]
