"""Reports: what a mailbox provider says of a message after it took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """What a report says; the delivery itself stays accepted."""

    HARD_BOUNCE = "hard bounce"
    """It cannot be delivered, now or later: there is no such mailbox (RFC 3464, class 5)."""
    SOFT_BOUNCE = "soft bounce"
    """It was not delivered for a reason that may pass, such as a full mailbox."""
    COMPLAINT = "complaint"
    """Its reader called it spam (RFC 5965)."""
    DELAYED = "delayed"
    """It is still being tried."""
    DELIVERED = "delivered"
    """It has reached the mailbox: what was uncertain is not any more."""
    AUTO_REPLY = "auto-reply"
    """A machine answered in its reader's name (RFC 3834)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, believed: it named the delivery by our own keyed return path.

    `key` is the same for the same report, however often it comes; `code` is the RFC 3463 code, `text` the
    provider's words as one short line, `source` the way on which it came ("imap", "webhook").
    """

    key: str
    kind: ReportKind
    mailing: int
    subscriber: int
    at: datetime
    source: str
    code: str = ""
    text: str = ""
