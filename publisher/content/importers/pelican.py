"""Pelican's fields without a fence, and its names in braces: `{static}`, `{attach}`, `{filename}`."""

from __future__ import annotations

import re

from publisher.content.importers.change import Changes
from publisher.content.importers.masked import Masked

_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}?):(?:[ \t]+(.*))?")
_BRACES = re.compile(r"(?:\{|\||%7B)(?:static|attach|filename)(?:\}|\||%7D)", re.IGNORECASE)
_CONTENTS = re.compile(r"^[ \t]*\[TOC\][ \t]*(?:\n|\Z)", re.MULTILINE)


def split_head(text: str) -> tuple[dict[str, str], str] | None:
    """Return the fields that a text begins with, and the rest; None unless a title is among them.

    A line that begins with blanks goes on with the field above it.
    """
    fields: dict[str, str] = {}
    last = ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            return (fields, "\n".join(lines[number + 1 :])) if "title" in fields else None
        found = _FIELD.fullmatch(line.rstrip())
        if found is not None:
            last = found[1].strip().lower()
            fields[last] = (found[2] or "").strip()
        elif last and line.startswith((" ", "\t")):
            fields[last] = f"{fields[last]} {line.strip()}".strip()
        else:
            return None
    return (fields, "") if "title" in fields else None


def rewritten(text: str, changes: Changes) -> str:
    """Return a text whose addresses are plain paths."""
    masked = Masked(text)
    whole = _BRACES.sub(lambda found: _without(found, changes), masked.text)
    masked.text = _CONTENTS.sub(lambda found: _left_out(found, changes), whole)
    return masked.shown()


def _without(found: re.Match[str], changes: Changes) -> str:
    changes.note("a path has lost its braces", found[0])
    return ""


def _left_out(found: re.Match[str], changes: Changes) -> str:
    changes.leave_out("a table of contents is left out", found[0])
    return ""
