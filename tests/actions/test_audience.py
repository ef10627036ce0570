"""Whom an issue goes to: counted when it is approved, frozen when it is published, the same in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from publisher.actions.approve import approve
from publisher.actions.audience import audience_when_approved
from publisher.actions.check import CheckFailedError, check_for_approval
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.segment import Share, try_all, try_segment
from publisher.actions.send_now import audience_now, publish_now
from publisher.actions.status import status
from publisher.actions.subscribe import add, unsubscribe
from publisher.app import Publisher
from publisher.errors import NotFoundError
from publisher.model.records import MailingRecord
from publisher.model.states import IssueState
from publisher.model.subscriber import SubscriptionState
from publisher.store import purging
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics
from publisher.store.schema_sending import deliveries
from tests.newsrooms import (
    READER,
    REQUIRED,
    Newsroom,
    deliver,
    history_of,
    mailing_of,
    record_of,
    state_of,
    suppress,
    token_of,
)

FANS = "[segments]\nfans = 'tag:energy'\n"


def chooses(publisher: Publisher, address: str, *names: str) -> None:
    """Let a reader, who is added if need be, choose topics."""
    add(publisher, address)
    with publisher.database.begin() as db:
        number = db.execute(select(subscribers.c.id).where(subscribers.c.address == address)).scalar_one()
        for name in names:
            db.execute(topics.insert().values(subscriber=number, topic=name))


def reached(publisher: Publisher, mailing: MailingRecord | None) -> set[str]:
    """Return the addresses of a mailing's audience."""
    assert mailing is not None
    with publisher.database.read() as db:
        rows = db.execute(
            select(subscribers.c.address)
            .join_from(deliveries, subscribers, deliveries.c.subscriber == subscribers.c.id)
            .where(deliveries.c.mailing == mailing.id)
        )
        return set(rows.scalars())


def test_an_issue_with_a_segment_goes_to_those_whom_its_filter_chooses(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    chooses(publisher, "ben@example.net", "energy")
    add(publisher, "cai@example.org")
    newsroom.writes("heat", segment="tag:energy OR domain:example.org")

    assert reached(publisher, publish_now(publisher, "heat")) == {"ben@example.net", "cai@example.org"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("[]", {READER, "ben@example.net", "cai@example.net"}),
        ("[Energy]", {READER, "ben@example.net"}),
        ("[Heat   Pumps]", {READER, "cai@example.net"}),
        ("[seas]", {READER}),
    ],
)
def test_topics_that_a_reader_chose_choose_issues(
    newsroom: Newsroom, publisher: Publisher, tags: str, expected: set[str]
) -> None:
    chooses(publisher, "ben@example.net", "energy")
    chooses(publisher, "cai@example.net", "heat-pumps", "rain")
    newsroom.writes("heat", tags=tags)

    assert reached(publisher, publish_now(publisher, "heat")) == expected


def test_the_tags_of_stories_count_like_those_of_the_issue(newsroom: Newsroom, publisher: Publisher) -> None:
    chooses(publisher, "ben@example.net", "energy")
    issue = "---\nid: e\ntitle: The energy of the sea\nstatus: ready\ntags: [seas]\n---\n"
    newsroom.saves("e/issue.md", issue)
    story = "---\nid: a\ntitle: Tides\nsource: Review\ntags: [Energy]\n---\n\nA lead.\n"
    newsroom.saves("e/tides.md", story)

    checked = check_for_approval(publisher, "e")
    approve(publisher, "e", allow=[each.code for each in checked.findings if each.code.startswith("W")])

    assert reached(publisher, publish_now(publisher, "e")) == {READER, "ben@example.net"}


def test_a_segment_that_cannot_be_read_stops_the_issue_and_says_where(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", segment="tga:energy")

    (found,) = (each for each in check_for_approval(publisher, "heat").findings if each.code[0] == "E")
    with pytest.raises(CheckFailedError):
        approve(publisher, "heat")

    assert (found.code, found.place.line) == ("E115", 7)
    assert found.what == "'tga' has no meaning, in column 1 of the filter"
    assert found.fix == "did you mean tag:…?"


def test_a_segment_in_the_settings_is_frozen_with_the_issue_and_a_change_of_it_needs_a_new_approval(
    newsroom: Newsroom,
) -> None:
    newsroom.sets(REQUIRED + FANS)
    newsroom.writes("heat", segment="fans")
    newsroom.writes("rain", segment="fans", title="Rain comes at last")
    with newsroom.opened() as publisher:
        chooses(publisher, "ben@example.net", "energy")
        chooses(publisher, "cai@example.net", "rain")
        approve(publisher, "heat")
        approve(publisher, "rain")
        publish_now(publisher, "rain")
    newsroom.sets(REQUIRED + FANS.replace("energy", "rain"))
    newsroom.edits("heat", "status", "notes: touched\nstatus")
    newsroom.edits("rain", "status", "notes: touched\nstatus")
    with newsroom.opened() as publisher:
        scan(publisher, patient=False)

        assert state_of(publisher, "heat") is IssueState.READY
        assert reached(publisher, mailing_of(publisher, "rain")) == {"ben@example.net"}
        assert status(publisher).changed == frozenset()
        approve(publisher, "heat")
        assert reached(publisher, publish_now(publisher, "heat")) == {"cai@example.net"}


def test_a_new_segment_holds_a_queued_issue_and_is_the_difference(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        queue(publisher, "heat", Place())
        newsroom.edits("heat", "status", "segment: domain:example.net\nstatus")
        scan(publisher, patient=False)

        assert state_of(publisher, "heat") is IssueState.HELD
        assert "+Segment: domain:example.net" in status(publisher).differences["heat"]


def test_the_audience_is_counted_at_approval_kept_and_shown_until_it_is_frozen(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    chooses(publisher, "ben@example.net", "energy")
    newsroom.writes("heat", segment="tag:energy")
    record = approve(publisher, "heat")
    queue(publisher, "heat", Place())
    chooses(publisher, "cai@example.net", "energy")

    counted, now = audience_when_approved(publisher, record), audience_now(publisher, "heat")

    assert counted is not None
    assert (counted.readers, counted.lists, counted.segment) == (1, ("weekly",), "tag:energy")
    assert status(publisher).audiences == {"heat": counted}
    assert now is not None
    assert now.readers == 2
    detail = next(row.detail for row in history_of(publisher, "heat") if row.verb == "approve")
    assert (detail["audience"], detail["segment"]) == (1, "tag:energy")
    queue(publisher, "heat", Place(now=True))
    assert publish(publisher, "heat") == mailing_of(publisher, "heat")
    assert mailing_of(publisher, "heat").audience == 2
    assert status(publisher).audiences == {}


def test_a_purge_of_the_audit_leaves_the_count_of_an_issue_that_is_still_to_go_out(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    record = approve(publisher, "heat")
    before = publisher.now() + timedelta(days=400)

    with publisher.database.begin() as db:
        removed = purging.purge_some(db, "audit", before)

    assert removed > 0
    assert audience_when_approved(publisher, record) is not None
    assert [row.verb for row in history_of(publisher, "heat")] == ["approve"]
    publish_now(publisher, "heat")
    with publisher.database.begin() as db:
        purging.purge_some(db, "audit", before)
    assert history_of(publisher, "heat") == []


def test_an_issue_that_nobody_has_approved_has_no_count(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", status="draft")
    scan(publisher, patient=False)

    assert audience_when_approved(publisher, record_of(publisher, "heat")) is None


@pytest.mark.parametrize(
    ("field", "place"), [({"segment": "tag:energy"}, 7), ({"lists": "[extra]"}, 7), ({"tags": "[seas]"}, 1)]
)
def test_an_issue_that_nobody_would_get_is_a_warning_at_what_excludes_them(
    newsroom: Newsroom, publisher: Publisher, field: dict[str, str], place: int
) -> None:
    with publisher.database.begin() as db:
        db.execute(topics.insert().values(subscriber=1, topic="rain"))
    newsroom.writes("heat", **field)

    (found,) = (each for each in check_for_approval(publisher, "heat").findings if each.code == "W103")

    assert found.place.line == place


def test_an_issue_for_few_is_no_sign_that_its_list_has_changed(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for number in range(20):
        chooses(publisher, f"r{number}@example.net", "energy" if number < 5 else "rain")
    newsroom.writes("heat", title="Heat returns to the north")
    publish_now(publisher, "heat")
    newsroom.writes("rain", title="Rain comes at last", segment="tag:energy", tags="[energy]")
    narrow = [each.code for each in check_for_approval(publisher, "rain").findings]
    publish_now(publisher, "rain")
    newsroom.writes("snow", title="Snow comes at last")

    assert "W110" not in narrow
    assert "W110" not in [each.code for each in check_for_approval(publisher, "snow").findings]


def test_an_issue_is_compared_with_the_last_one_for_the_same_segment(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for number in range(20):
        chooses(publisher, f"r{number}@example.net", "energy")
    newsroom.writes("heat", title="Heat returns to the north", segment="domain:example.org")
    add(publisher, "r@example.org")
    publish_now(publisher, "heat")
    newsroom.writes("rain", title="Rain comes at last")
    newsroom.writes("snow", title="Snow comes at last", segment="domain:example.org")
    forgotten, same = (
        [each.what for each in check_for_approval(publisher, slug).findings if each.code == "W110"]
        for slug in ("rain", "snow")
    )
    for number in range(12):
        add(publisher, f"new{number}@example.org")
    (grown,) = (each for each in check_for_approval(publisher, "snow").findings if each.code == "W110")

    assert forgotten == ["it is for 22 readers, 21 more than the last issue for its lists"]
    assert same == []
    assert grown.what == "it is for 13 readers, 12 more than the last issue for its lists and segment"


def _leaves(publisher: Publisher) -> None:
    unsubscribe(publisher, token_of(publisher, "ben@example.net"))


def _pauses(publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        ben = select(subscribers.c.id).where(subscribers.c.address == "ben@example.net").scalar_subquery()
        own = update(subscriptions).where(subscriptions.c.subscriber == ben)
        db.execute(own.values(state=SubscriptionState.PAUSED))


def _complains(publisher: Publisher) -> None:
    suppress(publisher, "ben@example.net")


def _is_erased(publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        db.execute(subscribers.delete().where(subscribers.c.address == "ben@example.net"))


@pytest.mark.parametrize("happens", [_leaves, _pauses, _complains, _is_erased])
def test_what_happens_after_the_audience_is_frozen_still_counts_for_those_in_it(
    newsroom: Newsroom, publisher: Publisher, happens: Callable[[Publisher], None]
) -> None:
    chooses(publisher, "ben@example.net", "energy")
    newsroom.writes("heat", segment="tag:energy OR domain:example.net", tags="[energy]")
    publish_now(publisher, "heat")

    happens(publisher)
    deliver(publisher)

    found = mailing_of(publisher, "heat").counts
    assert {state: count for state, count in found.items() if count} == {"accepted": 1, "suppressed": 1}


def test_a_segment_can_be_tried_before_anything_is_sent(newsroom: Newsroom) -> None:
    newsroom.sets(FANS)
    with newsroom.opened() as publisher:
        chooses(publisher, "ben@example.net", "energy")
        add(publisher, "ben@example.net", lists=["extra"])

        (tried,) = try_all(publisher)
        typed = try_segment(publisher, "( tag:Energy )", lists=["extra"])

        assert (tried.segment, tried.filter, tried.readers) == ("fans", "tag:energy", 1)
        assert tried.shares == (Share(list="weekly", readers=1, of=2), Share(list="extra", readers=1, of=1))
        assert (typed.filter, typed.readers) == ("tag:Energy", 1)
        assert [share.list for share in typed.shares] == ["extra"]
        for text, names in (("list:weekyl", ()), ("role", ("weekyl",))):
            with pytest.raises(NotFoundError, match="there is no list 'weekyl'"):
                try_segment(publisher, text, lists=names)
