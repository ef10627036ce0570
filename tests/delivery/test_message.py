"""Messages, read back by the standard library."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.message import delivery_key, message_id
from publisher.delivery.mime import MessageError
from publisher.delivery.template import MimeTemplate
from publisher.model.edition import Masthead
from publisher.model.fillins import NUMBER
from tests.editions import MASTHEAD
from tests.mails import ADA, CHOOSE, HTML, INK, PAGE, bodies, read, template

STORIES = st.text(
    st.sampled_from([*"a.-=F \n\r\t", "\u00e9", "電"]) | st.characters(exclude_categories=["Cs"]),
)


def test_a_mail_has_the_headers_that_a_newsletter_owes() -> None:
    mail = template().fill(ADA)

    assert dict(read(mail).items()) == {
        "From": "Field Notes <notes@example.org>",
        "To": "ada@example.net",
        "Reply-To": "editors@example.org",
        "Subject": "Forty years of being wrong",
        "Date": "Tue, 06 Oct 2026 04:30:00 +0000",
        "Message-ID": "<abc.def@example.org>",
        "List-Id": "Weekly <weekly.example.org>",
        "List-Unsubscribe": f"<{PAGE}>, <mailto:leave@example.org?subject=unsubscribe%20weekly>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": "<https://news.example.org/>",
        "List-Help": "<mailto:editors@example.org?subject=help>",
        "List-Owner": "<mailto:editors@example.org>",
        "Archived-At": "<https://news.example.org/issues/notebooks/>",
        "Feedback-ID": "notebooks:weekly:newsletter:example.org",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Report-Abuse": "<mailto:editors@example.org?subject=abuse>",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_0123456789abcdef"',
    }


def test_without_a_mailbox_for_leaving_only_the_page_is_named() -> None:
    mail = template().fill(replace(ADA, unsubscribe_mail=""))

    assert read(mail)["List-Unsubscribe"] == f"<{PAGE}>"


def test_a_publication_whose_mailbox_for_answers_is_its_sender_is_asked_there() -> None:
    mail = read(template(masthead=replace(MASTHEAD, reply_to="")).fill(ADA))

    assert mail["Reply-To"] is None
    assert mail["List-Help"] == "<mailto:notes@example.org?subject=help>"
    assert mail["List-Owner"] == "<mailto:notes@example.org>"


def test_an_address_in_a_link_to_write_to_is_spelled_as_urls_are() -> None:
    mail = read(template(masthead=replace(MASTHEAD, reply_to="a&b?c+d%e@example.org")).fill(ADA))

    assert mail["List-Owner"] == "<mailto:a%26b%3Fc+d%25e@example.org>"


@pytest.mark.parametrize(
    ("domain", "sender"),
    [("example.org", "example.org"), ("news.of.example.org", "c7rntamypb7gguv"), ("a.io", "bx4s7meaxeirifx")],
)
def test_complaints_are_counted_under_a_name_of_5_to_15_characters(domain: str, sender: str) -> None:
    mail = read(template(masthead=replace(MASTHEAD, sender_address=f"notes@{domain}")).fill(ADA))

    assert mail["Feedback-ID"] == f"notebooks:weekly:newsletter:{sender}"


def test_the_date_is_in_utc_whatever_zone_it_came_in() -> None:
    madrid = datetime(2026, 10, 6, 6, 30, tzinfo=timezone(timedelta(hours=2)))

    assert read(template(date=madrid).fill(ADA))["Date"] == "Tue, 06 Oct 2026 04:30:00 +0000"


def test_text_comes_first_and_both_parts_name_list_and_way_out() -> None:
    text, html = bodies(template(list_title="Notes & <more>").fill(ADA))

    assert text == f"Good morning, Notes & <more>.\n\nLeave: {PAGE}\nChoose: {CHOOSE}\n"
    assert html == (
        f'<p>Good <b>morning</b>, Notes &amp; &lt;more&gt;.</p>\n<a href="{PAGE}">Leave</a>\n'
        f'<a href="{CHOOSE}">Choose</a>\n'
    )


@given(STORIES, STORIES)
@example("\r\n--=_0123456789abcdef--\r\n", "\r\n.\r\nQUIT\r\n")
@example("Subject: other\r\n\r\nBcc: all@example.org", "To: x\n\n")
@example("zq0123456789abcdee.unsubscribe.qz", "zq.unsubscribe.qz {{ unsubscribe }} @@UNSUB@@")
def test_whatever_a_story_says_stays_in_its_part(text: str, html: str) -> None:
    mail = template(text=text, html=html).fill(ADA)

    expected = tuple(body.replace("\r\n", "\n").replace("\r", "\n") for body in (text, html))
    assert bodies(mail) == expected
    assert read(mail).items() == read(template().fill(ADA)).items()


@given(st.integers(0, 470))
def test_lines_stay_short_whatever_the_length_of_a_value(length: int) -> None:
    page = "https://news.example.org/" + "." * length

    _, _, body = template().fill(replace(ADA, unsubscribe=page)).partition(b"\r\n\r\n")

    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not any(line.startswith(b".") for line in body.split(b"\r\n"))
    assert body.count(b"=\r\n") >= 2


@given(st.integers(0, 470))
def test_a_value_arrives_whole_whatever_its_length(length: int) -> None:
    page = "https://news.example.org/" + "." * length

    text, html = bodies(template().fill(replace(ADA, unsubscribe=page)))

    assert f"Leave: {page}\n" in text
    assert f'href="{page}"' in html


def test_a_mail_is_seven_bit_with_proper_line_ends_and_needs_no_dot_stuffing() -> None:
    mail = template(text=".\n..\nFrom me\n", html="é\n.\n", subject="é" * 200).fill(ADA)

    assert mail.isascii()
    assert mail.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|^\.|^From ", mail, re.MULTILINE)


@pytest.mark.parametrize(
    "bad",
    [
        {"to": "ada@example.net\r\nBcc: all@example.org"},
        {"to": "Ada <ada@example.net>"},
        {"to": "ada@example.net, bob@example.net"},
        {"to": '"ada"@example.net'},
        {"to": "ada"},
        {"to": "ada@example.net\n"},
        {"to": "ada@\u202eexample.net"},
        {"to": "a\u2028b@example.net"},
        {"to": "x" * 65 + "@example.net"},
        {"message_id": "abc@example.org"},
        {"message_id": "<abc@example.org>\r\nX: y"},
        {"message_id": "<a b@example.org>"},
        {"unsubscribe": "https://news.example.org/u\r\nX: y"},
        {"unsubscribe": "https://news.example.org/>,<x"},
        {"unsubscribe": 'https://news.example.org/"onclick="x'},
        {"unsubscribe": "javascript:alert(1)"},
        {"unsubscribe": "https://news.example.org/" + "x" * 501},
        {"preferences": "https://news.example.org/>,<x"},
        {"preferences": ""},
        {"unsubscribe_mail": "mailto:leave@example.org?subject=a\r\nX: y"},
        {"unsubscribe_mail": "https://news.example.org/"},
    ],
)
def test_a_value_that_could_mean_more_than_it_says_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(MessageError, match="cannot stand in a mail"):
        template().fill(replace(ADA, **bad))


@given(st.text(), st.sampled_from(["to", "message_id", "unsubscribe", "preferences", "unsubscribe_mail"]))
def test_no_value_at_all_can_add_a_header(value: str, name: str) -> None:
    honest = read(template().fill(ADA)).keys()

    try:
        mail = template().fill(replace(ADA, **{name: value}))
    except MessageError:
        return

    assert message_from_bytes(mail, policy=policy.compat32).keys() == honest


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a.b+c@example.net", "a.b+c@example.net"),
        ("a..b.@example.net", '"a..b."@example.net'),
        ("josé@example.net", "josé@example.net"),
    ],
)
def test_unusual_addresses_are_written_as_the_standard_has_them(address: str, written: str) -> None:
    mail = template().fill(replace(ADA, to=address))

    assert f"\r\nTo: {written}\r\n".encode() in mail


@pytest.mark.parametrize(
    "masthead",
    [
        replace(MASTHEAD, sender_address="notes@example.org>\r\nBcc: <x@example.org"),
        replace(MASTHEAD, reply_to="not an address"),
        replace(MASTHEAD, home_url="https://news.example.org/\r\nX: y"),
        replace(MASTHEAD, home_url="https://news.example.org/a&b"),
    ],
)
def test_a_masthead_that_cannot_stand_in_headers_is_refused(masthead: Masthead) -> None:
    with pytest.raises(MessageError, match="cannot stand in"):
        template(masthead=masthead)


@pytest.mark.parametrize(
    "home",
    ["http://127.0.0.1:8000", "https://[::1]:8000", "https://example.org/~ann/a%20b", "https://x.org/a+b"],
)
def test_every_usual_address_of_a_publication_can_stand_in_a_mail(home: str) -> None:
    page = f"{home}/unsubscribe/v1.x"
    made = template(masthead=replace(MASTHEAD, home_url=home), page=page)

    mail = read(made.fill(replace(ADA, unsubscribe=page)))

    assert mail["List-Archive"] == f"<{home}/>"
    assert str(mail["List-Unsubscribe"]).startswith(f"<{page}>")


@pytest.mark.parametrize("page", ["https://x.org/" + "x" * 501, "https://x.org/a b", "ftp://x.org/", ""])
def test_links_that_no_mail_could_have_are_refused_before_anybody_is_mailed(page: str) -> None:
    with pytest.raises(MessageError, match="cannot stand in a mail"):
        template(page=page)


def test_a_sender_with_line_breaks_in_its_name_is_one_line() -> None:
    mail = template(masthead=replace(MASTHEAD, sender_name="Field\r\nBcc: x@example.org")).fill(ADA)

    assert read(mail)["From"].addresses[0].display_name == "Field Bcc: x@example.org"
    assert read(mail)["Bcc"] is None


def test_a_mail_that_still_waits_for_its_number_is_refused() -> None:
    with pytest.raises(MessageError, match="still waits for its number"):
        template(text=INK.token(NUMBER))


def test_a_stored_template_makes_the_same_mail() -> None:
    made = template(subject="é", html=HTML * 3)

    stored = MimeTemplate.from_bytes(made.to_bytes())

    assert stored == made
    assert stored.fill(ADA) == made.fill(ADA)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"mime-template-4": {}}',
        b'{"mime-template-2": {}}',
        b'{"mime-template-2": {"slots": ["x"], "pieces": ["a", "b"]}}',
        b'{"mime-template-2": {"slots": ["to"], "pieces": ["a"]}}',
        b'{"mime-template-2": {"slots": [], "pieces": []}}',
        b'{"mime-template-2": {"slots": [{"length": 1, "before": "x", "after": ""}], "pieces": ["a", "b"]}}',
    ],
)
def test_bytes_that_are_no_template_are_refused(stored: bytes) -> None:
    with pytest.raises(MessageError, match="not a message template"):
        MimeTemplate.from_bytes(stored)


def test_a_template_of_an_earlier_publisher_still_makes_its_mails() -> None:
    pieces = ["To: ", "\r\n\r\n=\r\n", "=\r\n\r\n"]
    stored = json.dumps({"mime-template-1": {"slots": ["to", "link"], "pieces": pieces}}).encode()

    mail = MimeTemplate.from_bytes(stored).fill(ADA)

    assert mail.startswith(b"To: ada@example.net\r\n\r\n=\r\nhttps://news.example.org/")


def test_a_template_without_the_link_to_choose_still_makes_its_mails() -> None:
    packed = {"length": len(PAGE), "before": b"ab".hex(), "after": ""}
    pieces = ["To: ", "\r\n\r\n", "\r\n"]
    stored = json.dumps({"mime-template-2": {"slots": ["to", packed], "pieces": pieces}}).encode()

    mail = MimeTemplate.from_bytes(stored).fill(ADA)

    assert b64decode(mail.partition(b"\r\n\r\n")[2]) == f"ab{PAGE}".encode()


def test_message_ids_are_stable_differ_and_depend_on_the_key() -> None:
    identity = message_id(b"key", mailing=12, subscriber=345, domain="example.org")

    assert identity == message_id(b"key", mailing=12, subscriber=345, domain="example.org")
    assert re.fullmatch(r"<[a-z2-7]{32}@example\.org>", identity)
    assert (
        len(
            {
                identity,
                message_id(b"key", mailing=1, subscriber=2345, domain="example.org"),
                message_id(b"key", mailing=12, subscriber=346, domain="example.org"),
                message_id(b"yek", mailing=12, subscriber=345, domain="example.org"),
            }
        )
        == 4
    )


def test_a_delivery_is_named_by_mailing_and_subscriber() -> None:
    assert delivery_key(12, 345) == "m12-d345"
