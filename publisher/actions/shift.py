"""One shift: a connection works through one batch of the ledger, message by message."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from publisher.actions.addressing import Envelopes, envelopes_of
from publisher.app import Publisher
from publisher.delivery.retry import WINDOW, counts, decide, should_pause
from publisher.delivery.transports.transport import Transport
from publisher.errors import PublisherError, StoreError
from publisher.model.delivery import Batch, DeliveryState, Outcome, Recipient, Stage
from publisher.store import deliveries, mailings
from publisher.store.deliveries import Done, LeaseLostError

_T = TypeVar("_T")
_log = structlog.get_logger()

_TRIES, _TRIES_WHEN_STOPPING = 600, 3
_REST = 1.0
"""Seconds between tries to write the ledger."""

UNREACHED = (Stage.CONNECT, Stage.HELO, Stage.TLS, Stage.AUTH)
"""Trouble at these stages is the relay's, whoever the recipient is."""


@dataclass(slots=True)
class Relay:
    """What the connections of one sender know of their relay: its last answers, and its last complaint."""

    recent: deque[Outcome] = field(default_factory=lambda: deque(maxlen=WINDOW))
    complaint: str = ""


def claim(publisher: Publisher, worker: str, *, idempotent: bool) -> Batch | None:
    """Take the next batch that is due; no other worker can have it before its lease ends."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        return deliveries.claim(
            db,
            worker=worker,
            now=now,
            lease_until=now + publisher.settings.delivery.lease,
            idempotent=idempotent,
        )


async def work(
    publisher: Publisher, transport: Transport, batch: Batch, *, relay: Relay, stopping: threading.Event
) -> bool:
    """Send what is due in the batch; return False as soon as the relay cannot be reached.

    What one step has answered is recorded in the transaction that takes the next delivery, so nothing is
    ever on its way that the ledger does not know of. An answer that comes when the batch is another worker's
    already is recorded all the same.
    """
    envelopes = await asyncio.to_thread(envelopes_of, publisher, batch.mailing)
    done: tuple[Done, ...] = ()
    reached = True
    with contextlib.suppress(LeaseLostError):
        while reached and not stopping.is_set():
            recipient = await insist(partial(_advance, publisher, batch, done, envelopes), stopping)
            done = ()
            if recipient is None:
                break
            outcome = await _send(transport, envelopes, recipient)
            done = (_answered(publisher, recipient, outcome, envelopes),)
            reached = _learn(relay, outcome)
            if complaint := should_pause(tuple(relay.recent)):
                await insist(partial(_pause, publisher, batch.mailing, complaint), stopping)
                relay.recent.clear()
                break
    await insist(partial(_give_back, publisher, batch, done), stopping)
    return reached


async def insist(step: Callable[[], _T], stopping: threading.Event) -> _T:
    """Do a step of the ledger in a thread, again and again while the database cannot be written.

    An outcome that is known must not be lost because a disk was full for a minute. A stop waits less long.

    Raises:
        StoreError: it never worked.
    """
    tried = 0
    while True:
        try:
            return await asyncio.to_thread(step)
        except StoreError as error:
            tried += 1
            if tried >= (_TRIES_WHEN_STOPPING if stopping.is_set() else _TRIES):
                raise
            _log.warning("the ledger cannot be written; trying again", trouble=str(error))
            await asyncio.sleep(_REST)


def _advance(
    publisher: Publisher, batch: Batch, done: tuple[Done, ...], envelopes: Envelopes
) -> Recipient | None:
    with publisher.database.begin() as db:
        now = publisher.now(db)
        return deliveries.advance(
            db,
            batch,
            done=done,
            now=now,
            lease_until=now + publisher.settings.delivery.lease,
            suppressed_hash=envelopes.suppressed_hash,
        )


async def _send(transport: Transport, envelopes: Envelopes, recipient: Recipient) -> Outcome:
    """Send one mail; one that cannot be addressed is refused and keeps no other back."""
    try:
        message = envelopes.message(recipient)
    except PublisherError as error:
        return Outcome(state=DeliveryState.REJECTED, text=str(error), stage=Stage.RCPT)
    return await transport.send(message)


def _answered(publisher: Publisher, recipient: Recipient, outcome: Outcome, envelopes: Envelopes) -> Done:
    step = decide(
        outcome,
        attempts=recipient.attempts,
        now=publisher.now(),
        first_try=envelopes.started_at,
        jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
        uncertain=envelopes.uncertain,
    )
    return Done(recipient=recipient, step=step, outcome=outcome, counted=counts(outcome))


def _learn(relay: Relay, outcome: Outcome) -> bool:
    """Remember an answer; return whether the relay was reached at all."""
    relay.recent.append(outcome)
    reached = not (outcome.relay_fault and outcome.stage in UNREACHED)
    relay.complaint = "" if reached else outcome.text
    return reached


def _pause(publisher: Publisher, mailing: int, complaint: str) -> None:
    with publisher.database.begin() as db:
        mailings.pause(db, mailing, complaint)


def _give_back(publisher: Publisher, batch: Batch, done: tuple[Done, ...]) -> None:
    with publisher.database.begin() as db:
        deliveries.give_back(db, batch, done=done, now=publisher.now(db))
        mailings.finish_if_done(db, batch.mailing, publisher.now(db))
