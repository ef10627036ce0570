from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.errors import PublisherError
from publisher.model.moments import moment_of, parse_moment, parse_when
from publisher.model.timetable import Timetable, parse_hours

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)  # a Monday, 10:00 in Madrid
WEEKLY = Timetable(name="weekly", zone="Europe/Madrid", hours=(*parse_hours("Tue 06:30"),))
CLOSED = Timetable(name="closed", zone="Europe/Madrid", hours=())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-06T06:30", "2026-10-06T04:30"),
        ("2026-10-06 06:30", "2026-10-06T04:30"),
        ("2026-10-06T06:30:15", "2026-10-06T04:30:15"),
        ("2026-10-06T06:30Z", "2026-10-06T06:30"),
        ("2026-10-06T06:30+09:00", "2026-10-05T21:30"),
        ("2026-10-06", "2026-10-06T04:30"),
        ("2026-10-07", "2026-10-07T04:30"),
        ("  2026-10-06  ", "2026-10-06T04:30"),
        ("10:30", "2026-10-05T08:30"),
        ("6:30", "2026-10-06T04:30"),
        ("10:00", "2026-10-06T08:00"),
        ("+10m", "2026-10-05T08:10"),
        ("+ 2 h", "2026-10-05T10:00"),
        ("+3d", "2026-10-08T08:00"),
    ],
)
def test_a_moment_may_be_a_time_a_day_an_hour_or_a_while_from_now(text: str, moment: str) -> None:
    assert parse_moment(text, WEEKLY, now=NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_a_day_without_slots_anywhere_means_noon() -> None:
    assert parse_moment("2026-10-06", CLOSED, now=NOW) == datetime(2026, 10, 6, 10, 0, tzinfo=UTC)


def test_a_time_that_has_passed_is_understood_because_the_queue_says_what_is_wrong_with_it() -> None:
    assert parse_moment("2020-01-01T10:00", WEEKLY, now=NOW) < NOW


@pytest.mark.parametrize("text", ["2027-03-28T02:30", "2027-03-28 02:00:00.5"])
def test_an_hour_that_the_clocks_skip_is_refused_with_both_choices(text: str) -> None:
    with pytest.raises(PublisherError) as refused:
        parse_moment(text, WEEKLY, now=NOW)

    choices = {"2027-03-28T02:30": "write 01:30 or 03:30", "2027-03-28 02:00:00.5": "write 01:00 or 03:00"}
    assert "does not exist in Europe/Madrid: the clocks are put forward then" in str(refused.value)
    assert refused.value.fix == choices[text]


def test_the_choices_around_half_an_hour_of_gap_are_half_an_hour_apart() -> None:
    with pytest.raises(PublisherError) as refused:
        parse_moment("2026-10-04T02:10", Timetable(name="w", zone="Australia/Lord_Howe", hours=()), now=NOW)

    assert refused.value.fix == "write 01:40 or 02:40"


def test_an_hour_that_comes_twice_means_the_first() -> None:
    assert parse_moment("2026-10-25T02:30", WEEKLY, now=NOW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_alone_that_is_skipped_tonight_means_the_first_moment_after_the_gap() -> None:
    evening = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)

    assert parse_moment("02:30", WEEKLY, now=evening) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "tomorrow", "25:00", "06:60", "2026-13-01", "2026-02-30", "+10", "+10w", "-10m", "10m", "6"],
)
def test_what_is_no_time_is_refused_with_three_examples(text: str) -> None:
    with pytest.raises(PublisherError) as refused:
        parse_moment(text, WEEKLY, now=NOW)

    assert str(refused.value) == f'\'{text}\' is not a time (write "2026-10-06T06:30", "06:30" or "+10m")'


@given(st.text(max_size=40) | st.text(string.digits + "-:T +Zmhd.WQ", max_size=30))
@example("9999-12-31T23:59-14:00")
@example("0001-01-01T00:00+14:00")
@example("0001-01-01")
@example("9999-12-31")
@example("9999-12-31T23:59")
@example("+99999d")
@example("2027-03-28T02:00:00.5")
@example("2026-10-06T06:30+24:00")
@example("٠٦:٣٠")
@example("\ud800")
def test_no_text_at_all_leads_to_anything_but_a_moment_or_a_sentence(text: str) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Madrid"):
        timetable = Timetable(name="w", zone=zone, hours=parse_hours("00:00"))
        try:
            moment = parse_moment(text, timetable, now=NOW)
        except PublisherError as error:
            assert str(error)  # noqa: PT017 - either end is fine, and nothing else
        else:
            assert moment.utcoffset() == timedelta()


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - wall clocks have no zone
    st.sampled_from(["Europe/Madrid", "America/Havana", "Asia/Kathmandu"]),
)
def test_every_time_of_ten_years_means_what_the_wall_clock_shows_or_is_refused(
    when: datetime, zone: str
) -> None:
    when = when.replace(second=0, microsecond=0)
    timetable = Timetable(name="w", zone=zone, hours=())
    try:
        moment = parse_moment(when.isoformat(), timetable, now=NOW)
    except PublisherError as error:
        assert "does not exist" in error.what  # noqa: PT017 - the only refusal there may be
        assert moment_of(when, timetable).astimezone(ZoneInfo(zone)).replace(tzinfo=None) > when
    else:
        assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == when


def test_a_file_may_name_its_own_zone_and_an_offset_wins_over_all_zones() -> None:
    wall, aware = datetime(2026, 10, 6, 6, 30), datetime(2026, 10, 6, 6, 30, tzinfo=UTC)  # noqa: DTZ001 - a wall clock

    assert moment_of(wall, WEEKLY, zone="Asia/Tokyo") == datetime(2026, 10, 5, 21, 30, tzinfo=UTC)
    assert moment_of(date(2026, 10, 6), WEEKLY, zone="Asia/Tokyo") == datetime(
        2026, 10, 5, 21, 30, tzinfo=UTC
    )
    assert moment_of(aware, WEEKLY, zone="Asia/Tokyo") == aware


def test_a_date_and_a_time_stay_what_they_are_when_read() -> None:
    assert parse_when(" 2026-10-06 ") == date(2026, 10, 6)
    assert parse_when("2026-10-06T06:30") == datetime(2026, 10, 6, 6, 30)  # noqa: DTZ001 - a wall clock


@pytest.mark.parametrize("text", ["2026-10", "20261006", "2026-W41", "2026-W41-2", "06:30", "2026-10-06T"])
def test_forms_of_iso_8601_that_editors_do_not_write_are_no_times(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_when(text)
