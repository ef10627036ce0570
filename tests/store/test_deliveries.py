"""The ledger, step by step: claims, hand-over, outcomes, and what a vanished worker leaves behind."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from publisher.errors import TransitionError
from publisher.model.delivery import DeliveryState, MailingState, Stage, UncertainPolicy
from publisher.model.subscriber import SuppressionReason
from publisher.store import decisions, deliveries, mailings, obstacles, schema, subscribers
from publisher.store import schema_sending as sending
from publisher.store.database import Database
from publisher.store.deliveries import LeaseLostError
from tests.databases import NOW
from tests.ledgers import (
    LEASE,
    add_readers,
    advance,
    answered,
    assert_accounts,
    claim,
    claimed,
    counts,
    handed,
    hash_of,
    send_all,
    start,
    states,
    step,
)

SECOND = timedelta(seconds=1)


def test_everybody_gets_one_mail_in_order_and_nobody_a_second(database: Database) -> None:
    with database.begin() as db:
        addresses = add_readers(db, 5)
        mailing = start(db)
        batch = claimed(db)

        sent = send_all(db, batch)

        assert [each.address for each in sent] == addresses
        assert {each.attempts for each in sent} == {0}
        assert advance(db, batch) is None
        deliveries.give_back(db, batch, now=NOW)
        assert claim(db, NOW + timedelta(days=9)) is None
        assert_accounts(db, mailing.id)


def test_a_delivery_is_marked_before_it_is_sent(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)

        recipient = handed(db, claimed(db))

        assert states(db, mailing.id)[recipient.subscriber] is DeliveryState.SENDING
        assert counts(mailings.listed(db)[0]) == {"pending": 1, "sending": 1}


def test_connections_that_share_a_batch_never_get_the_same_reader(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 4)
        mailing = start(db)
        batch = claimed(db)

        first, second = handed(db, batch), handed(db, batch)
        third = handed(db, batch, answered(second))
        fourth = handed(db, batch, answered(first), answered(third))

        assert len({each.subscriber for each in (first, second, third, fourth)}) == 4
        assert advance(db, batch) is None
        assert_accounts(db, mailing.id)


def test_a_batch_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        start(db)
        batch = claimed(db)

        assert claim(db, NOW + LEASE - SECOND) is None
        handed(db, batch, now=NOW + LEASE - SECOND)
        assert claim(db, NOW + LEASE) is None
        assert claimed(db, NOW + LEASE * 2).fence == batch.fence + 1


def test_a_worker_who_lost_the_batch_can_change_nothing_any_more(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db, uncertain=UncertainPolicy.HOLD)
        lost = claimed(db)
        recipient = handed(db, lost)
        claimed(db, NOW + LEASE, worker="two")
    before = _ledger(database)

    for done in ((), (answered(recipient),)):
        with pytest.raises(LeaseLostError), database.begin() as db:
            advance(db, lost, *done)

    assert _ledger(database) == before
    with database.begin() as db:
        assert_accounts(db, mailing.id)


def test_what_a_late_worker_knows_settles_a_delivery_that_was_called_uncertain(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        lost = claimed(db)
        late = handed(db, lost)
        new = claimed(db, NOW + LEASE, worker="two")
        assert states(db, mailing.id)[late.subscriber] is DeliveryState.UNCERTAIN

        assert not deliveries.give_back(db, lost, now=NOW + LEASE, done=[answered(late)])

        assert states(db, mailing.id)[late.subscriber] is DeliveryState.ACCEPTED
        assert len(send_all(db, new, now=NOW + LEASE)) == 2
        assert mailings.finish_if_done(db, mailing.id, NOW + LEASE)
        assert_accounts(db, mailing.id)


def test_a_late_worker_does_not_touch_a_delivery_that_is_being_sent_again(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        lost = claimed(db)
        late = handed(db, lost)
        again = NOW + LEASE + deliveries.SETTLING
        deliveries.give_back(db, claimed(db, NOW + LEASE), now=NOW + LEASE)
        handed(db, claimed(db, again), now=again)

        deliveries.give_back(db, lost, now=again, done=[answered(late)])

        assert states(db, mailing.id) == {late.subscriber: DeliveryState.SENDING}
        assert_accounts(db, mailing.id)


def test_a_late_worker_who_knows_nothing_final_leaves_a_delivery_uncertain(database: Database) -> None:
    retry_at = NOW + timedelta(minutes=5)
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        lost = claimed(db)
        late = handed(db, lost)
        claimed(db, NOW + LEASE, worker="two")

        busy = answered(late, DeliveryState.DEFERRED, retry_at=retry_at)
        deliveries.give_back(db, lost, now=NOW + LEASE, done=[busy])

        assert states(db, mailing.id) == {late.subscriber: DeliveryState.UNCERTAIN}
        assert_accounts(db, mailing.id)


def test_an_outcome_for_a_delivery_that_is_not_being_sent_is_refused(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        start(db)
        batch = claimed(db)
        recipient = handed(db, batch)
        advance(db, batch, answered(recipient))
    before = _ledger(database)

    with pytest.raises(LeaseLostError), database.begin() as db:
        advance(db, batch, answered(recipient, DeliveryState.REJECTED))

    assert _ledger(database) == before


def test_a_step_whose_commit_seemed_to_fail_can_be_made_again(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 4)
        mailing = start(db)
        batch = claimed(db)
        first, second, *rest = deliveries.due(db, batch, NOW)
        sent = step(db, batch, offered=[first, second], wanted=2).handed
        done = [answered(each) for each in sent]
        step(db, batch, done=done, offered=rest, wanted=2)
    before = _ledger(database)

    with database.begin() as db:
        handed_again = step(db, batch, done=done, offered=rest, wanted=2).handed

    with database.read() as db:
        assert _ledger(database) == before
        assert [each.subscriber for each in handed_again] == rest
        assert {each.attempts for each in handed_again} == {0}
        assert_accounts(db, mailing.id)


def test_a_step_that_is_made_again_counts_right_where_a_delivery_went_out_again_in_it(
    database: Database,
) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first, second = step(db, batch, offered=deliveries.due(db, batch, NOW), wanted=2).handed
    unreached = answered(first, DeliveryState.PENDING, counted=False)
    done = [unreached, answered(second)]
    with database.begin() as db:
        step(db, batch, done=done, offered=[first.subscriber], wanted=1)
    before = _ledger(database)

    with database.begin() as db:
        again = step(db, batch, done=done, offered=[first.subscriber], wanted=1).handed

    assert _ledger(database) == before
    assert again == (first,)
    with database.read() as db:
        assert_accounts(db, mailing.id)


def test_whoever_is_offered_twice_is_handed_over_once(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        first, second, third = deliveries.due(db, batch, NOW)
        offered = [first, first, second, first, second, third]

        handed = step(db, batch, offered=offered, wanted=3).handed

        assert [each.subscriber for each in handed] == [first, second, third]
        assert_accounts(db, mailing.id)


def test_a_step_that_somebody_has_decided_about_since_leaves_the_counts_right(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        first, second = step(db, batch, offered=deliveries.due(db, batch, NOW)[:2], wanted=2).handed
        step(db, batch, done=[answered(first, DeliveryState.REJECTED)])
        decisions.retry(db, mailing.id, [first.subscriber], now=NOW)

    with database.begin() as db, suppress(LeaseLostError):
        step(db, batch, done=[answered(first, DeliveryState.REJECTED), answered(second)])

    with database.read() as db:
        assert states(db, mailing.id)[first.subscriber] is DeliveryState.DEFERRED
        assert states(db, mailing.id)[second.subscriber] is DeliveryState.ACCEPTED
        assert_accounts(db, mailing.id)


def test_whoever_is_marked_already_has_had_their_turn(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        start(db)
        batch = claimed(db)
        offered = deliveries.due(db, batch, NOW)
        step(db, batch, offered=offered[:1], wanted=1)

        found = step(db, batch, offered=offered, wanted=2, admit=lambda _: [])

        assert [each.subscriber for each in found.handed] == offered[:1]


def test_a_claim_is_known_by_its_worker_and_its_fence(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        batch = claimed(db, worker="one")

        assert deliveries.is_held_by(db, batch, "one")
        assert not deliveries.is_held_by(db, batch, "two")
        assert not deliveries.is_held_by(db, replace(batch, fence=batch.fence - 1), "one")
        deliveries.give_back(db, batch, now=NOW)
        assert not deliveries.is_held_by(db, batch, "one")


def test_whose_turn_has_not_come_stays_pending(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        offered = deliveries.due(db, batch, NOW)
        found = step(db, batch, offered=offered, wanted=3, admit=lambda some: [some[0].subscriber])

        assert [each.subscriber for each in found.handed] == offered[:1]
        assert found.gone == frozenset()
        assert Counter(states(db, mailing.id).values()) == {
            DeliveryState.SENDING: 1,
            DeliveryState.PENDING: 2,
        }


def test_a_batch_that_is_kept_is_nobody_elses_and_a_lost_one_cannot_be_kept(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        batch = claimed(db)
        later = NOW + LEASE - SECOND

        assert deliveries.renew(db, batch, lease_until=later + LEASE)
        assert claim(db, NOW + LEASE) is None
        assert claim(db, later + LEASE, worker="two") is not None
        assert not deliveries.renew(db, batch, lease_until=later + 2 * LEASE)


@pytest.mark.parametrize("policy", UncertainPolicy)
def test_what_a_vanished_worker_had_on_its_way_is_uncertain_by_policy(
    database: Database, policy: UncertainPolicy
) -> None:
    resent_at = NOW + LEASE + deliveries.SETTLING
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db, uncertain=policy)
        interrupted = handed(db, claimed(db))

        batch = claimed(db, NOW + LEASE, worker="two")
        rest = send_all(db, batch, now=NOW + LEASE)

        assert interrupted.address not in [each.address for each in rest]
        assert counts(mailings.listed(db)[0]) == {"accepted": 2, "uncertain": 1}
        (trouble,) = decisions.uncertain(db, mailing.id)
        assert (trouble.issue, trouble.address, trouble.attempts) == ("denchi", interrupted.address, 1)
        assert "interrupted" in trouble.text
        assert_accounts(db, mailing.id)
        if policy is UncertainPolicy.HOLD:
            assert trouble.next_try is None
            assert mailings.finish_if_done(db, mailing.id, NOW + LEASE)
        else:
            assert trouble.next_try == resent_at
            assert not mailings.finish_if_done(db, mailing.id, NOW + LEASE)
            second = handed(db, batch, now=resent_at)
            assert (second.subscriber, second.attempts) == (interrupted.subscriber, 1)


def test_an_interrupted_delivery_is_simply_tried_again_where_that_cannot_double_it(
    database: Database,
) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        interrupted = handed(db, claimed(db))

        batch = claimed(db, NOW + LEASE, idempotent=True)

        assert counts(mailings.listed(db)[0]) == {"pending": 3}
        assert handed(db, batch, now=NOW + LEASE).subscriber == interrupted.subscriber
        assert_accounts(db, mailing.id)


def test_where_nothing_was_interrupted_nothing_is_resolved(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        start(db)
        batch = claimed(db)

        resolved = deliveries.resolve_interrupted(
            db, batch, idempotent=False, policy=UncertainPolicy.RESEND, now=NOW
        )

        assert resolved == 0
        assert len(send_all(db, batch)) == 2


def test_a_restarted_sender_takes_over_at_once(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        start(db)
        handed(db, claimed(db))
        assert claim(db) is None

        deliveries.release_all_leases(db)

        assert len(send_all(db, claimed(db))) == 2


def test_a_batch_that_ends_its_workers_again_and_again_is_parked_and_shown(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, deliveries.MOST_TAKEOVERS + 3)
        mailing = start(db)
        now = NOW
        for _ in range(deliveries.MOST_TAKEOVERS):
            handed(db, claimed(db, now), now=now)
            now += LEASE

        batch = claimed(db, now)

        assert batch.takeovers == deliveries.MOST_TAKEOVERS
        assert advance(db, batch, now=now) is None
        deliveries.give_back(db, batch, now=now)
        assert claim(db, now + timedelta(days=1)) is None
        assert not mailings.finish_if_done(db, mailing.id, now)
        assert counts(mailings.listed(db)[0]) == {"pending": 3, "uncertain": deliveries.MOST_TAKEOVERS}
        assert mailings.resume(db, mailing.id)
        assert handed(db, claimed(db, now), now=now)


def test_progress_lets_a_batch_survive_any_number_of_takeovers(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 40)
        mailing = start(db, uncertain=UncertainPolicy.HOLD)
        now = NOW
        for _ in range(deliveries.MOST_TAKEOVERS * 3):
            batch = claimed(db, now)
            handed(db, batch, answered(handed(db, batch, now=now)), now=now)
            now += LEASE

        assert len(send_all(db, claimed(db, now), now=now)) == 10
        assert mailings.finish_if_done(db, mailing.id, now)


def test_claiming_greylisted_batches_often_never_parks_them(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        now = NOW
        for _ in range(deliveries.MOST_TAKEOVERS * 2):
            batch = claimed(db, now)
            recipient = handed(db, batch, now=now)
            now += timedelta(minutes=1)
            deferred = answered(recipient, DeliveryState.DEFERRED, retry_at=now)
            assert deliveries.give_back(db, batch, now=now, done=[deferred])

        assert handed(db, claimed(db, now), now=now).attempts == deliveries.MOST_TAKEOVERS * 2


def test_a_deferred_delivery_comes_back_at_its_time_and_not_before(database: Database) -> None:
    retry_at = NOW + timedelta(minutes=5)
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        batch = claimed(db)
        recipient = handed(db, batch)
        done = answered(recipient, DeliveryState.DEFERRED, retry_at=retry_at, code=452, text="4.2.2 full")

        assert advance(db, batch, done) is None
        deliveries.give_back(db, batch, now=NOW)

        assert claim(db, retry_at - SECOND) is None
        (trouble,) = decisions.troubles(db, mailing.id)
        assert (trouble.state, trouble.next_try, trouble.text) == (
            DeliveryState.DEFERRED,
            retry_at,
            "452 4.2.2 full",
        )
        assert handed(db, claimed(db, retry_at), now=retry_at).attempts == 1


def test_a_try_that_does_not_count_is_not_counted(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        batch = claimed(db)
        recipient = handed(db, batch)

        again = handed(db, batch, answered(recipient, DeliveryState.DEFERRED, retry_at=NOW, counted=False))

        assert again.attempts == 0


@pytest.mark.parametrize(
    "state", sorted(set(DeliveryState) - {DeliveryState.ACCEPTED, DeliveryState.SENDING})
)
def test_everything_but_acceptance_leaves_its_words(database: Database, state: DeliveryState) -> None:
    retry_at = NOW + timedelta(hours=1) if state is DeliveryState.DEFERRED else None
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        batch = claimed(db)
        done = answered(handed(db, batch), state, retry_at=retry_at, code=550, text="5.7.1 no")

        deliveries.give_back(db, batch, now=NOW, done=[done])

        row = db.execute(select(sending.delivery_errors)).one()
        assert (row.mailing, row.state, row.at, row.code, row.text, row.stage) == (
            mailing.id,
            state,
            NOW,
            550,
            "5.7.1 no",
            Stage.REPLY.value,
        )
        assert_accounts(db, mailing.id)


def test_the_last_words_are_the_ones_shown_with_the_reason_before_them(database: Database) -> None:
    later = NOW + timedelta(minutes=1)
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        busy = answered(first, DeliveryState.DEFERRED, retry_at=later, code=451, text="busy")
        deliveries.give_back(db, batch, now=NOW, done=[busy])
        batch = claimed(db, later)
        gone = answered(handed(db, batch, now=later), DeliveryState.REJECTED, code=550, text="gone")
        advance(db, batch, gone, now=later)

        (trouble, on_its_way) = decisions.troubles(db, mailing.id)

        assert (trouble.address, trouble.state, trouble.text) == (
            first.address,
            DeliveryState.REJECTED,
            "550 gone",
        )
        assert (on_its_way.state, on_its_way.text) == (DeliveryState.SENDING, "")
        assert len(decisions.troubles(db, mailing.id, limit=1)) == 1


def test_who_leaves_between_print_and_hand_over_is_not_mailed(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 5)
        mailing = start(db)
        subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=NOW)
        subscribers.suppress(
            db, address_hash=hash_of("reader0002@example.org"), reason=SuppressionReason.COMPLAINT, now=NOW
        )
        db.execute(
            update(schema.subscriptions)
            .where(schema.subscriptions.c.subscriber == min(states(db, mailing.id)) + 2)
            .values(state="paused")
        )
        db.execute(delete(schema.subscribers).where(schema.subscribers.c.public_id == "p0004"))

        sent = send_all(db, claimed(db))

        assert [each.public_id for each in sent] == ["p0005"]
        assert counts(mailings.listed(db)[0]) == {"accepted": 1, "suppressed": 4}
        assert [(each.address, each.text) for each in decisions.troubles(db, mailing.id)] == [
            ("reader0001@example.org", "no active subscription to weekly any more"),
            ("reader0002@example.org", "the address must not be mailed: complaint"),
            ("reader0003@example.org", "no active subscription to weekly any more"),
            ("(erased)", "no active subscription to weekly any more"),
        ]
        assert_accounts(db, mailing.id)


def test_a_retry_too_asks_whether_the_reader_is_still_there(database: Database) -> None:
    later = NOW + timedelta(minutes=1)
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        batch = claimed(db)
        advance(db, batch, answered(handed(db, batch), DeliveryState.DEFERRED, retry_at=later))
        subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=NOW)

        assert advance(db, batch, now=later) is None

        assert counts(mailings.listed(db)[0]) == {"suppressed": 1}
        assert mailings.finish_if_done(db, mailing.id, later)


def test_the_address_is_the_one_at_hand_over(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        db.execute(update(schema.subscribers).values(address="new@example.org"))

        assert handed(db, claimed(db)).address == "new@example.org"


def test_a_number_that_is_freed_is_never_given_to_somebody_else(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        erased = max(states(db, mailing.id))
        db.execute(delete(schema.subscribers).where(schema.subscribers.c.id == erased))

        add_readers(db, 1, first=50)

        numbers = set(db.execute(select(schema.subscribers.c.id)).scalars())
        assert erased not in numbers
        assert len(numbers) == 2


def test_an_editor_can_have_uncertain_deliveries_sent_again(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db, uncertain=UncertainPolicy.HOLD)
        interrupted = handed(db, claimed(db))
        deliveries.release_all_leases(db)
        batch = claimed(db)
        send_all(db, batch)
        deliveries.give_back(db, batch, now=NOW)
        assert mailings.finish_if_done(db, mailing.id, NOW)

        assert decisions.decide_uncertain(db, mailing.id, resend=True, now=NOW).deliveries == 1

        reopened = mailings.listed(db)[0]
        assert (reopened.state, reopened.finished_at) == (MailingState.SENDING, None)
        again = send_all(db, claimed(db))
        assert [each.subscriber for each in again] == [interrupted.subscriber]
        assert mailings.finish_if_done(db, mailing.id, NOW)
        assert_accounts(db, mailing.id)


def test_an_editor_can_leave_uncertain_deliveries_as_they_are(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        handed(db, claimed(db))
        deliveries.release_all_leases(db)
        deliveries.give_back(db, claimed(db), now=NOW)

        assert decisions.decide_uncertain(db, mailing.id, resend=False, now=NOW).deliveries == 1

        assert claim(db, NOW + timedelta(days=1)) is None
        assert mailings.finish_if_done(db, mailing.id, NOW)
        assert len(decisions.uncertain(db)) == 1
        assert_accounts(db, mailing.id)


def test_a_sender_is_at_work_while_it_has_a_lease(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        start(db)
        before = obstacles.is_leased(db, NOW)
        batch = claimed(db)

        assert not before
        assert obstacles.is_leased(db, NOW)
        assert not obstacles.is_leased(db, batch.lease_until)
        deliveries.give_back(db, batch, now=NOW)
        assert not obstacles.is_leased(db, NOW)


def test_nothing_of_a_cancelled_mailing_is_sent_again(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)
        mailings.cancel(db, mailing.id)

        with pytest.raises(TransitionError, match="cancelled"):
            decisions.decide_uncertain(db, mailing.id, resend=True, now=NOW)


def test_uncertain_deliveries_of_all_mailings_are_named(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        for slug in ("first", "second"):
            start(db, slug)
            handed(db, claimed(db))
        deliveries.release_all_leases(db)
        for _ in range(2):
            claimed(db)

        assert [each.issue for each in decisions.uncertain(db)] == ["first", "second"]


def _ledger(database: Database) -> list[tuple[object, ...]]:
    with database.read() as db:
        return [
            tuple(row) for table in (sending.deliveries, sending.batches) for row in db.execute(select(table))
        ]
