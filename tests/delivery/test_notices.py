"""The mail of a notice: its subject, its headers, and what follows from an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.addresses import AddressError
from publisher.delivery.notices import FORMS, compose, form_of, message_id, next_step, subject_of
from publisher.delivery.retry import GIVE_UP, MOST_COPIES, WAITS
from publisher.delivery.transports.transport import unsendable
from publisher.errors import NotFoundError
from publisher.model.delivery import DeliveryState, Message, NextStep, Outcome, Stage
from publisher.model.notices import NoticeKind
from publisher.model.reader_notices import ReaderNotice
from publisher.model.records import Notice
from tests.editions import MASTHEAD
from tests.mails import bodies, read
from tests.notices import EDITOR, HEAT, MOMENT, NOTICES, SECRET, notice

HELD = NOTICES["held"]
WORDS = st.text(
    st.one_of(st.sampled_from('\r\n\0\x85\u2028\u202e"\\<>@=?,;:. -&{}'), st.characters()), max_size=120
)


def mail(told: Notice = HELD, *, subject: str = "Held", html: str = "<p>x</p>", text: str = "x") -> Message:
    return compose(told, subject=subject, html=html, text=text, masthead=MASTHEAD, secret=SECRET)


@pytest.mark.parametrize("kind", [*ReaderNotice, NoticeKind.HELD])
def test_a_mailbox_with_letters_outside_ascii_is_written_to_as_it_is(kind: str) -> None:
    told = replace(notice(kind, HEAT), address="jörg@example.net")

    sent = mail(told)

    assert "\r\nTo: <jörg@example.net>\r\n".encode() in sent.body
    assert sent.envelope_to == "jörg@example.net"


def test_every_kind_has_a_form() -> None:
    assert set(FORMS) == set(NoticeKind)
    with pytest.raises(NotFoundError, match="there is no notice of the kind 'riddle'"):
        form_of("riddle")


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("held", "Held: What heat leaves behind"),
        ("held-many", "1,302 issues are held"),
        ("late", "Late: What heat leaves behind"),
        ("empty-slot", "Empty slot: Tuesday, 6 October 2026, 06:30 (Europe/Madrid)"),
        ("paused", "Paused: What heat leaves behind"),
        ("parked", "Part of a mailing waits: What heat leaves behind"),
        ("ended", "Sent, 2 uncertain: What heat leaves behind"),
    ],
)
def test_the_subject_says_what_has_happened(name: str, subject: str) -> None:
    told = NOTICES[name]

    assert subject_of(form_of(told.kind), told.payload) == subject


@given(WORDS)
def test_no_title_makes_the_subject_more_than_a_line(title: str) -> None:
    told = notice(NoticeKind.HELD, HEAT | {"title": title * 5})

    subject = subject_of(form_of(told.kind), told.payload)

    assert subject.startswith("Held:")
    assert len(subject) <= 151
    assert not set(subject) & {"\r", "\n", "\0"}


def test_a_title_with_braces_is_a_title() -> None:
    told = notice(NoticeKind.HELD, HEAT | {"title": "{slug} {0.__class__} {"})

    assert subject_of(form_of(told.kind), told.payload) == "Held: {slug} {0.__class__} {"


@given(WORDS, WORDS, WORDS)
def test_strangers_words_add_no_header_and_no_part(subject: str, html: str, text: str) -> None:
    made = mail(subject=subject, html=html, text=text)

    assert unsendable(made) is None
    assert read(made.body).keys() == read(mail().body).keys()
    assert len(bodies(made.body)) == 2


@pytest.mark.parametrize("text", ["é" * 50, "電池の秋" * 40, ".\nFrom here\n--=_notice-7--\n-", "a" * 3000])
def test_both_bodies_arrive_as_they_were_written(text: str) -> None:
    made = mail(html=f"<p>{text}</p>", text=f"{text}\n")

    assert bodies(made.body) == (text, f"<p>{text}</p>")


def test_no_program_answers_it_and_it_is_no_mail_of_a_list() -> None:
    headers = read(mail().body)

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    (sender,), (reader,) = headers["From"].addresses, headers["To"].addresses
    assert (sender.display_name, sender.addr_spec) == (MASTHEAD.sender_name, MASTHEAD.sender_address)
    assert (reader.display_name, reader.addr_spec) == ("", EDITOR)
    assert headers["Date"].datetime == MOMENT
    assert not [name for name in headers if name.startswith("List-")]


def test_what_comes_back_for_it_goes_to_the_sender() -> None:
    made = mail()

    assert (made.envelope_from, made.envelope_to, made.key) == (MASTHEAD.sender_address, EDITOR, "n7")


def test_each_try_is_the_same_mail() -> None:
    tried = replace(HELD, attempts=3, state=DeliveryState.SENDING, due_at=MOMENT + timedelta(hours=1))

    assert mail(tried) == mail()
    assert read(mail().body)["Message-ID"] == mail().message_id


@pytest.mark.parametrize(
    "other", [replace(HELD, id=8), replace(HELD, created_at=MOMENT + timedelta(microseconds=1))]
)
def test_another_notice_has_another_message_id(other: Notice) -> None:
    assert mail(other).message_id != mail().message_id
    assert message_id(b"t" * 32, HELD, domain="example.org") != message_id(SECRET, HELD, domain="example.org")


@pytest.mark.parametrize(
    "address", ["", "ines", "ines@example.org\r\nBcc: all@example.org", "a@b.org, c@d.org"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        mail(replace(HELD, address=address))


def step(outcome: Outcome, *, attempts: int = 0, age: timedelta = timedelta()) -> NextStep:
    return next_step(outcome, attempts=attempts, created_at=MOMENT, now=MOMENT + age, jitter=0)


ACCEPTED = Outcome(state=DeliveryState.ACCEPTED, code=250)
NO_SUCH = Outcome(state=DeliveryState.REJECTED, code=550, stage=Stage.RCPT)
SUSPENDED = Outcome(state=DeliveryState.REJECTED, code=554, stage=Stage.MAIL, relay_fault=True)
DOWN = Outcome(state=DeliveryState.DEFERRED, stage=Stage.CONNECT, relay_fault=True)
LOST = Outcome(state=DeliveryState.UNCERTAIN, stage=Stage.DOT, relay_fault=True)


def test_an_accepted_notice_is_done_and_one_that_the_reader_refuses_is_too() -> None:
    assert step(ACCEPTED) == NextStep(state=DeliveryState.ACCEPTED)
    assert step(NO_SUCH) == NextStep(state=DeliveryState.REJECTED)


@pytest.mark.parametrize("outcome", [SUSPENDED, DOWN, LOST])
def test_what_may_still_succeed_is_tried_again_after_growing_waits(outcome: Outcome) -> None:
    for attempts in range(MOST_COPIES - 1):
        expected = NextStep(state=DeliveryState.DEFERRED, retry_at=MOMENT + WAITS[attempts])
        assert step(outcome, attempts=attempts) == expected


@pytest.mark.parametrize("outcome", [SUSPENDED, DOWN])
def test_a_notice_is_given_up_after_48_hours(outcome: Outcome) -> None:
    enough = len(WAITS) - 1

    assert step(outcome, attempts=enough, age=GIVE_UP - timedelta(seconds=1)).retry_at
    assert step(outcome, attempts=enough, age=GIVE_UP) == NextStep(
        state=DeliveryState.REJECTED, reason="gave up after 48 hours"
    )


def test_a_notice_that_has_waited_for_a_server_for_days_has_its_share_of_tries() -> None:
    assert step(DOWN, attempts=0, age=timedelta(days=9)).state is DeliveryState.DEFERRED


def test_a_notice_of_which_nobody_ever_knows_does_not_come_without_end() -> None:
    assert step(LOST, attempts=MOST_COPIES - 1) == NextStep(
        state=DeliveryState.UNCERTAIN, reason="still uncertain after 5 tries; not sent again"
    )
