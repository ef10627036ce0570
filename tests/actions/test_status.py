from __future__ import annotations

from publisher.actions.approve import approve
from publisher.actions.hold import hold
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.status import PlannedSlot, in_progress, status
from publisher.actions.subscribe import add, unsubscribe
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.model.delivery import DeliveryState
from tests.newsrooms import (
    MONDAY,
    NEXT_TUESDAY,
    READER,
    REQUIRED,
    THURSDAY,
    TUESDAY,
    Newsroom,
    deliver,
    token_of,
)


def test_slots_to_come_are_shown_with_the_issue_that_has_each_or_empty(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place(at="2026-10-08T06:30"))

    assert status(publisher, slots_each=3).slots == (
        PlannedSlot(list="weekly", moment=TUESDAY, issue=None),
        PlannedSlot(list="weekly", moment=THURSDAY, issue="heat"),
        PlannedSlot(list="weekly", moment=NEXT_TUESDAY, issue=None),
    )
    assert status(publisher, slots_each=0).slots == ()


def test_the_slots_of_all_lists_stand_in_the_order_of_their_moments(newsroom: Newsroom) -> None:
    newsroom.sets('slots = ["Wed 12:00"]\n')
    with newsroom.opened() as publisher:
        slots = status(publisher, slots_each=2).slots

    assert [each.list for each in slots] == ["weekly", "extra", "weekly", "extra"]
    assert [each.moment for each in slots] == sorted(each.moment for each in slots)


def test_what_waits_for_an_editor_comes_first_and_then_the_queue_in_its_order(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug in ("a-later", "b-sooner", "c-held", "d-gone"):
        newsroom.writes(slug, title=f"About {slug}")
    newsroom.writes("e-draft", status="draft")
    scan(publisher, patient=False)
    queue(publisher, "d-gone", Place(now=True))
    publish(publisher, "d-gone")
    queue(publisher, "a-later", Place(at="2026-10-20T06:30"))
    hold(publisher, "c-held", reason="wait")

    found = status(publisher)

    assert [record.slug for record in found.issues] == ["c-held", "b-sooner", "a-later", "e-draft", "d-gone"]


def test_readers_are_counted_by_list_without_those_who_left(publisher: Publisher) -> None:
    add(publisher, READER, lists=["extra"])
    add(publisher, "ben@example.net")
    unsubscribe(publisher, token_of(publisher, READER))

    assert status(publisher).readers == {"weekly": 1, "extra": 1}


def test_the_last_tick_is_shown(publisher: Publisher) -> None:
    before = status(publisher).ticked_at
    tick(publisher)

    assert (before, status(publisher).ticked_at) == (None, MONDAY)


def test_a_mailing_is_shown_with_how_far_it_has_come(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place(now=True))
    publish(publisher, "heat")
    going = in_progress(publisher)

    deliver(publisher)

    mailing = status(publisher).mailings["heat"]
    assert [each.issue for each in going] == ["heat"]
    assert in_progress(publisher) == ()
    assert mailing.counts[DeliveryState.ACCEPTED] == mailing.done == mailing.audience == 1
    assert mailing.next_try is None


def test_what_changed_in_a_held_issue_is_shown_as_readers_would_read_it(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        queue(publisher, "heat", Place())
        newsroom.edits("heat", "it grew", "it shrank")
        scan(publisher, patient=False)

        lines = status(publisher).differences["heat"]

    assert any(line.startswith("-") and "it grew" in line for line in lines)
    assert any(line.startswith("+") and "it shrank" in line for line in lines)
    assert all("zq" not in line for line in lines)


def test_an_issue_held_by_hand_shows_no_difference(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    hold(publisher, "heat", reason="wait")

    assert status(publisher).differences == {}


def test_a_change_that_cannot_be_printed_is_shown_as_what_is_wrong_with_it(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        queue(publisher, "heat", Place())
        newsroom.saves("cover.jpg", "this is no picture")
        newsroom.edits("heat", "source:", "image: cover.jpg\nimage_alt: A cover\nsource:")
        scan(publisher, patient=False)

        (line,) = status(publisher).differences["heat"]

    assert "cover.jpg" in line
