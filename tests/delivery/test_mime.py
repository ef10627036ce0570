"""What we write is read back by the standard library, which is not ours."""

from __future__ import annotations

import quopri
import re
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.mime import (
    WIDTH,
    MessageError,
    header,
    mailbox,
    mailto,
    one_line,
    quoted_printable,
    unstructured,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LINES = st.lists(
    st.text(st.sampled_from("a.-=F \t\u00e9") | st.characters(exclude_categories=["Cc", "Cs"]), max_size=120)
    | st.sampled_from([".", "..", "From here", "--", "-- ", "  two", " ", "\t", "=", "x" * 75, "x" * 76]),
).map("\n".join)


def read_header(name: str, field: bytes) -> str:
    message = message_from_bytes(field + b"\r\n", policy=policy.default)
    assert not message.defects
    assert not message[name].defects
    return str(message[name])


@given(TEXTS)
@example("=?utf-8?q?x?=")
@example("x" * 2000)
@example("Grid batteries overtake gas peakers, and nobody at the ministry has noticed it yet")
@example("蓄電池、夕方の主役へ" * 9)
@example("👩‍👩‍👧‍👦 " * 30)
def test_any_subject_survives(subject: str) -> None:
    field = header("Subject", unstructured(subject))

    assert read_header("Subject", field) == re.sub(" +", " ", one_line(subject))
    assert max(map(len, field.split(b"\r\n"))) <= WIDTH


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example('Notes, "daily" <and> \\ (more)')
@example("Dr. No")
def test_any_name_of_a_sender_survives(name: str) -> None:
    field = header("From", mailbox(name, "notes@example.org"))

    message = message_from_bytes(field + b"\r\n", policy=policy.default)
    (address,) = message["From"].addresses
    assert address.addr_spec == "notes@example.org"
    assert _letters(address.display_name) == _letters(one_line(name))
    assert max(map(len, field.split(b"\r\n"))) <= WIDTH


def _letters(name: str) -> str:
    """Leave white space out: some versions of the library put a blank between two encoded words of a name."""
    return "".join(name.split())


def test_plain_words_stay_readable_and_others_take_the_shorter_encoding() -> None:
    assert unstructured("Batteries, at last") == "Batteries, at last"
    assert unstructured("Café at last") == "=?utf-8?q?Caf=C3=A9_at_last?="
    assert unstructured("電池") == "=?utf-8?b?6Zu75rGg?="


@pytest.mark.parametrize("value", ["a\r\nBcc: all@example.org", "a\nb", "a\x00b", "caf\u00e9"])
def test_nothing_but_printable_ascii_reaches_a_header(value: str) -> None:
    with pytest.raises(MessageError, match="cannot stand in the field List-Id"):
        header("List-Id", value)


def test_a_field_that_no_line_can_hold_is_refused() -> None:
    assert len(header("Archived-At", "x" * 985)) == 998 + len("\r\n")
    with pytest.raises(MessageError, match="the field Archived-At of a mail is too long for a line"):
        header("Archived-At", "x" * 986)


@pytest.mark.parametrize(
    ("address", "subject", "url"),
    [
        ("leave@example.org", "", "mailto:leave@example.org"),
        ("a.b-c@example.org", "unsubscribe weekly", "mailto:a.b-c@example.org?subject=unsubscribe%20weekly"),
        ("a/b?c&d%e=f@example.org", "x&y", "mailto:a%2Fb%3Fc%26d%25e%3Df@example.org?subject=x%26y"),
        ("josé@example.org", "é", "mailto:jos%C3%A9@example.org?subject=%C3%A9"),
    ],
)
def test_a_link_to_write_to_somebody_means_only_that(address: str, subject: str, url: str) -> None:
    assert mailto(address, subject) == url


@given(TEXTS)
def test_encoded_values_never_hold_what_a_header_cannot_carry(text: str) -> None:
    for value in (unstructured(text), mailbox(text, "a@example.org")):
        assert re.fullmatch(r"[ -~]*", value)


@given(LINES)
def test_any_body_survives(text: str) -> None:
    body = quoted_printable(text)

    assert quopri.decodestring(body).replace(b"\r\n", b"\n").decode() == text


@given(LINES)
def test_no_line_of_a_body_is_long_or_means_anything_to_smtp_mime_or_mbox(text: str) -> None:
    lines = quoted_printable(text).split(b"\r\n")

    assert max(map(len, lines)) <= WIDTH
    for line in lines:
        assert re.fullmatch(rb"[ -~]*", line)
        assert not line.startswith((b".", b"-", b"From "))


@given(LINES)
def test_a_body_is_already_in_dkims_relaxed_form(text: str) -> None:
    lines = quoted_printable(text).split(b"\r\n")

    assert lines == [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]


def test_line_ends_of_all_kinds_become_those_of_mail() -> None:
    assert quoted_printable("a\r\nb\rc\nd") == b"a\r\nb\r\nc\r\nd"


def test_a_very_long_line_survives() -> None:
    line = "é." * 300_000

    assert quopri.decodestring(quoted_printable(line)).decode() == line
