"""One raw value -> what its field means. Each reader says in a sentence what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from publisher.content.fields import Field, Kind
from publisher.content.raw import Nested, Scalar, Sequence
from publisher.content.slugs import slug_of
from publisher.content.text import CONTROL
from publisher.model.issue import Intent
from publisher.model.old_paths import old_path

Value = str | int | date | datetime | Intent | tuple[str, ...]
"""What a field can hold; a switch is an `int` that is a `bool`."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?: ?([Zz]|[+-]\d{2}:?\d{2}))?"
)
_ENDS_OF_TIME: Final = ("0001-", "9999-")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_ABSENT: Final = frozenset({"", "~", "null", "Null", "NULL"})
_SWITCHES: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_STATUSES: Final = {
    "draft": Intent.DRAFT,
    "review": Intent.DRAFT,
    "ready": Intent.READY,
    "archived": Intent.ARCHIVED,
    "published": Intent.ARCHIVED,
}


def is_absent(raw: Scalar | Sequence | Nested) -> bool:
    """Return whether a field is written without a value, as property editors leave it."""
    return isinstance(raw, Scalar) and raw.text in _ABSENT and (raw.plain or not raw.text)


def value_of(field: Field, raw: Scalar | Sequence | Nested) -> Value:
    """Return what the field holds.

    Raises:
        ValueError: the value is not of the field's kind; the message is a sentence for the editor.
    """
    if field.kind is Kind.NAMES:
        return _names(field, raw)
    if field.kind is Kind.PATHS:
        return _paths(field, raw)
    if not isinstance(raw, Scalar):
        raise ValueError(f"{field.name} takes {field.kind}, not a list or a table")  # noqa: TRY004 - a sentence, not a type error
    if (found := CONTROL.search(raw.text)) is not None:
        raise ValueError(f"{field.name} holds the control character U+{ord(found[0]):04X}")
    return _READERS[field.kind](raw.text.strip())


def _names(field: Field, raw: Scalar | Sequence | Nested) -> tuple[str, ...]:
    if isinstance(raw, Nested):
        raise ValueError(f"{field.name} takes a flat list")  # noqa: TRY004 - a sentence, not a type error
    texts = raw.text.split(",") if isinstance(raw, Scalar) else [item.text for item in raw.items]
    names = tuple(_text(text) for text in texts)
    if not all(names):
        raise ValueError(f"an item of {field.name} is empty; one that begins with # needs quotes")
    if CONTROL.search("".join(names)):
        raise ValueError(f"an item of {field.name} holds a control character")
    return names


def _text(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _name(text: str) -> str:
    if len(text) > 200 or re.search(r"[\s/\\]", text):
        raise ValueError(f"'{_short(text)}' is not a name: it is too long, or has blanks or slashes")
    return text


def _slug(text: str) -> str:
    if text != slug_of(text):
        raise ValueError(
            f"'{_short(text)}' is not a slug; write for example '{_short(slug_of(text)) or 'heat'}'"
        )
    return text


def _link(text: str) -> str:
    if not _LINK.fullmatch(text):
        raise ValueError(f"'{_short(text)}' is not a full address; it begins with https://")
    return text


def _day(text: str) -> date:
    match = _DAY.match(text)
    try:
        if match and (len(text) == match.end() or text[match.end()] in "Tt "):
            return date.fromisoformat(match[0])
    except ValueError:
        pass
    raise ValueError(f"'{_short(text)}' is not a day such as 2026-10-06")


def _moment(text: str) -> date | datetime:
    if text.startswith(_ENDS_OF_TIME):
        raise ValueError(f"'{_short(text)}' is at the end of the calendar; not every time zone comes so far")
    if _DAY.fullmatch(text):
        return _day(text)
    match = _MOMENT.fullmatch(text)
    try:
        if match:
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{(match[3] or '').upper()}")
    except ValueError:
        pass
    raise ValueError(
        f"'{_short(text)}' is neither a day (2026-10-06) nor a day and an hour (2026-10-06T06:30)"
    )


def _paths(field: Field, raw: Scalar | Sequence | Nested) -> tuple[str, ...]:
    paths = []
    for text in _names(field, raw):
        path = old_path(text)
        if path is None:
            raise ValueError(f"'{_short(text)}' is no path from which a page of this site can be reached")
        paths.append(path)
    return tuple(dict.fromkeys(paths))


def _switch(text: str) -> bool:
    if text not in _SWITCHES:
        raise ValueError(f"'{_short(text)}' is neither true nor false")
    return _SWITCHES[text]


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(f"'{_short(text)}' is not a whole number")
    return int(text)


def _count(text: str) -> int:
    number = _number(text)
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return number


def _status(text: str) -> Intent:
    if text.lower() not in _STATUSES:
        close = get_close_matches(text.lower(), _STATUSES, n=1)
        guess = f"; did you mean {_STATUSES[close[0]]}?" if close else ""
        raise ValueError(f"'{_short(text)}' is not a status{guess}")
    return _STATUSES[text.lower()]


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"'{_short(text)}' is not a language tag such as en or pt-BR")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        close = get_close_matches(text, available_timezones(), n=1)
        guess = f"; did you mean {close[0]}?" if close else " such as Europe/Madrid"
        raise ValueError(f"'{_short(text)}' is not a time zone{guess}") from None
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


_READERS: Final[dict[Kind, Callable[[str], Value]]] = {
    Kind.TEXT: _text,
    Kind.PROSE: str,
    Kind.NAME: _name,
    Kind.SLUG: _slug,
    Kind.LINK: _link,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.SWITCH: _switch,
    Kind.COUNT: _count,
    Kind.NUMBER: _number,
    Kind.STATUS: _status,
    Kind.LANGUAGE: _language,
    Kind.ZONE: _zone,
}
