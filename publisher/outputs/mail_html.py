"""The last hand on the HTML of a mail: what the fragments of stories need in a mail and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

COLUMN: Final = 552
"""Pixels in which a text or a picture may be wide."""

_PICTURE: Final = re.compile(r'(<img\b[^>]*?) width="(\d{1,6})" height="(\d{1,6})"')
_TABLE: Final = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_OF_COLUMN: Final = 'role="presentation" width="100%" style="vertical-align:top;'
"""How the compiler begins the table of a column, which is as wide as its widest word unless it is fixed."""

_WAY_BACK: Final = re.compile(r' ?<a [^>]*role="doc-backlink"[^>]*>.*?</a>')
_REFERENCE: Final = re.compile(r'<a href="([^"]*)"[^>]*role="doc-noteref"[^>]*>(\d+)</a>')


def finish(html: str, *, excerpts: Collection[str]) -> str:
    """Return a mail in which pictures and tables fit and notes need no links; `excerpts` are URLs of stories.

    The notes of a whole story stand below it, so their numbers are plain; an excerpt's are on its page.
    """
    if "<img" in html:
        html = _PICTURE.sub(_narrowed, html)
    if "<table>" in html:  # those for layout have attributes
        html = _TABLE.sub(_scrolling, html).replace(_OF_COLUMN, f"{_OF_COLUMN}table-layout:fixed;")
    if "doc-noteref" in html:
        html = _REFERENCE.sub(
            lambda found: found[0] if found[1].partition("#")[0] in excerpts else found[2],
            _WAY_BACK.sub("", html),
        )
    return html


def _narrowed(picture: re.Match[str]) -> str:
    """Give a picture within a text the size of the column: Outlook knows no other way to make it fit."""
    width, height = int(picture[2]), int(picture[3])
    if width <= COLUMN:
        return picture[0]
    return f'{picture[1]} width="{COLUMN}" height="{round(height * COLUMN / width)}"'


def _scrolling(table: re.Match[str]) -> str:
    """Let a table that is wider than a phone be moved by itself, with the keyboard too."""
    return (
        f'<div class="wide" tabindex="0" style="overflow-x:auto"><table class="data">{table[1]}</table></div>'
    )
