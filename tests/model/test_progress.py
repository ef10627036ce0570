from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.progress import FRESH, Pace, pace
from publisher.model.records import MailingRecord

NOW = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)
MAILING = MailingRecord(
    id=1,
    issue="heat",
    edition=1,
    state=MailingState.SENDING,
    reason=None,
    uncertain=UncertainPolicy.RESEND,
    kid=1,
    audience=12_000,
    created_at=NOW,
    not_before=NOW,
    started_at=NOW,
    finished_at=None,
    counts=dict.fromkeys(DeliveryState, 0)
    | {DeliveryState.PENDING: 6838, DeliveryState.SENDING: 2, DeliveryState.ACCEPTED: 5160},
    next_try=NOW,
    rate=38_000,
    rate_at=NOW,
)


def test_a_rate_and_what_is_left_make_a_time() -> None:
    assert pace(MAILING, NOW + FRESH) == Pace(per_second=38.0, seconds_left=180)


@pytest.mark.parametrize(
    "standing",
    [
        replace(MAILING, state=MailingState.PAUSED),
        replace(MAILING, state=MailingState.SENT),
        replace(MAILING, rate=None, rate_at=None),
        replace(MAILING, rate=0),
        replace(MAILING, rate_at=NOW - FRESH - timedelta(seconds=1)),
        replace(MAILING, rate_at=NOW + FRESH + timedelta(seconds=1)),
    ],
)
def test_what_stands_still_or_was_not_measured_lately_has_no_pace(standing: MailingRecord) -> None:
    assert pace(standing, NOW) is None


@given(pending=st.integers(0, 10**7), rate=st.integers(1, 10**9))
def test_the_time_left_is_never_too_short_by_a_second(pending: int, rate: int) -> None:
    counts = {**MAILING.counts, DeliveryState.PENDING: pending, DeliveryState.SENDING: 0}

    found = pace(replace(MAILING, counts=counts, rate=rate), NOW)

    assert found is not None
    assert found.seconds_left * rate >= pending * 1000
    assert (found.seconds_left - 1) * rate < pending * 1000


def test_a_mailing_adds_up_only_if_everybody_is_in_one_count() -> None:
    assert MAILING.adds_up
    assert not replace(MAILING, audience=12_001).adds_up
