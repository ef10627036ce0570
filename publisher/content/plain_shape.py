"""The plain-text shape: articles without marks, whose bullets stand alone on their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from publisher.content.roles import role_of
from publisher.content.trouble import UnreadableError
from publisher.errors import Place
from publisher.model.story import Role

LONE_BULLET = re.compile(r"[ \t]*[-*+•‣◦·–—][ \t]*")
"""A bullet whose text stands on the next line."""

_HEADING_LENGTH: Final = 60


def bare_role(line: str) -> Role:
    """Return the role that a line names which is nothing but its heading; `PLAIN` for any other line."""
    text = line.strip()
    if not text or len(text) > _HEADING_LENGTH or text.startswith(("#", "\\")):
        return Role.PLAIN
    return role_of(text.rstrip(":："))


def is_plain_shape(lines: Sequence[str]) -> bool:
    """Return whether the lines are the plain-text shape and no Markdown."""
    return _first_bare(lines) is not None


def refuse_plain_shape(lines: Sequence[str], *, path: str, first_line: int) -> None:
    """Stop before Markdown makes headings of bullets.

    Raises:
        UnreadableError: the lines are the plain-text shape (E013); the fix names the command that cures it.
    """
    index = _first_bare(lines)
    if index is not None:
        raise UnreadableError(
            "E013",
            "this is the plain-text shape, not Markdown",
            place=Place(path=path, line=first_line + index, column=1),
            fix=f"run `publisher import --in-place {path}`",
        )


def _first_bare(lines: Sequence[str]) -> int | None:
    """Return the index of the first bare heading, if there are two, or one and a lone bullet, and no `##`."""
    bare = [index for index, line in enumerate(lines) if bare_role(line) is not Role.PLAIN]
    if not bare or any(line.startswith("## ") for line in lines):
        return None
    bullets = any(LONE_BULLET.fullmatch(line) for line in lines)
    return bare[0] if bullets or len(bare) > 1 else None
