"""Notices: claimed once, tried again, never lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

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


def test_what_has_a_key_is_told_once(database: Database) -> None:
    with database.begin() as db:
        first, second, other = (
            notices.add(db, kind="held", address="a@example.org", payload={}, now=NOW, key=key)
            for key in ("heat", "heat", "rain")
        )

        assert first is not None
        assert second is None
        assert [each.id for each in notices.due(db, NOW)] == [first, other]


def test_what_has_no_key_is_told_each_time(database: Database) -> None:
    with database.begin() as db:
        for _ in range(2):
            notices.add(db, kind="sign-in", address="a@example.org", payload={}, now=NOW)

        assert len(notices.due(db, NOW)) == 2


def gather(db: Connection, about: str, *, address: str = "a@example.org", kind: str = "held") -> None:
    notices.gather(
        db,
        kind=kind,
        address=address,
        item={"about": about},
        key=f"{kind} {about} {address}",
        now=NOW,
        due_at=NOW + MINUTE,
    )


def test_events_of_one_kind_are_gathered_until_the_first_is_due(database: Database) -> None:
    with database.begin() as db:
        for about in ("heat", "rain", "heat"):
            gather(db, about)
        gather(db, "heat", kind="late")
        gather(db, "heat", address="b@example.org")

        assert notices.due(db, NOW) == []
        found = [(each.kind, each.address, each.payload) for each in notices.due(db, NOW + MINUTE)]
        alone = {"items": [{"about": "heat"}], "count": 1}
        assert found == [
            ("held", "a@example.org", {"items": [{"about": "rain"}, {"about": "heat"}], "count": 2}),
            ("late", "a@example.org", alone),
            ("held", "b@example.org", alone),
        ]


def test_a_notice_that_somebody_has_begun_to_send_is_not_changed_any_more(database: Database) -> None:
    with database.begin() as db:
        gather(db, "heat")
        (begun,) = notices.claim(db, now=NOW + MINUTE, lease_until=NOW + LEASE)
        gather(db, "rain")
        again = NextStep(state=DeliveryState.DEFERRED, retry_at=NOW + LEASE)
        notices.mark(db, begun, again, now=NOW + MINUTE)
        gather(db, "wind")

        told = [each.payload["items"] for each in notices.due(db, NOW + LEASE)]
        assert told == [[{"about": "rain"}, {"about": "wind"}], [{"about": "heat"}]]


def test_what_an_address_was_told_is_known_as_long_as_it_is_kept(database: Database) -> None:
    with database.begin() as db:
        gather(db, "heat")

        def told(address: str = "a@example.org", *, since: datetime = NOW) -> int:
            return len(notices.payloads(db, kind="held", address=address, since=since))

        assert (told(), told("b@example.org"), told(since=NOW + MINUTE)) == (1, 0, 0)
