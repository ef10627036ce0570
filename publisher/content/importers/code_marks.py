"""What stays visible as it was written: code in running text, or a block of it."""

from __future__ import annotations

import re

from publisher.content.importers.pieces import code_span


def fenced(code: str, language: str = "") -> str:
    """Return lines of code between fences as long as it takes."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"


def visible(text: str) -> str:
    """Return a text that belongs to a template so that readers see it: as code, on one line."""
    return code_span(" ".join(text.split()))
