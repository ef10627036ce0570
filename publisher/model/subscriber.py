"""People's addresses and what they have asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

PUBLIC_ID: Final = 16
"""Characters of a subscriber's `public_id`, so that the links of one mailing all have one length."""


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
    BY_HAND = "by hand"
    """An editor has said so, and can take it back."""
    MOVED = "moved"
    """Its reader is mailed at another one now, or was before an erasure."""


class Added(StrEnum):
    """What came of adding an address to a list."""

    ADDED = "added"
    ALREADY = "already subscribed"
    LEFT = "has unsubscribed"
    """Nothing was changed: only the reader can undo this."""
    SUPPRESSED = "must not be mailed"
    """Nothing was changed: a complaint, a hard bounce, an erasure, a move or an editor forbids it."""


OWN_WORD_LIFTS: Final = frozenset(
    {SuppressionReason.HARD_BOUNCE, SuppressionReason.ERASED, SuppressionReason.MOVED}
)
"""Reasons that are over when the owner of an address asks for mail again; the others stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One address on one list. `public_id` is what links in mails say instead of a number.

    It `is_former` if it was found by a link in a mail to an earlier address.
    """

    subscriber: int
    public_id: str
    address: str
    list: str
    state: SubscriptionState
    since: datetime
    consent: str
    is_former: bool = False


class NewSubscriber(NamedTuple):
    """A person to be added.

    `address_key` is the same for all spellings of an address that reach one mailbox, `address_hash` what a
    suppression would keep of it, `public_id` drawn at random in case the address is new. It may be an
    office's (`is_role`) or one to be thrown away. Somebody who comes from elsewhere may have been a reader
    there `since` long ago; `lists` are then this person's own, and `topics` what was chosen there. Who is
    known already keeps spelling, language, topics and flags, but for somebody who was only pending: anybody
    may have typed that. A tuple, because an import makes a million of them.
    """

    address: str
    address_key: str
    address_hash: str
    public_id: str
    lang: str | None = None
    is_role: bool = False
    is_disposable: bool = False
    since: datetime | None = None
    lists: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
