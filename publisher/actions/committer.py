"""The committer: it writes the ledger for all connections of a process, in groups (rolling group commit).

A connection hands in what came of its last delivery and asks for the next one. Whatever has come together
while the last transaction was being written is written in the next one: outcomes, the marks of what will be
sent, the lease. Only then are the connections let go on, so nothing is ever on its way that the ledger does
not know of, and at most one delivery of each connection is `sending`. Nobody waits for the slowest.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from publisher.actions.gate import Gate
from publisher.actions.group import Group, Written, write
from publisher.actions.held import Answer, Ask, Handed, Held
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.store import deliveries

POLL: Final = 0.2
"""Seconds between looks for something that has become due, or may go on."""

_TRIES, _TRIES_WHEN_STOPPING = 600, 3
_REST = 1.0
"""Seconds between tries to write the ledger."""

_T = TypeVar("_T")
_log = structlog.get_logger()


@dataclass(slots=True)
class _Book:
    """What the committer has in its hands: asks that wait, and batches that are ours."""

    waiting: list[Ask] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    @property
    def on_their_way(self) -> int:
        return sum(each.on_their_way for each in self.held)


class Committer:
    """Serves connections until it is stopped, or with `until_idle` until nothing can be sent now."""

    def __init__(
        self, publisher: Publisher, gate: Gate, *, worker: str, idempotent: bool, until_idle: bool
    ) -> None:
        self._publisher = publisher
        self._gate = gate
        self._worker = worker
        self._idempotent = idempotent
        self._until_idle = until_idle
        self._inbox: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._abandoned = False
        self._book = _Book()

    async def next(self, relay: str, answer: Answer | None) -> Handed | None:
        """Hand in what came of a delivery, and return the next one for `relay` once it is marked; None: go home.

        Raises:
            StoreError: the ledger could not be written for ten minutes.
        """
        loop = asyncio.get_running_loop()
        ask = Ask(relay=relay, answer=answer, loop=loop, future=loop.create_future())
        self._inbox.put(ask)
        return await ask.future

    def stop(self) -> None:
        """Hand out nothing more; record what is on its way when it comes, and give back the rest."""
        self._stopping.set()
        self._inbox.put(None)

    def abandon(self) -> None:
        """End at once, because something has failed; what is on its way is uncertain."""
        self._abandoned = True
        self.stop()

    def run(self) -> None:
        """Write group after group; this blocks, so it belongs in a thread of its own.

        Raises:
            StoreError: the ledger could not be written for ten minutes.
        """
        try:
            while not self._abandoned:
                news = self._gather()
                if self._stopping.is_set() and not news and not self._book.on_their_way:
                    break
                self._write(news)
            self._insist(self._give_back)
        finally:
            self._abandoned = True
            _reply([(each, None) for each in [*self._book.waiting, *self._drained()]])

    def _gather(self) -> list[Ask]:
        """Return the asks that have come; wait for one, or until what waits may go on."""
        book = self._book
        patience = POLL if book.waiting or book.held else None
        if book.waiting and not self._stopping.is_set():
            patience = self._gate.patience(POLL)
        try:
            first = self._inbox.get(timeout=patience)
        except queue.Empty:
            return []
        return [each for each in (first, *self._drained()) if each is not None]

    def _drained(self) -> list[Ask]:
        """Return what has come meanwhile, without waiting."""
        found = []
        while True:
            try:
                ask = self._inbox.get_nowait()
            except queue.Empty:
                return found
            if ask is not None:
                found.append(ask)

    def _write(self, news: list[Ask]) -> None:
        """Write one group, and let those go on whom it serves."""
        book = self._book
        waiting = [*book.waiting, *news]
        takers = [] if self._stopping.is_set() else self._gate.takers(waiting)
        group = Group(
            done=[ask.answer for ask in news if ask.answer is not None], takers=takers, held=book.held
        )
        if group.done or self._is_worth_it(group):
            written = self._insist(lambda: write(self._publisher, self._gate, group, self._claim))
        else:
            written = Written(held=book.held)
        book.held = written.held
        self._gate.learn(group.done)
        served = {id(ask) for ask, _ in written.served}
        book.waiting = [ask for ask in waiting if id(ask) not in served]
        _reply(written.served)
        if self._stopping.is_set() or self._is_idle(written, group):
            self._send_home()

    def _is_worth_it(self, group: Group) -> bool:
        """Return whether a transaction without news would change anything: it need not be begun for nothing."""
        now = self._publisher.now()
        if any(each.needs_care(now, lease=self._publisher.settings.delivery.lease) for each in group.held):
            return True
        if not group.takers:
            return False
        if any(each.has_due(now) for each in group.held):
            return True
        with self._publisher.database.read() as db:
            return deliveries.is_any_due(db, self._publisher.now(db))
    
    def _is_idle(self, written: Written, group: Group) -> bool:
        """Return whether there is nothing to do for somebody who does not wait for what becomes due later."""
        if not self._until_idle or written.served or self._book.on_their_way:
            return False
        if group.takers:
            return not any(each.queue or each.later for each in written.held)
        return bool(self._book.waiting) and not self._gate.may_work_soon

    def _send_home(self) -> None:
        self._stopping.set()
        _reply([(each, None) for each in self._book.waiting])
        self._book.waiting = []
"""Draft"""
