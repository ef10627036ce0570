"""Rates and the adaptive pace: what they promise holds for every way of asking and every clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.pace import (
    FREE_US,
    RECOVER_EVERY,
    SLOW_DOWN_AT_MOST_EVERY,
    SLOWEST_US,
    UNMEASURED_US,
    Pace,
    admit,
    burst_of,
    gate,
    interval_now,
    moment_of_us,
    recovered,
    slowed,
    us_of,
)

NOW = datetime(2026, 10, 6, 6, 30, tzinfo=UTC)
NOW_US = us_of(NOW)
SECOND = timedelta(seconds=1)
SECOND_US = 1_000_000
FOURTEEN_A_SECOND = 71_429

intervals = st.integers(1, 20_000_000)
bursts = st.integers(1, 20)
asks = st.lists(
    st.tuples(st.floats(0, 3), st.integers(0, 30), st.sampled_from([0, 0, 0, 1, -1]), st.floats(0, 50)),
    max_size=40,
)
"""Each: intervals since the last one, how many are wanted, and by how many intervals the clock is set."""


@given(interval=intervals, burst=bursts, asks=asks)
def test_in_no_time_are_there_more_than_the_rate_and_the_burst_whatever_the_clock_does(
    interval: int, burst: int, asks: list[tuple[float, int, int, float]]
) -> None:
    next_at, passed, ahead, steps = 0, 0, NOW_US, 0
    sent: list[tuple[int, int]] = []  # when by a clock that never steps, and how often it had stepped forward
    for gap, wanted, direction, size in asks:
        passed += int(gap * interval)
        ahead += direction * int(size * interval)
        steps += direction == 1
        admitted = admit(next_at, ahead + passed, interval, wanted, burst)
        next_at = admitted.next_at_us
        sent += [(passed, steps)] * admitted.count

    for first in range(len(sent)):
        for last in range(first, len(sent)):
            time = sent[last][0] - sent[first][0]
            bursts = 1 + sent[last][1] - sent[first][1]
            assert last - first + 1 <= time // interval + burst * bursts


@given(
    interval=intervals,
    burst=bursts,
    asks=st.lists(st.tuples(st.floats(0, 3), st.integers(0, SECOND_US), st.integers(0, 30)), max_size=40),
)
def test_senders_that_read_the_clock_out_of_order_get_no_more_together(
    interval: int, burst: int, asks: list[tuple[float, int, int]]
) -> None:
    next_at, clock = 0, NOW_US
    sent: list[int] = []
    for gap, stale, wanted in asks:
        clock += int(gap * interval)
        admitted = admit(next_at, clock - stale, interval, wanted, burst)
        next_at = admitted.next_at_us
        sent += [clock - stale] * admitted.count

    sent.sort()
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            assert last - first + 1 <= (sent[last] - sent[first]) // interval + burst


@given(interval=intervals, burst=bursts, lateness=st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_whoever_comes_back_no_later_than_the_burst_bears_has_exactly_the_mean(
    interval: int, burst: int, lateness: list[float]
) -> None:
    now, next_at, total = NOW_US, 0, 0
    for late in lateness:
        admitted = admit(next_at, now, interval, burst, burst)
        next_at, total = admitted.next_at_us, total + admitted.count

        assert total == (now - NOW_US) // interval + burst

        now = admitted.retry_at_us + int(late * (burst - 1) * interval)


@given(interval=intervals, burst=bursts, next_at=st.integers(0, 2 * NOW_US), wanted=st.integers(1, 30))
def test_nobody_waits_longer_than_an_interval_and_a_second_also_when_the_clock_was_put_back(
    interval: int, burst: int, next_at: int, wanted: int
) -> None:
    first = admit(next_at, NOW_US, interval, wanted, burst)
    second = admit(first.next_at_us, first.retry_at_us, interval, wanted, burst)

    assert NOW_US <= first.retry_at_us <= NOW_US + interval + SECOND_US
    assert second.count >= 1


def test_a_clock_that_was_put_back_an_hour_costs_one_interval() -> None:
    before = admit(0, NOW_US, FOURTEEN_A_SECOND, 2, 2)

    after = admit(before.next_at_us, NOW_US - 3600 * SECOND_US, FOURTEEN_A_SECOND, 2, 2)

    assert after.count == 0
    assert after.retry_at_us == NOW_US - 3600 * SECOND_US + FOURTEEN_A_SECOND


def test_a_clock_that_was_put_forward_an_hour_frees_the_burst_and_no_more() -> None:
    before = admit(0, NOW_US, FOURTEEN_A_SECOND, 99, 2)

    after = admit(before.next_at_us, NOW_US + 3600 * SECOND_US, FOURTEEN_A_SECOND, 99, 2)

    assert (before.count, after.count) == (2, 2)


def test_at_fourteen_a_second_there_are_at_most_fifteen_in_any_second_and_fourteen_in_the_mean() -> None:
    burst = burst_of(FOURTEEN_A_SECOND)
    next_at, sent = 0, []
    for now in range(NOW_US, NOW_US + 100 * SECOND_US, 7_919):
        admitted = admit(next_at, now, FOURTEEN_A_SECOND, 10, burst)
        next_at = admitted.next_at_us
        sent += [now] * admitted.count

    assert len(sent) in {1400, 1401}
    assert max(sum(start <= each <= start + SECOND_US for each in sent) for start in sent) == 15


@given(interval=intervals)
def test_a_burst_is_one_message_or_a_twentieth_of_a_second(interval: int) -> None:
    ahead = burst_of(interval) - 1

    assert ahead * interval <= max(50_000, interval)
    assert (ahead == 0) == (interval >= 500_000)
    assert gate("relay:smtp", interval).burst == burst_of(interval)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_moments_lose_no_microsecond_on_the_way(moment: datetime) -> None:
    assert moment_of_us(us_of(moment)) == moment


def test_the_next_moment_is_told_as_a_moment_too() -> None:
    admitted = admit(0, NOW_US, SECOND_US, 3, 1)

    assert (admitted.count, admitted.retry_at) == (1, NOW + SECOND)


@pytest.mark.parametrize(
    ("pace", "configured", "recent", "interval"),
    [
        (Pace(), FOURTEEN_A_SECOND, 500, 2 * FOURTEEN_A_SECOND),
        (Pace(), None, 20_000, 40_000),
        (Pace(), None, None, 2 * UNMEASURED_US),
        (Pace(interval_us=300_000, changed_at=NOW - SLOW_DOWN_AT_MOST_EVERY), 100_000, 500, 600_000),
        (Pace(interval_us=300_000, changed_at=NOW - timedelta(hours=1)), 900_000, None, 1_800_000),
        (Pace(interval_us=9_000_000, changed_at=NOW - timedelta(hours=1)), None, None, SLOWEST_US),
        (Pace(), 3600 * SECOND_US, None, 3600 * SECOND_US),
        (Pace(interval_us=300_000, changed_at=NOW + timedelta(hours=1)), None, None, 600_000),
        (Pace(changed_at=NOW), None, 20_000, 40_000),
    ],
)
def test_a_complaint_halves_the_pace_from_what_it_is(
    pace: Pace, configured: int | None, recent: int | None, interval: int
) -> None:
    slower = slowed(pace, configured_us=configured, recent_us=recent, now=NOW)

    assert slower == Pace(interval_us=interval, changed_at=NOW)


def test_many_complaints_within_ten_seconds_count_as_one() -> None:
    once = slowed(Pace(), configured_us=100_000, recent_us=None, now=NOW)

    soon = slowed(once, configured_us=100_000, recent_us=None, now=NOW + 9.9 * SECOND)
    later = slowed(once, configured_us=100_000, recent_us=None, now=NOW + 10 * SECOND)

    assert soon == once
    assert later.interval_us == 400_000


def test_without_complaints_the_pace_picks_up_a_tenth_each_thirty_seconds() -> None:
    pace = Pace(interval_us=1_000_000, changed_at=NOW)

    paces = [recovered(pace, configured_us=100_000, now=NOW + seconds * SECOND) for seconds in (29, 30, 95)]

    assert [each.interval_us for each in paces] == [1_000_000, 900_000, 729_000]
    assert [each.changed_at for each in paces] == [NOW + seconds * SECOND for seconds in (0, 30, 90)]


@pytest.mark.parametrize("configured", [FOURTEEN_A_SECOND, None])
def test_in_the_end_only_the_configured_rate_is_left(configured: int | None) -> None:
    pace, now, seen = Pace(interval_us=SLOWEST_US, changed_at=NOW), NOW, [SLOWEST_US]
    while pace.interval_us is not None:
        now += RECOVER_EVERY
        pace = recovered(pace, configured_us=configured, now=now)
        seen.append(pace.interval_us or 0)

    assert all(later < earlier for earlier, later in pairwise(seen))
    assert seen[-2] > (configured or FREE_US)
    assert interval_now(pace, configured) == configured
    assert now - NOW < timedelta(hours=1)


@given(
    interval=st.integers(1, SLOWEST_US),
    configured=st.none() | st.integers(1, SLOWEST_US),
    asked_at=st.lists(st.floats(0, 600), max_size=20),
)
def test_how_often_the_pace_is_asked_for_changes_nothing(
    interval: int, configured: int | None, asked_at: list[float]
) -> None:
    slow = Pace(interval_us=interval, changed_at=NOW)
    often = slow
    for seconds in sorted(asked_at):
        often = recovered(often, configured_us=configured, now=NOW + seconds * SECOND)

    end = NOW + 600 * SECOND
    at_once = recovered(slow, configured_us=configured, now=end)
    assert recovered(often, configured_us=configured, now=end) == at_once


@given(back=st.floats(0, 100_000))
def test_a_clock_that_was_put_back_keeps_the_pace_down_for_a_minute_and_not_for_hours(back: float) -> None:
    slow = Pace(interval_us=1_000_000, changed_at=NOW + back * SECOND)

    noticed = recovered(slow, configured_us=None, now=NOW)

    assert noticed.interval_us == 1_000_000
    assert recovered(noticed, configured_us=None, now=NOW + 2 * RECOVER_EVERY).interval_us in {
        900_000,
        810_000,
    }


def test_a_complaint_that_read_the_clock_a_little_before_another_is_the_same_complaint() -> None:
    once = slowed(Pace(), configured_us=100_000, recent_us=None, now=NOW)

    assert slowed(once, configured_us=100_000, recent_us=None, now=NOW - 0.1 * SECOND) == once
    assert recovered(once, configured_us=100_000, now=NOW - 0.1 * SECOND) == once


def test_a_relay_that_never_complained_has_no_pace() -> None:
    assert recovered(Pace(), configured_us=None, now=NOW) == Pace()
    assert interval_now(Pace(), None) is None
    assert interval_now(Pace(interval_us=5, changed_at=NOW), 7) == 7
    assert interval_now(Pace(interval_us=7, changed_at=NOW), 5) == 7
