"""The promise of the sender, against everything that can happen to it in any order.

Two senders work on one ledger, each with what it holds in memory, over relays that accept, refuse, throttle,
hang up and lose answers. Senders crash and sleep through their leases, commits fail or seem to, clocks step,
editors and readers change their minds. At every moment the accounting adds up and nobody is in two hands; in
the end nobody is lost, and a second copy came only where nobody could know of the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

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
from sqlalchemy import Row, select

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.ending import finish_if_done
from publisher.actions.group import Group, Worker, Written, give_back, write
from publisher.actions.held import Answer, Handed
from publisher.actions.mailing import cancel, decide_uncertain, pause, resume
from publisher.actions.mails import Mails
from publisher.actions.relays import Relays
from publisher.actions.retry import Choice, retry
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.delivery.retry import MOST_COPIES
from publisher.errors import StoreError, TransitionError
from publisher.model.delivery import DeliveryState, MailingState, Outcome, UncertainPolicy
from publisher.model.records import MailingRecord, MailingTemplate
from publisher.model.subscriber import NewSubscriber, SubscriptionState, SuppressionReason
from publisher.store import deliveries, keys, mailings, reports, schema, subscribers
from publisher.store import schema_sending as sending
from publisher.store.verify import INVARIANTS, Facts
from tests.newsrooms import MONDAY, READER, HandClock, Newsroom, relay_at
from tests.steered import PLACES, REPLIES, Commit, Place, Reply, Sender, SteeredPublisher, commits_that

READERS = 8
BATCH = 3
LEASE = timedelta(minutes=2)
LONG = timedelta(hours=1)
IN_FLIGHT = timedelta(minutes=10)
"""Longer than that no message is on its way, unless its sender sleeps."""
ROUNDS = 60


class End(Enum):
    """What becomes of a sender after some work."""

    GOES_ON = auto()
    STOPS = auto()
    IS_KILLED_BEFORE_THE_DOT = auto()
    IS_KILLED_AFTER_THE_DOT = auto()


class Senders(RuleBasedStateMachine):
    """One mailing, two senders, and relays that remember every message they took."""

    publisher: Publisher
    clock: HandClock
    first: MailingRecord
    templates: list[MailingTemplate]

    def __init__(self) -> None:
        super().__init__()
        self.clock.moment, self.monotonic = MONDAY, 0.0
        self.names = iter(range(1_000_000))
        self.taken: Counter[int] = Counter()
        self.interrupted: Counter[int] = Counter()
        self.refused: set[int] = set()
        self.left: set[int] = set()
        self.identities: dict[int, str] = {}
        self.lost: list[Handed] = []
        self.slept = self.released = self.left_alone = self.resent = False

    @initialize(
        policy=st.sampled_from(UncertainPolicy),
        interval_us=st.sampled_from([None, 100_000]),
        domains=st.sampled_from([{}, {"slow.example": 1_000_000}]),
        idempotent=st.sampled_from([False, False, True]),
        may_cancel=st.sampled_from([False, False, True]),
    )
    def begin(
        self,
        policy: UncertainPolicy,
        interval_us: int | None,
        domains: dict[str, int],
        *,
        idempotent: bool,
        may_cancel: bool,
    ) -> None:
        self.policy, self.idempotent, self.may_cancel = policy, idempotent, may_cancel
        self.intervals, self.domains = {"smtp": interval_us, "backup": None}, domains
        with self.publisher.database.begin() as db:
            for table in (*reversed(sending.SENDING), schema.subscriptions, schema.subscribers):
                db.execute(table.delete())
            self.hashes = partial(address_hash, suppression_secret(keys.every(db)))
            people = [self._person(number) for number in range(READERS)]
            subscribers.add_many(
                db,
                people,
                lists=("weekly",),
                state=SubscriptionState.ACTIVE,
                consent="by hand",
                now=self.now,
            )
            self.readers = {each.subscriber: each for each in subscribers.listed(db)}
            self.mailing = mailings.start(
                db,
                issue=self.first.issue,
                edition=self.first.edition,
                templates=[(each.list, each.title, each.template) for each in self.templates],
                uncertain=policy,
                kid=self.first.kid,
                now=self.now,
                not_before=self.now,
            ).id
        self.senders = [self._new_sender(), self._new_sender()]

    @property
    def now(self) -> datetime:
        return self.clock()

    def nothing_special(self) -> None:
        pass

    def a_moment_passes(self) -> None:
        self._pass(timedelta(milliseconds=100))

    def a_second_passes(self) -> None:
        self._pass(timedelta(seconds=1))

    def a_minute_passes(self) -> None:
        self._pass(timedelta(minutes=1))

    def a_lease_passes(self) -> None:
        self._pass(LEASE + timedelta(seconds=1))

    def a_sender_sleeps_is_overtaken_and_comes_back_with_its_answers(self) -> None:
        """It wakes up with the time that it had read before, by which its leases still hold.

        It is the same to it if the clock was wrong when the other one took over, and was put right since.
        """
        self._stop(1)
        self._turn(0, [])
        asleep = self.now
        self._pass(LEASE + timedelta(seconds=1))
        self._turn(1, [])
        self._pass(deliveries.SETTLING)
        self._turn(1, [])
        awake, self.clock.moment = self.now, asleep
        self._turn(0, [Reply.ACCEPTS] * len(PLACES))
        self._assert_ledger()
        self.clock.moment = awake

    def a_quarter_of_an_hour_passes(self) -> None:
        self._pass(timedelta(minutes=15))

    def the_clock_steps_forward(self) -> None:
        self.clock.moment += LONG

    def the_clock_steps_back(self) -> None:
        self.clock.moment -= LONG

    def all_senders_die_and_one_starts_again(self) -> None:
        for index in range(len(self.senders)):
            self._kill(index, takes_it=True)
        with self.publisher.database.begin() as db:
            deliveries.release_all_leases(db)
        self.released = True

    def a_reader_unsubscribes(self) -> None:
        reader = self._somebody(0)
        with self.publisher.database.begin() as db:
            subscribers.unsubscribe(db, public_id=self.readers[reader].public_id, list="weekly", now=self.now)
        self.left.add(reader)

    def a_reader_complains(self) -> None:
        self._suppress(self._somebody(1), SuppressionReason.COMPLAINT, None)

    def a_reader_is_erased(self) -> None:
        reader = self._somebody(2)
        with self.publisher.database.begin() as db:
            db.execute(schema.subscriptions.delete().where(schema.subscriptions.c.subscriber == reader))
            db.execute(schema.subscribers.delete().where(schema.subscribers.c.id == reader))
        self.left.add(reader)

    def a_readers_mailbox_is_gone(self) -> None:
        self._suppress(self._somebody(3), SuppressionReason.HARD_BOUNCE, self.now + timedelta(days=3650))

    def a_readers_mailbox_is_to_be_tried_again(self) -> None:
        reader = self._somebody(4)
        if reader not in self.left:
            self._suppress(reader, SuppressionReason.HARD_BOUNCE, self.now - 10 * LONG)
            self.left.discard(reader)

    def a_report_settles_what_is_uncertain(self) -> None:
        for reader, row in self._ledger().items():
            if row.state is DeliveryState.UNCERTAIN and self.taken[reader]:
                with self.publisher.database.begin() as db:
                    reports.settle(db, self.mailing, reader, self.now)
                    finish_if_done(self.publisher, db, self.mailing)

    def an_editor_pauses(self) -> None:
        with suppress(TransitionError):
            pause(self.publisher, self.first.issue, reason="a thought")

    def an_editor_resumes(self) -> None:
        with suppress(TransitionError):
            resume(self.publisher, self.first.issue)

    def an_editor_may_cancel(self) -> None:
        if self.may_cancel:
            with suppress(TransitionError):
                cancel(self.publisher, self.first.issue)

    def an_editor_has_the_uncertain_sent_again(self) -> None:
        with suppress(TransitionError):
            decide_uncertain(self.publisher, self.first.issue, resend=True)
            self.resent = True

    def an_editor_leaves_the_uncertain_alone(self) -> None:
        with suppress(TransitionError):
            decide_uncertain(self.publisher, self.first.issue, resend=False)
            self.left_alone = True

    def an_editor_has_the_rejected_tried_again(self) -> None:
        with suppress(TransitionError):
            retry(self.publisher, self.first.issue, Choice())

    events = (
        nothing_special,
        a_moment_passes,
        a_second_passes,
        a_minute_passes,
        a_lease_passes,
        a_sender_sleeps_is_overtaken_and_comes_back_with_its_answers,
        a_quarter_of_an_hour_passes,
        the_clock_steps_forward,
        the_clock_steps_back,
        all_senders_die_and_one_starts_again,
        a_reader_unsubscribes,
        a_reader_complains,
        a_reader_is_erased,
        a_readers_mailbox_is_gone,
        a_readers_mailbox_is_to_be_tried_again,
        a_report_settles_what_is_uncertain,
        an_editor_pauses,
        an_editor_resumes,
        an_editor_resumes,
        an_editor_may_cancel,
        an_editor_has_the_uncertain_sent_again,
        an_editor_leaves_the_uncertain_alone,
        an_editor_has_the_rejected_tried_again,
    )

    @rule(
        happens=st.sampled_from(events),
        index=st.integers(0, 1),
        work=st.lists(
            st.tuples(
                st.lists(st.sampled_from(REPLIES), max_size=len(PLACES)),
                st.sampled_from([Commit.WORKS, Commit.WORKS, *Commit]),
            ),
            min_size=1,
            max_size=3,
        ),
        end=st.sampled_from([End.GOES_ON, End.GOES_ON, End.GOES_ON, *End]),
    )
    def something_happens_and_a_sender_works(
        self,
        happens: Callable[[Senders], None],
        index: int,
        work: list[tuple[list[Reply], Commit]],
        end: End,
    ) -> None:
        """Do both in one rule: hypothesis leaves rules out in turn, and without work nothing happens."""
        happens(self)
        for replies, commit in work:
            self._turn(index, replies, commit)
            self._assert_ledger()
        if end is End.STOPS:
            self._stop(index)
        elif end is not End.GOES_ON:
            self._kill(index, takes_it=end is End.IS_KILLED_AFTER_THE_DOT)

    @invariant()
    def all_is_well(self) -> None:
        if hasattr(self, "mailing"):
            self._assert_invariants("I1", "I2", "I3", "I6", "I7", *([] if self.released else ["I5"]))
            self._assert_ledger()

    def teardown(self) -> None:
        """Let everything be well again and time pass: the mailing must end, and nobody may be lost."""
        if not hasattr(self, "mailing"):
            return
        self._stop(0)
        self._stop(1)
        self.clock.moment += 100 * LONG
        for _ in range(ROUNDS):
            if self._mailing().finished_at is not None:
                break
            self._pass(timedelta(minutes=30))
            self.an_editor_resumes()
            self._turn(0, [Reply.ACCEPTS] * len(PLACES))
            while self.senders[0].hands:
                self._turn(0, [Reply.ACCEPTS] * len(PLACES))
        self._stop(0)
        self.all_is_well()
        self._assert_invariants("I8", *([] if self.slept else ["I4"]))
        self._assert_nobody_is_lost()

    def _assert_nobody_is_lost(self) -> None:
        mailing, ledger = self._mailing(), self._ledger()
        assert mailing.finished_at is not None
        if mailing.state is MailingState.CANCELLED:
            assert not mailing.counts[DeliveryState.SENDING]
            return
        assert mailing.state is MailingState.SENT
        for reader, row in ledger.items():
            match row.state:
                case DeliveryState.ACCEPTED:
                    assert self.taken[reader]
                case DeliveryState.REJECTED:
                    assert reader in self.refused
                case DeliveryState.SUPPRESSED:
                    assert reader in self.left
                case DeliveryState.UNCERTAIN:
                    assert self.interrupted[reader]
                    assert (
                        self.policy is UncertainPolicy.HOLD or self.left_alone or row.attempts >= MOST_COPIES
                    )
                case _:
                    raise AssertionError(f"{reader} is {row.state} at the end")

    def _assert_invariants(self, *codes: str) -> None:
        facts = Facts(most_sending=len(PLACES), suppressed_hash=self.hashes)
        with self.publisher.database.read() as db:
            assert [
                fault for each in INVARIANTS if each.code in codes for fault in each.faults(db, facts)
            ] == []

    def _assert_ledger(self) -> None:
        ledger = self._ledger()
        self._assert_accounting(ledger)
        self._assert_one_hand_each(ledger)
        self._assert_copies()
        assert all(
            self.taken[reader] for reader, row in ledger.items() if row.state is DeliveryState.ACCEPTED
        )

    def _assert_accounting(self, ledger: Mapping[int, Row[tuple[object, ...]]]) -> None:
        found = Counter(row.state for row in ledger.values())
        mailing = self._mailing()
        assert {state: count for state, count in mailing.counts.items() if count} == found
        assert mailing.audience == len(ledger) == READERS

    def _assert_one_hand_each(self, ledger: Mapping[int, Row[tuple[object, ...]]]) -> None:
        """Whatever is being sent is in one hand whose claim is the last one, be its owner alive or not."""
        fences = self._fences()
        hands = [
            each.recipient.subscriber
            for each in (*self.lost, *(hand for sender in self.senders for hand in sender.hands.values()))
            if each.batch.fence == fences[each.batch.number]
        ]
        on_their_way = {reader for reader, row in ledger.items() if row.state is DeliveryState.SENDING}
        assert len(hands) == len(set(hands))
        assert set(hands) == on_their_way

    def _assert_copies(self) -> None:
        may_resend = self.policy is UncertainPolicy.RESEND or self.resent or self.idempotent
        for reader, copies in self.taken.items():
            assert copies <= 1 + (self.interrupted[reader] if may_resend else 0)

    def _turn(self, index: int, replies: list[Reply], commit: Commit = Commit.WORKS) -> None:
        """Let everything that has nothing to do ask, then let relays answer, all in one group."""
        self._write(self.senders[index], {}, Commit.WORKS)
        busy = [place for place in PLACES if place in self.senders[index].hands]
        said = dict(zip(busy, replies, strict=False))
        for place, reply in said.items():
            self._hear(self.senders[index].hands[place], reply)
        self._write(self.senders[index], {place: each.outcome for place, each in said.items()}, commit)

    def _write(self, sender: Sender, outcomes: Mapping[Place, Outcome], commit: Commit) -> None:
        group, places = sender.group(outcomes)
        written = self._insist(sender, group, commit)
        sender.held = written.held
        sender.relays.learn(group.done)
        for place in outcomes:
            del sender.hands[place]
        for ask, handed in written.served:
            sender.relays.served(ask.relay)
            sender.hands[places[id(ask)]] = handed
            self._is_handed(handed)

    def _insist(self, sender: Sender, group: Group, commit: Commit) -> Written:
        """Write a group, and again after a commit that failed or seemed to."""
        if commit is not Commit.WORKS:
            with commits_that(commit), suppress(StoreError):
                write(self.publisher, sender.relays, sender.worker, group)
        return write(self.publisher, sender.relays, sender.worker, group)

    def _is_handed(self, handed: Handed) -> None:
        reader = handed.recipient.subscriber
        assert reader not in self.left
        assert handed.batch.fence == self._fences()[handed.batch.number]
        identity = handed.envelopes.message(handed.recipient).message_id
        assert self.identities.setdefault(reader, identity) == identity

    def _hear(self, handed: Handed, reply: Reply) -> None:
        """Note what a relay has done with a message, and whether anybody can know."""
        reader = handed.recipient.subscriber
        self.taken[reader] += reply.takes_it
        is_late = self._fences()[handed.batch.number] != handed.batch.fence
        self.interrupted[reader] += is_late or reply.outcome.state is DeliveryState.UNCERTAIN
        self.slept |= is_late
        if reply is not Reply.ACCEPTS:
            self.refused.add(reader)

    def _stop(self, index: int) -> None:
        """Stop a sender in good order: what is on its way is recorded, the rest given back."""
        sender = self.senders[index]
        for place, hand in list(sender.hands.items()):
            self._hear(hand, Reply.ACCEPTS)
            done = [Answer(handed=sender.hands.pop(place), outcome=Reply.ACCEPTS.outcome)]
            group = Group(done=done, takers={}, held=sender.held)
            sender.held = write(self.publisher, sender.relays, sender.worker, group).held
        give_back(self.publisher, sender.held)
        self.senders[index] = self._new_sender()

    def _kill(self, index: int, *, takes_it: bool) -> None:
        for hand in self.senders[index].hands.values():
            self.interrupted[hand.recipient.subscriber] += 1
            self.taken[hand.recipient.subscriber] += takes_it
            self.lost.append(hand)
        self.senders[index] = self._new_sender()

    def _new_sender(self) -> Sender:
        name = f"sender {next(self.names)}"
        return Sender(
            name=name,
            relays=Relays(self.intervals, self.domains, clock=lambda: self.monotonic),
            worker=Worker(name=name, idempotent=self.idempotent, mails=Mails(self.publisher, None)),
        )

    def _person(self, number: int) -> NewSubscriber:
        address = f"r{number}@{'slow' if number % 2 else 'quick'}.example"
        return NewSubscriber(
            address=address,
            address_key=address,
            address_hash=self.hashes(address),
            public_id=f"p{number:04}",
        )

    def _pass(self, time: timedelta) -> None:
        self.clock.moment += time
        self.monotonic += time.total_seconds()
        self.slept |= time >= IN_FLIGHT

    def _somebody(self, place: int) -> int:
        return sorted(self.readers)[place]

    def _suppress(self, reader: int, reason: SuppressionReason, probe_at: datetime | None) -> None:
        with self.publisher.database.begin() as db:
            subscribers.suppress(
                db,
                address_hash=self.hashes(self.readers[reader].address),
                reason=reason,
                now=self.now,
                probe_at=probe_at,
            )
        self.left.add(reader)

    def _ledger(self) -> dict[int, Row[tuple[object, ...]]]:
        with self.publisher.database.read() as db:
            return {row.subscriber: row for row in db.execute(select(sending.deliveries))}

    def _fences(self) -> dict[int, int]:
        with self.publisher.database.read() as db:
            return {row.number: row.fence for row in db.execute(select(sending.batches))}

    def _mailing(self) -> MailingRecord:
        with self.publisher.database.read() as db:
            found = mailings.find(db, self.mailing)
        assert found is not None
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def steered(
    request: pytest.FixtureRequest, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Publisher]:
    """Open a newsroom with small batches and short leases, whose issue is published."""
    more = f'lease = "{LEASE.total_seconds():.0f}s"\n'
    database = ""
    if request.param == "postgresql":
        database = f'[database]\nurl = "{request.getfixturevalue("postgresql_url")}"\n'
    newsroom.sets(f'{relay_at(9, more=more)}{database}[notify]\neditors = ["ed@example.net"]\n')
    newsroom.writes("heat")
    monkeypatch.setattr(mailings, "BATCH", BATCH)
    with newsroom.opened() as opened:
        steered = SteeredPublisher(**{each.name: getattr(opened, each.name) for each in fields(opened)})
        add(steered, READER)
        yield steered


def test_whatever_happens_to_senders_nobody_is_lost_and_the_accounting_adds_up(
    steered: Publisher, newsroom: Newsroom
) -> None:
    first = publish_now(steered, "heat")
    assert first is not None
    with steered.database.read() as db:
        templates = mailings.templates(db, first.id)
    facts = {"publisher": steered, "clock": newsroom.clock, "first": first, "templates": templates}

    run_state_machine_as_test(
        type("SendersOfThisTest", (Senders,), facts),
        settings=settings(
            max_examples=20 if steered.database.is_sqlite else 8,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
