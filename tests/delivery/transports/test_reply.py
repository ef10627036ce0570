from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.transports.smtp_reply import Reply, take_reply

WORDS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)
REPLIES = st.builds(
    lambda code, lines: Reply(code, tuple(lines)),
    st.integers(200, 599),
    st.lists(WORDS, min_size=1, max_size=4),
)


def spoken(reply: Reply, end: str = "\r\n") -> bytes:
    marks = ["-"] * (len(reply.lines) - 1) + [" "]
    return "".join(
        f"{reply.code}{mark}{line}{end}" for mark, line in zip(marks, reply.lines, strict=True)
    ).encode()


@given(
    replies=st.lists(REPLIES, max_size=4),
    cuts=st.lists(st.integers(1, 9)),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_replies_are_the_same_however_their_bytes_come(
    replies: list[Reply], cuts: list[int], end: str
) -> None:
    said = b"".join(spoken(reply, end) for reply in replies)
    heard, found = bytearray(), []

    for size in [*cuts, len(said)]:
        heard += said[:size]
        said = said[size:]
        while (reply := take_reply(heard)) is not None:
            found.append(reply)

    expected = [Reply(code, tuple(line.removesuffix("\r") for line in lines)) for code, lines in replies]
    assert [
        Reply(code, tuple(line.removesuffix("\r") for line in lines)) for code, lines in found
    ] == expected
    assert heard == b""


@pytest.mark.parametrize("said", [b"", b"2", b"250 ok", b"250 ok\r", b"250-more\r\n", b"250-more\r\n250 "])
def test_a_reply_without_its_end_is_none_yet_and_stays_where_it_is(said: bytes) -> None:
    heard = bytearray(said)

    assert take_reply(heard) is None
    assert heard == said


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"hello\r\n", "is not SMTP: b'hello'"),
        (b"\r\n", "is not SMTP"),
        (b"2500 ok\r\n", "is not SMTP"),
        (b"150 wait\r\n", "is not SMTP"),
        (b"250-ok\r\n251 ok\r\n", "contradicts itself: 250 and 251"),
        (b"250-and\r\n" * 100, "has no end"),
        (b"250 " + b"x" * 8192, "has a line without an end"),
        (b"250 " + b"x" * 8192 + b"\r\n", "is not SMTP"),
    ],
)
def test_what_cannot_become_a_reply_is_told_at_once(said: bytes, why: str) -> None:
    with pytest.raises(ConnectionError, match=why):
        take_reply(bytearray(said))


@given(heard=st.binary(max_size=200))
def test_whatever_is_heard_is_a_reply_or_none_or_a_complaint(heard: bytes) -> None:
    buffer = bytearray(heard)

    with contextlib.suppress(ConnectionError):
        assert (take_reply(buffer) is None) == (len(buffer) == len(heard))

    assert heard.endswith(buffer)
