"""Notices: claimed once, tried again, never lost."""

from __future__ import annotations

from datetime import timedelta

from publisher.model.delivery import DeliveryState, NextStep
from publisher.store import notices
from publisher.store.database import Database
from tests.databases import NOW
from tests.ledgers import LEASE

MINUTE = timedelta(minutes=1)
ACCEPTED = NextStep(state=DeliveryState.ACCEPTED)


def test_a_notice_is_due_at_once_and_carries_what_its_template_needs(database: Database) -> None:
    with database.begin() as db:
        number = notices.add(
            db, kind="confirm", address="anna@example.org", payload={"list": "weekly", "n": 1}, now=NOW
        )

        (notice,) = notices.due(db, NOW)
        assert (notice.id, notice.kind, notice.address) == (number, "confirm", "anna@example.org")
        assert (notice.payload, notice.attempts) == ({"list": "weekly", "n": 1}, 0)
        assert notices.due(db, NOW - MINUTE) == []


def test_a_notice_is_claimed_by_one(database: Database) -> None:
    with database.begin() as db:
        for number in range(3):
            notices.add(db, kind="welcome", address=f"{number}@example.org", payload={}, now=NOW)

        first = notices.claim(db, now=NOW, lease_until=NOW + LEASE, limit=2)
        second = notices.claim(db, now=NOW, lease_until=NOW + LEASE, limit=2)
        third = notices.claim(db, now=NOW, lease_until=NOW + LEASE, limit=2)

        assert [notice.address[0] for notice in [*first, *second]] == ["0", "1", "2"]
        assert third == []


def test_an_accepted_notice_is_never_due_again(database: Database) -> None:
    with database.begin() as db:
        notices.add(db, kind="welcome", address="a@example.org", payload={}, now=NOW)
        (notice,) = notices.claim(db, now=NOW, lease_until=NOW + LEASE)

        assert notices.mark(db, notice, ACCEPTED, now=NOW)

        assert notices.due(db, NOW + timedelta(days=1)) == []


def test_a_deferred_notice_is_due_at_its_next_try(database: Database) -> None:
    with database.begin() as db:
        notices.add(db, kind="welcome", address="a@example.org", payload={}, now=NOW)
        (notice,) = notices.claim(db, now=NOW, lease_until=NOW + LEASE)
        again = NextStep(state=DeliveryState.DEFERRED, retry_at=NOW + MINUTE)

        notices.mark(db, notice, again, now=NOW)

        assert notices.due(db, NOW) == []
        assert [each.attempts for each in notices.due(db, NOW + MINUTE)] == [1]


def test_a_notice_whose_sender_vanished_is_due_again_and_the_late_sender_changes_nothing(
    database: Database,
) -> None:
    with database.begin() as db:
        notices.add(db, kind="welcome", address="a@example.org", payload={}, now=NOW)
        (lost,) = notices.claim(db, now=NOW, lease_until=NOW + LEASE)

        (notice,) = notices.claim(db, now=NOW + LEASE, lease_until=NOW + LEASE * 2)

        assert notice.id == lost.id
        assert not notices.mark(db, lost, ACCEPTED, now=NOW + LEASE)
        assert notices.mark(db, notice, ACCEPTED, now=NOW + LEASE)
