"""Delivering: the sender takes deliveries from the ledger to its relays and records what came of them.

It runs in a thread of its own with a loop of its own, in which each connection to a relay is a task, and the
committer, which writes the ledger, is another.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading

import structlog
import uvloop

from publisher.actions.addressing import Envelopes
from publisher.actions.committer import Committer
from publisher.actions.group import Worker
from publisher.actions.held import Answer, Handed
from publisher.actions.mails import Mails
from publisher.actions.notices import send_due
from publisher.actions.relays import Relays
from publisher.actions.restored import come_up_paused_if_restored
from publisher.actions.signing import signer_of
from publisher.actions.transport import Way, ways_out
from publisher.app import Publisher
from publisher.delivery.pace import domain_intervals, interval_of
from publisher.delivery.transports.transport import Transport
from publisher.errors import PublisherError
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Recipient, Stage
from publisher.store import deliveries
from publisher.store.sending_lock import SendingRight

_FIRST_REST, _LONGEST_REST = 0.5, 60.0
"""Seconds between looks for notices; longer while they do not go."""

_log = structlog.get_logger()


class Sender:
    """Sends what is due: until it is stopped, or with `until_idle` until nothing can be sent now.

    It holds the right to send, which on an SQLite database only one process can have, until it is closed.
    """

    def __init__(self, publisher: Publisher, right: SendingRight, *, until_idle: bool) -> None:
        self._publisher = publisher
        self._right = right
        self._ways = ways_out(publisher.settings)
        self._relays = Relays(
            {way.name: interval_of(way.rate) for way in self._ways},
            domain_intervals(publisher.settings.delivery.domain_rates),
        )
        self._signer = signer_of(publisher.settings)
        worker = Worker(
            name=secrets.token_hex(6),
            idempotent=all(way.is_idempotent for way in self._ways),
            mails=Mails(publisher, self._signer),
        )
        self._committer = Committer(
            publisher,
            self._relays,
            worker,
            until_idle=until_idle,
            note_steps=right.note,
        )
        self._stopping = threading.Event()
        self.failure: Exception | None = None
        """The bug or the trouble that ended the sender, if it did not end by itself."""
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to send, in a thread of its own; what a sender before left unfinished is taken up again."""
        if self._publisher.database.is_sqlite:
            come_up_paused_if_restored(self._publisher, self._right)
            with self._publisher.database.begin() as db:
                deliveries.release_all_leases(db)
        self._thread.start()

    @property
    def complaint(self) -> str:
        """What is wrong at the moment, in the words of the relay or the database, or an empty text."""
        return str(self.failure or "") or self._committer.complaint or self._relays.complaint

    @property
    def is_alive(self) -> bool:
        """Whether it is sending or waiting for something to send."""
        return self._thread.is_alive()

    def close(self, *, within: float = 30.0) -> None:
        """Take nothing new, finish within so many seconds what is on its way, give back the rest."""
        self._stopping.set()
        self._committer.stop()
        if self._thread.ident is not None:
            self._thread.join(within)
        if not self._thread.is_alive():
            self._right.release()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._send())
        except* Exception as errors:  # noqa: BLE001 - a thread's last words: the door shows them
            self.failure = errors.exceptions[0]
            _log.exception("the sender has stopped")

    async def _send(self) -> None:
        """Let connections and committer work together: if one of them fails, all end."""
        async with asyncio.TaskGroup() as group:
            committing = group.create_task(self._committer.run())
            group.create_task(self._notices(committing))
            for way in self._ways:
                for _ in range(way.connections):
                    group.create_task(self._connection(way))

    async def _notices(self, committing: asyncio.Task[None]) -> None:
        """Send notices as they become due, over a connection of their own: none waits for a mailing."""
        transports, rest = {way.name: way.open() for way in self._ways}, _FIRST_REST
        try:
            while True:
                is_last_look = committing.done()
                transport = transports[self._relays.first]
                sent = await send_due(self._publisher, transport, self._stopping, signer=self._signer)
                rest = _FIRST_REST if sent.all_went else min(rest * 2, _LONGEST_REST)
                if is_last_look:
                    return
                await asyncio.wait([committing], timeout=rest)
        finally:
            for transport in transports.values():
                await transport.close()

    async def _connection(self, way: Way) -> None:
        """Send one message after another over one connection."""
        transport = way.open()
        answer: Answer | None = None
        try:
            while (handed := await self._committer.next(way.name, answer)) is not None:
                answer = Answer(handed=handed, outcome=await _send(transport, handed))
        except BaseException:
            self._committer.abandon()
            raise
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await transport.close()


async def _send(transport: Transport, handed: Handed) -> Outcome:
    """Send the mail of a delivery, or answer in its stead that it cannot be made."""
    mail = _mail_of(handed.envelopes, handed.recipient)
    return await transport.send(mail, then=_next_of(handed)) if isinstance(mail, Message) else mail


def _next_of(handed: Handed) -> Envelope | None:
    """Return the envelope of the mail that was promised with this delivery."""
    promise = handed.promise
    if promise is None:
        return None
    return Envelope(sender=handed.envelopes.return_path(promise.subscriber), recipient=promise.address)


def _mail_of(envelopes: Envelopes, recipient: Recipient) -> Message | Outcome:
    """Return the mail; one that cannot be addressed is refused and keeps no other back."""
    try:
        return envelopes.message(recipient)
    except PublisherError as error:
        return Outcome(state=DeliveryState.REJECTED, text=str(error), stage=Stage.RCPT)
