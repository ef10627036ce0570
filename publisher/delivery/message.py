"""The mail of a mailing: composed once as bytes with slots, then addressed to each subscriber."""

from __future__ import annotations

import html as markup
import json
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Final, Self

from publisher.delivery.mime import MessageError, header, mailbox, quoted_printable, unstructured
from publisher.model.edition import Masthead
from publisher.model.fillins import LIST, UNSUBSCRIBE, Ink, rfc5322

_ATEXT: Final = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_BEYOND_ASCII: Final = "\u00a1-\u1fff\u2030-\ud7ff\uf900-\ufffd\U00010000-\U0010ffff"
_LOCAL: Final = rf"[.{_ATEXT}]{{1,64}}"
_DOMAIN: Final = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
_ADDRESS: Final = re.compile(rf"[.{_BEYOND_ASCII}{_ATEXT}]{{1,64}}@{_DOMAIN}")
_PERSONAL: Final = {
    "to": _ADDRESS,
    "message_id": re.compile(rf"<[A-Za-z0-9.-]{{1,100}}@{_DOMAIN}>"),
    "unsubscribe": re.compile(r"https?://[A-Za-z0-9.:-]{1,260}/[A-Za-z0-9._~/-]{0,500}"),
    "unsubscribe_mail": re.compile(
        rf"(?:mailto:{_LOCAL}@{_DOMAIN}(?:\?subject=[A-Za-z0-9._~%-]{{0,500}})?)?"
    ),
}
"""What personal values must look like, as a whole: nothing in them means anything to a header or to HTML.

An address may have letters beyond ASCII (RFC 6532); whether they can be sent is the transport's affair.
"""

_LIST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")
_DOT_ATOM: Final = re.compile(r"[^.]+(?:\.[^.]+)*")
_NOT_A_LABEL: Final = re.compile(r"[^A-Za-z0-9]+")
_FORMAT: Final = "mime-template-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """The values of one subscriber: the address, the `Message-ID` in its angle brackets, the way out.

    `unsubscribe` is an https URL (a page that also takes RFC 8058's POST), `unsubscribe_mail` a mailto URL or
    empty.
    """

    to: str
    message_id: str
    unsubscribe: str
    unsubscribe_mail: str = ""


class Slot(StrEnum):
    """A place in a mail where a subscriber's value stands, in the form that it needs there."""

    TO = "to"
    MESSAGE_ID = "message-id"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBE_MAIL = "unsubscribe-mail"
    LINK = "link"
    """The address of the unsubscribe page within a body."""


@dataclass(frozen=True, slots=True)
class MimeTemplate:
    """A mail (RFC 5322) in ASCII octets with CRLF line ends, cut where the slots are.

    `slots[i]` comes between `pieces[i]` and `pieces[i + 1]`.
    """

    pieces: tuple[bytes, ...] = field(repr=False)
    slots: tuple[Slot, ...]

    def fill(self, values: Slots) -> bytes:
        """Return the mail of one subscriber.

        Raises:
            MessageError: a value does not look as such values do.
        """
        filled = _forms(values)
        mail = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            mail += filled[slot], piece
        return b"".join(mail)

    def to_bytes(self) -> bytes:
        """Return the template in a form that can be stored."""
        pieces = [piece.decode("ascii") for piece in self.pieces]
        return json.dumps({_FORMAT: {"slots": self.slots, "pieces": pieces}}).encode("ascii")

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return the template that `to_bytes` gave.

        Raises:
            MessageError: the bytes are not of this format.
        """
        try:
            kept = json.loads(stored)[_FORMAT]
            pieces = tuple(piece.encode("ascii") for piece in kept["pieces"])
            return cls(pieces=pieces, slots=tuple(map(Slot, kept["slots"])))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            what = "this is not a message template, or one of a later publisher"
            raise MessageError(what, fix="upgrade, or print the issue again") from error


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
) -> MimeTemplate:
    """Return the mail of an issue for the readers of one list; `html` and `text` have their issue fill-ins.

    `list_id` is the list's name; RFC 2919's identifier is made of it and the sender's domain. Equal arguments
    give equal templates.

    Raises:
        MessageError: an issue fill-in is still open, or the masthead has what cannot stand in a header.
    """
    opened = (ink.names(html.encode()) | ink.names(text.encode())) - {LIST, UNSUBSCRIBE}
    if opened:
        raise MessageError(
            f"the mail still waits for its {', '.join(sorted(opened))}", fix="fill it in first"
        )
    listed, link = ink.token(LIST), ink.token(UNSUBSCRIBE)
    boundary = f"=_{ink.nonce}"
    parts: list[bytes | Slot] = [
        *_headers(masthead, subject=subject, date=date),
        *_list_headers(masthead, list_id, list_title, issue_url),
        header("Content-Language", lang),
        header("MIME-Version", "1.0"),
        header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        *_part(boundary, "plain", text.replace(listed, list_title), link),
        *_part(boundary, "html", html.replace(listed, markup.escape(list_title)), link),
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


def _headers(masthead: Masthead, *, subject: str, date: datetime) -> Iterator[bytes | Slot]:
    yield header("From", mailbox(masthead.sender_name, _checked(_ADDRESS, masthead.sender_address)))
    yield from _slotted("To: ", Slot.TO)
    if masthead.reply_to:
        yield header("Reply-To", f"<{_checked(_ADDRESS, masthead.reply_to)}>")
    yield header("Subject", unstructured(subject))
    yield header("Date", rfc5322(date))
    yield from _slotted("Message-ID: ", Slot.MESSAGE_ID)


def _list_headers(masthead: Masthead, list_id: str, title: str, issue_url: str) -> Iterator[bytes | Slot]:
    """Yield what lists say of themselves (RFC 2369, 2919, 5064, 8058) and what feedback loops count by."""
    domain = masthead.sender_address.rpartition("@")[2]
    issue = _NOT_A_LABEL.sub("-", issue_url.rstrip("/").rpartition("/")[2])[:40]
    yield header("List-Id", mailbox(title, f"{_checked(_LIST_ID, list_id)}.{domain}"))
    yield b"List-Unsubscribe: <"
    yield Slot.UNSUBSCRIBE
    yield b">"
    yield Slot.UNSUBSCRIBE_MAIL
    yield b"\r\n"
    yield header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield header("List-Archive", f"<{masthead.home_url}/>")
    yield header("List-Owner", f"<mailto:{masthead.reply_to or masthead.sender_address}>")
    yield header("Archived-At", f"<{issue_url}>")
    yield header("Feedback-ID", f"{issue}:{list_id}:newsletter:{domain}")
    yield header("X-Auto-Response-Suppress", "OOF, AutoReply")


def _slotted(start: str, slot: Slot) -> tuple[bytes, Slot, bytes]:
    return start.encode("ascii"), slot, b"\r\n"


def _part(boundary: str, subtype: str, body: str, link: str) -> Iterator[bytes | Slot]:
    """Yield one body; soft line breaks around each link keep the lines short whatever the link's length."""
    yield f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode("ascii")
    yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    first, *others = body.split(link)
    yield quoted_printable(first)
    for piece in others:
        yield from (b"=\r\n", Slot.LINK, b"=\r\n", quoted_printable(piece))


def _joined(parts: Iterable[bytes | Slot]) -> MimeTemplate:
    pieces, slots = [b""], []
    for part in parts:
        if isinstance(part, Slot):
            slots.append(part)
            pieces.append(b"")
        else:
            pieces[-1] += part
    return MimeTemplate(pieces=tuple(pieces), slots=tuple(slots))


def _forms(values: Slots) -> dict[Slot, bytes]:
    """Return each value in the form that it has in its slot. No error repeats a value: they are personal."""
    for name, pattern in _PERSONAL.items():
        if not pattern.fullmatch(getattr(values, name)):
            raise MessageError(
                f"the value for '{name}' cannot stand in a mail", fix="mend the subscriber's record"
            )
    local, _, domain = values.to.rpartition("@")
    mail = values.unsubscribe_mail
    return {
        Slot.TO: (values.to if _DOT_ATOM.fullmatch(local) else f'"{local}"@{domain}').encode(),
        Slot.MESSAGE_ID: values.message_id.encode("ascii"),
        Slot.UNSUBSCRIBE: values.unsubscribe.encode("ascii"),
        Slot.UNSUBSCRIBE_MAIL: f",\r\n <{mail}>".encode("ascii") if mail else b"",
        Slot.LINK: quoted_printable(values.unsubscribe),
    }


def _checked(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise MessageError(f"{value!r} cannot stand in a mail", fix="mend `publisher.toml`")
    return value
