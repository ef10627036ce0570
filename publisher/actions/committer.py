"""The committer: it writes the ledger for all connections of a process, in groups (rolling group commit).

A connection hands in what came of its last delivery and asks for the next one. Whatever has come together
since the last transaction is written in the next one: outcomes, the marks of what will be sent, the lease.
Only then are the connections let go on, so nothing is ever on its way that the ledger does not know of, and
at most one delivery of each connection is `sending`. Nobody waits for the slowest.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, Protocol, TypeVar

import structlog

from publisher.actions.beside import beside
from publisher.actions.group import Group, Worker, Written, give_back, write
from publisher.actions.held import Answer, Ask, Handed, Held, Promise, reply
from publisher.actions.relays import Relays
from publisher.actions.speed import Speed
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.store import deliveries

POLL: Final = 0.2
"""Seconds between looks for something that has become due, or may go on."""

_TURNS: Final = 3
"""Of the loop, in which others may come to the first who has something to hand in."""

_TRIES, _TRIES_WHEN_STOPPING = 600, 3
_REST = 1.0
"""Seconds between tries to write the ledger."""

_QUICK: Final = 0.006
"""Seconds that a step may usually take where connections wait for it."""

_OF_LATE: Final = 10
"""Steps over which that is judged."""

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_log = structlog.get_logger()


class _Step(Protocol[_T_co]):
    """Something that reads or writes the ledger; with `at_once` it fails rather than wait for others."""

    def __call__(self, *, at_once: bool = False) -> _T_co: ...


class Committer:
    """Serves connections until it is stopped, or with `until_idle` until nothing can be sent now.

    It belongs to the loop of its connections; only `stop` and `complaint` may be used from elsewhere.
    """

    def __init__(
        self,
        publisher: Publisher,
        relays: Relays,
        worker: Worker,
        *,
        until_idle: bool,
        note_steps: Callable[[int], object],
    ) -> None:
        self._publisher = publisher
        self._note_steps = note_steps
        self._relays = relays
        self._worker = worker
        self._until_idle = until_idle
        self._inbox: list[Ask] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._stopping = threading.Event()
        self._has_failed = False
        self._has_ended = False
        self._out = 0
        self._waiting: list[Ask] = []
        self._held: list[Held] = []
        self._promised: set[Promise] = set()
        """What connections were promised."""
        self._speed = Speed()
        self._usually = 0.0
        """Seconds that a step of the ledger has taken of late."""
        self.complaint = ""
        """Why the ledger cannot be written at the moment, or an empty text."""

    async def next(self, relay: str, answer: Answer | None) -> Handed | None:
        """Hand in what came of a delivery; return the next one for `relay`, marked. None: go home."""
        ask = Ask(relay=relay, answer=answer, future=asyncio.get_running_loop().create_future())
        if self._has_ended:
            return None
        self._inbox.append(ask)
        self._wake()
        return await ask.future

    def stop(self) -> None:
        """Hand out nothing more; record what is on its way when it comes, and give back the rest."""
        self._stopping.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed: there is nothing left to stop
                self._loop.call_soon_threadsafe(self._wake)

    def abandon(self) -> None:
        """End at once, because something has failed; what is on its way is uncertain."""
        self._has_failed = True
        self.stop()

    async def run(self) -> None:
        """Write group after group.

        Raises:
            StoreError: the ledger could not be written for ten minutes.
        """
        self._loop = asyncio.get_running_loop()
        try:
            while not self._is_over:
                await self._take_turn(await self._gather())
            if self._held and not self._has_failed:
                await self._insist(partial(give_back, self._publisher, self._held))
        finally:
            self._has_ended = True
            self._send_home([*self._waiting, *self._come()])

    async def _gather(self) -> list[Ask]:
        """Wait until somebody comes, or those who wait may go on; return who has come.

        Who has something to hand in within a few turns of the loop comes with the first: a transaction costs
        about as much for five as for one.
        """
        if not self._inbox:
            patience = None
            if self._waiting or self._held:
                patience = self._relays.patience(POLL) if self._waiting else POLL
            await self._something(patience)
        if self._inbox:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
        return self._come()

    async def _something(self, patience: float | None) -> None:
        """Wait until somebody comes or it is stopped, but no longer than so many seconds."""
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        alarm = None if patience is None else loop.call_later(patience, self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if alarm is not None:
                alarm.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _come(self) -> list[Ask]:
        """Return who has come meanwhile."""
        found, self._inbox = self._inbox, []
        return found

    @property
    def _is_over(self) -> bool:
        return self._has_failed or (self._stopping.is_set() and not self._out)

    async def _take_turn(self, news: list[Ask]) -> None:
        """Write one group, and let those go on whom it serves."""
        waiting = [*self._waiting, *news]
        takers = {} if self._stopping.is_set() else self._relays.takers(waiting)
        done = [ask.answer for ask in news if ask.answer is not None]
        group = Group(
            done=done,
            takers=takers,
            held=self._held,
            rates=self._speed.news(),
            promised=tuple(self._promised),
            is_closing=self._stopping.is_set(),
        )
        written = Written(held=self._held)
        if await self._is_worth_it(group):
            written = await self._insist(partial(write, self._publisher, self._relays, self._worker, group))
        self._held = written.held
        self._note_steps(written.steps)
        self._out += len(written.served) - len(done)
        self._relays.learn(done)
        for answer in done:
            self._speed.count(answer)
        for ask, handed in written.served:
            self._relays.served(ask.relay)
            if ask.promise is not None:
                self._promised.discard(ask.promise)
            if handed.promise is not None:
                self._promised.add(handed.promise)
            reply(ask, handed)
        served = {id(ask) for ask, _ in written.served}
        self._waiting = [ask for ask in waiting if id(ask) not in served]
        if self._stopping.is_set() or (self._until_idle and self._is_idle(group, written)):
            self._stopping.set()
            self._send_home(self._waiting)
            self._waiting = []

    async def _is_worth_it(self, group: Group) -> bool:
        """Return whether a transaction may change anything: while nothing is due, none is begun."""
        if group.done or any(each.queue or each.later or each.is_done for each in group.held):
            return True
        try:
            return await self._done(partial(self._is_anything_to_do, group))
        except StoreError:
            return True  # the transaction waits until the database is back, and tells what is wrong with it

    def _is_anything_to_do(self, group: Group, *, at_once: bool = False) -> bool:  # noqa: ARG002 - it only reads
        return self._is_lease_half_over(group.held) or bool(group.takers and self._is_any_due())

    def _is_lease_half_over(self, held: Sequence[Held]) -> bool:
        half = self._publisher.settings.delivery.lease / 2
        return bool(held) and min(each.lease_until for each in held) - self._publisher.now() < half

    def _is_any_due(self) -> bool:
        with self._publisher.database.read() as db:
            return deliveries.is_any_due(db, self._publisher.now(db))

    def _is_idle(self, group: Group, written: Written) -> bool:
        """Return whether somebody who does not wait for what becomes due later has nothing left to do."""
        if self._out:
            return False
        in_line = any(each.queue or each.later for each in written.held)
        return self._relays.all_rest or bool(group.takers and not in_line)

    def _send_home(self, asks: list[Ask]) -> None:
        for ask in asks:
            reply(ask, None)

    async def _insist(self, step: _Step[_T]) -> _T:
        """Do a step of the ledger again and again while the database cannot be written.

        An outcome that is known must not be lost because a disk was full for a minute.

        Raises:
            StoreError: it never worked.
        """
        tried = 0
        while True:
            try:
                result = await self._done(step)
            except StoreError as error:
                tried += 1
                self.complaint = str(error)
                if tried >= (_TRIES_WHEN_STOPPING if self._stopping.is_set() else _TRIES):
                    raise
                if tried == 1:
                    _log.warning("the ledger cannot be written; trying again", trouble=str(error))
                await asyncio.sleep(_REST)
            else:
                self.complaint = ""
                return result

    async def _done(self, step: _Step[_T]) -> _T:
        """Do a step of the ledger: here where that is quick, since to hand it to a thread takes longer.

        Where there is a server to wait for, somebody else who writes to the file, or a slow disk, the
        connections go on meanwhile.

        Raises:
            StoreError: the database cannot be used.
        """
        begun = time.monotonic()
        try:
            if self._publisher.database.is_sqlite and self._usually < _QUICK and not self.complaint:
                with suppress(StoreError):
                    return step(at_once=True)
            return await beside(step)
        finally:
            self._usually += (time.monotonic() - begun - self._usually) / _OF_LATE
