"""The headings of a Markdown text from elsewhere: in steps below the title, each on a line of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from publisher.content.blocks import plain_text
from publisher.content.importers.change import Changes
from publisher.content.importers.masked import block_parser, too_deep
from publisher.content.importers.steps import stepped

_MARKS = re.compile(r"(#{1,6})(?=[ \t]|\Z)")
_UNDERLINED: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """A heading on the lines from `start` up to `end`."""

    start: int
    end: int
    level: int
    text: str
    markup: str
    outermost: bool


def with_steps(text: str, changes: Changes, *, title: str) -> str:
    """Return a text whose headings begin with level 2 and leave none out; lines end with LF.

    A first heading that only says the title again goes.
    """
    lines = text.split("\n")
    headings, begins = _headings(text)
    if headings and begins and plain_text(headings[0].text) == title and headings[0].outermost:
        first = headings.pop(0)
        changes.leave_out("a heading that repeats the title is left out", first.text)
        lines[first.start : first.end] = [""] * (first.end - first.start)
    levels = stepped([heading.level for heading in headings])
    moved = 0
    for heading, level in sorted(zip(headings, levels, strict=True), key=lambda pair: -pair[0].start):
        moved += heading.level != level
        _rewrite(lines, heading, level)
    if moved:
        changes.note(f"{moved} heading{'' if moved == 1 else 's'} changed to the level that fits")
    return "\n".join(lines)


def first_title(text: str) -> str | None:
    """Return the words of a heading of level 1 that a text begins with."""
    headings, begins = _headings(text)
    return plain_text(headings[0].text) if begins and headings and headings[0].level == 1 else None


def _headings(text: str) -> tuple[list[_Heading], bool]:
    """Return all headings in order, and whether the text begins with the first."""
    try:
        tokens = block_parser(html=False).parse(text)
    except RecursionError:
        raise too_deep() from None
    found = [
        _Heading(
            start=token.map[0],
            end=token.map[1],
            level=int(token.tag[1:]),
            text=" ".join(tokens[index + 1].content.split("\n")),
            markup=token.markup,
            outermost=token.level == 0,
        )
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.map
    ]
    return found, bool(tokens) and tokens[0].type == "heading_open"


def _rewrite(lines: list[str], heading: _Heading, level: int) -> None:
    """Write a heading with its level; an underlined one gets marks if it changes or could be a slip."""
    if heading.markup.startswith("#"):
        lines[heading.start] = _MARKS.sub("#" * level, lines[heading.start], count=1)
        return
    words = lines[heading.start : heading.end - 1]
    odd = (
        len(words) > 1 or len(heading.text) > _UNDERLINED or heading.text.endswith((".", "!", "?", "…", "。"))
    )
    if heading.outermost and (odd or heading.level != level):
        text = re.sub(r"(?<=[ \t])(#+)$", r"\\\1", heading.text.rstrip("\\ "))
        lines[heading.start : heading.end] = [f"{'#' * level} {text}"]
