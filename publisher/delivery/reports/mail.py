"""A mail that came from anywhere, cut into its parts: bounded, one level deep, and never put together again.

Python's own parser is not used: it goes as deep as a mail wants it to, and what it has parsed it may write
back as other headers than it read.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from typing import Final

LARGEST: Final = 256 * 1024
"""Bytes of a mail that are looked at: what a report says stands before the mail that it returns."""

MOST_PARTS: Final = 20
MOST_FIELDS: Final = 300

_LONGEST_FIELD: Final = 4_000
_END_OF_HEAD: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_FIELD: Final = re.compile(r"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_PARAMETER: Final = re.compile(r';\s*([\w-]{1,40})\s*=\s*(?:"([^"]{0,200})"|([^\s;"]{1,200}))')


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of a head, or of a group in a report, in their order: small names, unfolded values."""

    pairs: tuple[tuple[str, str], ...]

    def every(self, name: str) -> list[str]:
        """Return the values of a field that may stand several times."""
        return [value for key, value in self.pairs if key == name]

    def first(self, name: str) -> str:
        """Return the value of a field, empty if there is none."""
        return next(iter(self.every(name)), "")

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a mail: its media type in small letters, and its content, decoded."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail: its head, its media type with its `report-type`, and the parts of a multipart one."""

    fields: Fields
    media_type: str
    report_type: str
    parts: tuple[Part, ...]

    def part(self, *media_types: str) -> bytes | None:
        """Return the content of the first part of one of these types, None if there is none."""
        return next((part.content for part in self.parts if part.media_type in media_types), None)


def mail_of(raw: bytes) -> Mail:
    """Cut a mail into its parts, looking at `LARGEST` bytes; whatever they are, nothing is raised."""
    head, body = _cut(_without_envelope(raw[:LARGEST]))
    fields = fields_of(head)
    media_type, parameters = _content_type(fields)
    boundary = parameters.get("boundary", "")
    parts = tuple(_parts(body, boundary)) if media_type.startswith("multipart/") and boundary else ()
    report_type = parameters.get("report-type", "").lower()
    return Mail(fields=fields, media_type=media_type, report_type=report_type, parts=parts)


def fields_of(head: bytes) -> Fields:
    """Return the fields of a head; lines that are none are passed over."""
    lines = _FOLD.sub("", head.decode("utf-8", "replace")).split("\n", MOST_FIELDS)[:MOST_FIELDS]
    found = (_FIELD.fullmatch(line) for line in lines)
    return Fields(tuple((each[1].lower(), each[2][:_LONGEST_FIELD].strip()) for each in found if each))


def head_of(mail: bytes) -> Fields:
    """Return the fields at the top of a mail that another one returns, or of its head alone."""
    return fields_of(_cut(mail)[0])


def decoded(value: str) -> str:
    """Return the words of a header (RFC 2047), as they are if they cannot be understood."""
    try:
        return "".join(
            text.decode(charset or "ascii", "replace") if isinstance(text, bytes) else text
            for text, charset in decode_header(value[:1000])
        )
    except (LookupError, ValueError, MessageError):
        return value


def _cut(mail: bytes) -> tuple[bytes, bytes]:
    """Return head and body."""
    mail = mail.lstrip(b"\r\n")
    end = _END_OF_HEAD.search(mail)
    return (mail[: end.start()], mail[end.end() :]) if end else (mail, b"")


def _without_envelope(mail: bytes) -> bytes:
    """Leave out the line "From …" that some programs put before a mail."""
    return mail.partition(b"\n")[2] if mail.startswith(b"From ") else mail


def _content_type(fields: Fields) -> tuple[str, dict[str, str]]:
    value = fields.first("content-type")
    parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}
    return value.partition(";")[0].strip().lower(), parameters


def _parts(body: bytes, boundary: str) -> Iterator[Part]:
    """Yield the parts of a multipart body (RFC 2046 section 5.1.1), the first `MOST_PARTS` of them."""
    line = re.compile(rb"^--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    start: int | None = None
    for number, each in enumerate(line.finditer(body)):
        if start is not None:
            yield _part(body[start : each.start()])
        if each[1] or number == MOST_PARTS:
            return
        start = each.end()
    if start is not None:
        yield _part(body[start:])


def _part(raw: bytes) -> Part:
    head, content = (b"", raw) if raw.startswith((b"\n", b"\r\n")) else _cut(raw)
    fields = fields_of(head)
    decode = _DECODERS.get(fields.first("content-transfer-encoding").lower())
    media_type = _content_type(fields)[0] or "text/plain"
    return Part(media_type=media_type, content=decode(content) if decode else content)


def _base64(content: bytes) -> bytes:
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return b""


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "base64": _base64,
    "quoted-printable": quopri.decodestring,
}
