"""Bytes for the headers and bodies of mails: encoded words, folding, quoted-printable, base64.

A body made here needs no dot-stuffing and no quoting of `From `, and DKIM's canonicalisations (RFC 6376
sections 3.4.3 and 3.4.4) change nothing in it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

from publisher.errors import PublisherError

WIDTH: Final = 76
"""The longest line we write, in octets (RFC 2045 sections 6.7 and 6.8, RFC 2047 section 2)."""

LONGEST: Final = 998
"""Octets of a header's line that cannot be folded (RFC 5322 section 2.1.1)."""

_PRINTABLE: Final = re.compile(r"[ -~]*")
_PLAIN_IN_MAILTO: Final = "!$'*+"
_CONTROLS: Final = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~ -]+")
_LONGEST_WORD: Final = 60
_ROOM: Final = 50
"""Octets of text in one encoded word: with its frame and the name of a field it fits into a line."""

_SOLID: Final = re.compile(rb"[!-<>-~]*")
"""What needs no escape, seen at once: links are encoded for each subscriber."""
_UNSAFE: Final = re.compile(rb"[^ -<>-~]|(?<= ) | \Z")
_STARTS: Final = re.compile(rb"\.|-|From ")


class MessageError(PublisherError):
    """A value may not stand where it should stand in a mail."""


def header(name: str, value: str) -> bytes:
    """Return a header field with its line end, folded at spaces where it does not fit into a line.

    Raises:
        MessageError: `value` is not printable ASCII, since a line break would begin another field, or has a
            word that no line can hold.
    """
    if not _PRINTABLE.fullmatch(value):
        raise MessageError(
            f"{value!r} cannot stand in the field {name} of a mail", fix="use plain characters"
        )
    lines = [f"{name}:"]
    for position, word in enumerate(value.split()):
        if position and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    if max(map(len, lines)) > LONGEST:
        raise MessageError(f"the field {name} of a mail is too long for a line", fix="use something shorter")
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def unstructured(text: str) -> str:
    """Return `text` for a field of free text such as Subject: as it is, or as encoded words (RFC 2047)."""
    line = one_line(text)
    return line if _is_plain(line) else _encoded_words(line)


def mailbox(name: str, address: str) -> str:
    """Return a display name, quoted or encoded where it must be, and an address in angle brackets.

    `List-Id` (RFC 2919) is written in the same way.
    """
    line = one_line(name)
    if not _is_plain(line):
        phrase = _encoded_words(line)
    elif _ATOMS.fullmatch(line):
        phrase = line
    else:
        phrase = '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{phrase} <{address}>" if line else f"<{address}>"


def mailto(address: str, subject: str = "") -> str:
    """Return the URL that writes to `address` about `subject` (RFC 6068), in ASCII."""
    local, _, domain = address.rpartition("@")
    about = f"?subject={quote(subject, safe='')}" if subject else ""
    return f"mailto:{quote(local, safe=_PLAIN_IN_MAILTO)}@{domain}{about}"


def one_line(text: str) -> str:
    """Return `text` with each run of controls and line breaks as one space, and none at the ends."""
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode()).strip(" ")


def quoted_printable(text: str) -> bytes:
    """Return `text` as RFC 2045 section 6.7 has it, in lines of at most 75 octets that end with CRLF.

    There is no line end after the last line, so a soft line break can follow.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(_line(line) for line in lines)


def base64(octets: bytes) -> bytes:
    """Return `octets` in base64 (RFC 2045 section 6.8), in lines of 76 octets.

    There is no line end after the last line. What is made of a multiple of 3 octets has no padding, so that
    more can follow on a line of its own.
    """
    encoded = b64encode(octets)
    return b"\r\n".join(encoded[start : start + WIDTH] for start in range(0, len(encoded), WIDTH))


def _is_plain(line: str) -> bool:
    words = line.split(" ")
    return bool(_PRINTABLE.fullmatch(line)) and "=?" not in line and max(map(len, words)) <= _LONGEST_WORD


def _encoded_words(line: str) -> str:
    """Return encoded words in the shorter of the two encodings, split between characters only."""
    octets = len(line.encode())
    if len(_q(line)) <= octets * 4 / 3:
        words = [f"=?utf-8?q?{_q(part)}?=" for part in _parts(line, _ROOM, lambda text: len(_q(text)))]
    else:
        parts = _parts(line, _ROOM * 3 // 4, lambda text: len(text.encode()))
        words = [f"=?utf-8?b?{b64encode(part.encode()).decode()}?=" for part in parts]
    return " ".join(words)


def _parts(line: str, room: int, size: Callable[[str], int]) -> Iterator[str]:
    start = used = 0
    for position, character in enumerate(line):
        needed = size(character)
        if used + needed > room:
            yield line[start:position]
            start, used = position, 0
        used += needed
    yield line[start:]


def _q(text: str) -> str:
    return "".join("_" if octet == 0x20 else _Q.get(octet, f"={octet:02X}") for octet in text.encode())


_Q: Final = {
    ord(letter): letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
}


def _line(line: str) -> bytes:
    """Encode one line, with soft line breaks, so that no part of it looks like more than text."""
    octets = line.encode("utf-8", "replace")
    encoded = octets if _SOLID.fullmatch(octets) else _UNSAFE.sub(_escape, octets)
    parts: list[bytes] = []
    start = 0
    while start < len(encoded) or not parts:
        special = _STARTS.match(encoded, start)
        first = _escape_octet(encoded[start]) if special else b""
        begin = start + bool(special)
        end = begin + WIDTH - 1 - len(first)
        if end < len(encoded):
            split = encoded.find(b"=", end - 2, end)
            end = end if split < 0 else split
        parts.append(first + encoded[begin:end])
        start = end
    return b"=\r\n".join(parts)


def _escape(match: re.Match[bytes]) -> bytes:
    return _escape_octet(match[0][0])


def _escape_octet(octet: int) -> bytes:
    return b"=%02X" % octet
