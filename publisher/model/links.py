"""What asking for a link on the web came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswer:
    """The answer to one address: `trouble` is a sentence for an editor, or empty where a page was there.

    `status` is the HTTP status, None if nobody answered. `unsure` is true where the trouble may be ours
    alone: the page may well be there for readers. `moved_to` is where a permanent redirect (301, 308) leads,
    or empty.
    """

    address: str
    status: int | None = None
    trouble: str = ""
    unsure: bool = False
    moved_to: str = ""
