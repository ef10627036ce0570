"""Which of several relays may be given work now; pure.

Relays stand in order of preference. One that is lower gets work only while none above it is closed: a relay
that is being tried again is not back yet, so the lower one goes on until the try succeeds, and then takes
nothing new. What is on its way there ends normally. A relay that is merely slow or has no rate left is not
replaced by another one.
"""

from __future__ import annotations

from collections.abc import Mapping

from publisher.delivery.breaker import Breaker, BreakerState, may_try


def in_use(breakers: Mapping[str, Breaker], *, now: float) -> tuple[str, ...]:
    """Return the relays whose connections may take work now, in the given order.

    That is the first whose breaker is closed, and above it each whose rest is over, for one connection that
    tries it. None may be left: then nobody takes anything until `rested_at`.
    """
    names = []
    for name, breaker in breakers.items():
        if may_try(breaker, now=now):
            names.append(name)
        if breaker.is_closed:
            break
    return tuple(names)


def rested_at(breakers: Mapping[str, Breaker], *, now: float) -> float | None:
    """Return when the next rest of a relay ends that is above the one in use, or None if none is to wait for.

    It lies after `now`. Whoever has nothing to do until then still wakes up when a try ends.
    """
    ends = []
    for breaker in breakers.values():
        if breaker.is_closed:
            break
        if breaker.state is BreakerState.OPEN and breaker.try_at > now:
            ends.append(breaker.try_at)
    return min(ends, default=None)
