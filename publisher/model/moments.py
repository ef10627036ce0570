"""From what an editor writes as a time to the instant that it means."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.errors import PublisherError
from publisher.model.timetable import Clock, Timetable, instant

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_NOON = time(12, 0)
_WHEN = re.compile(r"(?P<year>\d{4})-\d{2}-\d{2}(?P<hour>[T ]\d.*)?")


def parse_when(text: str) -> date | datetime:
    """Read a date ("2026-10-06") or a time ("2026-10-06T06:30", with or without offset) of ISO 8601.

    Raises:
        ValueError: the text is neither, or of a year at whose end the calendar ends.
    """
    match = _WHEN.fullmatch(text.strip())
    if match is None or int(match["year"]) in (MINYEAR, MAXYEAR):
        raise ValueError(f"'{text}' is neither a date nor a time")
    return datetime.fromisoformat(match[0]) if match["hour"] else date.fromisoformat(match[0])


def moment_of(when: date | datetime, timetable: Timetable, *, zone: str | None = None) -> datetime:
    """Return the instant (UTC) that `when` means.

    A date means the timetable's first hour on that day, noon where it has none; a naive time is wall clock
    in `zone`, by default the timetable's; an aware one is that instant.
    """
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when.astimezone(UTC)
    if isinstance(when, datetime):
        return instant(when.date(), when.time(), zone or timetable.zone)[0]
    return instant(when, timetable.hour_on(when) or _NOON, zone or timetable.zone)[0]


def parse_moment(text: str, timetable: Timetable, *, now: datetime) -> datetime:
    """Return the instant (UTC) that an editor asks for: "2026-10-06T06:30", "2026-10-06", "06:30" or "+10m".

    An hour alone is its next occurrence on the timetable's wall clock.

    Raises:
        PublisherError: the text is none of these, or names an hour that the clocks skip on that day.
    """
    stripped = text.strip()
    if relative := re.fullmatch(r"\+\s*(\d{1,5})\s*([mhd])", stripped):
        return now + timedelta(**{_UNITS[relative[2]]: int(relative[1])})
    zone = ZoneInfo(timetable.zone)
    if hour := re.fullmatch(r"(\d{1,2}):(\d{2})", stripped):
        return _next_time(_hour(hour[1], hour[2], text), timetable, now)
    try:
        when = parse_when(stripped)
    except ValueError:
        raise _unreadable(text) from None
    if isinstance(when, datetime) and when.tzinfo is None:
        moment, clock = instant(when.date(), when.time(), timetable.zone)
        if clock is Clock.GAP:
            both = (when.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
            choices = [each.astimezone(zone) for each in both]
            raise PublisherError(
                f"{when:%Y-%m-%d %H:%M} does not exist in {timetable.zone}: the clocks are put forward then",
                fix=f"write {choices[0]:%H:%M} or {choices[1]:%H:%M}",
            )
        return moment
    return moment_of(when, timetable)


def _next_time(hour: time, timetable: Timetable, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(timetable.zone)).date()
    moments = (instant(today + timedelta(days=offset), hour, timetable.zone)[0] for offset in range(3))
    return next(moment for moment in moments if moment > now)


def _hour(hours: str, minutes: str, text: str) -> time:
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise _unreadable(text) from None


def _unreadable(text: str) -> PublisherError:
    return PublisherError(f"'{text}' is not a time", fix='write "2026-10-06T06:30", "06:30" or "+10m"')
