"""One group of the ledger: what connections hand in and ask for at one moment, in one transaction."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from publisher.actions import notify
from publisher.actions.ending import finish_if_done
from publisher.actions.held import Answer, Ask, Handed, Held, Key, Promise, key_of, taken_for
from publisher.actions.mails import Mails
from publisher.actions.relays import Relays, was_reached
from publisher.actions.report import lift_refusals, record_refusal
from publisher.app import Publisher
from publisher.delivery.retry import counts, decide, is_refusal_of_reader
from publisher.errors import PublisherError, StoreError
from publisher.model.delivery import Batch, DeliveryState, NextStep, Recipient
from publisher.store import deliveries, mailings, public
from publisher.store.deliveries import Done, LeaseLostError

MOST_HELD = 8
"""So many batches may be ours at once, because the domains of their readers have to wait."""

_LAST_LEASE = timedelta(minutes=1)

_CLAIMS = 3
"""So many batches are claimed in one transaction at the most, so that it stays short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What came together: outcomes, connections that may be served (by relay), the batches that are ours.

    `rates` are messages per thousand seconds of mailings, to be told to editors. `claimed` are the batches
    that tries to write it have claimed: they are ours as well if a commit only seemed to fail.
    """

    done: Sequence[Answer]
    takers: Mapping[str, Sequence[Ask]]
    held: Sequence[Held]
    rates: Mapping[int, int] = field(default_factory=dict)
    promised: Collection[Promise] = ()
    """What all connections were promised, those who may be served now as well."""
    is_closing: bool = False
    """Whether nothing more is handed out: what is left of the batches is given back."""
    claimed: list[Held] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Written:
    """What a group has changed: whom it served, and the batches that are ours from now on."""

    served: list[tuple[Ask, Handed]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    steps: int = 0
    """How many groups were written in all, on SQLite; 0 if this one changed nothing. See `sending_lock`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who writes: the name in the leases, whether its transports make no second copies, and its mails."""

    name: str
    idempotent: bool
    mails: Mails


def write(
    publisher: Publisher, relays: Relays, worker: Worker, group: Group, *, at_once: bool = False
) -> Written:
    """Write a group in one transaction; nothing in memory has changed if that fails, so it can be repeated.

    Raises:
        StoreError: the ledger cannot be written, or with `at_once` somebody else is writing.
    """
    with publisher.database.begin(at_once=at_once) as db:
        return _Transaction(publisher, relays, worker, db).write(group)


def give_back(publisher: Publisher, held: Sequence[Held], *, at_once: bool = False) -> None:
    """Let go of batches that are ours; others may take them at once.

    Raises:
        StoreError: the ledger cannot be written, or with `at_once` somebody else is writing.
    """
    with publisher.database.begin(at_once=at_once) as db:
        now = publisher.now(db)
        for each in held:
            deliveries.give_back(db, each.batch, now=now)
            finish_if_done(publisher, db, each.batch.mailing)


class _Transaction:
    """The steps of one group, within its transaction."""

    def __init__(self, publisher: Publisher, relays: Relays, worker: Worker, db: Connection) -> None:
        self._publisher = publisher
        self._relays = relays
        self._worker = worker
        self._db = db
        self._now = publisher.now(db)
        self._lease_until = self._now + publisher.settings.delivery.lease
        self._waits: dict[int, datetime] = {}
        self._given_back: set[int] = set()
        self._promised: dict[Key, set[int]] = {}
        self._is_closing = False

    def write(self, group: Group) -> Written:
        done: dict[Key, list[Answer]] = {}
        for answer in group.done:
            done.setdefault(key_of(answer.handed.batch), []).append(answer)
        for promise in group.promised:
            self._promised.setdefault(promise.batch, set()).add(promise.subscriber)
        self._relays.tell(self._db, group.done, self._now)
        drafts = self._drafts(group)
        if group.is_closing:
            self._let_go(drafts)
        takers_of = {
            relay: deque(asks[: self._relays.most(self._db, relay, self._now)])
            for relay, asks in group.takers.items()
        }
        if any(each.queue for each in drafts):
            self._relays.lock(self._db, takers_of)
        written = Written(held=drafts)
        for relay, takers in (takers_of or {"": deque[Ask]()}).items():
            self._steps(done, relay, takers, written)
        if any(self._promised.values()) and any(takers_of.values()):
            self._promised = {}  # it is better to break a promise than to let somebody wait
            for relay, takers in takers_of.items():
                self._steps({}, relay, takers, written)
        for late in done.values():
            self._settle(late[0].handed.batch, [self._decided(answer) for answer in late])
        self._note(group)
        if self._publisher.database.is_sqlite and (group.done or written.served):
            written.steps = public.count_step(self._db)
        return written

    def _steps(self, done: dict[Key, list[Answer]], relay: str, takers: deque[Ask], written: Written) -> None:
        """Record what is `done` of the batches that are ours, and serve these connections from them."""
        written.held = [
            draft
            for draft in written.held
            if self._step(draft, done.pop(draft.key, ()), relay, takers, written)
        ]

    def _let_go(self, drafts: Sequence[Held]) -> None:
        """Hand out nothing more of these batches.

        One that still waits for an answer is ours until then, and a minute at the most if none comes: the
        process may end before.
        """
        self._is_closing = True
        self._lease_until = min(self._lease_until, self._now + _LAST_LEASE)
        for draft in drafts:
            draft.queue.clear()
            draft.later.clear()
            if draft.on_their_way and draft.lease_until > self._lease_until:
                deliveries.renew(self._db, draft.batch, lease_until=self._lease_until)
                draft.lease_until = self._lease_until

    def _drafts(self, group: Group) -> list[Held]:
        """Return drafts of all batches that are ours, and claim more where too few are in line."""
        drafts = [each for each in (each.draft(self._now) for each in group.held) if self._is_kept(each)]
        drafts += [
            each.draft(self._now)
            for each in group.claimed
            if deliveries.is_held_by(self._db, each.batch, self._worker.name)
        ]
        drafts.sort(key=lambda each: each.key)
        asks = [ask for those in group.takers.values() for ask in those]
        free = sum(max(0, len(each.queue) - len(self._others(asks, each.key))) for each in drafts)
        missing = len(asks) - free
        if missing > 0:
            deliveries.lock(self._db, [each.batch for each in drafts])
            claimed = self._claimed(missing, drafts)
            group.claimed.extend(each.draft(self._now) for each in claimed)
            drafts += claimed
        return drafts

    def _claimed(self, missing: int, drafts: Sequence[Held]) -> list[Held]:
        """Claim batches until so many more deliveries are in line, or there is no other batch."""
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
            if batch.takeovers >= deliveries.MOST_TAKEOVERS:
                notify.batch_parked(self._publisher, self._db, batch.mailing, batch.number)
            held = self._opened(batch)
            if held is not None:
                missing -= len(held.queue)
                found.append(held)
        return found

    def _opened(self, batch: Batch) -> Held | None:
        """Return a batch with what is due of it; a mailing whose mail cannot be made is paused."""
        try:
            envelopes = self._worker.mails.of(batch.mailing)
        except StoreError:
            raise
        except PublisherError as error:
            self._pause(batch.mailing, f"its mail cannot be made: {error}")
            deliveries.give_back(self._db, batch, now=self._now)
            return None
        due = deliveries.due(self._db, batch, self._now)
        return Held(
            batch=batch,
            envelopes=envelopes,
            queue=deque(due),
            lease_until=self._lease_until,
            addresses=deliveries.addresses(self._db, batch),
        )

    def _step(
        self, draft: Held, answers: Sequence[Answer], relay: str, takers: deque[Ask], written: Written
    ) -> bool:
        """Record and hand over what concerns one batch; return False if it is not ours any more."""
        done = [self._decided(answer) for answer in answers]
        draft.on_their_way -= len(done)
        if not self._is_closing:
            draft.queue.extendleft(
                each.recipient.subscriber for each in done if each.step.state is DeliveryState.PENDING
            )
        try:
            if done or (takers and draft.queue):
                self._advance(draft, done, relay, takers, written)
        except LeaseLostError:
            self._settle(draft.batch, done)
            return False
        if draft.is_done:
            deliveries.give_back(self._db, draft.batch, now=self._now)
            self._given_back.add(draft.batch.mailing)
        return not draft.is_done

    def _is_kept(self, draft: Held) -> bool:
        """Renew a lease of which half is over; return False if the batch is another worker's by now."""
        if draft.lease_until - self._now >= self._publisher.settings.delivery.lease / 2:
            return True
        draft.lease_until = self._lease_until
        return deliveries.renew(self._db, draft.batch, lease_until=self._lease_until)

    def _advance(
        self, draft: Held, done: Sequence[Done], relay: str, takers: deque[Ask], written: Written
    ) -> None:
        def admit(candidates: Sequence[Recipient]) -> Collection[int]:
            waits = self._relays.waits(self._db, relay, candidates, self._now)
            self._waits.update(waits)
            return [each.subscriber for each in candidates if each.subscriber not in waits]

        promised = self._promised.setdefault(draft.key, set())
        offered = draft.line(_own(takers, draft.key), self._others(takers, draft.key)) if takers else []
        wanted = min(len(takers), len(offered))
        self._waits = {}
        step = deliveries.advance(
            self._db,
            draft.batch,
            done=done,
            offered=offered,
            wanted=wanted,
            now=self._now,
            lease_until=self._lease_until,
            suppressed_hash=draft.envelopes.suppressed_hash,
            admit=admit,
        )
        draft.lease_until = self._lease_until
        if not step.can_send:
            draft.queue.clear()
            draft.later.clear()
        draft.on_their_way += len(step.handed)
        draft.take_out({each.subscriber for each in step.handed} | step.gone)
        draft.put_off(self._waits, now=self._now)
        for recipient in step.handed:
            handed = Handed(
                batch=draft.batch,
                recipient=recipient,
                envelopes=draft.envelopes,
                relay=relay,
                turn=self._relays.turn(relay),
                promise=self._promise(draft, relay, promised),
            )
            written.served.append((taken_for(recipient.subscriber, draft.key, takers), handed))

    def _others(self, takers: Collection[Ask], batch: Key) -> set[int]:
        """Return whom connections were promised that are not among these."""
        return self._promised.get(batch, set()).difference(_own(takers, batch))

    def _promise(self, draft: Held, relay: str, promised: set[int]) -> Promise | None:
        """Return who will probably be next for a connection, if no pace will keep him waiting."""
        subscriber = draft.next_but(promised)
        address = draft.addresses.get(subscriber, "") if subscriber is not None else ""
        if subscriber is None or not address or not self._relays.lets_go_at_once(relay, address):
            return None
        promised.add(subscriber)
        return Promise(batch=draft.key, subscriber=subscriber, address=address)

    def _decided(self, answer: Answer) -> Done:
        """Decide what comes next; a relay that was not even reached leaves everything as it was."""
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

    def _settle(self, batch: Batch, late: Sequence[Done]) -> None:
        """Record what came of a batch that is not ours any more; its last delivery ends the mailing."""
        deliveries.settle_late(self._db, batch, done=late, now=self._now)
        finish_if_done(self._publisher, self._db, batch.mailing)

    def _pause(self, mailing: int, why: str) -> bool:
        is_new = mailings.pause(self._db, mailing, why)
        if is_new:
            notify.mailing_paused(self._publisher, self._db, mailing, why)
        return is_new

    def _note(self, group: Group) -> None:
        """Pause mailings that go badly, count refusals, and note how fast the others go."""
        for mailing, burst in self._relays.bursts(group.done).items():
            if self._pause(mailing, burst):
                lift_refusals(self._db, mailing)
        for mailing, complaint in self._relays.complaints(group.done).items():
            self._pause(mailing, complaint)
        self._count_refusals(group.done)
        for mailing, rate in group.rates.items():
            mailings.note_rate(self._db, mailing, rate, self._now)
        for mailing in sorted(self._given_back):
            finish_if_done(self._publisher, self._db, mailing)

    def _count_refusals(self, answers: Sequence[Answer]) -> None:
        """Count refusals of readers, but not those of a mailing that is paused by now.

        They may be more of those for which it was; a reader who is gone is refused again by the next mailing.
        """
        refusals = [each for each in answers if is_refusal_of_reader(each.outcome)]
        paused = mailings.paused(self._db, {each.handed.batch.mailing for each in refusals})
        for each in refusals:
            if each.handed.batch.mailing not in paused:
                record_refusal(self._db, each.handed.recipient, each.outcome, self._now)


def _own(takers: Iterable[Ask], batch: Key) -> list[int]:
    """Return whom these connections were promised of a batch, in their order."""
    return [each.promise.subscriber for each in takers if each.promise and each.promise.batch == batch]
