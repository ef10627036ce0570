from __future__ import annotations

from datetime import UTC, datetime

import pytest

from publisher.actions.approve import approve
from publisher.actions.archive import TOGETHER, archive
from publisher.actions.hold import hold
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.store import mailings
from tests.newsrooms import MONDAY, TUESDAY, Newsroom, record_of, served, state_of


@pytest.mark.parametrize(
    ("name", "date", "moment"),
    [
        ("heat", "2020-01-07", datetime(2020, 1, 7, 5, 30, tzinfo=UTC)),
        ("heat", "2020-07-07T10:00", datetime(2020, 7, 7, 8, 0, tzinfo=UTC)),
        ("2019-03-05-heat", "2020-01-07", datetime(2020, 1, 7, 5, 30, tzinfo=UTC)),
        ("2019-03-05-heat", None, datetime(2019, 3, 5, 5, 30, tzinfo=UTC)),
        ("heat", None, MONDAY),
        ("heat", "2026-10-08", MONDAY),
        ("2019-02-30-heat", None, MONDAY),
        ("9999-12-31-heat", None, MONDAY),
    ],
)
def test_an_archived_issue_has_the_date_of_its_file_else_of_its_name_else_todays_and_never_one_to_come(
    newsroom: Newsroom, publisher: Publisher, name: str, date: str | None, moment: datetime
) -> None:
    newsroom.writes(name, **({"date": date} if date else {}))

    troubles = archive(publisher, ["heat"])

    assert troubles == ()
    assert record_of(publisher, "heat").published_at == moment
    assert state_of(publisher, "heat") is IssueState.ARCHIVED


def test_archiving_mails_nobody(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", date="2020-01-07")

    archive(publisher, ["heat"])

    with publisher.database.read() as db:
        assert mailings.listed(db) == []


def test_an_issue_that_was_printed_goes_online_as_printed_and_leaves_its_slot(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain")
    before = queue(publisher, "heat", Place())

    archive(publisher, ["heat"])

    record = record_of(publisher, "heat")
    assert (record.state, record.edition, record.due_at) == (IssueState.ARCHIVED, before.edition, None)
    assert queue(publisher, "rain", Place()).due_at == TUESDAY


def test_drafts_ready_approved_and_held_issues_can_be_archived(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("draft", status="draft")
    newsroom.writes("ready", title="Ready", lists="[extra]")
    newsroom.writes("approved", title="Approved")
    newsroom.writes("held", title="Held")
    approve(publisher, "approved")
    queue(publisher, "held", Place())
    hold(publisher, "held", reason="wait")
    scan(publisher, patient=False)

    troubles = archive(publisher, ["draft", "ready", "approved", "held"])

    assert troubles == ()
    assert {f"/issues/{slug}/" for slug in ("draft", "ready", "approved", "held")} <= set(served(publisher))


def test_one_bad_issue_is_told_and_keeps_no_other_back(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("one", title="One")
    newsroom.writes("bad", title="Bad")
    newsroom.edits("bad", "it grew", "TK")
    newsroom.writes("broken", title="Broken").write_text("---\ntitle: [\n---\n")
    newsroom.writes("two", title="Two")

    troubles = archive(publisher, ["one", "bad", "broken", "missing", "two"])

    assert ["E302" in troubles[0], "broken.md" in troubles[1], "no issue 'missing'" in troubles[2]] == [
        True
    ] * 3
    assert len(troubles) == 3
    assert state_of(publisher, "one") is state_of(publisher, "two") is IssueState.ARCHIVED
    assert state_of(publisher, "bad") is IssueState.READY


def test_warnings_do_not_keep_an_old_issue_from_the_archive(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "link: https://example.net/heat\nsource: Example Review\n", "")

    assert archive(publisher, ["heat"]) == ()


def test_of_two_issues_with_one_number_the_first_is_archived_and_the_second_told(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("one", title="One", number="7")
    newsroom.writes("two", title="Two", number="7")
    newsroom.writes("three", title="Three", number="7")

    (second,) = archive(publisher, ["one", "two"])
    (third,) = archive(publisher, ["three"])

    assert "7" in second
    assert "E107" in third
    assert [record_of(publisher, slug).number for slug in ("one", "two", "three")] == [7, None, None]


def test_issues_that_were_printed_with_one_number_clash_without_harm(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("one", title="One", number="7")
    newsroom.writes("two", title="Two", number="7")
    newsroom.writes("three", title="Three")
    approve(publisher, "one")

    troubles = archive(publisher, ["two", "one", "three"], checked=False)

    assert len(troubles) == 1
    assert "number 7" in troubles[0]
    assert {state_of(publisher, slug) for slug in ("two", "three")} == {IssueState.ARCHIVED}


def test_many_are_archived_in_portions_and_a_clash_between_portions_spoils_none(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    slugs = [f"story-{number:02}" for number in range(TOGETHER + 1)]
    for slug in slugs:
        newsroom.writes(slug, title=f"About {slug}", date="2020-01-07")
    newsroom.edits(slugs[0], "status: ready", "status: ready\nnumber: 7")
    newsroom.edits(slugs[-1], "status: ready", "status: ready\nnumber: 7")

    (trouble,) = archive(publisher, slugs, checked=False)

    assert "number 7" in trouble
    assert {state_of(publisher, slug) for slug in slugs[:-1]} == {IssueState.ARCHIVED}


def test_what_is_public_already_is_told(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain")
    archive(publisher, ["heat"])
    queue(publisher, "rain", Place(now=True))
    publish(publisher, "rain")

    first, second = archive(publisher, ["heat", "rain"])

    assert "cannot archive issue 'heat': it is archived" in first
    assert "cannot archive issue 'rain': it is published" in second


def test_an_issue_named_twice_is_archived_once(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")

    troubles = archive(publisher, ["heat", "heat"])

    assert troubles == ()
    assert state_of(publisher, "heat") is IssueState.ARCHIVED
