from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest

from publisher.actions.approve import approve
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue, unqueue
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.states import IssueState
from publisher.store import mailings, public
from tests.newsrooms import (
    MONDAY,
    READER,
    TUESDAY,
    HandClock,
    Newsroom,
    history_of,
    mailing_of,
    record_of,
    served,
    state_of,
)


@dataclass(slots=True)
class Meddling:
    """A clock at whose first glance somebody else does something."""

    clock: HandClock
    deed: Callable[[], object] | None

    def __call__(self) -> datetime:
        deed, self.deed = self.deed, None
        if deed is not None:
            deed()
        return self.clock()


def public_state(publisher: Publisher) -> tuple[int, dict[str, str], int]:
    """Return generation, what is served and how many mailings there are."""
    with publisher.database.read() as db:
        return public.generation(db), public.index(db), len(mailings.listed(db))


def feed(publisher: Publisher) -> str:
    with publisher.database.read() as db:
        found = public.find(db, "/feed.json")
    assert found is not None
    return found.body.decode()


def test_publishing_makes_pages_feeds_and_the_audience_in_one_step(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    clock.moment = TUESDAY

    mailing = publish(publisher, "heat")

    record = record_of(publisher, "heat")
    assert (record.state, record.number, record.published_at) == (IssueState.PUBLISHED, 1, TUESDAY)
    assert mailing is not None
    assert (mailing.state, mailing.audience) == (MailingState.SENDING, 1)
    assert mailing.counts[DeliveryState.PENDING] == 1
    assert {"/", "/feed.rss", "/feed.atom", "/feed.json", "/issues/heat/"} <= set(served(publisher))
    assert "A quiet machine" in feed(publisher)


def test_how_late_an_issue_went_out_stands_in_the_audit(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    clock.moment = TUESDAY
    clock.passes(minutes=90)

    publish(publisher, "heat")

    assert history_of(publisher, "heat")[-1].detail == {"late_seconds": 5400, "number": 1}


def test_an_issue_for_no_list_is_for_pages_and_feeds_only(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", lists="[]")
    queue(publisher, "heat", Place(now=True))

    assert publish(publisher, "heat") is None
    assert "/issues/heat/" in served(publisher)


def test_a_reader_of_two_lists_of_an_issue_is_in_the_audience_once(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    add(publisher, READER, lists=["extra"])
    add(publisher, "ben@example.net", lists=["extra"])
    newsroom.writes("heat", lists="[weekly, extra]")
    queue(publisher, "heat", Place(now=True))

    mailing = publish(publisher, "heat")

    assert mailing is not None
    assert mailing.audience == 2


def test_whoever_subscribes_later_is_not_in_the_audience(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place(now=True))
    publish(publisher, "heat")

    add(publisher, "ben@example.net")

    assert mailing_of(publisher, "heat").audience == 1


@pytest.mark.parametrize("act", [queue, approve, publish])
def test_what_is_public_is_not_published_again(
    newsroom: Newsroom, publisher: Publisher, act: Callable[..., object]
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place(now=True))
    publish(publisher, "heat")
    before = public_state(publisher)

    with pytest.raises(TransitionError, match="it is published"):
        act(publisher, "heat", Place(now=True)) if act is queue else act(publisher, "heat")

    assert public_state(publisher) == before


def test_an_issue_that_was_never_printed_cannot_be_published(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", status="draft")
    scan(publisher, patient=False)

    with pytest.raises(PublisherError, match="issue 'heat' was never printed"):
        publish(publisher, "heat")


def test_an_issue_taken_out_at_the_last_moment_leaves_everything_as_it_was(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("old", status="archived", date="2020-01-01", title="Long ago")
    scan(publisher, patient=False)
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    before, feed_before = public_state(publisher), feed(publisher)
    editor = Meddling(newsroom.clock, lambda: unqueue(publisher, "heat"))

    with newsroom.opened(clock=editor) as other, pytest.raises(TransitionError, match="cannot publish"):
        publish(other, "heat")

    assert public_state(publisher) == before
    assert feed(publisher) == feed_before
    assert state_of(publisher, "heat") is IssueState.APPROVED


def test_an_issue_printed_anew_at_the_last_moment_is_not_published_as_it_was(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    queue(publisher, "heat", Place())
    before = public_state(publisher)

    def reprint() -> None:
        newsroom.edits("heat", "it grew", "it shrank")
        scan(publisher, patient=False)

    with newsroom.opened(clock=Meddling(newsroom.clock, reprint)) as other:
        with pytest.raises(TransitionError, match="was printed anew meanwhile"):
            publish(other, "heat")
        undone = public_state(publisher)
        publish(other, "heat")

    assert undone == before
    assert "it shrank" in feed(publisher)


def test_two_issues_published_at_once_get_two_numbers_and_are_both_in_the_feeds(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    slugs = ("heat", "rain", "snow")
    for slug in slugs:
        newsroom.writes(slug, title=f"About {slug}")
        queue(publisher, slug, Place(now=True))
    generation = public_state(publisher)[0]
    together, troubles = threading.Barrier(len(slugs)), []

    def work(slug: str) -> None:
        try:
            with newsroom.opened() as own:
                together.wait(10)
                publish(own, slug)
        except BaseException as error:  # noqa: BLE001 - the test shows it
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(slug,)) for slug in slugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert troubles == []
    assert {record_of(publisher, slug).number for slug in slugs} == {1, 2, 3}
    assert public_state(publisher)[0] == generation + 3
    assert all(f"About {slug}" in feed(publisher) for slug in slugs)


def test_a_number_that_a_file_fixes_is_left_out_by_those_that_count(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", number="2", title="Two")
    newsroom.writes("rain", title="One")
    newsroom.writes("snow", title="Three")
    for slug in ("heat", "rain", "snow"):
        queue(publisher, slug, Place())

    for slug in ("rain", "snow", "heat"):
        publish(publisher, slug)

    assert [record_of(publisher, slug).number for slug in ("rain", "heat", "snow")] == [1, 2, 3]


def test_the_clock_of_the_publication_writes_the_date(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat", lang="es")
    queue(publisher, "heat", Place(now=True))
    clock.moment = MONDAY.replace(hour=22, minute=30)

    publish(publisher, "heat")

    with publisher.database.read() as db:
        page = public.find(db, "/issues/heat/")
    assert page is not None
    assert "6 de octubre de 2026" in page.body.decode()
