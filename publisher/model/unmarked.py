"""Text in which every character means itself: most of what editors write, and it needs no parser."""

from __future__ import annotations

import re
from typing import Final

_UNMARKED: Final = re.compile(r"[^\W\d_][^\n\\`*_~\[\]<>&]*(?<!\s)")


def is_unmarked(line: str) -> bool:
    """Return whether a line of Markdown, alone between empty ones, is a paragraph without any mark.

    So it is if a letter begins it, it ends without white space and no character in it can be a mark. A bare
    address counts as text.
    """
    return bool(_UNMARKED.fullmatch(line))
