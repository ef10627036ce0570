"""What importing has changed: a list without which nobody could trust the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was: `what` happened to it, and `piece`, the text as it stood there.

    With `left_out` no reader will see the piece or what it stood for.
    """

    what: str
    piece: str = ""
    left_out: bool = False

    def __str__(self) -> str:
        """Return it as one line; a long piece is cut."""
        piece = " ".join(self.piece.split())
        shown = piece if len(piece) <= _SHOWN else f"{piece[: _SHOWN - 1]}…"
        return f"{self.what}: {shown}" if shown else self.what


@dataclass(slots=True)
class Changes:
    """The changes of one text, as they come."""

    listed: list[Change] = field(default_factory=list)

    def note(self, what: str, piece: str = "") -> None:
        """Note that a piece is said in another way now."""
        self.listed.append(Change(what=what, piece=piece))

    def leave_out(self, what: str, piece: str = "") -> None:
        """Note that a piece is gone."""
        self.listed.append(Change(what=what, piece=piece, left_out=True))
