"""One group of the ledger: everything that connections hand in and ask for at one moment, in one transaction."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from publisher.actions.addressing import envelopes_of
from publisher.actions.gate import Gate, was_reached
from publisher.actions.held import Answer, Ask, Handed, Held, Key, key_of
from publisher.app import Publisher
from publisher.delivery.retry import counts, decide
from publisher.errors import PublisherError
from publisher.model.delivery import Batch, DeliveryState, NextStep, Recipient
from publisher.store import deliveries, mailings
from publisher.store.deliveries import Done, LeaseLostError

MOST_HELD = 8
"""So many batches may be ours at once, because the domains of their readers have to wait."""

_CLAIMS = 3
"""So many batches are claimed in one transaction at the most, so that it stays short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What came together: outcomes, connections that may be served, the batches that are ours.

    `rates` are messages per thousand seconds of mailings, to be told to editors.
    """

    done: Sequence[Answer]
    takers: Sequence[Ask]
    held: Sequence[Held]
    rates: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Written:
    """What a group has changed: whom it served, and the batches that are ours from now on."""

    served: list[tuple[Ask, Handed]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who writes: the name in the leases, and whether its transports make no second copies."""

    name: str
    idempotent: bool


def write(publisher: Publisher, gate: Gate, worker: Worker, group: Group) -> Written:
    """Write a group in one transaction; nothing in memory has changed if that fails, so it can be repeated.

    Raises:
        StoreError: the ledger cannot be written.
    """
    with publisher.database.begin() as db:
        return _Transaction(publisher, gate, worker, db).write(group)


class _Transaction:
    """The steps of one group, within its transaction."""

    def __init__(self, publisher: Publisher, gate: Gate, worker: Worker, db: Connection) -> None:
        self._publisher = publisher
        self._gate = gate
        self._worker = worker
        self._db = db
        self._now = publisher.now(db)
        self._lease_until = self._now + publisher.settings.delivery.lease
        self._retry_at: dict[int, datetime] = {}

    def write(self, group: Group) -> Written:
        drafts = [each.draft(self._now) for each in group.held]
        takers = deque(group.takers)
        if takers:
            drafts += self._claimed(len(takers) - sum(len(each.queue) for each in drafts), drafts)
            takers = deque(
                self._gate.allowed(self._db, takers, sum(len(each.queue) for each in drafts), self._now)
            )
        done: dict[Key, list[Answer]] = {}
        for answer in group.done:
            done.setdefault(key_of(answer.handed.batch), []).append(answer)
        written = Written()
        for draft in drafts:
            if self._step(draft, done.pop(draft.key, []), takers, written):
                written.held.append(draft)
        for late in done.values():
            self._settle(late)
        for mailing, rate in group.rates.items():
            mailings.note_rate(self._db, mailing, rate, self._now)
        self._pause_where_nobody_would_fare_better(group.done)
        return written

    def _claimed(self, missing: int, drafts: Sequence[Held]) -> list[Held]:
        """Claim batches until `missing` more deliveries are in line, or there is no other."""
        found: list[Held] = []
        while missing > 0 and len(found) < _CLAIMS and len(found) + len(drafts) < MOST_HELD:
            batch = deliveries.claim(
                self._db,
                worker=self._worker.name,
                now=self._now,
                lease_until=self._lease_until,
                idempotent=self._worker.idempotent,
            )
            if batch is None:
                break
            held = self._opened(batch)
            if held is not None:
                missing -= len(held.queue)
                found.append(held)
        return found

    def _opened(self, batch: Batch) -> Held | None:
        """Return a batch with what is due of it; a mailing whose mail cannot be made is paused, not skipped."""
        try:
            envelopes = envelopes_of(self._publisher, batch.mailing)
        except PublisherError as error:
            self._pause(batch.mailing, f"its mail cannot be made: {error}")
            deliveries.give_back(self._db, batch, now=self._now)
            return None
        due = deliveries.due(self._db, batch, self._now)
        return Held(batch=batch, envelopes=envelopes, queue=deque(due))

    def _step(self, draft: Held, answers: Sequence[Answer], takers: deque[Ask], written: Written) -> bool:
        """Record and hand over what concerns one batch; return False if it is not ours any more."""
        done = [self._decided(answer) for answer in answers]
        draft.on_their_way -= len(done)
        draft.queue.extendleft(
            each.recipient.subscriber for each in done if each.step.state is DeliveryState.PENDING
        )
        wanted = min(len(takers), len(draft.queue))
        try:
            if done or wanted:
                self._hand_over(draft, done, wanted, takers, written)
            elif not draft.is_done and not deliveries.renew(
                self._db, draft.batch, lease_until=self._lease_until
            ):
                return False
        except LeaseLostError:
            deliveries.settle_late(self._db, draft.batch, done=done, now=self._now)
            return False
        if draft.is_done:
            deliveries.give_back(self._db, draft.batch, now=self._now)
            mailings.finish_if_done(self._db, draft.batch.mailing, self._now)
            return False
        return True

    def _hand_over(
        self, draft: Held, done: Sequence[Done], wanted: int, takers: deque[Ask], written: Written
    ) -> None:
        step = deliveries.advance(
            self._db,
            draft.batch,
            done=done,
            offered=list(draft.queue) if wanted else (),
            wanted=wanted,
            now=self._now,
            lease_until=self._lease_until,
            suppressed_hash=draft.envelopes.suppressed_hash,
            admit=self._admit,
        )
        if not step.can_send:
            draft.queue.clear()
            draft.later.clear()
            return
        for recipient in step.handed:
            handed = Handed(batch=draft.batch, recipient=recipient, envelopes=draft.envelopes)
            written.served.append((takers.popleft(), handed))
        draft.on_their_way += len(step.handed)
        draft.later += [
            (moment, each) for each, moment in self._retry_at.items() if each in set(draft.queue)
        ]
        over = {each.subscriber for each in step.handed} | step.gone | self._retry_at.keys()
        if over:
            draft.queue = deque(each for each in draft.queue if each not in over)
        self._retry_at.clear()

    def _admit(self, candidates: Sequence[Recipient]) -> Collection[int]:
        """Return those whose domain may be written to now; remember until when the others have to wait."""
        waits = self._gate.domain_waits(self._db, candidates, self._now)
        self._retry_at.update(waits)
        return [each.subscriber for each in candidates if each.subscriber not in waits]

    def _decided(self, answer: Answer) -> Done:
        handed, outcome = answer.handed, answer.outcome
        if not was_reached(outcome):
            step = NextStep(state=DeliveryState.PENDING)
            return Done(recipient=handed.recipient, step=step, outcome=outcome, counted=False)
        step = decide(
            outcome,
            attempts=handed.recipient.attempts,
            now=self._now,
            first_try=handed.envelopes.started_at,
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
            uncertain=handed.envelopes.uncertain,
        )
        return Done(recipient=handed.recipient, step=step, outcome=outcome, counted=counts(outcome))

    def _settle(self, late: Sequence[Answer]) -> None:
        """Record answers of a batch that we have lost before."""
        done = [self._decided(answer) for answer in late]
        deliveries.settle_late(self._db, late[0].handed.batch, done=done, now=self._now)

    def _pause_where_nobody_would_fare_better(self, answers: Sequence[Answer]) -> None:
        for mailing, complaint in self._gate.complaints(answers).items():
            self._pause(mailing, complaint)

    def _pause(self, mailing: int, reason: str) -> None:
        mailings.pause(self._db, mailing, reason)
