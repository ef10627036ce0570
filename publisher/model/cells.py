"""Cells of tables that a spreadsheet will open: none of them is a formula. Pure."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def defused(text: str) -> str:
    """Return a cell that no spreadsheet reads as a formula: an apostrophe stands before what could be one."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """Return what was `defused`; any other text as it is."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
