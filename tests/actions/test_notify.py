"""Editors are told: in the transaction of what happened, once, and not of each of a hundred things."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from publisher.actions import notify
from publisher.actions.approve import approve
from publisher.actions.hold import hold, release
from publisher.actions.mailing import cancel
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue, unqueue
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.actions.tick import tick
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import NotFoundError
from publisher.model.delivery import DeliveryState
from publisher.model.hold import HoldReason
from publisher.model.notices import NoticeKind
from publisher.model.states import Verb
from publisher.store import deliveries, mailings, notices
from publisher.store import schema_sending as sending
from tests.ledgers import advance, answered, claimed, handed
from tests.newsrooms import REQUIRED, THURSDAY, TUESDAY, Newsroom, deliver, mailing_of, newsroom_in

ANN, BEN = "ann@example.net", "ben@example.net"
EDITORS = f'[notify]\neditors = ["Ann <{ANN}>", "{BEN}", "BEN@example.net"]\n'
HEAT = "What heat leaves behind"
ON_TUESDAY = "Tuesday, 6 October 2026, 06:30 (Europe/Madrid)"
ON_THURSDAY = "Thursday, 8 October 2026, 06:30 (Europe/Madrid)"


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    made = newsroom_in(tmp_path / "newsroom", sqlite_template)
    made.sets(EDITORS)
    return made


@pytest.fixture
def queued(newsroom: Newsroom, publisher: Publisher) -> Newsroom:
    newsroom.writes("heat", title=HEAT)
    queue(publisher, "heat", Place())
    return newsroom


def told(publisher: Publisher, kind: NoticeKind, address: str = ANN) -> list[Mapping[str, Any]]:
    """Return the payloads of what an editor was told of that kind, oldest first."""
    with publisher.database.read() as db:
        found = db.execute(
            select(sending.notices.c.payload)
            .where(sending.notices.c.kind == kind, sending.notices.c.address == address)
            .order_by(sending.notices.c.id)
        )
        return list(found.scalars())


def only(publisher: Publisher, kind: NoticeKind, address: str = ANN) -> Mapping[str, Any]:
    """Return the one event of the one notice of that kind."""
    (payload,) = told(publisher, kind, address)
    (item,) = payload["items"]
    assert payload["count"] == 1
    found: Mapping[str, Any] = item
    return found


def published(queued: Newsroom, publisher: Publisher) -> int:
    """Publish what is queued for Tuesday then, and return the number of its mailing."""
    queued.clock.moment = TUESDAY
    tick(publisher)
    return mailing_of(publisher, "heat").id


def everything(publisher: Publisher) -> int:
    """Return how many notices there are."""
    with publisher.database.read() as db:
        return len(notices.due(db, THURSDAY))


@pytest.mark.usefixtures("queued")
def test_each_editor_is_told_once_of_an_issue_that_is_held_by_hand(publisher: Publisher) -> None:
    hold(publisher, "heat", reason="we wait\nfor a\tlawyer")

    assert only(publisher, NoticeKind.HELD) == {
        "about": "heat",
        "slug": "heat",
        "title": HEAT,
        "reason": "we wait for a lawyer",
        "moment": ON_TUESDAY,
    }
    assert only(publisher, NoticeKind.HELD, BEN) == only(publisher, NoticeKind.HELD)
    assert everything(publisher) == 2


def test_without_editors_nothing_is_written(queued: Newsroom) -> None:
    queued.sets()
    with queued.opened() as publisher:
        hold(publisher, "heat", reason="we wait")
        release(publisher, "heat")
        queued.clock.moment = TUESDAY + timedelta(minutes=10)
        tick(publisher)
        deliver(publisher)
        with publisher.database.begin() as db:
            for tell in (notify.mailing_ended, partial(notify.mailing_paused, why="554 no")):
                tell(publisher, db, mailing_of(publisher, "heat").id)

        assert everything(publisher) == 0


@pytest.mark.usefixtures("queued")
def test_what_is_rolled_back_was_never_told(publisher: Publisher) -> None:
    with publisher.database.begin() as db, db.begin_nested() as broken:
        transition(publisher, db, known(db, "heat"), Verb.HOLD, reason="we wait")
        broken.rollback()

    assert everything(publisher) == 0


def test_an_issue_that_is_too_late_is_told_as_held(queued: Newsroom, publisher: Publisher) -> None:
    queued.clock.moment = TUESDAY + timedelta(hours=7)

    tick(publisher)

    assert only(publisher, NoticeKind.HELD)["reason"] == HoldReason.LATE
    assert told(publisher, NoticeKind.LATE) == []


def test_an_approved_issue_that_is_edited_is_told_as_held(newsroom: Newsroom) -> None:
    newsroom.sets(EDITORS + REQUIRED)
    newsroom.writes("heat", title=HEAT)
    with newsroom.opened() as publisher:
        scan(publisher, patient=False)
        approve(publisher, "heat", by="ann")
        queue(publisher, "heat", Place())
        newsroom.edits("heat", "it grew", "it shrank")
        scan(publisher, patient=False)

        assert only(publisher, NoticeKind.HELD)["reason"] == HoldReason.EDITED


def test_a_heap_of_a_hundred_issues_is_one_notice(newsroom: Newsroom, publisher: Publisher) -> None:
    for number in range(100):
        newsroom.writes(f"issue-{number:03}", title=f"About number {number}")

    scan(publisher, patient=False)

    (payload,) = told(publisher, NoticeKind.HELD)
    assert payload["count"] == 100
    assert [each["slug"] for each in payload["items"]] == [f"issue-{number:03}" for number in range(20)]
    assert payload["items"][0]["reason"] == HoldReason.HEAP


@pytest.mark.usefixtures("queued")
def test_what_is_held_again_while_its_notice_waits_stands_in_it_once(publisher: Publisher) -> None:
    hold(publisher, "heat", reason="we wait")
    release(publisher, "heat")
    hold(publisher, "heat", reason="we wait again")

    assert only(publisher, NoticeKind.HELD)["reason"] == "we wait again"


def test_what_is_held_again_after_its_notice_is_told_again(queued: Newsroom, publisher: Publisher) -> None:
    hold(publisher, "heat", reason="we wait")
    queued.clock.passes(minutes=1)
    with publisher.database.begin() as db:
        notices.claim(db, now=queued.clock.moment, lease_until=THURSDAY)
    release(publisher, "heat")
    hold(publisher, "heat", reason="we wait again")

    reasons = [each["items"][0]["reason"] for each in told(publisher, NoticeKind.HELD)]
    assert reasons == ["we wait", "we wait again"]


@pytest.mark.parametrize(
    ("late", "said"), [(timedelta(minutes=5), []), (timedelta(hours=1, seconds=90), ["1 hour 1 minute"])]
)
def test_an_issue_that_goes_out_late_is_told_with_how_late(
    queued: Newsroom, publisher: Publisher, late: timedelta, said: list[str]
) -> None:
    queued.clock.moment = TUESDAY + late

    tick(publisher)

    found = [item for each in told(publisher, NoticeKind.LATE) for item in each["items"]]
    assert [item["late"] for item in found] == said
    assert [item["moment"] for item in found] == [ON_TUESDAY] * len(said)


def test_an_empty_slot_is_told_a_day_before_and_once(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.clock.moment = TUESDAY - timedelta(hours=24, seconds=1)
    tick(publisher)
    assert told(publisher, NoticeKind.EMPTY_SLOT) == []

    for _ in range(3):
        newsroom.clock.passes(seconds=1)
        tick(publisher)

    assert only(publisher, NoticeKind.EMPTY_SLOT) == {"moment": ON_TUESDAY, "list": "The Weekly"}

    newsroom.clock.moment = THURSDAY - timedelta(hours=1)
    tick(publisher)
    moments = [each["items"][0]["moment"] for each in told(publisher, NoticeKind.EMPTY_SLOT)]
    assert moments == [ON_TUESDAY, ON_THURSDAY]


def test_a_slot_that_an_issue_has_is_not_empty_and_one_that_it_gives_back_is(
    queued: Newsroom, publisher: Publisher
) -> None:
    queued.clock.moment = TUESDAY - timedelta(hours=10)
    tick(publisher)
    assert told(publisher, NoticeKind.EMPTY_SLOT) == []

    unqueue(publisher, "heat")
    tick(publisher)

    assert only(publisher, NoticeKind.EMPTY_SLOT)["moment"] == ON_TUESDAY


def test_two_servers_on_one_database_tell_of_an_empty_slot_once(
    newsroom: Newsroom, postgresql_url: str
) -> None:
    newsroom.sets(
        f'{EDITORS}[database]\nurl = "{postgresql_url}"\n',
        instead=('slots = ["Tue 06:30", "Thu 06:30"]', 'slots = ["06:30"]'),
    )
    together, troubles = threading.Barrier(2), list[str]()

    def work() -> None:
        with newsroom.opened() as own:
            together.wait(10)
            troubles.extend(trouble for _ in range(3) for trouble in tick(own).troubles)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with newsroom.opened() as publisher:
        assert only(publisher, NoticeKind.EMPTY_SLOT)["list"] == "The Weekly"
    assert troubles == []


def test_a_day_of_many_slots_is_one_notice(newsroom: Newsroom) -> None:
    hours = ", ".join(f'"{hour:02}:{minute:02}"' for hour in range(24) for minute in (0, 30))
    newsroom.sets(EDITORS, instead=('slots = ["Tue 06:30", "Thu 06:30"]', f"slots = [{hours}]"))
    with newsroom.opened() as publisher:
        for _ in range(3):
            tick(publisher)

        (payload,) = told(publisher, NoticeKind.EMPTY_SLOT)
        assert (len(payload["items"]), payload["count"]) == (20, 48)


def test_a_mailing_that_the_sender_pauses_is_told_in_the_relays_words(
    queued: Newsroom, publisher: Publisher
) -> None:
    mailing = published(queued, publisher)

    with publisher.database.begin() as db:
        notify.mailing_paused(publisher, db, mailing, "554 5.7.1 your\r\nBcc: all@example.org is <suspended>")

    item = only(publisher, NoticeKind.PAUSED)
    assert item["reason"] == "554 5.7.1 your Bcc: all@example.org is <suspended>"
    assert (item["slug"], item["done"], item["audience"]) == ("heat", "0", "1")


def test_a_parked_batch_is_told_with_what_waits_in_it(queued: Newsroom, publisher: Publisher) -> None:
    mailing = published(queued, publisher)

    with publisher.database.begin() as db:
        for batch in (0, 1):
            notify.batch_parked(publisher, db, mailing, batch)

    (payload,) = told(publisher, NoticeKind.PARKED)
    assert [(each["batch"], each["waiting"]) for each in payload["items"]] == [(0, "1"), (1, "0")]


def test_the_accounting_names_every_reader_of_the_audience_once(
    queued: Newsroom, publisher: Publisher
) -> None:
    for number in range(5):
        add(publisher, f"reader{number}@example.net")
    mailing = published(queued, publisher)
    with publisher.database.begin() as db:
        batch = claimed(db, TUESDAY)
        recipient = handed(db, batch, now=TUESDAY)
        for state, code in [
            (DeliveryState.REJECTED, 550),
            (DeliveryState.ACCEPTED, 250),
            (DeliveryState.UNCERTAIN, None),
            (DeliveryState.REJECTED, 550),
            (DeliveryState.ACCEPTED, 250),
        ]:
            recipient = handed(db, batch, answered(recipient, state, code=code), now=TUESDAY)
        advance(db, batch, answered(recipient), now=TUESDAY)
        now = TUESDAY + timedelta(minutes=12)
        deliveries.give_back(db, batch, now=now)
        assert mailings.finish_if_done(db, mailing, now)
        notify.mailing_ended(publisher, db, mailing)

    item = only(publisher, NoticeKind.ENDED)
    assert (item["ending"], item["audience"], item["took"]) == ("Sent, 1 uncertain", "6", "12 minutes")
    assert [(each["what"].partition(" ")[0], each["number"]) for each in item["counts"]] == [
        ("Accepted", "3"),
        ("Rejected", "2"),
        ("Uncertain", "1"),
    ]
    assert item["reasons"] == [{"what": "the mail provider refuses it (550)", "number": "2"}]
    assert (item["uncertain"], item["url"]) == ("1", "https://news.example.net/issues/heat/")


def test_a_mailing_to_nobody_is_told_when_its_issue_is_published(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title=HEAT, lists="[extra]", allow="[W103]")
    queue(publisher, "heat", Place(now=True))

    publish(publisher, "heat")

    item = only(publisher, NoticeKind.ENDED)
    assert (item["ending"], item["audience"], item["counts"], item["took"]) == ("Sent", "0", [], "")


def test_a_cancelled_mailing_says_how_many_were_not_sent(queued: Newsroom, publisher: Publisher) -> None:
    mailing = published(queued, publisher)
    cancel(publisher, "heat")

    with publisher.database.begin() as db:
        notify.mailing_ended(publisher, db, mailing)

    item = only(publisher, NoticeKind.ENDED)
    assert item["ending"] == "Cancelled"
    assert item["counts"] == [{"what": "Not sent", "number": "1"}]


def test_of_a_mailing_that_there_is_not_nobody_is_told(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match="there is no mailing 99"), publisher.database.begin() as db:
        notify.mailing_ended(publisher, db, 99)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.6, "1 minute"),
        (3_600, "1 hour"),
        (3_661, "1 hour 1 minute"),
        (183_600, "2 days 3 hours"),
        (86_460, "1 day"),
        (-5, "0 seconds"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert notify.span(timedelta(seconds=seconds)) == said
