"""The bodies of a mail: each in the shorter of two encodings, with places for the links of its reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from publisher.delivery.mime import base64, quoted_printable
from publisher.delivery.template import PackedSlot, Place, Slot

Parts = list[bytes | Place]

QUOTED_PRINTABLE: Final = "quoted-printable"
BASE64: Final = "base64"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that each reader has for himself: the token where it stands in a text, and its slots.

    `quoted` is its slot in quoted-printable, `of` the value that a packed slot has. A link of `length` octets
    is what is expected; in quoted-printable any other length will do as well.
    """

    token: str
    quoted: Slot
    of: Slot
    length: int


def encoded(text: str, links: Sequence[Link]) -> tuple[str, Parts]:
    """Return the name of an encoding and `text` in it, with a slot for each token of `links`.

    The shorter encoding is taken: quoted-printable for most Latin text, base64 for most others.
    """
    line_ends = text.replace("\r\n", "\n").replace("\r", "\n")
    by_token = {link.token: link for link in links}
    first, *others = re.split(f"({'|'.join(map(re.escape, by_token))})", line_ends)
    stands = [(by_token[token], piece) for token, piece in zip(others[::2], others[1::2], strict=True)]
    quoted = _quoted(first, stands)
    packed = _packed(_octets(first), [(link, _octets(piece)) for link, piece in stands])
    lengths = {link.quoted: link.length for link in links}
    if packed is None or _size(quoted, lengths) <= _size(packed, lengths):
        return QUOTED_PRINTABLE, quoted
    return BASE64, packed


def _octets(piece: str) -> bytes:
    return piece.replace("\n", "\r\n").encode("utf-8", "replace")


def _quoted(first: str, stands: Sequence[tuple[Link, str]]) -> Parts:
    """Keep the lines short whatever a link's length: where no line begins or ends beside it, break softly."""
    parts: Parts = [quoted_printable(first)]
    piece, last = first, len(stands)
    for position, (link, following) in enumerate(stands, 1):
        begins = piece == "" or piece.endswith("\n")
        ends = following.startswith("\n") or (following == "" and position == last)
        parts += [
            *([] if begins else [b"=\r\n"]),
            link.quoted,
            *([] if ends else [b"=\r\n"]),
            quoted_printable(following),
        ]
        piece = following
    return parts


def _packed(first: bytes, stands: Sequence[tuple[Link, bytes]]) -> Parts | None:
    """Encode the text between links in threes of octets; what is left over on each side goes with the link.

    Returns None where two links stand so close together that what is between them does not fill a three.
    """
    lines: Parts = []
    rest, last = first, len(stands)
    for position, (link, following) in enumerate(stands, 1):
        whole = len(rest) - len(rest) % 3
        before = rest[whole:]
        missing = -(len(before) + link.length) % 3
        if missing > len(following) and position < last:
            return None
        lines += [
            base64(rest[:whole]),
            PackedSlot(length=link.length, before=before, after=following[:missing], of=link.of),
        ]
        rest = following[missing:]
    return _below_each_other([*lines, base64(rest)])


def _below_each_other(lines: Parts) -> Parts:
    parts: Parts = []
    for line in lines:
        if line != b"":
            parts += [b"\r\n", line] if parts else [line]
    return parts


def _size(parts: Parts, lengths: Mapping[Slot, int]) -> int:
    """Return how many octets the parts have once a link of its length is in each slot."""
    return sum(
        len(part)
        if isinstance(part, bytes)
        else lengths[part]
        if isinstance(part, Slot)
        else len(part.form(bytes(part.length)))
        for part in parts
    )
