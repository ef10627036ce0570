from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from publisher.actions.approve import approve
from publisher.actions.check import CheckFailedError
from publisher.actions.hold import hold
from publisher.actions.queue import Place, moments, queue, unqueue
from publisher.actions.scan import scan
from publisher.actions.status import status
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.states import IssueState
from publisher.store import issues, slots
from tests.newsrooms import (
    MONDAY,
    NEXT_TUESDAY,
    REQUIRED,
    THURSDAY,
    TUESDAY,
    HandClock,
    Newsroom,
    history_of,
    record_of,
    state_of,
    verbs_of,
)


def the_queue(publisher: Publisher) -> dict[str, datetime]:
    """Return the queued issues with their moments, earliest first."""
    with publisher.database.read() as db:
        found = issues.due(db, MONDAY + timedelta(days=400))
    return {record.slug: record.due_at for record in found if record.due_at}


def has_slot(publisher: Publisher, slug: str) -> bool:
    with publisher.database.read() as db:
        return slots.of_issue(db, slug) is not None


def test_a_ready_issue_is_approved_by_policy_and_takes_the_next_free_slot(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")

    record = queue(publisher, "heat", Place())

    assert (record.state, record.due_at, record.approved_by) == (IssueState.QUEUED, TUESDAY, "policy")
    approved, queued = history_of(publisher, "heat")
    assert (approved.verb, approved.detail["by"]) == ("approve", "policy")
    assert (queued.verb, queued.detail) == ("queue", {"due": TUESDAY.isoformat(), "slot": True})


def test_where_somebody_has_to_approve_a_ready_issue_waits_for_that(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        with pytest.raises(TransitionError, match=r"it is ready \(approve it first\)"):
            queue(publisher, "heat", Place())
        approve(publisher, "heat")

        assert queue(publisher, "heat", Place()).due_at == TUESDAY


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-10-08", THURSDAY),
        ("2026-10-09", datetime(2026, 10, 9, 4, 30, tzinfo=UTC)),
        ("2026-10-07T18:00", datetime(2026, 10, 7, 16, 0, tzinfo=UTC)),
        ("2026-10-08T06:30", THURSDAY),
        ("2026-10-07T18:00+09:00", datetime(2026, 10, 7, 9, 0, tzinfo=UTC)),
        ("2026-10-07T18:00\ntimezone: Asia/Tokyo", datetime(2026, 10, 7, 9, 0, tzinfo=UTC)),
    ],
)
def test_an_issue_goes_out_on_the_date_that_its_file_names(
    newsroom: Newsroom, publisher: Publisher, date: str, moment: datetime
) -> None:
    newsroom.writes("heat", date=date)

    queue(publisher, "heat", Place())

    assert the_queue(publisher) == {"heat": moment}
    assert has_slot(publisher, "heat") == (moment == THURSDAY)


def test_a_wish_wins_over_the_date_of_the_file_and_a_moment_that_is_a_slot_takes_it(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", date="2026-10-08")
    newsroom.writes("rain")

    queue(publisher, "heat", Place(at="2026-10-06T06:30"))
    queue(publisher, "rain", Place())

    assert the_queue(publisher) == {"heat": TUESDAY, "rain": THURSDAY}


def test_two_issues_may_share_a_moment_but_not_a_slot(newsroom: Newsroom, publisher: Publisher) -> None:
    for slug in ("heat", "rain", "snow"):
        newsroom.writes(slug, title=f"About {slug}")
    queue(publisher, "heat", Place(at="2026-10-06T06:30"))
    queue(publisher, "rain", Place(at="2026-10-07T12:00"))

    with pytest.raises(TransitionError, match="slot Tue 2026-10-06 06:30 is taken by 'heat'") as refused:
        queue(publisher, "snow", Place(at="2026-10-06T06:30"))
    queue(publisher, "snow", Place(at="2026-10-07T12:00"))

    noon = datetime(2026, 10, 7, 10, 0, tzinfo=UTC)
    assert the_queue(publisher) == {"heat": TUESDAY, "rain": noon, "snow": noon}
    assert refused.value.fix == "take it with --before heat, or choose another time"


def test_a_date_that_is_the_slot_of_a_held_issue_is_refused(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", date="2026-10-06")
    queue(publisher, "heat", Place())
    hold(publisher, "heat", reason="the minister called")

    with pytest.raises(TransitionError, match="is taken by 'heat'") as refused:
        queue(publisher, "rain", Place())

    assert refused.value.fix == "choose another time"
    assert the_queue(publisher) == {}


def test_nothing_can_stand_before_an_issue_that_is_not_there(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")

    with pytest.raises(NotFoundError, match="there is no issue 'nosuch'"):
        queue(publisher, "heat", Place(before="nosuch"))

    assert the_queue(publisher) == {}


def test_the_moments_of_the_queue_tell_who_moved(newsroom: Newsroom, publisher: Publisher) -> None:
    for slug in ("heat", "rain"):
        newsroom.writes(slug, title=f"About {slug}")
    queue(publisher, "heat", Place())
    before = moments(publisher)

    queue(publisher, "rain", Place(first=True))

    assert before == {"heat": TUESDAY}
    assert moments(publisher) == {"rain": TUESDAY, "heat": THURSDAY}


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2027-03-28T02:30", "2027-03-28 02:30 does not exist in Europe/Madrid"),
        ("2026-10-05T09:59", r"2026-10-05 09:59 \(Europe/Madrid\) is past"),
        ("soon", "'soon' is not a time"),
    ],
)
def test_a_time_that_is_none_or_past_queues_nothing(
    newsroom: Newsroom, publisher: Publisher, at: str, sentence: str
) -> None:
    newsroom.writes("heat")

    with pytest.raises(PublisherError, match=sentence) as refused:
        queue(publisher, "heat", Place(at=at))

    assert refused.value.fix
    assert the_queue(publisher) == {}


def test_a_refused_move_leaves_the_issue_in_its_slot(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())

    for place in (Place(at="2020-01-01T10:00"), Place(before="heat"), Place(before="nobody")):
        with pytest.raises(PublisherError):
            queue(publisher, "heat", place)

    assert the_queue(publisher) == {"heat": TUESDAY}
    assert has_slot(publisher, "heat")


def test_a_list_without_slots_needs_a_time(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", lists="[extra]", allow="[W103]")

    with pytest.raises(TransitionError, match="list 'extra' has no slot to come") as refused:
        queue(publisher, "heat", Place())
    with pytest.raises(TransitionError, match="stands in no slot to come of list 'extra'"):
        queue(publisher, "heat", Place(first=True))
    queue(publisher, "heat", Place(at="+1h"))

    assert refused.value.fix == 'give a time with --at, or add slots = ["Tue 06:30"] under [lists.extra]'
    assert the_queue(publisher) == {"heat": MONDAY + timedelta(hours=1)}


def test_each_list_has_a_row_of_its_own(newsroom: Newsroom) -> None:
    newsroom.sets('slots = ["Tue 06:30"]\n')
    newsroom.writes("heat")
    newsroom.writes("rain", lists="[extra]", allow="[W103]")
    with newsroom.opened() as publisher:
        for slug in ("heat", "rain"):
            queue(publisher, slug, Place())

        assert the_queue(publisher) == {"heat": TUESDAY, "rain": TUESDAY}


def test_an_issue_for_no_list_follows_the_default_timetable(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", lists="[]")

    assert queue(publisher, "heat", Place()).due_at == TUESDAY


def test_queueing_again_without_a_wish_changes_nothing(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain")
    for slug in ("heat", "rain", "heat"):
        queue(publisher, slug, Place())

    assert the_queue(publisher) == {"heat": TUESDAY, "rain": THURSDAY}


def test_moving_an_issue_frees_its_slot(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain")
    queue(publisher, "heat", Place())

    queue(publisher, "heat", Place(at="2026-10-07T12:00"))
    queue(publisher, "rain", Place())

    assert the_queue(publisher) == {"rain": TUESDAY, "heat": datetime(2026, 10, 7, 10, 0, tzinfo=UTC)}
    assert verbs_of(publisher, "heat") == ["approve", "queue", "move"]


def test_the_row_moves_past_a_held_issue_which_keeps_its_slot(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug in ("heat", "rain", "snow"):
        newsroom.writes(slug, title=f"About {slug}")
    for slug in ("heat", "rain"):
        queue(publisher, slug, Place())
    hold(publisher, "rain", reason="the minister called")

    queue(publisher, "snow", Place(first=True))

    assert the_queue(publisher) == {"snow": TUESDAY, "heat": NEXT_TUESDAY}
    assert record_of(publisher, "rain").due_at == THURSDAY
    assert has_slot(publisher, "rain")
    taken = [(slot.moment, slot.issue) for slot in status(publisher, slots_each=3).slots]
    assert taken == [(TUESDAY, "snow"), (THURSDAY, "rain"), (NEXT_TUESDAY, "heat")]


def test_before_takes_the_slot_of_the_other_and_leaves_those_ahead(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug in ("heat", "rain", "snow"):
        newsroom.writes(slug, title=f"About {slug}")
        queue(publisher, slug, Place())

    queue(publisher, "snow", Place(before="rain"))

    assert the_queue(publisher) == {"heat": TUESDAY, "snow": THURSDAY, "rain": NEXT_TUESDAY}


def test_an_issue_that_leaves_the_queue_stays_approved_and_gives_its_slot_to_others(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain")
    queue(publisher, "heat", Place())

    record = unqueue(publisher, "heat")
    queue(publisher, "rain", Place())

    assert (record.state, record.due_at) == (IssueState.APPROVED, None)
    assert the_queue(publisher) == {"rain": TUESDAY}


def test_what_was_taken_out_by_hand_is_not_queued_again_by_an_edit_but_by_hand(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    unqueue(publisher, "heat")

    newsroom.edits("heat", "it grew", "it shrank")
    scan(publisher, patient=False)
    edited = state_of(publisher, "heat")
    newsroom.edits("heat", "it shrank", "it stood still")
    scan(publisher, patient=False)
    edited_again = state_of(publisher, "heat")
    queue(publisher, "heat", Place())

    assert edited is edited_again is IssueState.READY
    assert the_queue(publisher) == {"heat": TUESDAY}


def test_only_a_queued_issue_can_be_taken_out(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    approve(publisher, "heat")

    with pytest.raises(TransitionError, match="cannot unqueue issue 'heat': it is approved"):
        unqueue(publisher, "heat")
    with pytest.raises(NotFoundError, match="there is no issue 'rain'"):
        unqueue(publisher, "rain")


def test_an_issue_that_does_not_pass_the_check_is_not_queued(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    with pytest.raises(CheckFailedError, match="E302"):
        queue(publisher, "heat", Place())

    assert state_of(publisher, "heat") is IssueState.READY


def test_slots_that_have_passed_are_never_taken(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat")
    clock.moment = TUESDAY

    assert queue(publisher, "heat", Place()).due_at == THURSDAY
