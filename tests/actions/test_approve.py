from __future__ import annotations

import pytest

from publisher.actions.approve import approve
from publisher.actions.check import CheckFailedError
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.errors import NotFoundError, TransitionError
from publisher.model.states import IssueState
from publisher.store import editions
from tests.newsrooms import MONDAY, REQUIRED, Newsroom, history_of, record_of, state_of, verbs_of


def test_an_approval_freezes_a_print_and_stands_for_its_content(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")

    record = approve(publisher, "heat")

    assert record.state is IssueState.APPROVED
    assert (record.approved_by, record.approved_at) == ("ann", MONDAY)
    assert record.edition is not None
    with publisher.database.read() as db:
        edition = editions.find(db, record.edition)
        outputs = {part.output for part in editions.parts(db, record.edition)}
    assert edition is not None
    assert edition.content_hash == record.approved_hash
    assert {"email", "text", "page", "rss", "atom"} <= outputs


def test_the_hash_follows_the_content_and_nothing_else(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        first = approve(publisher, "heat", by="ben").approved_hash
        newsroom.edits("heat", "status: ready", "status: draft")
        scan(publisher, patient=False)
        newsroom.edits("heat", "status: draft", "notes: only for us\nstatus: ready")
        second = approve(publisher, "heat").approved_hash
        newsroom.edits("heat", "it grew", "it shrank")
        third = approve(publisher, "heat").approved_hash

    assert first == second
    assert third != second


def test_an_edit_after_the_approval_ends_it(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        newsroom.edits("heat", "it grew", "it shrank")

        with pytest.raises(TransitionError, match="cannot queue issue 'heat': it is ready"):
            queue(publisher, "heat", Place())

        assert verbs_of(publisher, "heat") == ["approve", "edit"]


def test_an_edit_that_no_reader_sees_leaves_the_approval_as_it_is(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    before = approve(publisher, "heat")

    newsroom.edits("heat", "status: ready", "status: ready\nnotes: ask the minister")
    scan(publisher, patient=False)

    after = record_of(publisher, "heat")
    assert (after.state, after.edition) == (IssueState.APPROVED, before.edition)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("it grew", "TK", "E302"), ("id: 0", "x_id: 0", "E113"), ("source: Example Review\n", "", "W306")],
)
def test_errors_and_warnings_refuse_an_approval_and_freeze_nothing(
    newsroom: Newsroom, publisher: Publisher, before: str, after: str, code: str
) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", before, after)
    if code == "W306":
        newsroom.edits("heat", "link: https://example.net/heat\n", "")

    with pytest.raises(CheckFailedError) as refused:
        approve(publisher, "heat")

    assert [finding.code for finding in refused.value.findings] == [code]
    assert f"{code} " in str(refused.value)
    assert "issues/heat.md:" in str(refused.value)
    assert state_of(publisher, "heat") is IssueState.READY
    assert verbs_of(publisher, "heat") == []


def test_a_warning_may_be_allowed_and_the_audit_keeps_which_and_by_whom(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "link: https://example.net/heat\nsource: Example Review\n", "")

    record = approve(publisher, "heat", allow=["W306"])

    (row,) = history_of(publisher, "heat")
    assert (row.actor, row.verb, row.from_state, row.to_state) == ("ann", "approve", "ready", "approved")
    assert row.detail == {"hash": record.approved_hash, "by": "ann", "allowed": ["W306"], "audience": 1}


def test_how_to_allow_is_told_where_only_warnings_remain(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "link: https://example.net/heat\nsource: Example Review\n", "")
    with pytest.raises(CheckFailedError) as with_a_warning:
        approve(publisher, "heat")
    newsroom.edits("heat", "it grew", "TK")
    with pytest.raises(CheckFailedError) as with_an_error_too:
        approve(publisher, "heat")

    assert "--allow" in str(with_a_warning.value)
    assert "W306" in str(with_an_error_too.value)
    assert "--allow" not in str(with_an_error_too.value)


def test_an_error_cannot_be_allowed(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    with pytest.raises(CheckFailedError, match="E302"):
        approve(publisher, "heat", allow=["E302"])


def test_a_draft_and_what_was_approved_already_are_refused_with_the_next_step(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    newsroom.writes("cold", status="draft")
    approve(publisher, "heat")

    with pytest.raises(TransitionError, match=r"it is draft \(set `status: ready` in its file first\)"):
        approve(publisher, "cold")
    with pytest.raises(TransitionError, match=r"it is approved \(queue it first\)"):
        approve(publisher, "heat")


def test_an_issue_that_is_not_there_cannot_be_approved(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match="there is no issue 'heat'"):
        approve(publisher, "heat")


def test_naming_an_issue_that_came_in_a_heap_is_the_decision_it_waited_for(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for number in range(11):
        newsroom.writes(f"story-{number}", title=f"Story {number}")
    scan(publisher, patient=False)

    record = approve(publisher, "story-3")

    assert record.state is IssueState.APPROVED
    assert verbs_of(publisher, "story-3") == ["reprint", "approve"]
    assert state_of(publisher, "story-4") is IssueState.HELD


def test_an_edit_after_the_approval_says_why_the_issue_waits_again(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        approve(publisher, "heat")
        reasons = []
        for before, after in (("it grew", "it shrank"), ("it shrank", "it stood still")):
            newsroom.edits("heat", before, after)
            scan(publisher, patient=False)
            reasons.append(record_of(publisher, "heat").reason)
        approved = approve(publisher, "heat")

    assert reasons == ["its files changed after ann approved them; approve it again"] * 2
    assert approved.reason is None


def test_an_edit_after_an_approval_that_nobody_asked_for_is_queued_by_itself(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    approve(publisher, "heat")
    newsroom.edits("heat", "it grew", "it shrank")

    scan(publisher, patient=False)

    assert state_of(publisher, "heat") is IssueState.QUEUED
