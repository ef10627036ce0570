"""What a reader can choose without a password, and what follows from a choice; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from publisher.model.subscriber import SubscriptionState

LONGEST_PAUSE: Final = timedelta(days=366)
"""Who wants to hear nothing for longer had better leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A reader's subscription to one list, and until when it is paused."""

    state: SubscriptionState
    resumes_at: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the list is one that the reader gets, now or after a pause."""
        return self.state in (SubscriptionState.ACTIVE, SubscriptionState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """All that a reader has chosen. `lang` is None where the publication's language will do.

    `address_key` is the same for all spellings of the address.
    """

    subscriber: int
    public_id: str
    address: str
    address_key: str
    lang: str | None
    lists: Mapping[str, Standing]
    topics: frozenset[str]

    @property
    def paused_until(self) -> datetime | None:
        """The moment at which the last pause ends, None if nothing is paused until a moment."""
        ends = [each.resumes_at for each in self.lists.values() if each.state is SubscriptionState.PAUSED]
        return max((end for end in ends if end is not None), default=None)

    @property
    def is_paused(self) -> bool:
        """Whether any list is paused."""
        return any(each.state is SubscriptionState.PAUSED for each in self.lists.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A list that a reader joins or leaves; what is joined during a pause takes part in it."""

    list: str
    state: SubscriptionState
    resumes_at: datetime | None = None


def changes(found: Choices, *, offered: Collection[str], wanted: Collection[str]) -> Iterator[Change]:
    """Yield what has to change so that a reader is on those of the lists `offered` that are `wanted`.

    Lists that were not offered stay as they are, and so do those on which nothing changes.
    """
    for name in offered:
        standing = found.lists.get(name)
        is_on = standing is not None and standing.is_on
        if name in wanted and not is_on:
            state = SubscriptionState.PAUSED if found.is_paused else SubscriptionState.ACTIVE
            yield Change(list=name, state=state, resumes_at=found.paused_until)
        elif is_on and name not in wanted:
            yield Change(list=name, state=SubscriptionState.UNSUBSCRIBED)


def pause_end(text: str, *, now: datetime, zone: str) -> datetime | None:
    """Return the moment at which the day `text` ("2026-11-30") begins in `zone`.

    None if it is no day, not a later one than today, or further away than `LONGEST_PAUSE`.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not today < day <= today + LONGEST_PAUSE:
        return None
    return datetime.combine(day, time(), ZoneInfo(zone))
