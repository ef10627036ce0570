"""Reports count once; an uncertain delivery is settled with its batch; a mailbox is read by one at a time."""

from __future__ import annotations

from datetime import timedelta

from publisher.model.delivery import DeliveryState
from publisher.model.reports import Report, ReportKind
from publisher.store import deliveries, mailings, reports, subscribers
from publisher.store.database import Database
from tests.databases import NOW
from tests.ledgers import (
    add_readers,
    advance,
    answered,
    assert_accounts,
    claimed,
    counts,
    handed,
    start,
    states,
)

MINUTE = timedelta(minutes=1)


def report(
    key: str, kind: ReportKind = ReportKind.HARD_BOUNCE, *, mailing: int = 1, subscriber: int = 1
) -> Report:
    return Report(key=key, kind=kind, mailing=mailing, subscriber=subscriber, at=NOW, source="imap")


def test_a_report_is_kept_once(database: Database) -> None:
    with database.begin() as db:
        assert [reports.add(db, report(key)) for key in ("a", "a", "b")] == [True, False, True]


def test_deliveries_are_counted_for_each_kind_of_report_and_not_reports(database: Database) -> None:
    with database.begin() as db:
        for number, (kind, subscriber) in enumerate(
            [
                (ReportKind.HARD_BOUNCE, 1),
                (ReportKind.HARD_BOUNCE, 1),
                (ReportKind.HARD_BOUNCE, 2),
                (ReportKind.COMPLAINT, 1),
            ]
        ):
            reports.add(db, report(str(number), kind, subscriber=subscriber))
        reports.add(db, report("other", mailing=2))

        assert reports.counts(db, 1) == dict.fromkeys(ReportKind, 0) | {
            ReportKind.HARD_BOUNCE: 2,
            ReportKind.COMPLAINT: 1,
        }


def test_it_is_known_whether_something_has_come(database: Database) -> None:
    with database.begin() as db:
        reports.add(db, report("a", ReportKind.DELAYED))

        assert reports.has_come(db, 1, 1)
        assert reports.has_come(db, 1, 1, ReportKind.DELAYED, ReportKind.COMPLAINT)
        assert not reports.has_come(db, 1, 1, ReportKind.COMPLAINT)
        assert not reports.has_come(db, 1, 2)
        assert not reports.has_come(db, 2, 1)


def test_an_uncertain_delivery_is_settled_and_the_mailing_can_end(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db).id
        batch = claimed(db)
        first = handed(db, batch)
        second = handed(db, batch, answered(first))
        advance(db, batch, answered(second, DeliveryState.UNCERTAIN, retry_at=NOW + 10 * MINUTE))
        deliveries.give_back(db, batch, now=NOW)
        assert not mailings.finish_if_done(db, mailing, NOW)

        assert reports.settle(db, mailing, second.subscriber, NOW)
        assert not reports.settle(db, mailing, second.subscriber, NOW)
        assert not reports.settle(db, mailing, 99, NOW)

        assert set(states(db, mailing).values()) == {DeliveryState.ACCEPTED}
        assert_accounts(db, mailing)
        assert mailings.finish_if_done(db, mailing, NOW)
        assert counts(mailings.listed(db)[0]) == {"accepted": 2}


def test_only_what_is_uncertain_is_settled(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        mailing = start(db).id
        recipient = handed(db, claimed(db))

        assert not reports.settle(db, mailing, recipient.subscriber, NOW)
        assert states(db, mailing) == {recipient.subscriber: DeliveryState.SENDING}


def test_a_report_leads_to_its_delivery_and_its_reader(database: Database) -> None:
    with database.begin() as db:
        (address,) = add_readers(db, 1)
        mailing = start(db).id
        recipient = handed(db, claimed(db))

        found, reader = (
            reports.reported(db, mailing, recipient.subscriber),
            reports.reader(db, recipient.subscriber),
        )

        assert found == reports.Reported(
            issue="denchi", list="weekly", state=DeliveryState.SENDING, attempts=1
        )
        assert reader is not None
        assert (reader.address_key, reader.score, reader.scored_at) == (address, 0, None)
        assert reports.reported(db, mailing, 99) is None
        assert reports.reader(db, 99) is None


def test_a_score_is_kept(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        subscriber = subscribers.listed(db)[0].subscriber

        reports.set_score(db, subscriber, score=3, scored_at=NOW)

        reader = reports.reader(db, subscriber)
        assert reader is not None
        assert (reader.score, reader.scored_at) == (3, NOW)


def test_a_mailbox_is_read_by_one_at_a_time_and_then_left_until_it_is_due(database: Database) -> None:
    with database.begin() as db:
        assert reports.is_mailbox_due(db, "box", NOW)

        first = reports.claim_mailbox(db, "box", now=NOW, next_at=NOW + MINUTE)
        second = reports.claim_mailbox(db, "box", now=NOW, next_at=NOW + MINUTE)

        assert first == reports.Mark(validity=0, seen=0, said="")
        assert second is None
        assert not reports.is_mailbox_due(db, "box", NOW)
        assert reports.is_mailbox_due(db, "box", NOW + MINUTE)


def test_how_far_a_mailbox_was_read_is_kept_with_the_trouble(database: Database) -> None:
    with database.begin() as db:
        reports.claim_mailbox(db, "box", now=NOW, next_at=NOW)
        reports.claim_mailbox(db, "other", now=NOW, next_at=NOW)

        reports.note_seen(db, "box", validity=2**32 - 1, seen=2**32 - 1)
        reports.note_trouble(db, "box", "it is locked")

        box, other = (reports.claim_mailbox(db, name, now=NOW, next_at=NOW) for name in ("box", "other"))
        assert box == reports.Mark(validity=2**32 - 1, seen=2**32 - 1, said="it is locked")
        assert other == reports.Mark(validity=0, seen=0, said="")
