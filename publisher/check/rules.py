"""What a newsroom wants the check to look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALWAYS_ON: Final = ("E0", "E1")
"""Groups whose errors cannot be switched off: what cannot be read, and who speaks to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Limits, and codes that are switched off. Sizes are in bytes, widths in pixels."""

    off: frozenset[str] = frozenset()
    mail_bytes: int = 100_000
    picture_bytes: int = 200_000
    picture_width: int = 1_200
    megapixels: int = 50

    def wants(self, code: str) -> bool:
        """Return whether findings of that code are shown."""
        return code not in self.off or code.startswith(ALWAYS_ON)
