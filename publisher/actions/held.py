"""What a sender has in its hands: batches, deliveries on their way, connections that wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from publisher.actions.addressing import Envelopes
from publisher.model.delivery import Batch, Outcome, Recipient

Key: TypeAlias = tuple[int, int, int]
"""Mailing, number and fence of a batch: what was ours under another fence is not ours any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Who will probably be next for a connection, so that it may tell its relay; nothing is marked yet."""

    batch: Key
    subscriber: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A delivery in the hands of a connection, marked as being sent."""

    batch: Batch
    recipient: Recipient
    envelopes: Envelopes
    relay: str
    turn: int
    """Of the relay's breaker."""
    promise: Promise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a delivery that was handed over."""

    handed: Handed
    outcome: Outcome

    @property
    def relay(self) -> str:
        """The relay that was to take it."""
        return self.handed.relay


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A connection to `relay` that has nothing to do, and waits for its next delivery. None: go home."""

    relay: str
    answer: Answer | None
    future: asyncio.Future[Handed | None]

    @property
    def promise(self) -> Promise | None:
        """Who this connection was promised with its last delivery."""
        return None if self.answer is None else self.answer.handed.promise


@dataclass(slots=True, kw_only=True)
class Held:
    """A batch that is ours until `lease_until`: `queue` has those of its subscribers who are due, in order.

    `later` are those whose domain has to wait, with the moments from which and until which; `on_their_way`
    counts what connections have. `addresses` are those that its subscribers had when it was claimed.
    """

    batch: Batch
    envelopes: Envelopes
    queue: deque[int]
    lease_until: datetime
    later: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    on_their_way: int = 0
    addresses: Mapping[int, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What names the batch and our claim on it."""
        return key_of(self.batch)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to send or to wait for."""
        return not (self.queue or self.later or self.on_their_way)

    def draft(self, now: datetime) -> Held:
        """Return a copy that may be changed and thrown away; who had to wait until `now` is in line again.

        So is everybody else after the clock was put back.
        """
        queue = self.queue.copy()
        queue.extendleft(each for since, until, each in self.later if not since <= now < until)
        later = [(since, until, each) for since, until, each in self.later if since <= now < until]
        return replace(self, queue=queue, later=later)

    def take_out(self, subscribers: Collection[int]) -> None:
        """Take subscribers out of the line, near whose head they stand."""
        left = set(subscribers)
        passed: list[int] = []
        while left and self.queue:
            each = self.queue.popleft()
            if each in left:
                left.remove(each)
            else:
                passed.append(each)
        self.queue.extendleft(reversed(passed))

    def line(self, own: Sequence[int], others: Collection[int]) -> list[int]:
        """Return the line in the order in which it is offered to connections that were promised `own`.

        Those whom `others` were promised are left out, as far as they stand near its head; nobody is in it
        twice.
        """
        first = [each for each in dict.fromkeys(own) if each in self.queue]
        if not (first or others):
            return list(self.queue)
        head = list(islice(self.queue, len(first) + len(others)))
        tail: Iterable[int] = islice(self.queue, len(head), None)
        if not set(first) <= set(head):
            tail = [each for each in tail if each not in first]
        return [*first, *(each for each in head if each not in first and each not in others), *tail]

    def next_but(self, promised: Collection[int]) -> int | None:
        """Return the first in the line who was promised to nobody."""
        return next((each for each in self.queue if each not in promised), None)

    def put_off(self, until: Mapping[int, datetime], *, now: datetime) -> None:
        """Let subscribers in the line wait until a moment."""
        self.take_out(until)
        self.later += [(now, moment, each) for each, moment in until.items()]


def key_of(batch: Batch) -> Key:
    """Return what names a batch and somebody's claim on it."""
    return batch.mailing, batch.number, batch.fence


def reply(ask: Ask, handed: Handed | None) -> None:
    """Let a connection go on, if it still waits."""
    if not ask.future.done():
        ask.future.set_result(handed)


def taken_for(subscriber: int, batch: Key, takers: deque[Ask]) -> Ask:
    """Take out of those who wait whoever was promised this subscriber, or else somebody without a promise."""

    def fits(ask: Ask) -> int:
        promise = ask.promise
        if promise is None:
            return 1
        return 0 if (promise.batch, promise.subscriber) == (batch, subscriber) else 2

    taken = min(takers, key=fits)
    takers.remove(taken)
    return taken
