from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.transports.transport import body_flaw, unsendable
from publisher.model.delivery import DeliveryState, Stage
from tests.delivery.transports.samples import BODY, message


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the message does not end with a line end"),
        (b"Subject: x\r\n\r\nend", "the message does not end with a line end"),
        (b"Subject: x\n\r\nend\r\n", "a bare carriage return or line feed"),
        (b"Subject: x\r\n\r\nend\n.\r\n", "a bare carriage return or line feed"),
        (b"Subject: x\r\n\r\nend\r.\r\n", "a bare carriage return or line feed"),
        (b"Subject: x\r\n\r\nend\r\n.\r\r\n", "a bare carriage return or line feed"),
        (b"Subject: x\r\n\r\nen\0d\r\n", "a NUL byte"),
        (b"Subject: x\r\n\r\n" + b"x" * 999 + b"\r\n", "a line of more than 998 bytes"),
    ],
)
def test_a_body_that_two_servers_could_read_differently_never_leaves(body: bytes, why: str) -> None:
    refusal = unsendable(message(body=body))

    assert refusal is not None
    assert why in refusal.text
    assert (refusal.state, refusal.stage, refusal.relay_fault) == (DeliveryState.REJECTED, Stage.BODY, True)


@pytest.mark.parametrize("body", [BODY, b"\r\n", b"x" * 998 + b"\r\n", "Grüße\r\n".encode()])
def test_a_body_of_whole_lines_may_leave(body: bytes) -> None:
    assert unsendable(message(body=body)) is None


@given(body=st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"x", b"\0", b"y" * 500])).map(b"".join))
def test_what_may_leave_has_no_line_end_but_crlf(body: bytes) -> None:
    lines = body.split(b"\r\n")
    fits = all(len(line) <= 998 and not set(line) & set(b"\r\n\0") for line in lines)

    assert (body_flaw(body) is None) == (fits and lines[-1] == b"" and len(lines) > 1)


def test_a_recipient_nobody_can_write_to_concerns_that_recipient_alone() -> None:
    refusal = unsendable(message(to="Ann <ann@example.org>"))

    assert refusal is not None
    assert (refusal.state, refusal.enhanced) == (DeliveryState.REJECTED, "5.1.3")
    assert not refusal.relay_fault
    assert "has angle brackets" in refusal.text


def test_a_sender_nobody_can_answer_is_our_own_fault() -> None:
    refusal = unsendable(message(sender="news\r\nDATA@example.com"))

    assert refusal is not None
    assert (refusal.state, refusal.stage, refusal.relay_fault) == (DeliveryState.REJECTED, Stage.MAIL, True)
    assert unsendable(message(sender="")) is None
