"""A circuit breaker for one relay, shared by all connections of a process: a state machine as a table; pure.

Nothing is taken from the ledger for a relay whose breaker is open. Whoever wants to connect asks first
(`ask`) and tells how it went (`after`). Times are seconds of a clock that never goes back, such as an
event loop's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

FAILURES = 3
"""So often in a row a relay cannot be reached before it is left alone."""

FIRST_REST = 1.0
LONGEST_REST = 60.0
"""How long it is left alone at first, and at the most; each rest is twice the one before."""

_JITTER = 0.25


class BreakerState(StrEnum):
    """Whether a relay is in use, left alone, or being tried by one connection."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Event(StrEnum):
    """What a connection tells about its relay.

    REACHED: it has signed in, or the relay has spoken about a message. FAILED: it got no further than
    connecting, greeting, TLS or signing in. DROPPED: it was stopped before it knew.
    """

    REACHED = "reached"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How it stands with a relay: `failures` in a row while closed, `rests` since then.

    While it is open, `try_at` is when one connection may try again. `turn` rises with each change of state.
    """

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    rests: int = 0
    try_at: float = 0.0
    turn: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether the relay is in use by all of its connections."""
        return self.state is BreakerState.CLOSED


def may_try(breaker: Breaker, *, now: float) -> bool:
    """Tell whether a connection may turn to the relay now."""
    return breaker.is_closed or (breaker.state is BreakerState.OPEN and now >= breaker.try_at)


def ask(breaker: Breaker, *, now: float) -> Breaker | None:
    """Return the breaker once a connection turns to the relay, or None if it may not: `may_try` says why.

    After a rest it is the only one. It remembers the `turn` it has, and tells sooner or later how it went.
    """
    if not may_try(breaker, now=now):
        return None
    return breaker if breaker.is_closed else _turned(breaker, BreakerState.HALF_OPEN)


def after(breaker: Breaker, event: Event, *, turn: int, now: float, jitter: float) -> Breaker:
    """Return the breaker after what the connection that has this `turn` tells.

    Reaching the relay closes it, whoever tells. What else is told by a connection that began before the last
    change is old, and changes nothing. `jitter`, from [0, 1), makes a rest up to a quarter longer.
    """
    if turn != breaker.turn and event is not Event.REACHED:
        return breaker
    return _NEXT[breaker.state, event](breaker, now, jitter)


def _turned(breaker: Breaker, state: BreakerState) -> Breaker:
    return replace(breaker, state=state, turn=breaker.turn + 1)


def _close(breaker: Breaker, now: float, jitter: float) -> Breaker:  # noqa: ARG001 - as all in the table
    return Breaker(turn=breaker.turn + 1)


def _forget(breaker: Breaker, now: float, jitter: float) -> Breaker:  # noqa: ARG001 - as all in the table
    return replace(breaker, failures=0) if breaker.failures else breaker


def _stay(breaker: Breaker, now: float, jitter: float) -> Breaker:  # noqa: ARG001 - as all in the table
    return breaker


def _count(breaker: Breaker, now: float, jitter: float) -> Breaker:
    counted = replace(breaker, failures=breaker.failures + 1)
    return counted if counted.failures < FAILURES else _rest(counted, now, jitter)


def _rest(breaker: Breaker, now: float, jitter: float) -> Breaker:
    seconds = min(FIRST_REST * 2.0 ** min(breaker.rests, 10), LONGEST_REST) * (1 + _JITTER * jitter)
    rests = breaker.rests + 1
    return replace(_turned(breaker, BreakerState.OPEN), rests=rests, try_at=now + seconds)


def _let_another_try(breaker: Breaker, now: float, jitter: float) -> Breaker:  # noqa: ARG001 - as all in the table
    return replace(_turned(breaker, BreakerState.OPEN), try_at=now)


_NEXT: dict[tuple[BreakerState, Event], Callable[[Breaker, float, float], Breaker]] = {
    (BreakerState.CLOSED, Event.REACHED): _forget,
    (BreakerState.CLOSED, Event.FAILED): _count,
    (BreakerState.CLOSED, Event.DROPPED): _stay,
    (BreakerState.OPEN, Event.REACHED): _close,
    (BreakerState.OPEN, Event.FAILED): _stay,
    (BreakerState.OPEN, Event.DROPPED): _stay,
    (BreakerState.HALF_OPEN, Event.REACHED): _close,
    (BreakerState.HALF_OPEN, Event.FAILED): _rest,
    (BreakerState.HALF_OPEN, Event.DROPPED): _let_another_try,
}
