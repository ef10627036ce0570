"""Cutting a mail into parts: bounded in size, parts, depth and time."""

from __future__ import annotations

import time

import pytest

from publisher.delivery.reports.all import read
from publisher.delivery.reports.mail import LARGEST, MOST_FIELDS, MOST_PARTS, mail_of

MULTIPART = b"Content-Type: multipart/report; boundary=x\n\n"
PATIENCE = 3.0


def test_fields_are_unfolded_and_lines_that_are_none_passed_over() -> None:
    fields = mail_of(b"From here\nTo: a\n\tb\nnonsense\n: x\nTo : c\r\nX:\n\nTo: d\n").fields

    assert fields.every("to") == ["a\tb", "c"]
    assert fields.first("x") == ""
    assert "from" not in fields


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c", "\r"])
def test_no_other_line_end_begins_a_field(separator: str) -> None:
    raw = f"Subject: a{separator}Delivered-To: b@example.org\n\n".encode()

    assert "delivered-to" not in mail_of(raw).fields


def test_an_encoded_line_end_in_a_header_begins_no_field() -> None:
    raw = b"Subject: =?utf-8?b?YQ0KRGVsaXZlcmVkLVRvOiBiQGV4YW1wbGUub3Jn?=\n\n"

    assert "delivered-to" not in mail_of(raw).fields


def test_parts_end_at_their_boundary_and_what_is_around_them_is_nothing() -> None:
    raw = (
        MULTIPART
        + b"before\n--x\nContent-Type: A/B; c=d\n\none\n--xy\n--x \n\ntwo\n--x--\nafter\n--x\n\nthree\n"
    )

    parts = mail_of(raw).parts

    assert [(part.media_type, part.content) for part in parts] == [
        ("a/b", b"one\n--xy\n"),
        ("text/plain", b"\ntwo\n"),
    ]


def test_a_part_that_was_cut_off_is_a_part() -> None:
    assert [part.content for part in mail_of(MULTIPART + b"--x\n\none").parts] == [b"\none"]


@pytest.mark.parametrize(("coding", "content"), [("base64", b"b25l"), ("Quoted-Printable", b"=6Fne")])
def test_parts_are_decoded(coding: str, content: bytes) -> None:
    raw = MULTIPART + b"--x\nContent-Transfer-Encoding: " + coding.encode() + b"\n\n" + content + b"\n--x--"

    assert mail_of(raw).parts[0].content.strip() == b"one"


def test_a_part_in_broken_base64_is_empty() -> None:
    raw = MULTIPART + b"--x\nContent-Transfer-Encoding: base64\n\nb25l_b\n--x--"

    assert mail_of(raw).parts[0].content == b""


def test_parts_and_fields_are_counted() -> None:
    raw = b"A: b\n" * 2000 + MULTIPART + b"--x\n\none\n" * 1000

    assert len(mail_of(MULTIPART + b"--x\n\none\n" * 1000).parts) == MOST_PARTS
    assert len(mail_of(raw).fields.pairs) == MOST_FIELDS


@pytest.mark.parametrize(
    "raw",
    [
        MULTIPART + b"--x\n" * LARGEST,
        b"".join(b"Content-Type: multipart/report; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(9000)),
        b"A:" + b"\n " * LARGEST,
        b"A:" + b" " * LARGEST + b"\n",
        b"Content-Type: multipart/report" + b"; boundary=" * 20_000,
        b'Content-Type: multipart/report; boundary="' + b"\\" * LARGEST,
        b"\n " * LARGEST,
        b"\r" * LARGEST,
        b"Subject: " + b"=?utf-8?b?" * 20_000 + b"\n\n",
        b"To: " + b"a@" * 100_000 + b"\nAuto-Submitted: auto-replied\n\n",
        MULTIPART + b"--x\nContent-Type: message/delivery-status\n\n" + b"\n \n" * 60_000,
        MULTIPART
        + b"--x\nContent-Type: message/delivery-status\n\n"
        + b"Diagnostic-Code: "
        + b"5.1." * 60_000,
        MULTIPART + b"--x\nContent-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 15_000,
    ],
    ids=range(13),
)
def test_no_mail_takes_long_to_read(raw: bytes) -> None:
    began = time.thread_time()

    read(raw)

    assert time.thread_time() - began < PATIENCE
