"""What a mail says that came back, before anybody believes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from publisher.delivery.reports.mail import Fields
from publisher.model.reports import ReportKind

_WORD: Final = re.compile(r"[^\s<>()\[\]\",;:]+")
_ADDRESS: Final = re.compile(r"[^@]{1,128}@[^@]{1,255}")
_MOST: Final = 20

_ENVELOPE: Final = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-rcpt-to",
    "to",
)
"""Where servers write to whom they really delivered a mail, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a report says.

    `named` are the addresses that may be the return path of the delivery it is about: one of ours names it,
    any other means nothing. `identity` is the same when the same report comes again.
    """

    kind: ReportKind
    named: tuple[str, ...]
    identity: str = ""
    code: str = ""
    text: str = ""


def delivered_to(fields: Fields) -> tuple[str, ...]:
    """Return the addresses to which a mail was delivered; what it talks about is not among them."""
    named = (address for name in _ENVELOPE for value in fields.every(name) for address in addresses(value))
    return tuple(islice(named, _MOST))


def addresses(value: str) -> tuple[str, ...]:
    """Return the addresses in a header."""
    words = (word[0] for word in _WORD.finditer(value) if _ADDRESS.fullmatch(word[0]))
    return tuple(islice(words, _MOST))
