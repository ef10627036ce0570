"""What follows from a reader's choice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.choices import LONGEST_PAUSE, Choices, Standing, changes, pause_end
from publisher.model.subscriber import SubscriptionState

NOW = datetime(2026, 10, 6, 23, 30, tzinfo=UTC)
NAMES = ("weekly", "daily", "board", "extra")
MOMENTS = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
STANDINGS = st.builds(Standing, state=st.sampled_from(SubscriptionState), resumes_at=MOMENTS)
LISTS = st.frozensets(st.sampled_from(NAMES))


def choices(lists: dict[str, Standing]) -> Choices:
    return Choices(
        subscriber=1,
        public_id="0" * 16,
        address="A@b.cd",
        address_key="a@b.cd",
        lang=None,
        lists=lists,
        topics=frozenset(),
    )


@given(st.dictionaries(st.sampled_from(NAMES), STANDINGS), LISTS, LISTS)
def test_a_reader_is_then_on_the_lists_that_were_offered_and_are_wanted(
    lists: dict[str, Standing], offered: frozenset[str], wanted: frozenset[str]
) -> None:
    found = choices(lists)

    done = list(changes(found, offered=offered, wanted=wanted))
    after = lists | {each.list: Standing(state=each.state, resumes_at=each.resumes_at) for each in done}

    assert {name for name in offered if name in after and after[name].is_on} == offered & wanted
    assert all(after.get(name) == lists.get(name) for name in NAMES if name not in offered)
    assert list(changes(choices(after), offered=offered, wanted=wanted)) == []
    assert all(each.list in offered for each in done)


@given(st.dictionaries(st.sampled_from(NAMES), STANDINGS), LISTS)
def test_nobody_who_pauses_gets_mail_by_choosing_another_list(
    lists: dict[str, Standing], wanted: frozenset[str]
) -> None:
    found = choices(lists)

    joined = [each for each in changes(found, offered=NAMES, wanted=wanted) if each.list in wanted]

    if found.is_paused:
        assert {each.state for each in joined} <= {SubscriptionState.PAUSED}
        assert {each.resumes_at for each in joined} <= {found.paused_until}


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), st.sampled_from(["Europe/Madrid", "UTC", "Asia/Tokyo"]))
def test_a_pause_ends_when_a_day_to_come_begins_where_the_publication_is(day: date, zone: str) -> None:
    today = NOW.astimezone(ZoneInfo(zone)).date()

    end = pause_end(day.isoformat(), now=NOW, zone=zone)

    if today < day <= today + LONGEST_PAUSE:
        assert end is not None
        assert end.astimezone(ZoneInfo(zone)).date() == day
        assert end > NOW
        assert (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day
    else:
        assert end is None


@given(st.text())
def test_what_is_no_day_ends_no_pause(text: str) -> None:
    assert pause_end(f"{text}!", now=NOW, zone="UTC") is None


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", "2026-10-07"), ("UTC", "2026-10-06")])
def test_today_is_no_day_to_come(zone: str, day: str) -> None:
    assert pause_end(day, now=NOW, zone=zone) is None
