from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from publisher import app
from publisher.actions.approve import approve
from publisher.actions.queue import Place, queue, unqueue
from publisher.actions.scan import HEAP, queue_waiting, scan
from publisher.app import Publisher
from publisher.model.hold import HoldReason
from publisher.model.states import IssueState
from publisher.store import issues
from tests.newsrooms import (
    REQUIRED,
    THURSDAY,
    TUESDAY,
    HandClock,
    Newsroom,
    record_of,
    served,
    state_of,
    verbs_of,
)


def look(publisher: Publisher) -> tuple[str, ...]:
    """Look at all files at once and return what could not be done."""
    return scan(publisher, patient=False).troubles


def forget_everything(newsroom: Newsroom) -> None:
    """Take the database away, as a new server or a new checkout has none."""
    for path in (newsroom.root / "var").glob("publisher.db*"):
        path.unlink()


def test_a_new_ready_issue_is_queued_by_itself(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")

    assert look(publisher) == ()
    assert record_of(publisher, "heat").due_at == TUESDAY


def test_where_somebody_has_to_approve_a_new_ready_issue_waits(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        assert look(publisher) == ()
        assert state_of(publisher, "heat") is IssueState.READY


def test_nothing_that_a_new_database_meets_is_queued(newsroom: Newsroom) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", date="2026-10-08")
    newsroom.writes("draft", status="draft")
    forget_everything(newsroom)

    with newsroom.opened() as publisher:
        look(publisher)

        assert {slug: record_of(publisher, slug).reason for slug in ("heat", "rain", "draft")} == {
            "heat": HoldReason.HEAP,
            "rain": HoldReason.HEAP,
            "draft": None,
        }
        newsroom.writes("snow", lists="[]")
        look(publisher)
        assert state_of(publisher, "snow") is IssueState.QUEUED


@pytest.mark.parametrize(("count", "state"), [(HEAP, IssueState.QUEUED), (HEAP + 1, IssueState.HELD)])
def test_many_new_ready_issues_at_once_are_a_heap_later_too(
    newsroom: Newsroom, publisher: Publisher, count: int, state: IssueState
) -> None:
    slugs = [f"story-{number:02}" for number in range(count)]
    for slug in slugs:
        newsroom.writes(slug, title=f"About {slug}")

    look(publisher)

    assert {state_of(publisher, slug) for slug in slugs} == {state}


def test_an_issue_whose_date_was_past_when_it_was_first_seen_is_held(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", date="2026-10-05T09:59")
    newsroom.writes("rain", date="2026-10-05T10:01")

    look(publisher)

    assert record_of(publisher, "heat").reason == HoldReason.PAST
    assert state_of(publisher, "rain") is IssueState.QUEUED


def test_an_archived_file_goes_public_under_its_own_date_and_is_never_mailed(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("old", status="published", date="2020-01-02")

    look(publisher)

    record = record_of(publisher, "old")
    assert (record.state, record.published_at) == (
        IssueState.ARCHIVED,
        datetime(2020, 1, 2, 11, 0, tzinfo=UTC) - timedelta(hours=5, minutes=30),
    )
    assert "/issues/old/" in served(publisher)
    assert verbs_of(publisher, "old") == ["archive"]


def test_a_queued_issue_that_is_edited_is_printed_anew_in_its_slot(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    before = queue(publisher, "heat", Place())

    newsroom.edits("heat", "it grew", "it shrank")
    look(publisher)

    after = record_of(publisher, "heat")
    assert (after.state, after.due_at) == (IssueState.QUEUED, TUESDAY)
    assert after.approved_hash != before.approved_hash


def test_an_edit_that_no_reader_sees_prints_nothing_anew(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    before = queue(publisher, "heat", Place())

    newsroom.edits("heat", "status: ready", "status: ready\nnotes: call her")
    look(publisher)

    assert record_of(publisher, "heat").edition == before.edition


def test_a_queued_issue_that_no_longer_passes_the_check_is_held_and_says_why(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    before = queue(publisher, "heat", Place())

    newsroom.edits("heat", "it grew", "TK")
    look(publisher)

    record = record_of(publisher, "heat")
    assert (record.state, record.reason) == (IssueState.HELD, HoldReason.UNPRINTABLE)
    assert (record.edition, record.due_at) == (before.edition, TUESDAY)


def test_a_queued_issue_whose_date_cannot_be_read_any_more_is_held_and_not_sent_at_the_old_one(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", date="2026-10-06")
    look(publisher)

    newsroom.edits("heat", "date: 2026-10-06", "date: 2026-13-06")
    look(publisher)

    assert record_of(publisher, "heat").reason == HoldReason.UNPRINTABLE


def test_an_edit_in_the_last_minutes_holds_the_issue(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    clock.moment = TUESDAY - timedelta(minutes=9)

    newsroom.edits("heat", "it grew", "it shrank")
    look(publisher)

    assert record_of(publisher, "heat").reason == HoldReason.EDITED


def test_a_broken_file_changes_nothing_and_the_last_good_version_stays_queued(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    before = queue(publisher, "heat", Place())

    newsroom.edits("heat", 'title: "A quiet machine"', 'title: "A quiet')
    troubles = look(publisher)

    (trouble,) = troubles
    assert trouble.startswith("issues/heat.md:3")
    assert record_of(publisher, "heat") == before


def test_a_broken_file_is_told_at_each_look_until_it_is_mended(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", 'title: "A quiet machine"', 'title: "A quiet')

    first, second = look(publisher), look(publisher)
    newsroom.edits("heat", 'title: "A quiet', 'title: "A quiet machine"')
    third = look(publisher)

    assert first == second != ()
    assert third == ()
    assert state_of(publisher, "heat") is IssueState.QUEUED


def test_a_vanished_file_changes_nothing(newsroom: Newsroom, publisher: Publisher) -> None:
    path = newsroom.writes("heat")
    before = queue(publisher, "heat", Place())

    path.unlink()

    assert look(publisher) == ()
    assert record_of(publisher, "heat") == before


def test_a_draft_leaves_the_queue_at_once_and_comes_back_when_it_is_ready_again(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    look(publisher)

    newsroom.edits("heat", "status: ready", "status: draft")
    look(publisher)
    draft = record_of(publisher, "heat")
    newsroom.edits("heat", "status: draft", "status: ready")
    look(publisher)

    assert (draft.state, draft.due_at) == (IssueState.DRAFT, None)
    assert record_of(publisher, "heat").due_at == TUESDAY


def test_a_changed_date_moves_a_queued_issue(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", date="2026-10-06")
    look(publisher)

    newsroom.edits("heat", "date: 2026-10-06", "date: 2026-10-08")
    look(publisher)

    assert record_of(publisher, "heat").due_at == THURSDAY
    assert verbs_of(publisher, "heat") == ["approve", "queue", "move"]


def test_a_moment_that_an_editor_gave_outlives_edits_that_leave_the_date_as_it_is(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", date="2026-10-06")
    look(publisher)
    queue(publisher, "heat", Place(at="2026-10-08T06:30"))

    newsroom.edits("heat", "it grew", "it shrank")
    look(publisher)

    assert record_of(publisher, "heat").due_at == THURSDAY


def test_a_date_that_changed_while_something_was_broken_is_not_forgotten(newsroom: Newsroom) -> None:
    newsroom.writes("heat", date="2026-10-06")
    with newsroom.opened() as publisher:
        look(publisher)
    template = newsroom.root / "templates" / "email" / "issue.txt"
    template.parent.mkdir(parents=True)
    template.write_text("{% broken")
    newsroom.edits("heat", "it grew", "it shrank")
    newsroom.edits("heat", "date: 2026-10-06", "date: 2026-10-08")

    with app.opened(newsroom.root, clock=newsroom.clock, actor="ann") as publisher:
        troubles = look(publisher)
    template.unlink()
    with newsroom.opened() as publisher:
        look(publisher)

        assert "issue.txt" in troubles[0]
        assert record_of(publisher, "heat").due_at == THURSDAY


def test_a_date_that_is_past_by_now_is_told_and_the_issue_keeps_its_moment(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", date="2026-10-08")
    look(publisher)

    newsroom.edits("heat", "date: 2026-10-08", "date: 2026-10-01")
    (trouble,) = look(publisher)

    assert "2026-10-01 06:30 (Europe/Madrid) is past" in trouble
    assert record_of(publisher, "heat").due_at == THURSDAY


def test_why_a_ready_issue_is_not_queued_is_told_and_noted_until_it_is(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    (trouble,) = look(publisher)
    refused = record_of(publisher, "heat")
    newsroom.edits("heat", "TK", "it grew")
    look(publisher)

    assert trouble.startswith("heat is not queued: issue 'heat' does not pass the check")
    assert refused.state is IssueState.READY
    assert (refused.reason or "").startswith("not queued: issue 'heat' does not pass the check")
    assert record_of(publisher, "heat").due_at == TUESDAY
    assert record_of(publisher, "heat").reason is None


def test_an_issue_that_found_no_slot_is_queued_once_there_is_one(newsroom: Newsroom) -> None:
    newsroom.writes("heat", lists="[extra]", allow="[W103]")
    with newsroom.opened() as publisher:
        (trouble,) = look(publisher)
        waiting = record_of(publisher, "heat")
    newsroom.sets('slots = ["Tue 06:30"]\n')
    with newsroom.opened() as publisher:
        left = queue_waiting(publisher)

        assert "list 'extra' has no slot to come" in trouble
        assert waiting.reason == "not queued: list 'extra' has no slot to come"
        assert left == ()
        assert record_of(publisher, "heat").due_at == TUESDAY


def test_an_issue_whose_date_was_past_is_queued_once_its_file_has_another(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", status="draft", date="2026-10-01")
    look(publisher)
    newsroom.edits("heat", "status: draft", "status: ready")
    (trouble,) = look(publisher)

    newsroom.edits("heat", "date: 2026-10-01", "date: 2026-10-08")
    look(publisher)

    assert "is past" in trouble
    assert record_of(publisher, "heat").due_at == THURSDAY


def test_what_waits_is_not_queued_against_the_will_of_an_editor(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain")
    queue(publisher, "heat", Place())
    unqueue(publisher, "heat")
    approve(publisher, "rain")

    queue_waiting(publisher)

    assert state_of(publisher, "heat") is IssueState.APPROVED
    assert state_of(publisher, "rain") is IssueState.APPROVED


def test_files_that_moved_within_the_last_seconds_wait(newsroom: Newsroom) -> None:
    def moved(seconds: float) -> datetime:
        return datetime.fromtimestamp(path.stat().st_ctime + seconds, UTC)

    path = newsroom.writes("heat", lists="[]")
    newsroom.clock.moment = moved(1.9)
    with newsroom.opened() as publisher:
        too_early = scan(publisher).seen
        newsroom.clock.moment = moved(2.1)
        then = scan(publisher).seen

    assert (too_early, then) == ((), ("heat",))


def test_a_first_scan_that_had_to_wait_for_a_file_is_still_the_first(newsroom: Newsroom) -> None:
    path = newsroom.writes("heat")
    forget_everything(newsroom)
    moved = path.stat().st_ctime

    newsroom.clock.moment = datetime.fromtimestamp(moved + 1, UTC)
    with newsroom.opened() as publisher:
        scan(publisher)
        newsroom.clock.moment = datetime.fromtimestamp(moved + 5, UTC)
        scan(publisher)

        assert record_of(publisher, "heat").reason == HoldReason.HEAP


def test_a_git_command_that_is_at_work_is_waited_for(newsroom: Newsroom) -> None:
    path = newsroom.writes("heat")
    lock = newsroom.root / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    newsroom.clock.moment = datetime.fromtimestamp(path.stat().st_ctime + 60, UTC)
    with newsroom.opened() as publisher:
        waiting = scan(publisher).seen
        lock.unlink()

        assert waiting == ()
        assert scan(publisher).seen == ("heat",)


def test_two_files_with_one_id_are_told_and_the_first_one_stays(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", id="0d0f4a0e-2b0b-4d7e-8e0f-000000000001")
    look(publisher)
    newsroom.writes("rain", id="0d0f4a0e-2b0b-4d7e-8e0f-000000000001")

    (trouble,) = look(publisher)

    assert "issue 'rain' has the same id as issue 'heat' (`publisher check --fix`" in trouble
    assert state_of(publisher, "heat") is IssueState.QUEUED
    with pytest.raises(AssertionError), publisher.database.read() as db:
        assert issues.find(db, "rain") is not None


def test_what_did_not_change_is_not_read_again(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")

    first, second = scan(publisher, patient=False), scan(publisher, patient=False)

    assert (first.seen, second.seen) == (("heat",), ())


def test_a_public_issue_that_is_edited_stays_as_it_is(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("old", status="archived", date="2020-01-02")
    look(publisher)
    before = served(publisher)

    newsroom.edits("old", "it grew", "it shrank")

    assert look(publisher) == ()
    assert served(publisher) == before
