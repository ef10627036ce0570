"""What the status and the queue tell an editor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from publisher.actions.join import Wish, ask
from publisher.actions.queue import Place, queue
from publisher.cli.status import _ago
from publisher.store import hubs
from tests.cli.conftest import Types
from tests.newsrooms import REQUIRED, HandClock, Newsroom


def test_what_was_queued_by_the_look_itself_is_told(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    said = types("status").out

    assert said.startswith("queued heat for ")
    assert said.endswith("Nothing is sent while `publisher serve` is not running.\n")


def test_an_issue_that_nobody_sends_is_overdue(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    past = HandClock(datetime.now(UTC) - timedelta(minutes=3, seconds=5))
    with newsroom.opened(clock=past) as publisher:
        queue(publisher, "heat", Place(at="+2m"))

    assert "due 1 minute ago; `publisher serve` is not running" in types("status").out


def test_a_form_that_is_closed_by_a_budget_is_told(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets('[joining]\nin_all = "1/h"\nper_domain = "1/h"\n')
    wish = Wish(
        address="one@example.net",
        lists=("weekly",),
        lang="en",
        consent="yes",
        source="/subscribe",
        origin="198.51.100.7",
        network="198.51.100.0/24",
    )
    with newsroom.opened(clock=HandClock(datetime.now(UTC))) as publisher:
        ask(publisher, wish)

    said = types("status").out

    assert "Trouble: nobody can ask to join just now: the budget in_all" in said
    assert "Trouble: nobody with an address of 1 domain can ask to join just now" in said


def test_held_issues_and_moments_outside_the_slots_stand_in_their_row(
    newsroom: Newsroom, types: Types
) -> None:
    for slug in ("heat", "rain"):
        newsroom.writes(slug, title=f"About {slug}")
    types("queue", "heat")
    types("hold", "heat", "--reason", "wait")
    types("queue", "rain", "--at", "+1m")

    rows = [line.split() for line in types("status").out.partition("slot ")[2].splitlines()[1:3]]

    assert rows[0][-2:] == ["—", "rain"]
    assert rows[1][-3:] == ["weekly", "heat", "(held)"]


def test_who_moves_in_the_queue_is_told(newsroom: Newsroom, types: Types) -> None:
    for slug in ("heat", "rain"):
        newsroom.writes(slug, title=f"About {slug}")
    types("queue", "heat")

    types("queue", "rain")
    said = types("queue", "rain", "--first").out

    assert said.startswith("rain is moved from ")
    assert said.splitlines()[-1].startswith("heat moves to ")


def test_an_issue_printed_anew_names_the_approval_that_it_waits_for(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    types("approve", "heat")
    types("queue", "heat")
    types("hold", "heat", "--reason", "wait")

    said = types("release", "heat", "--reprint").out

    then = "as soon as somebody approves it: publisher approve heat"
    assert said == f"heat is printed anew from its files {then}\n"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(0), "0 seconds ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_long_ago_something_was_is_told_in_its_largest_unit(passed: timedelta, words: str) -> None:
    assert _ago(passed) == words


def test_a_hub_that_does_not_work_is_named_with_what_it_is_to_be_told(
    newsroom: Newsroom, types: Types
) -> None:
    newsroom.sets('\n[feeds]\nhubs = ["https://hub.example/", "https://other.example/"]\n')
    with newsroom.opened() as publisher, publisher.database.begin() as db:
        hubs.note(db, ["https://hub.example/"], ["/feed.atom", "/feed.rss"], now=newsroom.clock())
        hubs.set_works(db, "https://hub.example/", works=False, now=newsroom.clock())

    said = types("status").out

    assert "Hub https://hub.example/ has not worked since Mon 2026-10-05 10:00" in said
    assert "it is to be told of 2 feeds" in said
    assert "other.example" not in said
