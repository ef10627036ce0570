"""Composing: the mails of deliveries that were handed out are made in a thread of its own.

To sign a mail takes longer than all that a sender does besides, and needs nothing that others wait for: so
the connections talk to their relays meanwhile, and the committer writes. While nobody waits for a mail, those
of the next in line are made ahead. A mail without a signature is made by its connection: that is quicker than
to hand it over.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import replace

import structlog

from publisher.actions.addressing import Envelopes
from publisher.actions.ahead import Ahead, Line, Mail, next_in_line
from publisher.actions.held import Ask, Handed, Held, fail, reply
from publisher.app import Publisher
from publisher.errors import PublisherError, StoreError
from publisher.model.delivery import DeliveryState, Outcome, Recipient, Stage
from publisher.store import hand_over

_log = structlog.get_logger()


class Composer:
    """Makes mails in the order of hand-over; each connection goes on as soon as its own is made.

    If mails are not slow to make, it leaves them to the connections.
    """

    def __init__(self, publisher: Publisher, *, are_slow: bool) -> None:
        self._are_slow = are_slow
        self._publisher = publisher
        self._inbox: queue.SimpleQueue[Sequence[tuple[Ask, Handed]] | None] = queue.SimpleQueue()
        self._ahead = Ahead()
        self._lines: Sequence[Line] = ()

    def compose(self, served: Sequence[tuple[Ask, Handed]]) -> None:
        """Make the mails of deliveries that are marked by now, or have them already; from any thread."""
        if not self._are_slow:
            reply(served)
            return
        self._ahead.allow(len(served))
        mails = [self._ahead.take(handed) for _, handed in served]
        reply(
            [
                (ask, replace(handed, mail=mail))
                for (ask, handed), mail in zip(served, mails, strict=True)
                if mail is not None
            ]
        )
        missing = [each for each, mail in zip(served, mails, strict=True) if mail is None]
        if missing:
            self._inbox.put(missing)

    def look_ahead(self, held: Sequence[Held]) -> None:
        """Make mails of the next in line of these batches, when nobody waits for another."""
        if self._are_slow and self._ahead.is_low:
            self._lines = next_in_line(held)
            self._inbox.put(())

    def close(self) -> None:
        """End once all mails are made."""
        self._inbox.put(None)

    def run(self) -> None:
        """Compose until it is closed; this blocks, so it belongs in a thread of its own."""
        while (served := self._come()) is not None:
            for ask, handed in served:
                try:
                    mail = self._ahead.take(handed) or mail_of(handed.envelopes, handed.recipient)
                except BaseException as error:  # noqa: BLE001 - whoever waits for the mail gets it
                    fail(ask, error)
                else:
                    reply([(ask, replace(handed, mail=mail))])
            if not served:
                self._go_ahead()

    def _come(self) -> Sequence[tuple[Ask, Handed]] | None:
        """Return whose mails are waited for; nobody's if there is something to do ahead. None: go home."""
        try:
            return self._inbox.get(block=not (self._lines or self._ahead.has_work))
        except queue.Empty:
            return ()

    def _go_ahead(self) -> None:
        """Look at the line, or make one mail of it; a bug in it is raised where the mail is waited for."""
        try:
            if self._lines:
                lines, self._lines = self._lines, ()
                for line in self._ahead.look(lines):
                    self._ahead.foresee(line.envelopes, self._recipients(line))
            elif foreseen := self._ahead.next():
                self._ahead.keep(foreseen, mail_of(foreseen.envelopes, foreseen.recipient))
        except Exception:  # noqa: BLE001 - see above
            _log.exception("no mail can be made ahead")

    def _recipients(self, line: Line) -> Sequence[Recipient]:
        """Return who of a line would be mailed now; nobody if the ledger cannot be read."""
        try:
            with self._publisher.database.read() as db:
                return hand_over.foreseen(db, line.envelopes.mailing, line.subscribers)
        except StoreError:
            return ()


def mail_of(envelopes: Envelopes, recipient: Recipient) -> Mail:
    """Return the mail; one that cannot be addressed is refused and keeps no other back."""
    try:
        return envelopes.message(recipient)
    except PublisherError as error:
        return Outcome(state=DeliveryState.REJECTED, text=str(error), stage=Stage.RCPT)
