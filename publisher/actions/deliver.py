"""Delivering: the sender takes deliveries from the ledger to a transport and records what came of them.

It runs in a thread of its own with a loop of its own; SQL runs in that loop's executor. Each connection has
at most one delivery `sending`, so after a crash exactly those are uncertain.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable
from functools import partial

import structlog

from publisher.actions.shift import Relay, claim, insist, work
from publisher.actions.transport import open_transport
from publisher.app import Publisher
from publisher.store import deliveries
from publisher.store.sending_lock import SendingRight

_log = structlog.get_logger()

_POLL = 0.5
_FIRST_REST, _LONGEST_REST = 1.0, 60.0


class Sender:
    """Sends what is due: until it is stopped, or with `until_idle` until nothing can be sent now.

    It holds the right to send, which on an SQLite database only one process can have, until it is closed.
    """

    def __init__(self, publisher: Publisher, right: SendingRight, *, until_idle: bool) -> None:
        self._relay = Relay()
        self._right = right
        self.failure: Exception | None = None
        """The bug that ended the sender, if one did."""
        self._publisher = publisher
        self._until_idle = until_idle
        self._stopping = threading.Event()
        self._waking: Callable[[], object] = self._stopping.set
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to send, in a thread of its own; what a sender before left unfinished is taken up again."""
        if self._publisher.database.is_sqlite:
            with self._publisher.database.begin() as db:
                deliveries.release_all_leases(db)
        self._thread.start()

    @property
    def complaint(self) -> str:
        """What is wrong at the moment, in the relay's words, or an empty text."""
        return str(self.failure) if self.failure else self._relay.complaint

    @property
    def is_alive(self) -> bool:
        """Whether it is sending or waiting for something to send."""
        return self._thread.is_alive()

    def close(self, *, within: float = 30.0) -> None:
        """Take nothing new, finish within so many seconds what is on its way, give back the rest."""
        self._stopping.set()
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self._waking()
        if self._thread.ident is not None:
            self._thread.join(within)
        if not self._thread.is_alive():
            self._right.release()

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except Exception as error:  # noqa: BLE001 - a thread's last words: the door shows them
            self.failure = error
            _log.exception("the sender has stopped")

    async def _send(self) -> None:
        stopped = asyncio.Event()
        self._waking = partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set)
        names = (secrets.token_hex(6) for _ in range(self._publisher.settings.delivery.connections))
        ends = await asyncio.gather(
            *(self._connection(name, stopped) for name in names), return_exceptions=True
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _connection(self, worker: str, stopped: asyncio.Event) -> None:
        """Work on one batch after another over one connection; rest while the relay is not to be reached."""
        transport = open_transport(self._publisher.settings)
        rest = _FIRST_REST
        try:
            while not self._stopping.is_set():
                take = partial(claim, self._publisher, worker, idempotent=transport.idempotent)
                batch = await insist(take, self._stopping)
                reached = batch is None or await work(
                    self._publisher, transport, batch, relay=self._relay, stopping=self._stopping
                )
                if self._until_idle and (batch is None or not reached):
                    return
                if batch is None:
                    await _rest(stopped, _POLL)
                elif not reached:
                    await _rest(stopped, rest)
                rest = _FIRST_REST if reached else min(rest * 2, _LONGEST_REST)
        finally:
            await transport.close()


async def _rest(stopped: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until somebody stops us."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
