from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.model.hold import UNQUEUED, HoldReason, undecided
from publisher.model.records import IssueRecord
from publisher.model.states import IssueState

RECORD = IssueRecord(
    slug="heat",
    id=None,
    title="Heat",
    state=IssueState.HELD,
    reason=None,
    first_seen_at=datetime(2026, 10, 6, tzinfo=UTC),
    signature="",
    seen_hash=None,
    asked_for=None,
    lists=("weekly",),
    edition=None,
    approved_hash=None,
    approved_by=None,
    approved_at=None,
    due_at=None,
    number=None,
    published_at=None,
)


@pytest.mark.parametrize("reason", [HoldReason.HEAP, HoldReason.PAST])
def test_an_issue_held_at_first_sight_waits_only_for_somebody_to_name_it(reason: HoldReason) -> None:
    assert undecided(replace(RECORD, reason=str(reason)))


@pytest.mark.parametrize(
    "reason",
    [HoldReason.EDITED, HoldReason.LATE, HoldReason.UNPRINTABLE, UNQUEUED, "the minister called", None],
)
def test_an_issue_held_for_another_reason_needs_to_be_released(reason: str | None) -> None:
    assert not undecided(replace(RECORD, reason=reason))


@pytest.mark.parametrize("state", [state for state in IssueState if state is not IssueState.HELD])
@pytest.mark.parametrize("reason", [HoldReason.HEAP, HoldReason.PAST])
def test_an_issue_that_is_not_held_is_not_undecided(state: IssueState, reason: HoldReason) -> None:
    assert not undecided(replace(RECORD, state=state, reason=reason))


@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_says_what_happened_and_how_to_go_on(reason: HoldReason) -> None:
    what, _, cure = reason.partition("; ")

    assert what
    assert "release" in cure
