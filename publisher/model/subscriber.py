"""People's addresses and what they have asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriptionState(StrEnum):
    """The state of one address on one list; only `active` ones are mailed."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address must not be mailed, on any list."""

    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard bounce"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One address on one list. `public_id` is what links in mails say instead of a number."""

    subscriber: int
    public_id: str
    address: str
    list: str
    state: SubscriptionState
    since: datetime
    consent: str
