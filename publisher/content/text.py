"""Bytes -> text: what may stand in a file that an editor wrote, and where in it something stands."""

from __future__ import annotations

import re
from bisect import bisect_right

from publisher.content.trouble import UnreadableError
from publisher.errors import Place

FILE_BYTES = 1024 * 1024
"""The largest text file that is read."""

BOM = "\ufeff"
LINE_END = re.compile(r"\r\n|\r|\n")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML, mails and terminals cannot carry: C0 and C1 controls, surrogates and two non-characters."""


def decode(data: bytes, *, path: str) -> str:
    """Return the text of a UTF-8 file as it stands, with its byte order mark and line ends.

    Raises:
        UnreadableError: too large (E003), not UTF-8 (E002) or with control characters (E004); the place names
            line and column.
    """
    if len(data) > FILE_BYTES:
        raise UnreadableError(
            "E003",
            f"the file is larger than {FILE_BYTES // 1024} KiB",
            place=Place(path=path),
            fix="split it, and keep pictures in files of their own",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise UnreadableError(
            "E002",
            f"the byte 0x{data[error.start]:02x} is not UTF-8 text",
            place=Lines(before).place(len(before), path=path),
            fix="save the file in the encoding UTF-8",
        ) from None
    if (found := CONTROL.search(text)) is not None:
        raise UnreadableError(
            "E004",
            f"the control character U+{ord(found[0]):04X} stands here",
            place=Lines(text).place(found.start(), path=path),
            fix="delete it; an unseen character like this breaks mails and feeds",
        )
    return text


class Lines:
    """The line structure of a text: turns offsets into places. CRLF, CR and LF end a line."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def line(self, offset: int) -> int:
        """Return the line, from 1, on which the character at `offset` stands."""
        return bisect_right(self._starts, offset)

    def start(self, line: int) -> int:
        """Return the offset at which `line` begins; the last line's for any later one."""
        return self._starts[min(line, len(self._starts)) - 1]

    def place(self, offset: int, *, path: str) -> Place:
        """Return file, line and column (both from 1) of the character at `offset`."""
        line = self.line(offset)
        return Place(path=path, line=line, column=offset - self._starts[line - 1] + 1)


def body_lines(text: str) -> list[str]:
    """Return the lines of `text` without their ends; other Unicode separators end no line."""
    return LINE_END.split(text)
