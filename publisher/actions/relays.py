"""What a sender knows of its relays: which of them is in use, how fast it may be, and what it has answered.

All of it is used by the committer alone. What changes with answers changes once they are recorded.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import inf

from sqlalchemy import Connection

from publisher.actions.held import Answer, Ask
from publisher.delivery.breaker import Breaker, Event, after, ask
from publisher.delivery.pace import domain_gate, gate_names, relay_gate
from publisher.delivery.replies import throttles
from publisher.delivery.retry import WINDOW, refuses_readers, should_pause
from publisher.delivery.routes import in_use, rested_at
from publisher.model.delivery import DeliveryState, Outcome, Recipient, Stage
from publisher.model.pace import Pace
from publisher.store import rates
from publisher.store import relays as kept

UNREACHED = (Stage.CONNECT, Stage.HELO, Stage.TLS, Stage.AUTH)
"""Trouble at these stages is the relay's, whoever the recipient is."""

_LOOK_EVERY = 1.0
"""Seconds between looks at the pace that all senders share."""

_SHORTEST = 0.001
_MOST_MAILINGS = 16
"""Of so many mailings the last outcomes are remembered."""

_MEASURED = 20
_ENOUGH = 3
_LATELY = 10.0
"""The last messages tell how fast they went: so many, if there are enough of the last seconds."""


def was_reached(outcome: Outcome) -> bool:
    """Return whether the relay was there to take a message at all."""
    return not (outcome.relay_fault and outcome.stage in UNREACHED)


@dataclass(slots=True)
class _Relay:
    """One relay, as this process knows it."""

    configured_us: int | None
    breaker: Breaker = field(default_factory=Breaker)
    pace: Pace = field(default_factory=Pace)
    looked_at: float = float("-inf")
    may_go_at: float = 0.0
    is_told_to_work: bool | None = None
    complaint: str = ""
    accepted_at: deque[float] = field(default_factory=partial(deque, maxlen=_MEASURED))


class Relays:
    """The relays in order of preference, and what the connections of one process have learnt of them.

    `intervals` are the configured microseconds between two messages at each relay (None: no limit), and
    `domains` those for readers at a domain. `clock` is one that never goes back.
    """

    def __init__(
        self,
        intervals: Mapping[str, int | None],
        domains: Mapping[str, int],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._relays = {name: _Relay(configured_us=interval) for name, interval in intervals.items()}
        self._domains = domains
        self._clock = clock
        self._recent: dict[int, deque[Outcome]] = {}
        self._wake_at = inf
        """When somebody who has to wait for a pace may go; it stands until it is looked at again."""

    @property
    def complaint(self) -> str:
        """What is wrong with the relays at the moment, in their words, or an empty text."""
        return next((each.complaint for each in self._relays.values() if each.complaint), "")

    @property
    def first(self) -> str:
        """The relay that notices are given to: the first that works, or the first of all; from any thread."""
        used = in_use(self._breakers(), now=self._clock())
        closed = (name for name in used if self._relays[name].breaker.is_closed)
        return next(closed, next(iter(self._relays)))

    @property
    def all_rest(self) -> bool:
        """Whether no relay can be reached, and none is to be tried now."""
        return not in_use(self._breakers(), now=self._clock())

    def takers(self, waiting: Sequence[Ask]) -> dict[str, list[Ask]]:
        """Return by relay those of the waiting connections that may take a delivery now.

        A relay that was left alone is tried by one of them.
        """
        now = self._clock()
        if self._wake_at <= now:
            self._wake_at = inf
        found = {}
        for name in in_use(self._breakers(), now=now):
            relay = self._relays[name]
            own = [each for each in waiting if each.relay == name]
            if relay.may_go_at > now:
                self._wake_at = min(self._wake_at, relay.may_go_at)
            elif own:
                found[name] = own if relay.breaker.is_closed else own[:1]
        return found

    def patience(self, most: float) -> float:
        """Return how many seconds to wait until something changes for those who wait, at most `most`."""
        now = self._clock()
        rested = rested_at(self._breakers(), now=now)
        moments = [self._wake_at, inf if rested is None else rested]
        return max(min([most, *(moment - now for moment in moments)]), _SHORTEST)

    def turn(self, name: str) -> int:
        """Return the turn that a connection has which is handed a delivery now."""
        relay = self._relays[name]
        if relay.breaker.is_closed:
            return relay.breaker.turn
        asked = ask(relay.breaker, now=self._clock())
        return relay.breaker.turn if asked is None else asked.turn

    def served(self, name: str) -> None:
        """Remember that a delivery was handed over to a connection of this relay."""
        relay = self._relays[name]
        if not relay.breaker.is_closed:
            relay.breaker = ask(relay.breaker, now=self._clock()) or relay.breaker

    def lock(self, db: Connection, names: Collection[str]) -> None:
        """Keep other senders from the paces of these relays until the transaction ends.

        All at once: two who took one pace after another could wait for each other.
        """
        asked = {name: self._relays[name] for name in names}
        gates = [
            gate_names(name, relay.pace, self._domains, configured_us=relay.configured_us)
            for name, relay in asked.items()
        ]
        rates.lock(db, set().union(*gates))

    def most(self, db: Connection, name: str, now: datetime) -> int | None:
        """Return how many messages the relay's pace can let go at once, None if it has no pace."""
        relay = self._relays[name]
        if self._clock() - relay.looked_at >= _LOOK_EVERY:
            relay.pace = kept.recover(db, name, configured_us=relay.configured_us, now=now)
            relay.looked_at = self._clock()
        gate = relay_gate(name, relay.pace, configured_us=relay.configured_us)
        return None if gate is None else gate.burst

    def lets_go_at_once(self, name: str, address: str) -> bool:
        """Return whether the relay works, and neither it nor the domain of the address has a pace."""
        relay = self._relays[name]
        if not relay.breaker.is_closed or domain_gate(name, address, self._domains) is not None:
            return False
        return relay_gate(name, relay.pace, configured_us=relay.configured_us) is None

    def waits(
        self, db: Connection, name: str, candidates: Sequence[Recipient], now: datetime
    ) -> dict[int, datetime]:
        """Return the subscribers who have to wait for the pace of the relay or of their domain, until when.

        Those who do not have to wait count as gone from now on.
        """
        relay = self._relays[name]
        own = relay_gate(name, relay.pace, configured_us=relay.configured_us)
        domains = [domain_gate(name, each.address, self._domains) for each in candidates]
        if own is None and not any(domains):
            return {}
        asked = [[gate for gate in (own, domain) if gate is not None] for domain in domains]
        if own is not None:
            self._wake_at = min(self._wake_at, self._clock() + own.interval_us / 1_000_000)
        found = {}
        for candidate, domain, retry_at in zip(
            candidates, domains, rates.take_for_each(db, asked, now=now), strict=True
        ):
            if retry_at is not None:
                found[candidate.subscriber] = retry_at
                may_go_at = self._clock() + (retry_at - now).total_seconds()
                self._wake_at = min(self._wake_at, may_go_at)
                if domain is None:
                    relay.may_go_at = may_go_at
        return found

    def tell(self, db: Connection, answers: Sequence[Answer], now: datetime) -> None:
        """Write what answers mean for all senders: a relay is down or back, or a pace gives way."""
        for answer in sorted(answers, key=lambda each: each.relay):
            name, relay = answer.relay, self._relays[answer.relay]
            reached = was_reached(answer.outcome)
            if reached is not relay.is_told_to_work:
                kept.report(db, name, works=reached, said="" if reached else answer.outcome.text, now=now)
            if throttles(answer.outcome):
                relay.pace = kept.slow_down(
                    db, name, configured_us=relay.configured_us, recent_us=self._recent_us(relay), now=now
                )

    def complaints(self, answers: Sequence[Answer]) -> dict[int, str]:
        """Return the mailings that must pause with these answers, and why."""
        return self._judged(answers, should_pause)

    def bursts(self, answers: Sequence[Answer]) -> dict[int, str]:
        """Return the mailings that must pause because nearly all of their readers are refused, and why."""
        return self._judged(answers, refuses_readers)

    def learn(self, answers: Sequence[Answer]) -> None:
        """Remember answers, now that they are recorded."""
        paused = self.complaints(answers) | self.bursts(answers)
        for answer in answers:
            relay, outcome = self._relays[answer.relay], answer.outcome
            reached = was_reached(outcome)
            relay.is_told_to_work = reached
            relay.complaint = "" if reached else outcome.text
            relay.breaker = after(
                relay.breaker,
                Event.REACHED if reached else Event.FAILED,
                turn=answer.handed.turn,
                now=self._clock(),
                jitter=random.random(),  # noqa: S311 - spreads tries, guards nothing
            )
            if outcome.state is DeliveryState.ACCEPTED:
                relay.accepted_at.append(self._clock())
            if self._counts(outcome):
                self._remember(answer.handed.batch.mailing, outcome)
        for mailing in paused:
            self._recent.pop(mailing, None)

    def _judged(
        self, answers: Sequence[Answer], judge: Callable[[Sequence[Outcome]], str | None]
    ) -> dict[int, str]:
        """Return the mailings of which `judge` says something, with these answers and those before."""
        suspects = {
            each.handed.batch.mailing
            for each in answers
            if each.outcome.state is not DeliveryState.ACCEPTED and self._counts(each.outcome)
        }
        found = {}
        for mailing in suspects:
            own = [each.outcome for each in answers if each.handed.batch.mailing == mailing]
            new = [each for each in own if self._counts(each)]
            reason = judge([*self._recent.get(mailing, ()), *new])
            if reason is not None:
                found[mailing] = reason
        return found

    def _counts(self, outcome: Outcome) -> bool:
        """Return whether an outcome tells how a mailing fares.

        Where there is another relay, it is for the breaker to leave one alone that does not let us in.
        """
        return was_reached(outcome) or len(self._relays) == 1

    def _remember(self, mailing: int, outcome: Outcome) -> None:
        recent = self._recent.pop(mailing, None) or deque[Outcome](maxlen=WINDOW)
        recent.append(outcome)
        self._recent[mailing] = recent
        if len(self._recent) > _MOST_MAILINGS:
            del self._recent[next(iter(self._recent))]

    def _breakers(self) -> dict[str, Breaker]:
        return {name: relay.breaker for name, relay in self._relays.items()}

    def _recent_us(self, relay: _Relay) -> int | None:
        """Return the microseconds between two messages to a relay lately, None if too few went."""
        since = self._clock() - _LATELY
        lately = [moment for moment in relay.accepted_at if moment >= since]
        if len(lately) < _ENOUGH:
            return None
        return max(1, int((lately[-1] - lately[0]) / (len(lately) - 1) * 1_000_000))
