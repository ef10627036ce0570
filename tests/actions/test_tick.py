from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from publisher.actions.hold import release
from publisher.actions.queue import Place, queue
from publisher.actions.tick import Ticked, tick
from publisher.app import Publisher
from publisher.model.hold import HoldReason
from publisher.model.states import IssueState
from publisher.store import public, schema
from tests.newsrooms import (
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    HandClock,
    Newsroom,
    mailing_of,
    record_of,
    state_of,
    verbs_of,
)

NOTHING = Ticked()


@pytest.fixture
def queued(newsroom: Newsroom, publisher: Publisher) -> Newsroom:
    """Return a newsroom with an issue for Tuesday and one for Thursday."""
    for slug in ("heat", "rain"):
        newsroom.writes(slug, title=f"About {slug}")
        queue(publisher, slug, Place())
    return newsroom


def test_an_issue_goes_out_at_its_moment_and_not_a_microsecond_before(
    queued: Newsroom, publisher: Publisher
) -> None:
    queued.clock.moment = TUESDAY - timedelta(microseconds=1)
    early = tick(publisher)
    queued.clock.moment = TUESDAY
    then = tick(publisher)

    assert early == NOTHING
    assert then == Ticked(published=("heat",))
    assert tick(publisher) == NOTHING


def test_two_publishers_that_tick_at_once_publish_once(queued: Newsroom, publisher: Publisher) -> None:
    queued.clock.moment = TUESDAY
    together, ticked = threading.Barrier(2), list[Ticked]()

    def work() -> None:
        with queued.opened() as own:
            together.wait(10)
            ticked.extend(tick(own) for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(ticked) == 6
    assert [slug for each in ticked for slug in each.published] == ["heat"]
    assert [trouble for each in ticked for trouble in each.troubles] == []
    assert verbs_of(publisher, "heat").count("publish") == 1
    assert mailing_of(publisher, "heat").audience == 1


def test_a_clock_that_is_set_back_sends_nothing_twice(queued: Newsroom, publisher: Publisher) -> None:
    queued.clock.moment = TUESDAY
    tick(publisher)

    queued.clock.moment = TUESDAY - timedelta(days=1)
    back = tick(publisher)
    queued.clock.moment = TUESDAY
    again = tick(publisher)

    assert back == again == NOTHING


def test_after_a_jump_what_is_less_late_than_the_limit_is_sent_and_the_rest_is_held(
    queued: Newsroom, publisher: Publisher
) -> None:
    queued.clock.moment = THURSDAY + timedelta(hours=6)

    ticked = tick(publisher)

    assert ticked == Ticked(published=("rain",), held=("heat",))
    assert record_of(publisher, "heat").reason == HoldReason.LATE
    assert tick(publisher) == NOTHING


def test_an_issue_held_as_too_late_goes_out_in_the_next_slot_once_somebody_releases_it(
    queued: Newsroom, publisher: Publisher
) -> None:
    queued.clock.moment = THURSDAY + timedelta(hours=7)
    held = tick(publisher)

    due = [release(publisher, slug).due_at for slug in ("rain", "heat")]
    queued.clock.moment = NEXT_TUESDAY
    then = tick(publisher)

    assert set(held.held) == {"heat", "rain"}
    assert due == [NEXT_TUESDAY, NEXT_TUESDAY + timedelta(days=2)]
    assert then.published == ("rain",)


def test_ticks_that_never_came_have_lost_nothing(queued: Newsroom, publisher: Publisher) -> None:
    queued.sets('[publishing]\nmax_lateness = "30d"\n')
    queued.clock.moment = NEXT_TUESDAY

    with queued.opened() as patient:
        assert tick(patient).published == ("heat", "rain")
    assert (record_of(publisher, "heat").number, record_of(publisher, "rain").number) == (1, 2)


def test_an_issue_in_trouble_keeps_no_other_back(
    queued: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    queue(publisher, "rain", Place(at="2026-10-06T06:29"))
    queued.saves("broken.md", "---\ntitle: [\n---\n")
    clock.moment = TUESDAY

    ticked = tick(publisher)

    assert set(ticked.published) == {"heat", "rain"}
    assert any("issues/broken.md" in trouble for trouble in ticked.troubles)


def test_a_tick_publishes_without_the_folder_of_the_issues(queued: Newsroom, publisher: Publisher) -> None:
    for path in queued.issues.iterdir():
        path.unlink()
    queued.issues.rmdir()
    queued.clock.moment = TUESDAY

    assert tick(publisher) == Ticked(published=("heat",))


def test_a_draft_never_goes_out_whatever_its_date_says(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", status="draft", date="2026-10-06")
    tick(publisher)
    newsroom.clock.moment = TUESDAY

    assert tick(publisher) == NOTHING
    assert state_of(publisher, "heat") is IssueState.DRAFT


def test_when_the_last_tick_was_is_noted(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.clock.moment = TUESDAY
    tick(publisher)

    with publisher.database.read() as db:
        assert public.ticked_at(db) == TUESDAY


def test_a_bug_that_one_issue_meets_keeps_no_other_back(queued: Newsroom, publisher: Publisher) -> None:
    queue(publisher, "rain", Place(at="2026-10-06T06:29"))
    with publisher.database.begin() as db:
        broken = schema.editions.update().where(schema.editions.c.issue == "heat")
        db.execute(broken.values(masthead={"title": "all that is left of it"}))
    queued.clock.moment = TUESDAY

    ticked = tick(publisher)

    assert ticked.published == ("rain",)
    (trouble,) = ticked.troubles
    assert "issue 'heat' could not be published, because of a bug" in trouble
    assert state_of(publisher, "heat") is IssueState.QUEUED
