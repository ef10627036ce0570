"""When issues may go out: weekly slots on the wall clock of one place, computed by ourselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SLOT = re.compile(r"(?:([a-z]{3,9})\s+)?(\d{1,2}):(\d{2})", re.IGNORECASE)


class Clock(StrEnum):
    """How a wall-clock time relates to real time on its day."""

    EXACT = "exact"
    GAP = "gap"
    FOLD = "fold"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """One moment of a timetable: its wall-clock name and the instant (UTC) that it means."""

    moment: datetime
    day: date
    hour: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The weekly hours of a list, in `zone` (an IANA name), without the days in `skip`.

    `hours` are pairs of weekday (Monday is 0) and wall-clock time; `skip` are inclusive ranges of days.
    """

    name: str
    zone: str
    hours: tuple[tuple[int, time], ...]
    skip: tuple[tuple[date, date], ...] = ()

    def slots(self, *, after: datetime) -> Iterator[Slot]:
        """Yield the slots later than `after`, earliest first, for ten years at the most."""
        zone = ZoneInfo(self.zone)
        first = after.astimezone(zone).date() - timedelta(days=1)
        for offset in range(3654 if self.hours else 0):
            day = first + timedelta(days=offset)
            if any(start <= day <= end for start, end in self.skip):
                continue
            hours = sorted({hour for weekday, hour in self.hours if weekday == day.weekday()})
            found = [Slot(moment=instant(day, hour, self.zone)[0], day=day, hour=hour) for hour in hours]
            yield from sorted(slot for slot in found if slot.moment > after)

    @property
    def smallest_gap(self) -> timedelta | None:
        """The shortest time between two slots on the wall clock; None without slots."""
        starts = sorted(
            {timedelta(days=day, hours=hour.hour, minutes=hour.minute) for day, hour in self.hours}
        )
        if not starts:
            return None
        following = (*starts[1:], starts[0] + timedelta(days=7))
        return min(later - start for start, later in zip(starts, following, strict=True))

    def hour_on(self, day: date) -> time | None:
        """Return the first hour of the timetable on `day`, else its earliest hour of any day, else None."""
        own = [hour for weekday, hour in self.hours if weekday == day.weekday()]
        return min(own or [hour for _, hour in self.hours], default=None)


def instant(day: date, hour: time, zone: str) -> tuple[datetime, Clock]:
    """Return the instant (UTC) that a wall clock in `zone` shows as `day` `hour`, and how sure that is.

    A time in the gap of spring moves to the first moment after the gap; one that autumn repeats means the
    first.
    """
    place = ZoneInfo(zone)
    local = datetime.combine(day, hour.replace(tzinfo=None, fold=0), tzinfo=place)
    early, late = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if early.astimezone(place).replace(tzinfo=None) != local.replace(tzinfo=None):
        return _end_of_gap(late, early, place), Clock.GAP
    return early, Clock.EXACT if early == late else Clock.FOLD


def parse_hours(text: str) -> tuple[tuple[int, time], ...]:
    """Read one slot: "Tue 06:30" (the day's name in English, or its beginning), or "06:30" for every day.

    Raises:
        ValueError: the text is neither.
    """
    match = _SLOT.fullmatch(text.strip())
    begins = (match[1] or "").lower() if match else ""
    days = tuple(number for number, name in enumerate(WEEKDAYS) if name.startswith(begins))
    if match is None or not days or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(f"'{text}' is not a slot; write a day and an hour such as \"Tue 06:30\"")
    hour = time(int(match[2]), int(match[3]))
    return tuple((day, hour) for day in days)


def parse_skip(text: str) -> tuple[date, date]:
    """Read a day to skip ("2026-12-25") or a range of days, both included ("2026-08-03/2026-08-21").

    Raises:
        ValueError: the text is neither, or the range ends before it begins.
    """
    first, slash, last = text.strip().partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last if slash else first)
    except ValueError:
        raise ValueError(f"'{text}' is not a day such as 2026-12-25 or a range with a slash") from None
    if end < start:
        raise ValueError(f"'{text}' ends before it begins")
    return start, end


def _end_of_gap(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    """Find the instant at which the offset changes between `low` and `high` (UTC); it is a full second."""
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
