"""Telling the replies of a relay apart in what it says (RFC 5321 section 4.2); pure."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_LINE = 8192
"""Octets; RFC 5321 section 4.5.3.1.5 allows 512."""

MOST_LINES = 100
"""Lines of one reply."""

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class Reply(NamedTuple):
    """A code and the words of each line behind it."""

    code: int
    lines: tuple[str, ...]

    @property
    def kind(self) -> int:
        """The first digit: 2 is a yes, 3 asks for more, 4 is a no for now, 5 a no for good."""
        return self.code // 100

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(self.lines)


class RefusedError(Exception):
    """A relay said no to something without which no message can be sent."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} {reply.text}")
        self.reply = reply


def take_reply(heard: bytearray) -> Reply | None:
    """Remove the first whole reply from what was heard and return it; None while its end has not come.

    Raises:
        ConnectionError: what was heard is no reply, and nothing that may follow can make it one.
    """
    start, code, lines = 0, b"", []
    while (end := heard.find(b"\n", start)) >= 0:
        line = bytes(heard[start:end]).removesuffix(b"\r")
        match = _LINE.fullmatch(line) if len(line) <= LONGEST_LINE else None
        if match is None:
            raise ConnectionError(f"its answer is not SMTP: {line[:80]!r}")
        if code and match[1] != code:
            raise ConnectionError(f"its answer contradicts itself: {code.decode()} and {match[1].decode()}")
        start, code = end + 1, match[1]
        lines.append((match[3] or b"").decode("utf-8", "replace"))
        if match[2] != b"-":
            del heard[:start]
            return Reply(int(code), tuple(lines))
        if len(lines) == MOST_LINES:
            raise ConnectionError("its answer has no end")
    if len(heard) - start > LONGEST_LINE:
        raise ConnectionError("its answer has a line without an end")
    return None
