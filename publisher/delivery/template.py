"""A mail with slots: bytes that are made once, and values that are put in for each subscriber."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self, TypeAlias

from publisher.delivery.mime import WIDTH, MessageError, base64, quoted_printable

_ATEXT: Final = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_BEYOND_ASCII: Final = "\u00a1-\u1fff\u2030-\ud7ff\uf900-\ufffd\U00010000-\U0010ffff"
_DOMAIN: Final = r"(?![A-Za-z0-9.-]{254})[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
ADDRESS: Final = re.compile(rf"[.{_BEYOND_ASCII}{_ATEXT}]{{1,64}}@{_DOMAIN}")
"""A mail address, which may have letters beyond ASCII (RFC 6532); sending those is the transport's affair."""

PAGE: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,260}/[A-Za-z0-9._~/%!$()*+,;=:@-]{0,500}")
"""The address of a page, in characters that mean nothing to HTML and to the brackets of a header."""

_PERSONAL: Final = {
    "to": ADDRESS,
    "message_id": re.compile(rf"<[A-Za-z0-9.-]{{1,100}}@{_DOMAIN}>"),
    "unsubscribe": PAGE,
    "preferences": PAGE,
    "unsubscribe_mail": re.compile(
        rf"(?:mailto:[A-Za-z0-9._~!$'*+%-]{{1,192}}@{_DOMAIN}(?:\?subject=[A-Za-z0-9._~%-]{{0,500}})?)?"
    ),
}
"""What personal values must look like, as a whole: nothing in them means anything to a header or to HTML."""

_EMPTY_LINE: Final = b"\r\n\r\n"
_DOT_ATOM: Final = re.compile(r"[^.]+(?:\.[^.]+)*")
_FORMAT: Final = "mime-template-3"
_FORMATS: Final = (_FORMAT, "mime-template-2", "mime-template-1")
"""The stored forms that can be read: the first had no packed slots, and the second only links to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """The values of one subscriber: the address, the `Message-ID` in its angle brackets, the own pages.

    `unsubscribe` is an https URL (a page that also takes RFC 8058's POST), `preferences` the URL of the page
    of choices, `unsubscribe_mail` a mailto URL or empty.
    """

    to: str
    message_id: str
    unsubscribe: str
    preferences: str
    unsubscribe_mail: str = ""


class Slot(StrEnum):
    """A place in a mail where a subscriber's value stands, in the form that it needs there."""

    TO = "to"
    MESSAGE_ID = "message-id"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBE_MAIL = "unsubscribe-mail"
    LINK = "link"
    """The address of the unsubscribe page within a body in quoted-printable, on lines of its own."""
    PREFERENCES = "preferences"
    """The address of the page of choices as it is; no field of a header has it."""
    PREFERENCES_LINK = "preferences-link"
    """The same within a body in quoted-printable, on lines of its own."""


LINKS: Final = (Slot.LINK, Slot.PREFERENCES_LINK)
"""The slots that have lines of a body for themselves."""


LONGEST_FORMS: Final[Mapping[Slot, bytes]] = {
    Slot.TO: bytes(64 * 4 + len('""@') + 253),
    Slot.MESSAGE_ID: bytes(len("<@>") + 100 + 253),
    Slot.UNSUBSCRIBE: bytes(len("https:///") + 260 + 500),
    Slot.UNSUBSCRIBE_MAIL: b",\r\n " + bytes(len("<mailto:@?subject=>") + 192 + 253 + 500),
    Slot.LINK: b"\r\n".join([bytes(WIDTH)] * 11),
    Slot.PREFERENCES: bytes(len("https:///") + 260 + 500),
    Slot.PREFERENCES_LINK: b"\r\n".join([bytes(WIDTH)] * 11),
}
"""Forms as long as any value can have them, on as many lines; NULs stand for octets that mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSlot:
    """The address of a reader's page within a body in base64, on lines of its own; `of` says of which.

    Base64 writes 3 octets at a time: 0 to 2 constant octets on each side of the value make it fit, and so it
    must have the length in octets that it was made for.
    """

    length: int
    before: bytes
    after: bytes
    of: Slot = Slot.UNSUBSCRIBE

    def form(self, link: bytes) -> bytes:
        """Return the lines that stand here for `link`.

        Raises:
            MessageError: the link has another length.
        """
        if len(link) != self.length:
            raise MessageError(
                f"a link of a reader has {len(link)} characters, and this mail has a place for {self.length}",
                fix="mend the subscriber's record",
            )
        return base64(self.before + link + self.after)


Place: TypeAlias = Slot | PackedSlot


@dataclass(frozen=True, slots=True)
class MimeTemplate:
    """A mail (RFC 5322) in ASCII octets with CRLF line ends, cut where the slots are.

    `slots[i]` comes between `pieces[i]` and `pieces[i + 1]`.
    """

    pieces: tuple[bytes, ...] = field(repr=False)
    slots: tuple[Place, ...]

    def fill(self, values: Slots) -> bytes:
        """Return the mail of one subscriber.

        Raises:
            MessageError: a value does not look as such values do, or has not the length that was expected.
        """
        return self.put(forms_of(values))

    def put(self, forms: Mapping[Slot, bytes]) -> bytes:
        """Return the octets with a subscriber's values, given as `forms_of` has them.

        Raises:
            MessageError: a link has not the length that was expected.
        """
        mail = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            mail += forms[slot] if isinstance(slot, Slot) else slot.form(forms[slot.of]), piece
        return b"".join(mail)

    def cut(self) -> tuple[Self, Self]:
        """Return the header with the empty line below it, and the body.

        Raises:
            MessageError: there is no empty line.
        """
        for position, piece in enumerate(self.pieces):
            head, line, body = piece.partition(_EMPTY_LINE)
            if line:
                return (
                    type(self)((*self.pieces[:position], head + line), self.slots[:position]),
                    type(self)((body, *self.pieces[position + 1 :]), self.slots[position:]),
                )
        raise MessageError("the mail has no body", fix="print the issue again")

    def to_bytes(self) -> bytes:
        """Return the template in a form that can be stored."""
        pieces = [piece.decode("ascii") for piece in self.pieces]
        slots = [_stored(slot) for slot in self.slots]
        return json.dumps({_FORMAT: {"slots": slots, "pieces": pieces}}).encode("ascii")

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return the template that `to_bytes` gave, also that of an earlier publisher.

        Raises:
            MessageError: the bytes are not of this format.
        """
        try:
            found = json.loads(stored)
            kept = next(found[name] for name in _FORMATS if name in found)
            first, *others = (piece.encode("ascii") for piece in kept["pieces"])
            slots = tuple(_slot(slot) for slot, _ in zip(kept["slots"], others, strict=True))
            return cls(pieces=(first, *others), slots=slots)
        except (AttributeError, LookupError, StopIteration, TypeError, ValueError) as error:
            what = "this is not a message template, or one of a later publisher"
            raise MessageError(what, fix="upgrade, or print the issue again") from error


def forms_of(values: Slots) -> dict[Slot, bytes]:
    """Return each value in the form that it has in its slot.

    Raises:
        MessageError: a value does not look as such values do. It is not repeated: values are personal.
    """
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
        Slot.PREFERENCES: values.preferences.encode("ascii"),
        Slot.PREFERENCES_LINK: quoted_printable(values.preferences),
    }


def _stored(slot: Place) -> object:
    if isinstance(slot, Slot):
        return slot.value
    return {
        "length": slot.length,
        "before": slot.before.hex(),
        "after": slot.after.hex(),
        "of": slot.of.value,
    }


def _slot(kept: str | dict[str, str]) -> Place:
    if isinstance(kept, str):
        return Slot(kept)
    return PackedSlot(
        length=int(kept["length"]),
        before=bytes.fromhex(kept["before"]),
        after=bytes.fromhex(kept["after"]),
        of=Slot(kept.get("of", Slot.UNSUBSCRIBE)),
    )
