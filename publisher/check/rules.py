"""What a newsroom wants the check to look for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

ALWAYS_ON: Final = ("E0", "E1")
"""Groups whose errors cannot be switched off: what cannot be read, and who speaks to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Limits, and codes that are switched off. Sizes are in bytes, widths in pixels, subjects in columns."""

    off: frozenset[str] = frozenset()
    mail_bytes: int = 100_000
    picture_bytes: int = 200_000
    picture_width: int = 1_200
    megapixels: int = 50
    subject_min: int = 10
    subject_max: int = 78
    lead_paragraphs: int = 2
    takeaway_words: int = 30

    def wants(self, code: str) -> bool:
        """Return whether findings of that code are shown."""
        return code not in self.off or code.startswith(ALWAYS_ON)


def nearest_code(code: str, codes: Collection[str]) -> str | None:
    """Return the code that a misspelt one seems to mean: with another letter, or nearly the same digits."""
    wanted = code.strip().upper()
    same = [each for each in codes if each == wanted or each[1:] == wanted.lstrip("EWI")]
    close = same or get_close_matches(wanted, sorted(codes), n=1)
    return close[0] if close else None
