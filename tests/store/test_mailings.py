"""Mailings: who is in an audience, and what becomes of a mailing as a whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.errors import TransitionError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.store import decisions, deliveries, mailings, subscribers
from publisher.store import schema_sending as sending
from publisher.store.database import Database
from publisher.store.ledger import Page
from tests.databases import NOW
from tests.editions import japanese_edition
from tests.ledgers import (
    add_readers,
    advance,
    answered,
    assert_accounts,
    claim,
    claimed,
    counts,
    handed,
    send_all,
    start,
    states,
)


def test_the_audience_are_the_active_readers_of_the_lists_when_it_starts(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        add_readers(db, 2, "daily", first=10)
        subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW)

        mailing = start(db)
        add_readers(db, 5, first=100)

        assert mailing.audience == 2
        assert counts(mailing) == {"pending": 2}
        assert len(states(db, mailing.id)) == 2


def test_a_reader_of_several_lists_gets_one_mail_by_the_first_of_them(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2, "daily", "weekly")
        add_readers(db, 1, "weekly", first=10)
        add_readers(db, 1, "daily", first=20)
        start(db, lists=("weekly", "daily"))

        sent = send_all(db, claimed(db))

        assert [(each.address[6:10], each.list) for each in sent] == [
            ("0001", "weekly"),
            ("0002", "weekly"),
            ("0010", "weekly"),
            ("0020", "daily"),
        ]


def test_a_reader_who_left_the_first_list_gets_it_by_the_second(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1, "daily", "weekly")
        subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=NOW)
        start(db, lists=("weekly", "daily"))

        sent = send_all(db, claimed(db))

        assert [each.list for each in sent] == ["daily"]


def test_the_audience_is_counted_before_it_is_frozen(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3, "daily", "weekly")
        add_readers(db, 2, "weekly", first=10)

        assert mailings.audience_of(db, ("weekly", "daily")) == 5
        assert mailings.audience_of(db, ("daily",)) == 3
        assert mailings.audience_of(db, ()) == 0


def test_an_audience_is_divided_into_batches_that_are_claimed_one_by_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 4)
    with database.begin() as db:
        add_readers(db, 10)
        mailing = start(db)

        batches = [claimed(db), claimed(db), claimed(db)]

        assert [batch.number for batch in batches] == [0, 1, 2]
        assert claim(db) is None
        assert [len(send_all(db, batch)) for batch in batches] == [4, 4, 2]
        assert_accounts(db, mailing.id)


def test_an_issue_is_mailed_once(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db)

        with pytest.raises(TransitionError, match="issue 'denchi' has had its mailing"):
            mailings.start(
                db,
                issue="denchi",
                edition=mailing.edition,
                templates=[("weekly", "Weekly", b"")],
                uncertain=mailing.uncertain,
                kid=1,
                now=NOW,
                not_before=NOW,
            )


def test_a_mailing_to_nobody_is_sent_at_once(database: Database) -> None:
    with database.begin() as db:
        mailing = start(db)

        assert mailing.audience == 0
        assert claim(db) is None
        assert mailings.finish_if_done(db, mailing.id, NOW)
        assert mailings.of_issue(db, "denchi") == mailings.find(db, mailing.id)


def test_templates_are_kept_byte_for_byte_in_the_order_of_the_lists(database: Database) -> None:
    with database.begin() as db:
        mailing = start(db, lists=("weekly", "daily"))

        found = mailings.templates(db, mailing.id)

        assert [(each.position, each.list, each.title, each.template) for each in found] == [
            (0, "weekly", "Weekly", b"to weekly"),
            (1, "daily", "Daily", b"to daily"),
        ]


def test_nothing_is_claimed_before_its_time_and_the_start_is_noted(database: Database) -> None:
    later = NOW + timedelta(minutes=2)
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db, not_before=later)

        assert mailing.next_try == later
        assert claim(db, later - timedelta(seconds=1)) is None
        assert claim(db, later) is not None
        started = mailings.find(db, mailing.id)
        assert started is not None
        assert started.started_at == later


def test_a_mailing_is_sent_only_when_every_delivery_is_final(database: Database) -> None:
    retry_at = NOW + timedelta(minutes=1)
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(db, batch, answered(first, DeliveryState.DEFERRED, retry_at=retry_at))

        assert not mailings.finish_if_done(db, mailing.id, NOW)
        assert advance(db, batch, answered(second)) is None
        assert not mailings.finish_if_done(db, mailing.id, NOW)
        assert [each.next_try for each in mailings.open_mailings(db)] == [retry_at]

        assert handed(db, batch, now=retry_at).address == first.address
        assert advance(db, batch, answered(first, DeliveryState.REJECTED), now=retry_at) is None
        assert mailings.finish_if_done(db, mailing.id, retry_at)
        assert not mailings.finish_if_done(db, mailing.id, retry_at)
        sent = mailings.listed(db)[0]
        assert (sent.state, sent.finished_at, sent.next_try) == (MailingState.SENT, retry_at, None)
        assert counts(sent) == {"accepted": 1, "rejected": 1}
        assert mailings.open_mailings(db) == []


def test_an_uncertain_delivery_is_open_by_policy_resend_and_final_by_policy_hold(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(
            db, batch, answered(first, DeliveryState.UNCERTAIN, retry_at=NOW + timedelta(minutes=10))
        )
        advance(db, batch, answered(second, DeliveryState.UNCERTAIN))

        assert not mailings.finish_if_done(db, mailing.id, NOW)
        decisions.decide_uncertain(db, mailing.id, resend=False, now=NOW)
        assert mailings.finish_if_done(db, mailing.id, NOW)
        assert_accounts(db, mailing.id)


def test_a_paused_mailing_hands_out_nothing_and_goes_on_where_it_stopped(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)

        assert mailings.pause(db, mailing.id, "550 too much")
        assert not mailings.pause(db, mailing.id, "again")
        assert advance(db, batch, answered(first)) is None
        deliveries.give_back(db, batch, now=NOW)
        assert claim(db) is None
        paused = mailings.open_mailings(db)[0]
        assert (paused.state, paused.reason) == (MailingState.PAUSED, "550 too much")
        assert not mailings.finish_if_done(db, mailing.id, NOW)

        assert mailings.resume(db, mailing.id)
        assert len(send_all(db, claimed(db))) == 2
        assert_accounts(db, mailing.id)


def test_a_cancelled_mailing_records_what_was_on_its_way_and_sends_nothing_more(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)

        assert mailings.cancel(db, mailing.id)
        assert not mailings.finish_if_done(db, mailing.id, NOW)
        assert advance(db, batch, answered(first)) is None
        deliveries.give_back(db, batch, now=NOW)

        assert claim(db, NOW + timedelta(days=1)) is None
        assert not mailings.resume(db, mailing.id)
        assert not mailings.cancel(db, mailing.id)
        assert mailings.finish_if_done(db, mailing.id, NOW)
        cancelled = mailings.listed(db)[0]
        assert (cancelled.state, cancelled.next_try) == (MailingState.CANCELLED, None)
        assert cancelled.finished_at == NOW
        assert counts(cancelled) == {"pending": 2, "accepted": 1}


def test_what_was_interrupted_in_a_paused_or_cancelled_mailing_is_resolved_all_the_same(
    database: Database,
) -> None:
    later = NOW + timedelta(hours=1)
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        handed(db, claimed(db))
        mailings.cancel(db, mailing.id)

        batch = claimed(db, later)

        assert advance(db, batch, now=later) is None
        assert counts(mailings.listed(db)[0]) == {"pending": 1, "uncertain": 1}
        deliveries.give_back(db, batch, now=later)
        assert claim(db, later + timedelta(days=1)) is None


def test_the_last_mailings_come_newest_first_without_cancelled_ones(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        start(db, "one")
        stopped = start(db, "two")
        start(db, "three")
        mailings.cancel(db, stopped.id)

        latest = mailings.latest(db)

    assert [(each.issue, each.readers) for each in latest] == [("three", 3), ("one", 3)]
    assert {each.subject for each in latest} == {japanese_edition().subject}
    assert {each.lists for each in latest} == {japanese_edition().lists}


def test_what_moves_after_a_mailing_has_ended_is_in_its_counts(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(db, batch, answered(first, DeliveryState.UNCERTAIN))
        third = handed(db, batch, answered(second, DeliveryState.REJECTED, text="nobody"))
        deliveries.give_back(db, batch, done=[answered(third)], now=NOW)
        assert mailings.finish_if_done(db, mailing.id, NOW)

        page = Page(db, mailing.id, batch.number, NOW)
        page.move(first.subscriber, DeliveryState.UNCERTAIN, DeliveryState.ACCEPTED)
        page.close()

        assert counts(mailings.listed(db)[0]) == {"accepted": 2, "rejected": 1}
        assert_accounts(db, mailing.id)


def test_a_mailing_that_is_opened_again_ends_with_its_new_counts(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(db, batch, answered(first, DeliveryState.REJECTED, text="not you"))
        deliveries.give_back(db, batch, done=[answered(second)], now=NOW)
        mailings.finish_if_done(db, mailing.id, NOW)

        assert decisions.retry(db, mailing.id, {first.subscriber, second.subscriber}, now=NOW) == 1
        reopened = mailings.listed(db)[0]
        send_all(db, claimed(db))
        mailings.finish_if_done(db, mailing.id, NOW)

        assert (reopened.state, counts(reopened)) == (MailingState.SENDING, {"accepted": 1, "deferred": 1})
        assert counts(mailings.listed(db)[0]) == {"accepted": 2}
        assert_accounts(db, mailing.id)


def test_rejected_deliveries_of_a_cancelled_mailing_stay_so(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        batch = claimed(db)
        first = handed(db, batch)
        advance(db, batch, answered(first, DeliveryState.REJECTED, text="not you"))
        mailings.cancel(db, mailing.id)

        with pytest.raises(TransitionError, match="cancelled"):
            decisions.retry(db, mailing.id, {first.subscriber}, now=NOW)


def test_counts_of_a_mailing_that_has_ended_are_read_without_its_batches(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)
        send_all(db, claimed(db))
        assert mailings.finish_if_done(db, mailing.id, NOW)

        db.execute(sending.batches.delete())

        assert counts(mailings.listed(db)[0]) == {"accepted": 2}
