"""What stands in a mail as octets: nothing on its way may read it differently, change it or lengthen it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from dkim.canonicalization import Relaxed, Simple  # type: ignore[import-untyped]  # dkimpy has no types
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.mime import MessageError
from publisher.delivery.template import Slots
from publisher.delivery.transports.transport import body_flaw
from publisher.model.fillins import LIST, NUMBER, UNSUBSCRIBE, Ink
from tests.editions import MASTHEAD
from tests.mails import ADA, CHOOSE, INK, LINK, PAGE, bodies, encodings, read, template

JAPANESE, LATIN = "蓄電池、夕方の主役へ。" * 9, "Batteries overtook gas at last. " * 9
TRAPS = [
    LINK,
    INK.token(LIST),
    Ink(nonce="fedcba9876543210").token(UNSUBSCRIBE),
    Ink(nonce="fedcba9876543210").token(LIST),
    "zq.unsubscribe.qz {{ unsubscribe }} @@UNSUB@@ zq0123456789abcdef.unsubscribe",
    "\r\n\r\n",
    "\r\n.\r\n",
    "\r\n.\r\nMAIL FROM:<x@example.org>\r\n",
    f"--=_{INK.nonce}",
    f"\r\n--=_{INK.nonce}--\r\n",
    "\n--=_x\nContent-Type: text/html\n\n",
    "\nBcc: all@example.org\n",
    "Subject: other\r\n\r\nTo: x",
    "\nFrom me to you\n",
    "=?utf-8?q?x?=",
    "=\r\n",
    "\u202e\u2066\u2069\u200f",
    "\x00\x07\x1b[31m\x85\u2028",
    "\ud800",
    " \t \n",
    "\n" * 5,
]
STORIES = st.builds(
    "".join,
    st.lists(st.sampled_from([*TRAPS, JAPANESE, LATIN]) | st.text(max_size=20) | st.characters(), max_size=8),
)


def expected(text: str, title: str = "Weekly") -> str:
    """Return what a reader of list `title` must find of a text."""
    filled = text.replace(LINK, PAGE).replace(INK.token(LIST), title)
    return filled.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


@given(STORIES, STORIES)
@example(*(f"{JAPANESE}{''.join(TRAPS)}{JAPANESE}",) * 2)
@example(*(f"{LATIN}{''.join(TRAPS)}{LATIN}",) * 2)
@example(JAPANESE + LINK, JAPANESE + LINK + "\n")
@example(LINK, LINK * 3)
def test_whatever_a_story_says_arrives_as_it_was_and_means_nothing(text: str, html: str) -> None:
    mail = template(text=text, html=html).fill(ADA)

    assert bodies(mail) == (expected(text), expected(html))
    assert read(mail).items() == read(template().fill(ADA)).items()
    assert not INK.names(mail)


@given(STORIES, STORIES)
@example(JAPANESE + "\r\n.\r\n" * 3, LATIN + " \n\n\n")
def test_no_line_is_long_or_can_be_taken_for_something_else(text: str, html: str) -> None:
    mail = template(text=text, html=html).fill(ADA)

    head, _, body = mail.partition(b"\r\n\r\n")
    assert body_flaw(mail) is None
    assert mail.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not [
        line for line in body.split(b"\r\n") if line.startswith((b".", b"From ")) or line != line.rstrip()
    ]
    assert not [line for line in head.split(b"\r\n") if line.startswith(b".") or line != line.rstrip()]


@given(STORIES, STORIES)
@example(JAPANESE, LATIN + "  a  \n\n \n")
def test_the_body_as_it_is_sent_is_what_dkim_signs_in_either_form(text: str, html: str) -> None:
    _, _, body = template(text=text, html=html).fill(ADA).partition(b"\r\n\r\n")

    assert Simple.canonicalize_body(body) == body
    assert Relaxed.canonicalize_body(body) == body


def test_the_independent_reader_of_dkim_would_tell_a_difference() -> None:
    assert Relaxed.canonicalize_body(b"a  b \r\n\r\n") == b"a b\r\n"
    assert Simple.canonicalize_body(b"a\r\n\r\n") == b"a\r\n"


NAMES: dict[str, Callable[[str], bytes]] = {
    "subject": lambda text: template(subject=text).fill(ADA),
    "list title": lambda text: template(list_title=text).fill(ADA),
    "sender": lambda text: template(masthead=replace(MASTHEAD, sender_name=text)).fill(ADA),
}
PLAIN = read(template().fill(ADA))


@pytest.mark.parametrize("place", NAMES)
@given(text=STORIES)
@example(text="".join(TRAPS))
@example(text=JAPANESE)
@example(text="a\r\n\r\n<p>body</p>")
@example(text='"quoted" <x@example.org>, (comment) \\ y@example.org')
@example(text="")
def test_no_name_or_title_adds_a_field_or_a_line(place: str, text: str) -> None:
    mail = NAMES[place](text)

    read_again = read(mail)
    assert read_again.keys() == PLAIN.keys()
    assert read_again["From"].addresses[0].addr_spec == "notes@example.org"
    assert len(read_again["From"].addresses) == 1
    assert str(read_again["List-Id"]).endswith("<weekly.example.org>")
    head, _, _ = mail.partition(b"\r\n\r\n")
    unfoldable = (b"List-Unsubscribe: ", b" <mailto:")
    assert not [line for line in head.split(b"\r\n") if len(line) > 76 and not line.startswith(unfoldable)]


@given(st.integers(0, 400))
def test_lines_and_links_are_whole_whatever_the_length_of_the_address_of_the_publication(length: int) -> None:
    page = "https://news.example.org/" + "x" * length
    body = f"{JAPANESE}{LINK}{JAPANESE}\n"

    mail = template(text=body, html=body, page=page).fill(replace(ADA, unsubscribe=page))

    assert bodies(mail) == (body.replace(LINK, page),) * 2
    assert encodings(mail) == ("base64", "base64")
    assert max(map(len, mail.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def test_a_mail_in_base64_refuses_a_reader_whose_link_is_of_another_length() -> None:
    made = template(text=JAPANESE + LINK)

    with pytest.raises(MessageError, match=f"has {len(PAGE) + 1} characters, and this mail has a place for"):
        made.fill(replace(ADA, unsubscribe=PAGE + "x"))
    assert template().fill(replace(ADA, unsubscribe=PAGE + "x"))


def test_a_stored_template_in_base64_makes_the_same_mail() -> None:
    made = template(text=f"{JAPANESE}{LINK}a{LINK}{JAPANESE}", html=f"é{JAPANESE}{LINK}")

    stored = type(made).from_bytes(made.to_bytes())

    assert stored == made
    assert stored.fill(ADA) == made.fill(ADA)
    assert encodings(made.fill(ADA)) == ("base64", "base64")


def test_a_fill_in_that_is_still_open_is_refused_also_beside_half_a_character() -> None:
    with pytest.raises(MessageError, match="still waits for its number"):
        template(text=INK.token(NUMBER) + "\ud800")


def test_every_slot_of_a_reader_is_filled() -> None:
    mail = template().fill(Slots(to="a@b.cd", message_id="<m@b.cd>", unsubscribe=PAGE, preferences=CHOOSE))

    assert mail.count(PAGE.encode()) == 1
    assert re.findall(rb"a@b\.cd|<m@b\.cd>", mail) == [b"a@b.cd", b"<m@b.cd>"]
