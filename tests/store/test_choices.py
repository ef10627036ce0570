"""What readers choose, kept on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.model.choices import Change, Choices
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import choices, joining, leaving, moves, readers, subscribers
from publisher.store.database import Database
from publisher.store.schema import subscriptions
from tests.databases import NOW
from tests.ledgers import add_readers

DAY = timedelta(days=1)


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        add_readers(connection, 3)
        yield connection


def of(db: Connection, number: int) -> Choices:
    found = choices.of(db, number)
    assert found is not None
    return found


def states(db: Connection) -> dict[int, str]:
    rows = db.execute(select(subscriptions.c.subscriber, subscriptions.c.state))
    return {row.subscriber: row.state for row in rows}


def test_pauses_end_at_their_moment_and_no_sooner_and_nobody_elses(db: Connection) -> None:
    choices.pause(db, 1, until=NOW + DAY, now=NOW)
    choices.pause(db, 2, until=NOW + 2 * DAY, now=NOW)

    assert choices.resume_due(db, NOW + DAY - timedelta(seconds=1)) == 0
    assert choices.resume_due(db, NOW + DAY) == 1

    assert states(db) == {1: "active", 2: "paused", 3: "active"}
    assert of(db, 1).paused_until is None
    assert of(db, 2).paused_until == NOW + 2 * DAY


def test_whoever_left_during_a_pause_does_not_come_back_with_its_end(db: Connection) -> None:
    choices.pause(db, 1, until=NOW + DAY, now=NOW)
    subscribers.unsubscribe(db, public_id=of(db, 1).public_id, list="weekly", now=NOW, can_be_undone=True)

    choices.resume_due(db, NOW + DAY)

    assert states(db)[1] == "unsubscribed"


def test_leaving_is_taken_back_within_a_day_once(db: Connection) -> None:
    public_id = of(db, 1).public_id
    subscribers.unsubscribe(db, public_id=public_id, list="weekly", now=NOW, can_be_undone=True)

    late = leaving.take_back(db, public_id=public_id, list="weekly", now=NOW + leaving.UNDO)
    soon = leaving.take_back(
        db, public_id=public_id, list="weekly", now=NOW + leaving.UNDO - timedelta(seconds=1)
    )
    again = leaving.take_back(db, public_id=public_id, list="weekly", now=NOW)

    assert (late, soon, again) == (False, True, False)
    assert states(db)[1] == "active"


def test_whoever_left_during_a_pause_and_takes_that_back_is_paused_as_before(db: Connection) -> None:
    public_id = of(db, 1).public_id
    choices.pause(db, 1, until=NOW + DAY, now=NOW)
    subscribers.unsubscribe(db, public_id=public_id, list="weekly", now=NOW, can_be_undone=True)
    (gone,) = readers.lists(db, 1)

    assert leaving.take_back(db, public_id=public_id, list="weekly", now=NOW)

    assert gone.resumes_at is None
    assert states(db)[1] == "paused"
    assert of(db, 1).paused_until == NOW + DAY


def test_a_list_that_is_left_and_joined_again_is_one_subscription_with_the_new_consent(
    db: Connection,
) -> None:
    for state in (SubscriptionState.UNSUBSCRIBED, SubscriptionState.ACTIVE):
        choices.change(db, 1, Change(list="weekly", state=state), consent=f"now {state}", now=NOW)

    rows = db.execute(select(subscriptions).where(subscriptions.c.subscriber == 1)).all()
    assert [(row.state, row.consent) for row in rows] == [("active", "now active")]


def test_topics_are_those_that_were_chosen_last(db: Connection) -> None:
    choices.set_topics(db, 1, {"energy", "storage"})
    choices.set_topics(db, 2, {"energy"})
    choices.set_topics(db, 1, {"sun"})
    choices.set_topics(db, 2, ())

    assert of(db, 1).topics == {"sun"}
    assert of(db, 2).topics == frozenset()


def test_of_a_reader_at_another_address_nothing_is_held_against_it(db: Connection) -> None:
    moves.set_address(db, 1, address="New@x.example", address_key="new@x.example")

    assert choices.number_of(db, "new@x.example") == 1
    assert of(db, 1).address == "New@x.example"


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (SuppressionReason.COMPLAINT, SuppressionReason.COMPLAINT),
        (SuppressionReason.BY_HAND, SuppressionReason.BY_HAND),
        (SuppressionReason.HARD_BOUNCE, None),
        (SuppressionReason.ERASED, None),
    ],
)
def test_an_owner_lifts_everything_but_a_complaint_and_what_an_editor_has_said(
    db: Connection, reason: SuppressionReason, left: SuppressionReason | None
) -> None:
    subscribers.suppress(db, address_hash="h", reason=reason, now=NOW)

    joining.lift(db, "h")

    assert subscribers.suppression(db, "h") is left


def test_a_reader_who_is_not_there_has_chosen_nothing(db: Connection) -> None:
    assert choices.of(db, 99) is None
    assert choices.by_public_id(db, "nobody") is None
    assert choices.number_of(db, "nobody@x.example") is None
