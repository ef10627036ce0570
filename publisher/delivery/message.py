"""The mail of a mailing: composed once as bytes with slots, then addressed to each subscriber."""

from __future__ import annotations

import html as markup
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from hmac import digest
from typing import Final

from publisher.delivery.bodies import Link, encoded
from publisher.delivery.mime import MessageError, header, mailbox, mailto, unstructured
from publisher.delivery.template import ADDRESS, PAGE, MimeTemplate, Place, Slot
from publisher.model.edition import Masthead
from publisher.model.fillins import LIST, PREFERENCES, UNSUBSCRIBE, Ink, rfc5322

_LIST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")
_NOT_A_LABEL: Final = re.compile(r"[^A-Za-z0-9]+")

_LONGEST_SENDER_ID: Final = 15
"""Characters of the last part of a Feedback-ID, which names the sender to Gmail."""


def compose(  # noqa: PLR0913 (a mail has that many sides)
    *,
    html: str,
    text: str,
    subject: str,
    masthead: Masthead,
    list_id: str,
    list_title: str,
    issue_url: str,
    ink: Ink,
    date: datetime,
    lang: str,
    page: str,
    preferences: str,
) -> MimeTemplate:
    """Return the mail of an issue for the readers of one list; `html` and `text` have their issue fill-ins.

    `list_id` is the list's name; RFC 2919's identifier is made of it and the sender's domain. `page` is an
    address on which nobody leaves the list, `preferences` one on which nobody chooses anything; those of the
    readers are as long. Equal arguments give equal templates.

    Raises:
        MessageError: an issue fill-in is still open, or the masthead has what cannot stand in a header.
    """
    opened = (_names(ink, html) | _names(ink, text)) - {LIST, UNSUBSCRIBE, PREFERENCES}
    if opened:
        raise MessageError(
            f"the mail still waits for its {', '.join(sorted(opened))}", fix="fill it in first"
        )
    listed, boundary = ink.token(LIST), f"=_{ink.nonce}"
    links = (
        Link(ink.token(UNSUBSCRIBE), Slot.LINK, of=Slot.UNSUBSCRIBE, length=len(_checked(PAGE, page))),
        Link(
            ink.token(PREFERENCES),
            Slot.PREFERENCES_LINK,
            of=Slot.PREFERENCES,
            length=len(_checked(PAGE, preferences)),
        ),
    )
    parts: list[bytes | Place] = [
        *_headers(masthead, subject=subject, date=date),
        *_list_headers(masthead, list_id, list_title, issue_url),
        header("Content-Language", lang),
        header("MIME-Version", "1.0"),
        header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        *_part(boundary, "plain", text.replace(listed, list_title), links),
        *_part(boundary, "html", html.replace(listed, markup.escape(list_title)), links),
        f"\r\n--{boundary}--\r\n".encode("ascii"),
    ]
    return _joined(parts)


def message_id(key: bytes, *, mailing: int, subscriber: int, domain: str) -> str:
    """Return the `Message-ID` of a delivery, in angle brackets: stable, and a secret without `key`."""
    mac = digest(key, f"message-id {mailing} {subscriber}".encode(), sha256)
    return f"<{b32encode(mac[:20]).decode().lower()}@{domain}>"


def delivery_key(mailing: int, subscriber: int) -> str:
    """Return the name of a delivery, such as "m12-d345"."""
    return f"m{mailing}-d{subscriber}"


def _headers(masthead: Masthead, *, subject: str, date: datetime) -> Iterator[bytes | Place]:
    yield header("From", mailbox(masthead.sender_name, _checked(ADDRESS, masthead.sender_address)))
    yield from _slotted("To: ", Slot.TO)
    if masthead.reply_to:
        yield header("Reply-To", f"<{_checked(ADDRESS, masthead.reply_to)}>")
    yield header("Subject", unstructured(subject))
    yield header("Date", rfc5322(date))
    yield from _slotted("Message-ID: ", Slot.MESSAGE_ID)


def _list_headers(masthead: Masthead, list_id: str, title: str, issue_url: str) -> Iterator[bytes | Place]:
    """Yield what lists say of themselves (RFC 2369, 2919, 5064, 8058) and what feedback loops count by.

    Help, owner and abuse desk are the mailbox that people read.
    """
    domain = masthead.sender_address.rpartition("@")[2]
    people = masthead.reply_to or masthead.sender_address
    yield header("List-Id", mailbox(title, f"{_checked(_LIST_ID, list_id)}.{domain}"))
    yield b"List-Unsubscribe: <"
    yield Slot.UNSUBSCRIBE
    yield b">"
    yield Slot.UNSUBSCRIBE_MAIL
    yield b"\r\n"
    yield header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield header("List-Archive", f"<{_checked(PAGE, masthead.home_url + '/')}>")
    yield header("List-Help", f"<{mailto(people, 'help')}>")
    yield header("List-Owner", f"<{mailto(people)}>")
    yield header("Archived-At", f"<{_checked(PAGE, issue_url)}>")
    yield header("Feedback-ID", _feedback_id(issue_url, list_id, domain))
    yield from _automatic()
    yield header("X-Report-Abuse", f"<{mailto(people, 'abuse')}>")


def _feedback_id(issue_url: str, list_id: str, domain: str) -> str:
    """Return what Gmail counts complaints by: its last part names us, in 5 to 15 characters."""
    issue = _NOT_A_LABEL.sub("-", issue_url.rstrip("/").rpartition("/")[2])[:40]
    sender = domain
    if not 5 <= len(domain) <= _LONGEST_SENDER_ID:
        sender = b32encode(sha256(domain.encode()).digest()).decode("ascii")[:_LONGEST_SENDER_ID].lower()
    return f"{issue}:{list_id}:newsletter:{sender}"


def _automatic() -> Iterator[bytes]:
    """Yield what keeps answering machines silent.

    RFC 3834 section 5 has three words for a mail. A timetable sends this one, and it answers no other, so it
    is "auto-generated": "no" would invite every notice of absence back to the editors.
    """
    yield header("Auto-Submitted", "auto-generated")
    yield header("X-Auto-Response-Suppress", "OOF, AutoReply")


def _slotted(start: str, slot: Slot) -> tuple[bytes, Slot, bytes]:
    return start.encode("ascii"), slot, b"\r\n"


def _part(boundary: str, subtype: str, body: str, links: Sequence[Link]) -> Iterator[bytes | Place]:
    encoding, parts = encoded(body, links)
    yield f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode("ascii")
    yield f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii")
    yield from parts


def _joined(parts: Iterable[bytes | Place]) -> MimeTemplate:
    pieces: list[list[bytes]] = [[]]
    slots: list[Place] = []
    for part in parts:
        if isinstance(part, bytes):
            pieces[-1].append(part)
        else:
            slots.append(part)
            pieces.append([])
    return MimeTemplate(pieces=tuple(map(b"".join, pieces)), slots=tuple(slots))


def _names(ink: Ink, body: str) -> frozenset[str]:
    return ink.names(body.encode("utf-8", "replace"))


def _checked(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise MessageError(f"{value!r} cannot stand in a mail", fix="mend `publisher.toml`")
    return value
