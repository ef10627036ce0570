"""The bodies of a mail: each in the shorter of two encodings, with places for the link to leave."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from publisher.delivery.mime import base64, quoted_printable
from publisher.delivery.template import PackedSlot, Place, Slot

Parts = list[bytes | Place]

QUOTED_PRINTABLE: Final = "quoted-printable"
BASE64: Final = "base64"


def encoded(text: str, *, link: str, length: int) -> tuple[str, Parts]:
    """Return the name of an encoding and `text` in it, with a slot for each token `link`.

    The shorter encoding is taken: quoted-printable for most Latin text, base64 for most others. A link of
    `length` octets is what is expected; in quoted-printable any other length will do as well.
    """
    line_ends = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces = line_ends.split(link)
    quoted = _quoted(pieces)
    packed = _packed([piece.replace("\n", "\r\n").encode("utf-8", "replace") for piece in pieces], length)
    if packed is None or _size(quoted, length) <= _size(packed, length):
        return QUOTED_PRINTABLE, quoted
    return BASE64, packed


def _quoted(pieces: Sequence[str]) -> Parts:
    """Keep the lines short whatever a link's length: where no line begins or ends beside it, break softly."""
    parts: Parts = [quoted_printable(pieces[0])]
    last = len(pieces) - 1
    for position, (piece, following) in enumerate(pairwise(pieces), 1):
        begins = piece == "" or piece.endswith("\n")
        ends = following.startswith("\n") or (following == "" and position == last)
        parts += [
            *([] if begins else [b"=\r\n"]),
            Slot.LINK,
            *([] if ends else [b"=\r\n"]),
            quoted_printable(following),
        ]
    return parts


def _packed(pieces: Sequence[bytes], length: int) -> Parts | None:
    """Encode the text between links in threes of octets; what is left over on each side goes with the link.

    Returns None where two links stand so close together that what is between them does not fill a three.
    """
    lines: Parts = []
    rest, last = pieces[0], len(pieces) - 1
    for position, following in enumerate(pieces[1:], 1):
        whole = len(rest) - len(rest) % 3
        before = rest[whole:]
        missing = -(len(before) + length) % 3
        if missing > len(following) and position < last:
            return None
        lines += [
            base64(rest[:whole]),
            PackedSlot(length=length, before=before, after=following[:missing]),
        ]
        rest = following[missing:]
    return _below_each_other([*lines, base64(rest)])


def _below_each_other(lines: Parts) -> Parts:
    parts: Parts = []
    for line in lines:
        if line != b"":
            parts += [b"\r\n", line] if parts else [line]
    return parts


def _size(parts: Parts, length: int) -> int:
    """Return how many octets the parts have once a link of `length` is in each slot."""
    link = bytes(length)
    return sum(
        len(part) if isinstance(part, bytes) else length if isinstance(part, Slot) else len(part.form(link))
        for part in parts
    )
