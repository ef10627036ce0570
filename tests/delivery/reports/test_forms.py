"""What mails that come back say: bounces, complaints, answers of machines, and all that means nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.reports.all import FORMATS, read
from publisher.delivery.reports.mail import LARGEST, mail_of
from publisher.delivery.reports.reading import Reading
from publisher.model.reports import ReportKind
from tests.delivery.reports import samples

TO = "bounces+m12-d345-abcdefghijklmnop@news.example.net"


def reading_of(raw: bytes) -> Reading:
    """Return what a mail says that must say something."""
    found = read(raw)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("server", "kind", "code", "text"),
    [
        (
            samples.postfix,
            ReportKind.HARD_BOUNCE,
            "5.1.1",
            "550 5.1.1 <reader@example.org>: Recipient address rejected: User unknown in my table",
        ),
        (
            samples.exim,
            ReportKind.HARD_BOUNCE,
            "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist.",
        ),
        (
            samples.exchange,
            ReportKind.HARD_BOUNCE,
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
        ),
        (
            samples.gmail,
            ReportKind.DELAYED,
            "4.4.1",
            "The recipient server did not accept our requests to connect.",
        ),
        (samples.full_mailbox, ReportKind.SOFT_BOUNCE, "5.2.2", "552 5.2.2 mailbox is over quota"),
        (samples.refused_by_policy, ReportKind.SOFT_BOUNCE, "5.7.1", "550 5.7.1 we do not like your address"),
        (samples.delivered, ReportKind.DELIVERED, "2.0.0", "250 2.0.0 Ok"),
    ],
)
def test_notifications_of_all_servers_are_understood(
    server: Callable[[str], bytes], kind: ReportKind, code: str, text: str
) -> None:
    found = reading_of(server(TO))

    assert (found.kind, found.code, found.text) == (kind, code, text)
    assert found.named[0] == TO


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", ReportKind.HARD_BOUNCE),
        ("5.1.2", ReportKind.HARD_BOUNCE),
        ("5.1.6", ReportKind.HARD_BOUNCE),
        ("5.2.1 (mailbox disabled)", ReportKind.HARD_BOUNCE),
        ("5.4.4", ReportKind.HARD_BOUNCE),
        ("5.1.11", ReportKind.SOFT_BOUNCE),
        ("5.1.8", ReportKind.SOFT_BOUNCE),
        ("5.2.2", ReportKind.SOFT_BOUNCE),
        ("5.7.1", ReportKind.SOFT_BOUNCE),
        ("4.4.7", ReportKind.SOFT_BOUNCE),
        ("4.1.1", ReportKind.SOFT_BOUNCE),
        ("nonsense", ReportKind.SOFT_BOUNCE),
    ],
)
def test_a_bounce_is_hard_only_where_there_is_nobody_to_be_reached(status: str, kind: ReportKind) -> None:
    assert reading_of(samples.postfix(TO, status=status, said="smtp; no")).kind is kind


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        ("5.0.0", "smtp; 550 5.1.1 no such user", "5.1.1"),
        ("5.0.0", "smtp; 550-5.2.1 disabled", "5.2.1"),
        ("5.0.0", "smtp; 550 #5.1.1 no such user", "5.1.1"),
        ("5.0.0", "smtp; 550 no such user 5.1.1", "5.0.0"),
        ("5.0.0", "smtp; 450 4.1.1 come again", "5.0.0"),
        ("4.4.7", "smtp; 550 5.1.1 no such user", "4.4.7"),
        ("", "smtp; 550 5.1.1 no such user", "5.1.1"),
        ("", "smtp; no", ""),
    ],
)
def test_a_status_that_says_nothing_gives_way_to_the_servers_reply(status: str, said: str, code: str) -> None:
    assert reading_of(samples.postfix(TO, status=status, said=said)).code == code


def test_an_address_of_several_mailboxes_has_not_bounced_if_one_was_reached() -> None:
    raw = samples.postfix(TO).replace(
        b"Final-Recipient:", b"Final-Recipient: rfc822; b@example.org\nAction: relayed\n\nFinal-Recipient:"
    )

    assert reading_of(raw).kind is ReportKind.DELIVERED


def test_blank_lines_within_a_notification_do_not_matter() -> None:
    raw = samples.postfix(TO).replace(b"\n\nFinal-Recipient:", b"\nFinal-Recipient:")

    assert reading_of(raw).kind is ReportKind.HARD_BOUNCE


@pytest.mark.parametrize(
    "raw",
    [
        samples.qmail(TO),
        samples.letter(TO),
        samples.postfix(TO).replace(b"multipart/report;", b"multipart/mixed;"),
        samples.postfix(TO).replace(b"message/delivery-status", b"text/plain"),
        samples.postfix(TO).replace(b"Action:", b"Faction:"),
        samples.postfix(TO, action="read"),
        samples.postfix(TO).replace(b"\n--4F1D2.1759725067", b"\n--another"),
        samples.yahoo(TO, kind="not-spam"),
        samples.yahoo(TO, kind="auth-failure"),
        samples.auto_reply(TO, more="Auto-Submitted: no\n"),
        samples.auto_reply(TO, subject="Re: out of office hours"),
        samples.mail(f"To: {TO}\nContent-Type: multipart/report; boundary=x\n", "--x--"),
        b"",
        b"\n" * 1000,
        b"\0" * 1000,
    ],
    ids=range(15),
)
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert read(raw) is None


def test_a_bounce_within_a_forwarded_mail_says_nothing() -> None:
    inner = samples.postfix(TO).decode()
    raw = samples.mail(
        f"To: {TO}\nContent-Type: multipart/mixed; boundary=out\n",
        samples.TEXT + "Look what I got!\n",
        f"Content-Type: message/rfc822\n\n{inner}",
        boundary="out",
    )

    assert read(raw) is None


def test_a_notification_names_only_those_it_was_delivered_to() -> None:
    other = "bounces+m12-d999-abcdefghijklmnop@news.example.net"
    raw = samples.postfix("desk@news.example.net").replace(b"reader@example.org", other.encode())

    assert set(reading_of(raw).named) == {"desk@news.example.net"}


def test_a_complaint_names_the_return_path_of_the_mail_that_it_returns() -> None:
    found = reading_of(samples.yahoo(TO))

    assert (found.kind, found.text) == (ReportKind.COMPLAINT, "abuse, Feedback/2.0")
    assert found.named[:2] == (TO, TO)


def test_a_complaint_without_the_mail_still_has_its_sender() -> None:
    raw = samples.yahoo(TO).replace(b"message/rfc822", b"text/html").replace(b"Return-Path", b"X-Other")

    assert reading_of(raw).named[0] == TO


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: Auto-Generated; type=x\n",
        "X-Autoreply: yes\n",
        "Precedence: auto_reply\n",
    ],
)
def test_an_answer_of_a_machine_is_known_by_its_headers(more: str) -> None:
    assert reading_of(samples.auto_reply(TO, more=more)).kind is ReportKind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office: A quiet machine",
        "Automatic reply: A quiet machine",
        "Abwesenheitsnotiz: Bin am Meer",
        "Automatische Antwort: A quiet machine",
        "=?utf-8?q?R=C3=A9ponse_automatique_=3A_A_quiet_machine?=",
        "=?iso-8859-1?Q?Respuesta_autom=E1tica:_A_quiet_machine?=",
        "Fuori sede",
        "=?utf-8?b?UmVzcG9zdGEgYXV0b23DoXRpY2E6IFgNCkJjYzogeUBleGFtcGxlLm9yZw==?=",
        "Automatisch antwoord: A quiet machine",
        "=?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?=",
        "=?utf-8?b?6Ieq5YuV6L+U5L+h?=",
        "=?utf-8?b?6Ieq5Yqo5Zue5aSN?=: x",
        "[Out of Office] x",
    ],
)
def test_an_answer_of_a_machine_without_headers_is_known_by_its_subject(subject: str) -> None:
    found = reading_of(samples.auto_reply(TO, subject=subject))

    assert found.kind is ReportKind.AUTO_REPLY
    assert "\n" not in found.text


def test_the_same_report_has_the_same_identity_on_every_way() -> None:
    first = samples.postfix(TO)
    second = b"Received: from elsewhere by here\r\n" + first

    assert reading_of(first).identity == reading_of(second).identity
    assert reading_of(samples.exim(TO)).identity != reading_of(first).identity


def test_reports_without_a_message_id_are_told_apart_by_what_they_say() -> None:
    one, two = (
        samples.postfix(TO, status=status).replace(b"Message-Id", b"X-Id") for status in ("5.1.1", "5.1.2")
    )

    assert reading_of(one).identity == reading_of(one).identity != reading_of(two).identity


def test_of_an_endless_mail_only_the_beginning_is_read() -> None:
    endless = samples.postfix(TO).removesuffix(b"--\n") + b"\n" + b"x" * (4 * LARGEST)
    hidden = samples.letter(TO) + b"x" * LARGEST + samples.postfix(TO)

    assert reading_of(endless).kind is ReportKind.HARD_BOUNCE
    assert read(hidden) is None


SHAPES = [
    *(sample(TO) for sample in samples.BOUNCES.values()),
    samples.yahoo(TO),
    samples.auto_reply(TO, subject="=?utf-8?b?6Ieq5YuV6L+U5L+h?="),
]


@given(raw=st.binary(max_size=2000))
@example(raw=b"Content-Type: multipart/report; boundary=\x85\n\n--\xc2\x85\n")
@example(raw=b"Subject: =?utf-8?b?=?=\n\n")
@example(raw=b"Subject: =?no-such-charset?q?x?=\n\n")
@example(raw=b"Subject: =?utf-8?b?a?=\n\n")
@example(raw=b"From \n")
def test_no_bytes_whatever_make_it_fail(raw: bytes) -> None:
    mail = mail_of(raw)

    assert isinstance(read(raw), Reading | None)
    assert all(isinstance(reads(mail), Reading | None) for reads in FORMATS.values())


@given(data=st.data())
def test_no_damaged_report_makes_it_fail(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SHAPES)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 40)))
        raw[start:end] = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from(SPLINTERS)))

    found = read(bytes(raw))

    assert found is None or "\n" not in found.text


SPLINTERS = [b"\r\n\r\n", b"\n", b"\r", b"--4F1D2.1759725067/mx.news.example.net--", b'"', b"=?", b":", b" "]
