"""Composing: the mails of deliveries that were handed out are made in a thread of its own.

To sign a mail takes longer than all that a sender does besides, and needs nothing that others wait for: so
the connections talk to their relays meanwhile, and the committer writes.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import replace

from publisher.actions.held import Ask, Handed, fail, reply
from publisher.errors import PublisherError
from publisher.model.delivery import DeliveryState, Message, Outcome, Stage


class Composer:
    """Makes mails in the order of hand-over; each connection goes on as soon as its own is made."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[Sequence[tuple[Ask, Handed]] | None] = queue.SimpleQueue()

    def compose(self, served: Sequence[tuple[Ask, Handed]]) -> None:
        """Make the mails of deliveries that are marked by now; from any thread."""
        if served:
            self._inbox.put(served)

    def close(self) -> None:
        """End once all mails are made."""
        self._inbox.put(None)

    def run(self) -> None:
        """Compose until it is closed; this blocks, so it belongs in a thread of its own."""
        while (served := self._inbox.get()) is not None:
            for ask, handed in served:
                try:
                    composed = replace(handed, mail=_mail(handed))
                except BaseException as error:  # noqa: BLE001 - whoever waits for the mail gets it
                    fail(ask, error)
                else:
                    reply([(ask, composed)])


def _mail(handed: Handed) -> Message | Outcome:
    """Return the mail; one that cannot be addressed is refused and keeps no other back."""
    try:
        return handed.envelopes.message(handed.recipient)
    except PublisherError as error:
        return Outcome(state=DeliveryState.REJECTED, text=str(error), stage=Stage.RCPT)
