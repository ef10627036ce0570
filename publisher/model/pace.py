"""How fast messages may leave: rates that all senders share, and a pace that gives way to a relay; pure.

A rate is kept by the generic cell rate algorithm: one number tells when the next message is due at an even
pace, and up to `burst` messages may be ahead of it. All moments are microseconds since 1970 by one clock, the
database's; an interval is the microseconds between two messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SLOWEST_US = 10_000_000
"""However much a relay complains, one message in this time may go."""

FREE_US = 1_000
"""A pace that has recovered beyond this interval is none any more."""

SLOW_DOWN_AT_MOST_EVERY = timedelta(seconds=10)
"""What was on its way when a relay began to complain does not slow us down again and again."""

RECOVER_EVERY = timedelta(seconds=30)
"""How long there must be no complaint before the pace picks up a little."""

UNMEASURED_US = 500_000
"""From where to slow down if nobody knows how fast it was."""

_STALE_US = 1_000_000
_EVEN_US = 50_000
_SLOW_US = 500_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """How many messages may go now, what to remember, and when to ask for the next one."""

    count: int
    next_at_us: int
    retry_at_us: int

    @property
    def retry_at(self) -> datetime:
        """The moment at which one more may go: now, if not all that were allowed were asked for."""
        return moment_of_us(self.retry_at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A rate that a message must keep; `name` is its row, shared by all senders."""

    name: str
    interval_us: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """To which interval a relay has slowed us down (None: it has not), and when that last changed."""

    interval_us: int | None = None
    changed_at: datetime | None = None


def admit(next_at_us: int, now_us: int, interval_us: int, wanted: int, burst: int) -> Admitted:
    """Return how many of `wanted` messages may go now, none to `burst`. `next_at_us` is 0 before the first.

    In any time there are at most as many as intervals fit into it, and `burst` more. Whoever asks again
    at `retry_at_us`, and no later than `burst - 1` intervals after it, has one message for each interval.

    A clock that steps forward makes up for no time: it frees `burst` messages at the most. After one that
    steps back nobody waits longer than one interval and one second, and no message is freed by it. Senders
    may read the clock in another order than they ask; up to a second that breaks no promise.
    """
    full_at = now_us + burst * interval_us
    if next_at_us > full_at + _STALE_US:
        next_at_us = full_at
    due = max(next_at_us, now_us)
    count = min(wanted, max(full_at - due, 0) // interval_us)
    if count:
        next_at_us = due + count * interval_us
    retry_at_us = max(next_at_us - (burst - 1) * interval_us, now_us)
    return Admitted(count=count, next_at_us=next_at_us, retry_at_us=retry_at_us)


def burst_of(interval_us: int) -> int:
    """Return how many messages may go at once at this pace.

    One more than an even pace has makes up for senders that come a little late, and so keeps the mean: at
    14 in a second there are at most 15 in any second. At fast paces it is a twentieth of a second's; where
    two messages are half a second apart or more, nobody comes late enough to need any.
    """
    return 1 if interval_us >= _SLOW_US else 1 + max(1, _EVEN_US // interval_us)


def gate(name: str, interval_us: int) -> Gate:
    """Return the gate of that name for an even pace, with the burst that keeps its mean."""
    return Gate(name=name, interval_us=interval_us, burst=burst_of(interval_us))


def interval_now(pace: Pace, configured_us: int | None) -> int | None:
    """Return the interval to keep now: the slower of what is configured and what the relay bears, or None."""
    return max(configured_us or 0, pace.interval_us or 0) or None


def slowed(pace: Pace, *, configured_us: int | None, recent_us: int | None, now: datetime) -> Pace:
    """Return the pace after a relay has complained of too many messages: half of the present one.

    `configured_us` is the interval of its configured rate and `recent_us` the one measured lately over all
    senders; either may be None. It halves at most once in ten seconds, and not below one message in ten
    seconds, unless the configured rate is slower still.
    """
    since = timedelta.max if pace.changed_at is None else abs(now - pace.changed_at)
    if pace.interval_us is not None and since < SLOW_DOWN_AT_MOST_EVERY:
        return pace
    present = interval_now(pace, configured_us) or recent_us or UNMEASURED_US
    slowest = max(SLOWEST_US, configured_us or 0)
    return Pace(interval_us=min(2 * present, slowest), changed_at=now)


def recovered(pace: Pace, *, configured_us: int | None, now: datetime) -> Pace:
    """Return the pace as it is after some time without a complaint.

    Each 30 seconds the interval shrinks to nine tenths, however often this is asked, until it is the
    configured one, or so short that it is no limit. After a clock was put back that takes a minute at the
    most, not the time by which it was.
    """
    if pace.interval_us is None or pace.changed_at is None:
        return pace
    if pace.changed_at - now > RECOVER_EVERY:
        return Pace(interval_us=pace.interval_us, changed_at=now)
    enough_us = configured_us or FREE_US
    interval_us, changed_at = pace.interval_us, pace.changed_at
    while interval_us > enough_us and now - changed_at >= RECOVER_EVERY:
        interval_us, changed_at = interval_us * 9 // 10, changed_at + RECOVER_EVERY
    return Pace(interval_us=interval_us if interval_us > enough_us else None, changed_at=changed_at)


def us_of(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of_us(microseconds: int) -> datetime:
    """Return the moment (UTC) that many microseconds after 1970 began."""
    return _EPOCH + microseconds * _MICROSECOND
