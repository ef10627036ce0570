"""Headings in steps: the first level is that of sections, and no level is left out on the way down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_SECTION: Final = 2
_DEEPEST: Final = 6


def stepped(levels: Sequence[int]) -> list[int]:
    """Return the levels that headings get: the highest is 2, and none more than one below the last."""
    shift = _SECTION - min(levels, default=_SECTION)
    steps: list[int] = []
    above = _SECTION - 1
    for level in levels:
        above = min(max(level + shift, _SECTION), above + 1, _DEEPEST)
        steps.append(above)
    return steps
