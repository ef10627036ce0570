"""Readers' addresses and subscriptions."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from publisher.model.subscriber import NewSubscriber, SubscriptionState, SuppressionReason
from publisher.store import subscribers
from publisher.store.database import Database
from publisher.store.subscribers import Added
from tests.databases import NOW
from tests.ledgers import add_readers, hash_of, person

LATER = NOW + timedelta(days=1)


def test_a_person_is_added_to_lists_with_their_consent(database: Database) -> None:
    with database.begin() as db:
        answer = _add(db, person(1), lists=("weekly", "daily"))

        (daily, weekly) = subscribers.listed(db)
        assert answer == {"weekly": Added.ADDED, "daily": Added.ADDED}
        assert (weekly.address, weekly.public_id) == ("reader0001@example.org", "p0001")
        assert (weekly.list, weekly.state, weekly.since) == ("weekly", SubscriptionState.ACTIVE, NOW)
        assert (daily.list, daily.consent) == ("daily", "added by hand")


def test_adding_twice_changes_nothing(database: Database) -> None:
    second = NewSubscriber(
        address="Reader0001@example.org",
        address_key="reader0001@example.org",
        address_hash=hash_of("reader0001@example.org"),
        public_id="another",
    )
    with database.begin() as db:
        _add(db, person(1))
        before = subscribers.listed(db)

        answer = _add(db, second, now=LATER)

        assert answer == {"weekly": Added.ALREADY}
        assert subscribers.listed(db) == before


def test_a_person_can_be_added_to_one_more_list(database: Database) -> None:
    with database.begin() as db:
        _add(db, person(1))

        answer = _add(db, person(1), lists=("weekly", "daily"))

        assert answer == {"weekly": Added.ALREADY, "daily": Added.ADDED}


def test_whoever_has_left_is_not_brought_back(database: Database) -> None:
    with database.begin() as db:
        _add(db, person(1))
        subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=NOW)

        answer = _add(db, person(1), now=LATER)

        assert answer == {"weekly": Added.LEFT}
        assert subscribers.listed(db)[0].state is SubscriptionState.UNSUBSCRIBED


def test_a_suppressed_address_is_not_even_stored(database: Database) -> None:
    with database.begin() as db:
        suppressed = person(1).address_hash
        subscribers.suppress(db, address_hash=suppressed, reason=SuppressionReason.ERASED, now=NOW)

        answer = _add(db, person(1), lists=("weekly", "daily"))

        assert answer == {"weekly": Added.SUPPRESSED, "daily": Added.SUPPRESSED}
        assert subscribers.listed(db) == []


def test_a_pending_subscription_becomes_active_and_not_the_other_way_round(database: Database) -> None:
    with database.begin() as db:
        _add(db, person(1), state=SubscriptionState.PENDING)

        again = _add(db, person(1), state=SubscriptionState.PENDING)
        active = _add(db, person(1), now=LATER)
        back = _add(db, person(1), state=SubscriptionState.PENDING)

        assert [answer["weekly"] for answer in (again, active, back)] == [
            Added.ALREADY,
            Added.ADDED,
            Added.ALREADY,
        ]
        found = subscribers.listed(db)[0]
        assert (found.state, found.since) == (SubscriptionState.ACTIVE, LATER)


def test_many_are_added_at_once_and_each_is_answered_in_order(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1, first=3)
        subscribers.unsubscribe(db, public_id="p0003", list="weekly", now=NOW)
        add_readers(db, 1, first=2)
        suppressed = person(4).address_hash
        subscribers.suppress(db, address_hash=suppressed, reason=SuppressionReason.COMPLAINT, now=NOW)

        answers = subscribers.add_many(
            db,
            [person(number) for number in (4, 1, 3, 2, 1)],
            lists=("weekly",),
            state=SubscriptionState.ACTIVE,
            consent="imported",
            now=NOW,
        )

        assert [answer["weekly"] for answer in answers] == [
            Added.SUPPRESSED,
            Added.ADDED,
            Added.LEFT,
            Added.ALREADY,
            Added.ALREADY,
        ]


def test_adding_one_and_adding_many_are_the_same(database: Database) -> None:
    new = person(1)
    with database.begin() as db:
        answer = subscribers.add(
            db,
            address=new.address,
            address_key=new.address_key,
            address_hash=new.address_hash,
            lists=("weekly",),
            state=SubscriptionState.ACTIVE,
            consent="added by hand",
            now=NOW,
            public_id=new.public_id,
        )

        assert answer == {"weekly": Added.ADDED}
        assert _add(db, new) == {"weekly": Added.ALREADY}


def test_nobody_is_added_by_nothing(database: Database) -> None:
    with database.begin() as db:
        answers = subscribers.add_many(
            db, [], lists=("weekly",), state=SubscriptionState.ACTIVE, consent="", now=NOW
        )

        assert answers == []


def test_pages_of_subscribers_never_tear_a_person_apart(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 5, "daily", "weekly")
        found, after = [], 0
        while page := subscribers.listed(db, after=after, limit=2):
            assert len({each.subscriber for each in page}) <= 2
            found += [(each.public_id, each.list) for each in page]
            after = page[-1].subscriber

        assert found == [(f"p{number:04}", name) for number in range(1, 6) for name in ("daily", "weekly")]


def test_subscribers_are_listed_by_list_and_by_state(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2, "daily", "weekly")
        add_readers(db, 1, "weekly", first=10)
        subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=NOW)

        active = subscribers.listed(db, list="weekly", state=SubscriptionState.ACTIVE)
        left = subscribers.listed(db, state=SubscriptionState.UNSUBSCRIBED, limit=1)

        assert [each.public_id for each in active] == ["p0002", "p0010"]
        assert [(each.public_id, each.list) for each in left] == [("p0001", "weekly")]


def test_subscriptions_are_counted_by_list_and_state(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        add_readers(db, 1, "daily")
        subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW)

        counts = subscribers.counts(db)

        nobody = dict.fromkeys(SubscriptionState, 0)
        assert counts == {
            "weekly": nobody | {SubscriptionState.ACTIVE: 2, SubscriptionState.UNSUBSCRIBED: 1},
            "daily": nobody | {SubscriptionState.ACTIVE: 1},
        }


def test_unsubscribing_ends_one_subscription_once(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1, "daily", "weekly")

        first = subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=LATER)
        second = subscribers.unsubscribe(db, public_id="p0001", list="weekly", now=LATER)
        stranger = subscribers.unsubscribe(db, public_id="nobody", list="weekly", now=LATER)

        assert (first, second, stranger) == (True, False, False)
        weekly = subscribers.by_public_id(db, "p0001", "weekly")
        daily = subscribers.by_public_id(db, "p0001", "daily")
        assert weekly is not None
        assert daily is not None
        assert (weekly.state, weekly.since) == (SubscriptionState.UNSUBSCRIBED, LATER)
        assert daily.state is SubscriptionState.ACTIVE
        assert subscribers.by_public_id(db, "p0001", "monthly") is None
        assert subscribers.by_public_id(db, "nobody", "weekly") is None


def test_the_first_reason_of_a_suppression_stays(database: Database) -> None:
    with database.begin() as db:
        for reason in (SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE):
            subscribers.suppress(db, address_hash="abc", reason=reason, now=NOW)

        assert subscribers.suppression(db, "abc") is SuppressionReason.COMPLAINT
        assert subscribers.suppression(db, "def") is None


def _add(
    db: Connection,
    new: NewSubscriber,
    *,
    lists: tuple[str, ...] = ("weekly",),
    state: SubscriptionState = SubscriptionState.ACTIVE,
    now: datetime = NOW,
) -> dict[str, Added]:
    (answer,) = subscribers.add_many(db, [new], lists=lists, state=state, consent="added by hand", now=now)
    return answer
