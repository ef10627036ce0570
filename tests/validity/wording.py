"""What all three formats ask of a single value: addresses, languages, moments, characters, names.

Each function yields what is wrong with it, in words; nothing if it is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d (?:GMT|UT|[+-]\d{4})"
)
_MEDIA_TYPE = re.compile(r"[a-z0-9][\w!#$&^.+-]*/[a-z0-9][\w!#$&^.+-]*(?:; ?[\w-]+=[\w-]+)*", re.IGNORECASE)

_EVERYWHERE = ("http", "https")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def uri_faults(uri: str, *, schemes: Iterable[str] = ()) -> Iterator[str]:
    """An absolute URI in ASCII (RFC 3986), of one of the schemes if any are named."""
    if not _URI.fullmatch(uri):
        yield f"'{uri}' is no absolute address in ASCII"
        return
    parts = urlsplit(uri)
    if schemes and parts.scheme not in schemes:
        yield f"'{uri}' has the scheme {parts.scheme}"
    if parts.scheme in _EVERYWHERE and not parts.hostname:
        yield f"'{uri}' has no host"


def web_faults(url: str) -> Iterator[str]:
    """An absolute address of the web, in ASCII."""
    yield from uri_faults(url, schemes=_EVERYWHERE)


def language_faults(tag: str) -> Iterator[str]:
    """A well-formed language tag (BCP 47)."""
    if not _LANGUAGE.fullmatch(tag):
        yield f"'{tag}' is no language tag"


def media_type_faults(name: str) -> Iterator[str]:
    """A media type, perhaps with parameters."""
    if not _MEDIA_TYPE.fullmatch(name):
        yield f"'{name}' is no media type"


def rfc3339_faults(text: str) -> Iterator[str]:
    """A real moment as RFC 3339 writes it."""
    if rfc3339(text) is None:
        yield f"'{text}' is no moment of RFC 3339"


def rfc3339(text: str) -> datetime | None:
    """Return the moment, or None if it is none."""
    try:
        return datetime.fromisoformat(text) if _RFC3339.fullmatch(text) else None
    except ValueError:
        return None


def rfc822_faults(text: str) -> Iterator[str]:
    """A real moment as RFC 822 writes it, with a year of four digits, English names and its own weekday."""
    moment = rfc822(text)
    if moment is None:
        yield f"'{text}' is no date of RFC 822"
    elif not text.startswith(_DAYS[moment.weekday()]):
        yield f"'{text}' was no {text[:3]} but a {_DAYS[moment.weekday()]}"


def rfc822(text: str) -> datetime | None:
    """Return the moment, or None if it is none."""
    try:
        return parsedate_to_datetime(text) if _RFC822.fullmatch(text) else None
    except ValueError:
        return None


def character_faults(text: str) -> Iterator[str]:
    """No controls, lone surrogates or noncharacters."""
    for found in dict.fromkeys(_FORBIDDEN.findall(text)):
        yield f"U+{ord(found):04X} stands in it"


def title_faults(title: str) -> Iterator[str]:
    """Not empty, one line without spaces to spare, and nothing that turns the words of what follows."""
    if title != " ".join(title.split()) or not title:
        yield f"the title {title!r} is empty, or more than one line of words with single spaces"
    if _BIDI.search(title):
        yield f"the title {title!r} turns the direction of what follows"


def twin_faults(ids: Iterable[str]) -> Iterator[str]:
    """Every id once."""
    yield from (f"the id '{name}' stands {count} times" for name, count in Counter(ids).items() if count > 1)


def order_faults(moments: Iterable[datetime | None]) -> Iterator[str]:
    """The newest first."""
    known = [moment for moment in moments if moment is not None]
    if known != sorted(known, reverse=True):
        yield "the entries do not stand newest first"


def own_address_faults(url: str | None, path: str) -> Iterator[str]:
    """The address that a feed gives as its own leads to the path at which it is served."""
    if url is None:
        yield "it does not say its own address"
        return
    yield from web_faults(url)
    if not unquote(url).endswith(path):
        yield f"its own address is {path}, and it says '{url}'"
