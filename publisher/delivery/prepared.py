"""A mail that is ready to be addressed: proved fit for the wire, and signed as far as readers share it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from publisher.delivery.dkim import Signer, is_canonical, relaxed
from publisher.delivery.mime import MessageError
from publisher.delivery.template import MimeTemplate, Slot, Slots, forms_of
from publisher.delivery.wire import longest, prove

if TYPE_CHECKING:
    from hashlib import _Hash

_MARK: Final = re.compile(rb"\0(\d+)\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedMail:
    """The mail of a mailing: `fill` makes that of a subscriber, fit for the wire without another look."""

    template: MimeTemplate
    seal: Seal | None

    def fill(self, values: Slots) -> bytes:
        """Return the mail of one subscriber, signed if it is to be: equal values give equal bytes.

        Raises:
            MessageError: a value does not look as such values do, or has not the length that was expected.
        """
        forms = forms_of(values)
        return self.template.put(forms) if self.seal is None else self.seal.put(forms)


def prepared(template: MimeTemplate, *, signer: Signer | None, moment: datetime) -> PreparedMail:
    """Return what the mails of a template are made of; signatures say that they were made at `moment`.

    Raises:
        MessageError: the template could make a mail that is not fit for the wire, or could not be signed.
    """
    prove(template)
    return PreparedMail(template=template, seal=_seal(template, signer, moment) if signer else None)


def signed(body: bytes, *, signer: Signer, moment: datetime) -> bytes:
    """Return a mail that is for nobody else with its signature, made at `moment`.

    Raises:
        MessageError: it is not fit for the wire, or cannot be signed.
    """
    template = MimeTemplate(pieces=(body,), slots=())
    seal = _seal(template, signer, moment)
    prove(template)
    return seal.put({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the signed mails of a mailing share (RFC 6376): nothing of it is worked out for each reader.

    The body is hashed up to its first slot. `signed` are the fields as they are signed, with the same slots,
    and below them the field of the signature up to the digest of the body, as `opening` is in the mail.
    """

    signer: Signer
    opening: bytes = field(repr=False)
    signed: MimeTemplate = field(repr=False)
    head: MimeTemplate = field(repr=False)
    start: bytes = field(repr=False)
    start_hash: _Hash = field(repr=False)
    rest: MimeTemplate = field(repr=False)

    def put(self, forms: Mapping[Slot, bytes]) -> bytes:
        """Return the signed mail with a subscriber's values, given as `forms_of` has them.

        Raises:
            MessageError: the link has not the length that was expected.
        """
        rest = self.rest.put(forms)
        hashed = self.start_hash.copy()
        hashed.update(rest)
        digest = b64encode(hashed.digest())
        octets = _unfolded(self.signed.put(forms)) + digest + b"; b="
        value = self.signer.sign(octets)
        return b"".join((self.opening, digest, b";\r\n b=", value, self.head.put(forms), self.start, rest))


def _seal(template: MimeTemplate, signer: Signer, moment: datetime) -> Seal:
    head, body = template.cut()
    if not is_canonical(longest(body)):
        raise MessageError(
            "no mail of this print can be signed: relays could change its body", fix="print the issue again"
        )
    names, signed = signer.signed(_marked(head))
    opening = signer.opening(names, moment)
    start, *pieces = body.pieces
    return Seal(
        signer=signer,
        opening=opening,
        signed=_unmarked(signed + relaxed(opening).removesuffix(b"\r\n"), head),
        head=head,
        start=start,
        start_hash=hashlib.sha256(start),
        rest=MimeTemplate((b"", *pieces), body.slots),
    )


def _marked(head: MimeTemplate) -> bytes:
    """Return the fields of a header with a mark instead of each slot."""
    marked = head.pieces[0]
    for number, piece in enumerate(head.pieces[1:]):
        marked += b"\0%d\0" % number + piece
    return marked


def _unmarked(marked: bytes, head: MimeTemplate) -> MimeTemplate:
    """Return octets with the slots of `head` where their marks are."""
    pieces = _MARK.split(marked)
    return MimeTemplate(tuple(pieces[::2]), tuple(head.slots[int(number)] for number in pieces[1::2]))


def _unfolded(fields: bytes) -> bytes:
    return fields.replace(b"\r\n ", b" ")
