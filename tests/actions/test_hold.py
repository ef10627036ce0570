from __future__ import annotations

import pytest

from publisher.actions.approve import approve
from publisher.actions.hold import held, hold, release
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.hold import HoldReason
from publisher.model.states import IssueState
from tests.newsrooms import (
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


@pytest.fixture
def queued(newsroom: Newsroom, publisher: Publisher) -> Newsroom:
    """Return a newsroom with one queued issue."""
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    return newsroom


def test_a_held_issue_keeps_its_slot_which_passes_empty(
    queued: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    queued.writes("rain")

    record = hold(publisher, "heat", reason="  the minister called ")
    rain = queue(publisher, "rain", Place())
    clock.moment = THURSDAY

    assert (record.state, record.reason, record.due_at) == (IssueState.HELD, "the minister called", TUESDAY)
    assert rain.due_at == THURSDAY
    assert state_of(publisher, "heat") is IssueState.HELD
    assert held(publisher) == ["heat"]


def test_a_hold_needs_a_reason(queued: Newsroom, publisher: Publisher) -> None:
    assert queued.root.is_dir()
    with pytest.raises(PublisherError, match="a hold needs a reason"):
        hold(publisher, "heat", reason="  ")

    assert state_of(publisher, "heat") is IssueState.QUEUED


def test_a_released_issue_goes_back_to_its_own_slot_as_it_was_printed(
    queued: Newsroom, publisher: Publisher
) -> None:
    before = record_of(publisher, "heat")
    queued.writes("rain")
    hold(publisher, "heat", reason="wait")
    queue(publisher, "rain", Place())

    record = release(publisher, "heat")

    assert (record.state, record.due_at, record.edition) == (IssueState.QUEUED, TUESDAY, before.edition)
    assert record.reason is None


def test_a_slot_that_passed_meanwhile_is_replaced_by_the_next_free_one(
    queued: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    queued.writes("rain")
    queue(publisher, "rain", Place())
    hold(publisher, "heat", reason="wait")
    clock.moment = TUESDAY

    assert release(publisher, "heat").due_at == NEXT_TUESDAY


def test_without_approval_a_release_may_print_anew_and_keeps_the_slot(
    queued: Newsroom, publisher: Publisher
) -> None:
    before = record_of(publisher, "heat")
    hold(publisher, "heat", reason="wait")
    queued.edits("heat", "it grew", "it shrank")

    record = release(publisher, "heat", reprint=True)

    assert (record.state, record.due_at) == (IssueState.QUEUED, TUESDAY)
    assert record.approved_hash != before.approved_hash
    assert verbs_of(publisher, "heat")[-3:] == ["reprint", "approve", "queue"]


def test_a_held_issue_that_no_longer_passes_the_check_stays_held(
    queued: Newsroom, publisher: Publisher
) -> None:
    hold(publisher, "heat", reason="wait")
    queued.edits("heat", "it grew", "TK")

    with pytest.raises(PublisherError, match="E302"):
        release(publisher, "heat", reprint=True)

    assert state_of(publisher, "heat") is IssueState.HELD


def test_with_approval_an_issue_printed_anew_waits_for_the_approver(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        queue(publisher, "heat", Place())
        newsroom.edits("heat", "it grew", "it shrank")
        scan(publisher, patient=False)
        edited = record_of(publisher, "heat")

        record = release(publisher, "heat", reprint=True)
        newsroom.writes("rain", title="Rain")
        approve(publisher, "rain")
        rain = queue(publisher, "rain", Place())
        approve(publisher, "heat")
        queued = queue(publisher, "heat", Place())

    assert (edited.state, edited.reason) == (IssueState.HELD, HoldReason.EDITED)
    assert (record.state, record.due_at) == (IssueState.READY, None)
    assert (rain.due_at, queued.due_at) == (TUESDAY, THURSDAY)


def test_with_approval_the_print_that_was_approved_may_go_out_all_the_same(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approved = approve(publisher, "heat")
        queue(publisher, "heat", Place())
        newsroom.edits("heat", "it grew", "it shrank")
        scan(publisher, patient=False)
        (last,) = history_of(publisher, "heat")[-1:]

        record = release(publisher, "heat")

    assert any("it shrank" in str(line) for line in last.detail["difference"])  # type: ignore[attr-defined] # a list
    assert (record.state, record.edition, record.due_at) == (IssueState.QUEUED, approved.edition, TUESDAY)


def test_with_approval_an_issue_of_a_heap_becomes_ready_when_it_is_released(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    for number in range(11):
        newsroom.writes(f"story-{number}", title=f"Story {number}")
    with newsroom.opened() as publisher:
        scan(publisher, patient=False)

        record = release(publisher, "story-1")

    assert record.state is IssueState.READY
    assert record.due_at is None


def test_without_approval_an_issue_of_a_heap_is_printed_and_queued_when_it_is_released(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for number in range(11):
        newsroom.writes(f"story-{number}", title=f"Story {number}")
    scan(publisher, patient=False)

    record = release(publisher, "story-1")

    assert (record.state, record.due_at) == (IssueState.QUEUED, TUESDAY)
    assert len(held(publisher)) == 10


def test_a_held_issue_whose_file_has_another_date_by_now_is_released_to_that(
    queued: Newsroom, publisher: Publisher
) -> None:
    hold(publisher, "heat", reason="wait")
    queued.edits("heat", "status: ready", "status: ready\ndate: 2026-10-08")
    queued.writes("rain", title="Rain")

    record = release(publisher, "heat")

    assert record.due_at == THURSDAY
    assert queue(publisher, "rain", Place()).due_at == TUESDAY


def test_a_draft_that_was_held_is_not_sent_because_it_is_released(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", status="draft")
    scan(publisher, patient=False)
    hold(publisher, "heat", reason="not this year")

    with pytest.raises(TransitionError, match="'heat' is a draft"):
        release(publisher, "heat")
    newsroom.edits("heat", "status: draft", "status: ready")

    assert release(publisher, "heat").state is IssueState.QUEUED


def test_what_is_not_held_cannot_be_released_and_what_is_public_cannot_be_held(
    queued: Newsroom, publisher: Publisher
) -> None:
    queued.writes("old", status="archived", date="2020-01-01")
    scan(publisher, patient=False)

    with pytest.raises(TransitionError, match="cannot release issue 'heat': it is queued"):
        release(publisher, "heat")
    with pytest.raises(TransitionError, match="cannot hold issue 'old': it is archived"):
        hold(publisher, "old", reason="wait")


def test_a_held_issue_whose_file_becomes_a_draft_leaves_the_queue_and_its_slot(
    queued: Newsroom, publisher: Publisher
) -> None:
    hold(publisher, "heat", reason="wait")
    queued.edits("heat", "status: ready", "status: draft")
    queued.writes("rain")

    scan(publisher, patient=False)

    record = record_of(publisher, "heat")
    assert (record.state, record.due_at) == (IssueState.DRAFT, None)
    assert record_of(publisher, "rain").due_at == TUESDAY
