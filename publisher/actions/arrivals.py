"""What an import came to: for each thing that was brought, what became of it and what is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from publisher.content.importers.change import Change

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


class Fate(StrEnum):
    """What became of something that was brought."""

    HELD = "held"  # an issue that was public elsewhere: it waits to be archived
    DRAFT = "draft"
    INBOX = "inbox"
    HERE = "here already"
    REFUSED = "not imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One text, entry or page: where it came from, and the path of what it became, as findings name it.

    `remarks` are sentences about it, `errors` what the check says that keeps it from going online.
    """

    source: str
    fate: Fate
    title: str = ""
    path: str = ""
    changes: tuple[Change, ...] = ()
    remarks: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How something is brought in: each entry of a feed as an issue of its own, or nothing written at all."""

    as_issues: bool = False
    dry_run: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """All that came of one import. `left_out` counts what nobody looked into, `troubles` are sentences.

    With `dry_run` nothing was written.
    """

    arrivals: tuple[Arrival, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    dry_run: bool = False

    def count(self, fate: Fate) -> int:
        """Return how many things had that fate."""
        return sum(arrival.fate is fate for arrival in self.arrivals)
