from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.timetable import WEEKDAYS, Clock, Slot, Timetable, instant, parse_hours, parse_skip

ZONES = (
    *("UTC", "Europe/Madrid", "Europe/London", "Europe/Lisbon", "Europe/Chisinau", "Atlantic/Azores"),
    *("America/New_York", "America/St_Johns", "America/Havana", "America/Santiago", "America/Asuncion"),
    *("America/Sao_Paulo", "America/Nuuk", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem"),
    *("Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe"),
    *("Australia/Adelaide", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Easter"),
)
TEN_YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC))

hours = st.builds(time, st.integers(0, 23), st.integers(0, 59))
weekly = st.lists(st.tuples(st.integers(0, 6), hours), min_size=1, max_size=8).map(tuple)
timetables = st.builds(Timetable, name=st.just("weekly"), zone=st.sampled_from(ZONES), hours=weekly)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive ends


def every_day(zone: str, *hours: time) -> Timetable:
    """Return a timetable with these hours on all seven days."""
    return Timetable(
        name="daily", zone=zone, hours=tuple((day, hour) for day in range(len(WEEKDAYS)) for hour in hours)
    )


def assert_means_its_name(slot: Slot, zone: str) -> None:
    """Assert that the wall clock shows the slot's name at its moment, or skips it right before."""
    local = slot.moment.astimezone(ZoneInfo(zone))
    shown, named = local.replace(tzinfo=None, fold=0), datetime.combine(slot.day, slot.hour)
    if shown == named:
        assert local.fold == 0
        return
    before = (slot.moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert before.replace(tzinfo=None) < named < shown
    assert before.utcoffset() != local.utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_for_ten_years_each_slot_is_at_its_hour_or_at_the_end_of_the_gap_that_swallows_it(zone: str) -> None:
    start, end = TEN_YEARS
    slots = every_day(zone, time(0, 10), time(2, 20)).slots(after=start)

    found = [slot for slot in slots if slot.moment < end]

    assert len(found) >= 2 * 3650
    assert found == sorted(set(found))
    for slot in found:
        assert_means_its_name(slot, zone)


@given(timetables, moments)
def test_slots_come_in_the_order_of_their_moments_on_their_own_days_and_after_the_given_one(
    timetable: Timetable, after: datetime
) -> None:
    slots = list(islice(timetable.slots(after=after), 40))

    assert len(slots) == 40
    assert slots == sorted(set(slots))
    for slot in slots:
        assert slot.moment > after
        assert (slot.day.weekday(), slot.hour) in timetable.hours
        assert_means_its_name(slot, timetable.zone)


@given(timetables, moments, st.integers(0, 20))
def test_looking_from_a_later_moment_shows_the_same_slots_without_those_that_passed(
    timetable: Timetable, after: datetime, passed: int
) -> None:
    slots = list(islice(timetable.slots(after=after), 40))
    later = slots[passed].moment

    rest = list(islice(timetable.slots(after=later), 10))

    assert rest == [slot for slot in slots if slot.moment > later][:10]


@given(timetables, moments, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4))
def test_skipped_days_have_no_slot_and_the_others_keep_theirs(
    timetable: Timetable, after: datetime, ranges: list[tuple[int, int]]
) -> None:
    first = after.date()
    skip = tuple(
        (first + timedelta(days=start), first + timedelta(days=start + length)) for start, length in ranges
    )
    reduced = Timetable(name=timetable.name, zone=timetable.zone, hours=timetable.hours, skip=skip)
    end = after + timedelta(days=70)

    found = list(takewhile(lambda slot: slot.moment < end, reduced.slots(after=after)))

    every = takewhile(lambda slot: slot.moment < end, timetable.slots(after=after))
    assert found == [slot for slot in every if not any(begin <= slot.day <= last for begin, last in skip)]


def test_a_slot_in_a_gap_moves_to_the_first_moment_after_it() -> None:
    moment, clock = instant(date(2027, 3, 28), time(2, 30), "Europe/Madrid")

    assert (moment, clock) == (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), Clock.GAP)
    assert f"{moment.astimezone(ZoneInfo('Europe/Madrid')):%H:%M}" == "03:00"


def test_lord_howe_skips_only_half_an_hour() -> None:
    inside, clock = instant(date(2026, 10, 4), time(2, 10), "Australia/Lord_Howe")
    outside, exact = instant(date(2026, 10, 4), time(2, 40), "Australia/Lord_Howe")

    assert (clock, exact) == (Clock.GAP, Clock.EXACT)
    assert f"{inside.astimezone(ZoneInfo('Australia/Lord_Howe')):%H:%M}" == "02:30"
    assert outside - inside == timedelta(minutes=10)


def test_a_day_that_a_place_skipped_as_a_whole_moves_to_the_beginning_of_the_next() -> None:
    moment, clock = instant(date(2011, 12, 30), time(6, 30), "Pacific/Apia")

    assert clock is Clock.GAP
    assert f"{moment.astimezone(ZoneInfo('Pacific/Apia')):%Y-%m-%d %H:%M}" == "2011-12-31 00:00"


@given(st.times(min_value=time(2), max_value=time(2, 59, 59, 999_999)))
def test_the_end_of_a_gap_is_found_from_any_fraction_of_a_second_in_it(hour: time) -> None:
    assert instant(date(2027, 3, 28), hour, "Europe/Madrid") == (
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        Clock.GAP,
    )


def test_an_hour_that_autumn_repeats_means_the_first() -> None:
    moment, clock = instant(date(2026, 10, 25), time(2, 30), "Europe/Madrid")

    assert (moment, clock) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Clock.FOLD)


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2035, 1, 1)), hours, st.integers(0, 1))
def test_the_fold_of_a_time_that_somebody_hands_over_changes_nothing(
    zone: str, day: date, hour: time, fold: int
) -> None:
    assert instant(day, hour.replace(fold=fold), zone) == instant(day, hour, zone)


def test_two_slots_in_one_gap_share_a_moment_and_keep_their_names() -> None:
    timetable = every_day("Europe/Madrid", time(2, 0), time(2, 30))

    first, second, third = islice(timetable.slots(after=datetime(2027, 3, 27, 12, tzinfo=UTC)), 3)

    assert first.moment == second.moment == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert [first.hour, second.hour] == [time(2, 0), time(2, 30)]
    assert {first.day, second.day} == {date(2027, 3, 28)}
    assert third.day == date(2027, 3, 29)


def test_a_day_may_have_several_slots_and_the_same_hour_twice_is_one() -> None:
    tuesday = (*parse_hours("Tue 18:00"), *parse_hours("Tue 07:00"), *parse_hours("tuesday 7:00"))
    timetable = Timetable(name="weekly", zone="UTC", hours=tuesday)

    slots = list(islice(timetable.slots(after=datetime(2026, 10, 5, tzinfo=UTC)), 3))

    assert [f"{slot.moment:%m-%d %H:%M}" for slot in slots] == ["10-06 07:00", "10-06 18:00", "10-13 07:00"]


def test_a_timetable_without_hours_has_no_slots_and_no_hour_on_any_day() -> None:
    timetable = Timetable(name="weekly", zone="UTC", hours=())

    assert list(timetable.slots(after=TEN_YEARS[0])) == []
    assert timetable.hour_on(date(2026, 10, 6)) is None


def test_the_hour_of_a_day_is_its_first_slot_else_the_earliest_of_any_day() -> None:
    hours = (*parse_hours("Tue 18:00"), *parse_hours("Tue 06:30"), *parse_hours("Thu 05:00"))
    timetable = Timetable(name="weekly", zone="UTC", hours=hours)

    assert timetable.hour_on(date(2026, 10, 6)) == time(6, 30)
    assert timetable.hour_on(date(2026, 10, 7)) == time(5, 0)


@pytest.mark.parametrize(
    ("text", "days", "hour"),
    [
        ("Tue 06:30", [1], time(6, 30)),
        ("sunday  23:59", [6], time(23, 59)),
        (" THU 7:05 ", [3], time(7, 5)),
        ("06:30", list(range(7)), time(6, 30)),
    ],
)
def test_a_slot_is_written_as_a_day_and_an_hour_or_as_an_hour_of_every_day(
    text: str, days: list[int], hour: time
) -> None:
    assert parse_hours(text) == tuple((day, hour) for day in days)


@pytest.mark.parametrize(
    "text", ["", "Tue", "24:00", "06:60", "Tue 06:30:00", "Die 06:30", "Monkey 06:30", "Tu 06:30", "6"]
)
def test_a_text_that_is_no_slot_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not a slot; write a day and an hour such as "Tue 06:30"'):
        parse_hours(text)


def test_days_to_skip_are_one_day_or_a_range_with_both_ends() -> None:
    assert parse_skip("2026-12-25") == (date(2026, 12, 25), date(2026, 12, 25))
    assert parse_skip(" 2026-08-03/2026-08-21 ") == (date(2026, 8, 3), date(2026, 8, 21))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Christmas", "'Christmas' is not a day"),
        ("2026-02-30", "is not a day"),
        ("2026-08-03/", "is not a day"),
        ("2026-08-21/2026-08-03", "ends before it begins"),
    ],
)
def test_days_that_cannot_be_skipped_are_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_skip(text)


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        ((), None),
        (("Tue 06:30",), 7),
        (("Tue 06:30", "Thu 06:30"), 2),
        (("Mon 06:30", "Sun 06:30"), 1),
        (("06:30",), 1),
        (("Tue 06:00", "Tue 18:00"), 0.5),
        (("Tue 06:30", "Tue 06:30"), 7),
    ],
)
def test_the_smallest_gap_is_the_shortest_way_from_slot_to_slot(
    hours: tuple[str, ...], days: float | None
) -> None:
    parsed = tuple(hour for text in hours for hour in parse_hours(text))

    gap = Timetable(name="weekly", zone="Europe/Madrid", hours=parsed).smallest_gap

    assert gap == (None if days is None else timedelta(days=days))
