"""What follows for a reader: hard bounces, soft ones that add up and are forgotten, complaints."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.reports.policy import MOST_POINTS, POINT, PROBE_AFTER, Measures, Standing, decide
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from tests.databases import NOW

HARD, SOFT = ReportKind.HARD_BOUNCE, ReportKind.SOFT_BOUNCE
KINDS = st.sampled_from(ReportKind)
CODES = st.from_regex(r"[245]\.[0-9]\.[0-9]", fullmatch=True) | st.just("")
STANDINGS = st.builds(
    Standing,
    score=st.integers(0, MOST_POINTS),
    scored_at=st.none() | st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days)),
    is_first=st.booleans(),
    is_probe=st.booleans(),
)


def issues_until_left_alone(*, every: timedelta, most: int = 200) -> int | None:
    """Return after how many issues, each of which comes back, a full mailbox is left alone."""
    standing, now = Standing(), NOW
    for number in range(1, most + 1):
        measures = decide(SOFT, "5.2.2", standing=standing, now=now)
        if measures.suppress:
            return number
        standing = Standing(score=measures.score, scored_at=measures.scored_at)
        now += every
    return None


def test_one_hard_bounce_is_enough_and_is_probed_once() -> None:
    first = decide(HARD, "5.1.1", standing=Standing(), now=NOW)
    of_probe = decide(HARD, "5.1.1", standing=Standing(is_probe=True), now=NOW)

    assert (first.suppress, first.probe_at) == (SuppressionReason.HARD_BOUNCE, NOW + PROBE_AFTER)
    assert (of_probe.suppress, of_probe.probe_at) == (SuppressionReason.HARD_BOUNCE, None)


@pytest.mark.parametrize(
    ("days", "issues"),
    [(1, 5), (3.5, 6), (7, 12), (30, None)],
    ids=["daily", "twice a week", "weekly", "monthly"],
)
def test_soft_bounces_add_up_by_how_often_they_come(days: float, issues: int | None) -> None:
    assert issues_until_left_alone(every=timedelta(days=days)) == issues


def test_soft_bounces_are_forgotten_point_by_point() -> None:
    standing = Standing(score=3, scored_at=NOW)

    kept = [
        decide(SOFT, "5.2.2", standing=standing, now=NOW + POINT * days).score
        for days in (0, 0.99, 1, 2, 3, 9)
    ]

    assert kept == [4, 4, 3, 2, 1, 1]


def test_a_delivery_that_comes_back_twice_counts_once() -> None:
    measures = decide(SOFT, "5.2.2", standing=Standing(score=1, scored_at=NOW, is_first=False), now=NOW)

    assert measures == Measures(score=1, scored_at=NOW)


@pytest.mark.parametrize(
    "code", ["5.7.1", "5.7.26", "4.7.0", "5.1.7", "5.1.8", "5.5.0", "5.6.1", "5.2.3", "5.3.4"]
)
def test_no_reader_is_blamed_for_what_is_our_fault(code: str) -> None:
    nearly = Standing(score=MOST_POINTS - 1, scored_at=NOW)

    assert decide(SOFT, code, standing=nearly, now=NOW) == Measures(score=MOST_POINTS - 1, scored_at=NOW)
    assert decide(SOFT, "5.2.2", standing=nearly, now=NOW).suppress is SuppressionReason.HARD_BOUNCE


def test_a_probe_that_finds_a_full_mailbox_is_made_again_later() -> None:
    measures = decide(SOFT, "5.2.2", standing=Standing(is_probe=True), now=NOW)

    assert (measures.suppress, measures.probe_at) == (SuppressionReason.HARD_BOUNCE, NOW + PROBE_AFTER)


@given(code=CODES, standing=STANDINGS)
def test_a_complaint_is_for_ever_whatever_was_before(code: str, standing: Standing) -> None:
    measures = decide(ReportKind.COMPLAINT, code, standing=standing, now=NOW)

    assert (measures.suppress, measures.probe_at, measures.unsubscribe) == (
        SuppressionReason.COMPLAINT,
        None,
        True,
    )


@given(kind=KINDS, code=CODES, standing=STANDINGS)
def test_only_bounces_and_complaints_do_anything_and_scores_stay_small(
    kind: ReportKind, code: str, standing: Standing
) -> None:
    measures = decide(kind, code, standing=standing, now=NOW)

    assert 0 <= measures.score <= max(standing.score, MOST_POINTS - 1)
    assert measures.unsubscribe is (kind is ReportKind.COMPLAINT)
    if kind not in (HARD, SOFT, ReportKind.COMPLAINT):
        assert measures.suppress is None
        assert measures.score <= standing.score
