"""One subscriber's history, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from publisher.cli.output import clock_text, say
from publisher.delivery.addresses import in_letters
from publisher.model.notices import NoticeKind
from publisher.model.reader_history import CameBack, History, OnList, Reader, Sent, Suppressed
from publisher.model.reader_notices import ReaderNotice

_INDENT = "  "


def tell(history: History, who: str, zone: str) -> None:
    """Print what is known of a subscriber; moments are those of the publication's clock."""
    for line in _lines(history, who, zone):
        say(line)


def _lines(history: History, who: str, zone: str) -> Iterator[str]:
    reader = history.reader
    yield f"{readable(reader.address)} (number {reader.number})" if reader else f"{who}: no subscriber"
    if history.suppression is not None:
        yield _INDENT + _suppressed(history.suppression, zone)
    if reader is None:
        return
    yield from (_INDENT + line for line in _about(reader, history.topics, zone))
    parts = {
        "lists": [_on_list(each, zone) for each in history.subscriptions],
        "consent": [
            f"{clock_text(each.at, zone)}  {each.list}, on {each.source}"
            + (f", from {each.network}" if each.network else "")
            + f": “{' '.join(each.text.split())}”"
            for each in history.consents
        ],
        "last deliveries": [_sent(each, zone) for each in history.deliveries],
        "what came back": [_came_back(each, zone) for each in history.reports],
        "notices": [
            f"{clock_text(each.at, zone)}  {_NOTICES.get(each.kind, each.kind)}: {each.state}"
            for each in history.notices
        ],
    }
    for head, lines in parts.items():
        if lines:
            yield f"{head}:"
            yield from (_INDENT + line for line in lines)


def readable(address: str) -> str:
    """Return an address, with its domain in letters beside it if it has an ASCII form of them."""
    domain = address.rpartition("@")[2]
    letters = in_letters(domain)
    return address if letters == domain else f"{address} ({letters})"


_NOTICES: Final[dict[str, str]] = {
    ReaderNotice.CONFIRM: "the question whether to join",
    ReaderNotice.SUBSCRIBED: "that this address has joined already",
    ReaderNotice.WELCOME: "the welcome with the last issue",
    ReaderNotice.FIRST_WELCOME: "the welcome",
    ReaderNotice.CHANGE_ADDRESS: "the question to a new address",
    ReaderNotice.LEAVE_ADDRESS: "the question to the address until now",
    ReaderNotice.ADDRESS_CHANGED: "that the address has changed",
    ReaderNotice.ERASE: "the question whether to erase everything",
    ReaderNotice.OWN_DATA: "the link to all that is kept",
    ReaderNotice.SAME_ADDRESS: "that this is the address already",
    ReaderNotice.DECIDE: "the link to a choice of the owner's",
    **{kind.value: f"to editors: {kind}" for kind in NoticeKind},
}
"""What each kind of notice was about."""


def _about(reader: Reader, topics: tuple[str, ...], zone: str) -> Iterator[str]:
    yield f"known since {_moment(reader.created_at, zone)}" + (
        f", reads {reader.lang}" if reader.lang else ""
    )
    yield f"topics: {', '.join(topics) or 'all'}"
    flags = {
        "an office's address": reader.is_role,
        "an address to be thrown away": reader.is_disposable,
        "agreed to the counting of clicks": reader.counts_clicks,
    }
    yield from (words for words, applies in flags.items() if applies)
    if reader.bounced_at:
        yield f"bounced {_moment(reader.bounced_at, zone)}"
    if reader.complained_at:
        yield f"complained {_moment(reader.complained_at, zone)}"
    if reader.score:
        yield f"{reader.score} of late came back without being final"


def _suppressed(found: Suppressed, zone: str) -> str:
    probe = f", tried once more from {_moment(found.probe_at, zone)}" if found.probe_at else ""
    return f"must not be mailed since {_moment(found.since, zone)}: {found.reason}{probe}"


def _on_list(each: OnList, zone: str) -> str:
    until = f", until {_moment(each.resumes_at, zone)}" if each.resumes_at else ""
    return f"{each.list}: {each.state} since {_moment(each.since, zone)}{until} ({each.consent})"


def _sent(each: Sent, zone: str) -> str:
    said = " ".join(str(word) for word in (each.code, each.enhanced, each.said) if word)
    moment = _moment(each.at, zone) if each.at else "not yet"
    return f"{moment}  {each.issue} ({each.list}): {each.state}" + (f", {said}" if said else "")


def _came_back(each: CameBack, zone: str) -> str:
    said = " ".join(word for word in (each.code, each.said) if word)
    return f"{_moment(each.at, zone)}  {each.kind} of {each.issue}" + (f": {said}" if said else "")


def _moment(moment: datetime, zone: str) -> str:
    return clock_text(moment, zone)
