"""The promise of the ledger, against everything that can happen to it in any order.

Workers claim, send, crash before and after the relay took a message, sleep through their lease and come back;
editors pause, resume and decide; readers leave. At every moment the accounting adds up, nobody is in two
hands, and in the end nobody is lost and a second copy only came after a crash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from publisher.model.delivery import Batch, DeliveryState, MailingState, Recipient, UncertainPolicy
from publisher.store import decisions, deliveries, mailings, schema, subscribers
from publisher.store.database import Database
from publisher.store.deliveries import Done, LeaseLostError
from tests.databases import NOW
from tests.ledgers import (
    LEASE,
    add_readers,
    advance,
    answered,
    assert_accounts,
    claim,
    start,
    states,
)

READERS = 8
BATCHES = range(2)
OPEN = {DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.DEFERRED}
ANSWERS = (DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.DEFERRED)


class End(Enum):
    """What becomes of a worker after some work."""

    HOLDS = "goes on later, perhaps too late"
    STOPS = "stops in good order"
    KILLED_BEFORE_THE_DOT = "is killed before the relay took what it had in its hands"
    KILLED_AFTER_THE_DOT = "is killed after the relay took it"


@dataclass
class Worker:
    """A worker's memory: what it holds, and what it has in its hands."""

    batch: Batch | None = None
    recipient: Recipient | None = None

    @property
    def in_hand(self) -> Batch:
        assert self.batch is not None
        return self.batch


class Ledger(RuleBasedStateMachine):
    """One mailing, two workers, and a relay that remembers every message that it took."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.workers = [Worker(), Worker()]
        self.taken: Counter[int] = Counter()
        self.interrupted: Counter[int] = Counter()
        self.left: set[int] = set()
        self.resent = self.left_alone = False

    @initialize(policy=st.sampled_from(UncertainPolicy), idempotent=st.sampled_from([False, False, True]))
    def begin(self, policy: UncertainPolicy, *, idempotent: bool) -> None:
        self.policy, self.idempotent = policy, idempotent
        with self.database.begin() as db:
            for table in reversed(schema.metadata.sorted_tables):
                if table not in (schema.site, schema.keys):
                    db.execute(table.delete())
            add_readers(db, READERS)
            self.mailing = start(db, uncertain=policy).id
            self.readers = {each.subscriber: each.public_id for each in subscribers.listed(db)}

    def nothing_special(self) -> None:
        pass

    def a_worker_joins_the_other(self) -> None:
        first, second = self.workers
        first.batch = first.batch or second.batch

    def the_only_sender_starts_again(self) -> None:
        for worker in self.workers:
            self._kill(worker, after_the_dot=True)
        with self.database.begin() as db:
            deliveries.release_all_leases(db)

    def a_minute_passes(self) -> None:
        self.now += timedelta(minutes=1)

    def a_lease_passes(self) -> None:
        self.now += LEASE

    def a_quarter_of_an_hour_passes(self) -> None:
        self.now += timedelta(minutes=15)

    def a_reader_leaves(self) -> None:
        subscriber, public_id = min(self.readers.items())
        with self.database.begin() as db:
            subscribers.unsubscribe(db, public_id=public_id, list="weekly", now=self.now)
        self.left.add(subscriber)

    def an_editor_pauses(self) -> None:
        with self.database.begin() as db:
            mailings.pause(db, self.mailing, "by hand")

    def an_editor_resumes(self) -> None:
        with self.database.begin() as db:
            mailings.resume(db, self.mailing)

    def an_editor_has_the_uncertain_sent_again(self) -> None:
        with self.database.begin() as db:
            decisions.decide_uncertain(db, self.mailing, resend=True, now=self.now)
        self.resent = True

    def an_editor_leaves_the_uncertain_alone(self) -> None:
        with self.database.begin() as db:
            decisions.decide_uncertain(db, self.mailing, resend=False, now=self.now)
        self.left_alone = True

    def all_is_called_sent_only_when_it_is(self) -> None:
        with self.database.begin() as db:
            if mailings.finish_if_done(db, self.mailing, self.now):
                assert not OPEN & set(states(db, self.mailing).values())

    events = (
        nothing_special,
        a_worker_joins_the_other,
        the_only_sender_starts_again,
        a_minute_passes,
        a_lease_passes,
        a_quarter_of_an_hour_passes,
        a_reader_leaves,
        an_editor_pauses,
        an_editor_resumes,
        an_editor_has_the_uncertain_sent_again,
        an_editor_leaves_the_uncertain_alone,
        all_is_called_sent_only_when_it_is,
    )

    @rule(
        event=st.sampled_from(events),
        index=st.integers(0, 1),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=2),
        end=st.sampled_from(End),
    )
    def something_happens_and_a_worker_works(
        self, event: Callable[[Ledger], None], index: int, answers: list[DeliveryState], end: End
    ) -> None:
        """Do both in one rule: hypothesis leaves rules out in turn, and without work nothing happens."""
        event(self)
        worker = self.workers[index]
        self._work(worker, answers, name=str(index))
        if end is End.STOPS and worker.batch is not None:
            self._give_back(worker, self._relay_answers(worker, DeliveryState.ACCEPTED))
        elif end is not End.HOLDS:
            self._kill(worker, after_the_dot=end is End.KILLED_AFTER_THE_DOT)

    @invariant()
    def the_accounting_adds_up(self) -> None:
        with self.database.read() as db:
            assert_accounts(db, self.mailing)

    @invariant()
    def a_second_copy_comes_only_after_a_crash(self) -> None:
        may_resend = self.policy is UncertainPolicy.RESEND or self.resent or self.idempotent
        for reader, copies in self.taken.items():
            assert copies <= 1 + (self.interrupted[reader] if may_resend else 0)

    @invariant()
    def what_was_called_accepted_was_taken(self) -> None:
        with self.database.read() as db:
            now = states(db, self.mailing)
        assert all(self.taken[reader] for reader, state in now.items() if state is DeliveryState.ACCEPTED)

    def teardown(self) -> None:
        """Let one last worker finish: nobody may be lost."""
        if not hasattr(self, "mailing"):
            return
        self.the_only_sender_starts_again()
        for _ in range(len(BATCHES) * 4):
            self.now += timedelta(hours=1)
            self.an_editor_resumes()
            self._work(self.workers[0], [DeliveryState.ACCEPTED] * READERS, name="last")
            self.workers[0].batch = None
            self.a_second_copy_comes_only_after_a_crash()
        self.all_is_called_sent_only_when_it_is()
        with self.database.read() as db:
            mailing = mailings.find(db, self.mailing)
            last = states(db, self.mailing)
        assert mailing is not None
        assert mailing.state is MailingState.SENT
        for reader, state in last.items():
            assert state is not DeliveryState.SUPPRESSED or reader in self.left
            assert state is not DeliveryState.UNCERTAIN or self.interrupted[reader]
            assert (
                state is not DeliveryState.UNCERTAIN or self.left_alone or self.policy is UncertainPolicy.HOLD
            )

    def _work(self, worker: Worker, answers: list[DeliveryState], *, name: str) -> None:
        """Claim a batch if there is none in hand, take something of it, and go on after each answer."""
        if worker.batch is None:
            with self.database.begin() as db:
                worker.batch = claim(db, self.now, worker=name, idempotent=self.idempotent)
        for answer in [DeliveryState.ACCEPTED, *answers]:
            if worker.batch is not None:
                self._step(worker, answer)
                self.the_accounting_adds_up()

    def _step(self, worker: Worker, answer: DeliveryState) -> None:
        done = self._relay_answers(worker, answer)
        try:
            with self.database.begin() as db:
                worker.recipient = advance(db, worker.in_hand, *done, now=self.now)
        except LeaseLostError:
            self._give_back(worker, done)

    def _kill(self, worker: Worker, *, after_the_dot: bool) -> None:
        if worker.recipient is not None:
            self.interrupted[worker.recipient.subscriber] += 1
            self.taken[worker.recipient.subscriber] += after_the_dot
        worker.batch = worker.recipient = None

    def _relay_answers(self, worker: Worker, state: DeliveryState) -> list[Done]:
        """Let the relay answer about what a worker has in its hands."""
        if worker.recipient is None:
            return []
        if state is DeliveryState.ACCEPTED:
            self.taken[worker.recipient.subscriber] += 1
        retry_at = self.now + timedelta(minutes=1) if state is DeliveryState.DEFERRED else None
        return [answered(worker.recipient, state, retry_at=retry_at)]

    def _give_back(self, worker: Worker, done: list[Done]) -> None:
        with self.database.begin() as db:
            kept = deliveries.give_back(db, worker.in_hand, now=self.now, done=done)
        if not kept:
            self.interrupted.update(each.recipient.subscriber for each in done)
        worker.batch = worker.recipient = None


def test_whatever_happens_nobody_is_lost_and_the_accounting_adds_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", READERS // len(BATCHES))

    run_state_machine_as_test(
        type("LedgerOfThisTest", (Ledger,), {"database": database}),
        settings=settings(
            max_examples=25 if database.is_sqlite else 10,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
