"""Mails with which readers leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.mime import unstructured
from publisher.delivery.reports.all import may_say
from publisher.delivery.reports.leaving import token_in
from publisher.delivery.reports.mail import mail_of
from publisher.delivery.tokens import make

TOKEN = make(b"k", kid="1", public_id="0" * 16, list="weekly")


def mail(subject: str, *, more: str = "") -> bytes:
    return f"From: ada@example.net\r\nSubject: {subject}\r\n{more}\r\nplease\r\n".encode()


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {TOKEN}",
        f"Unsubscribe {TOKEN}",
        f"  unsubscribe   {TOKEN} ",
        f"unsubscribe\r\n {TOKEN}",
        f"=?utf-8?q?unsubscribe_{TOKEN.replace('_', '=5F')}?=",
    ],
)
def test_the_token_is_found_however_a_mail_program_writes_the_subject(subject: str) -> None:
    raw = mail(subject)

    assert token_in(mail_of(raw)) == TOKEN
    assert may_say(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


@pytest.mark.parametrize(
    "subject",
    ["", "unsubscribe", TOKEN, f"Re: unsubscribe {TOKEN}", f"unsubscribe {TOKEN} now", "unsubscribe v1.x"],
)
def test_any_other_subject_has_none(subject: str) -> None:
    assert token_in(mail_of(mail(subject))) is None


def test_a_report_that_has_such_a_subject_is_a_report() -> None:
    raw = mail(f"unsubscribe {TOKEN}", more='Content-Type: multipart/report; boundary="b"\r\n')

    assert token_in(mail_of(raw)) is None


@given(st.binary())
def test_whatever_a_mail_is_nothing_is_raised(raw: bytes) -> None:
    assert token_in(mail_of(raw)) is None


def test_our_own_link_to_leave_is_understood() -> None:
    assert token_in(mail_of(mail(unstructured(f"unsubscribe {TOKEN}")))) == TOKEN
