"""Delivering: the sender takes deliveries from the ledger to a transport and records what came of them.

It runs in a thread of its own with a loop of its own; SQL runs in that loop's executor. Each connection has
at most one delivery `sending`, so after a crash exactly those are uncertain.
"""

from __future__ import annotations

import asyncio
import secrets
import threading

import structlog

from publisher.actions.shift import Relay, claim, work
from publisher.actions.transport import open_transport
from publisher.app import Publisher

_log = structlog.get_logger()

_POLL = 0.5
_FIRST_REST, _LONGEST_REST = 1.0, 60.0


class Sender:
    """Sends what is due: until it is stopped, or with `until_idle` until nothing can be sent now.

    Only one sender may work on an SQLite database; whoever starts one holds `store.sending_right`.
    """

    def __init__(self, publisher: Publisher, *, until_idle: bool) -> None:
        self.relay = Relay()
        self.failure: Exception | None = None
        """The bug that ended the sender, if one did."""
        self._publisher = publisher
        self._until_idle = until_idle
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to send, in a thread of its own."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it is sending or waiting for something to send."""
        return self._thread.is_alive()

    def stop(self, *, within: float = 30.0) -> None:
        """Take nothing new, finish within so many seconds what is on its way, give back the rest."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within)

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except Exception as error:  # noqa: BLE001 - a thread's last words: the door shows them
            self.failure = error
            _log.exception("the sender has stopped")

    async def _send(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(self._publisher.settings.delivery.connections):
                group.create_task(self._connection(f"{secrets.token_hex(4)}-{number}"))

    async def _connection(self, worker: str) -> None:
        """Work on one batch after another over one connection; rest while the relay is not to be reached."""
        transport = open_transport(self._publisher.settings)
        rest = _FIRST_REST
        try:
            while not self._stopping.is_set():
                batch = await asyncio.to_thread(claim, self._publisher, worker, idempotent=transport.idempotent)
                reached = batch is None or await work(
                    self._publisher, transport, batch, relay=self.relay, stopping=self._stopping
                )
                if self._until_idle and (batch is None or not reached):
                    return
                if batch is None:
                    await self._rest(_POLL)
                elif not reached:
                    await self._rest(rest)
                rest = _FIRST_REST if reached else min(rest * 2, _LONGEST_REST)
        finally:
            await transport.close()

    async def _rest(self, seconds: float) -> None:
        """Wait so long, or until somebody stops us."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._stopping.is_set() and loop.time() < until:
            await asyncio.sleep(min(0.1, max(0.0, until - loop.time())))
