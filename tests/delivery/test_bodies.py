"""Each body is in the shorter encoding, and links keep their place in it."""

from __future__ import annotations

import quopri
from base64 import b64decode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.bodies import BASE64, QUOTED_PRINTABLE, Link, Parts, encoded
from publisher.delivery.mime import WIDTH, MessageError, quoted_printable
from publisher.delivery.template import PackedSlot, Slot

LINK = "zq0123456789abcdef.unsubscribe.qz"
OTHER = "zq0123456789abcdef.preferences.qz"
RUSSIAN = "Аккумуляторы впервые обогнали газ. "
PIECES = st.lists(
    st.text(st.sampled_from("ab\n\r. =-電池батарея") | st.characters(exclude_categories=["Cs"]), max_size=90),
    min_size=1,
    max_size=5,
)
LENGTHS = st.integers(1, 200)


def made(text: str, length: int) -> tuple[str, Parts]:
    """Encode a text with links to leave, and with links to choose that are two octets longer."""
    return encoded(
        text,
        [
            Link(LINK, Slot.LINK, of=Slot.UNSUBSCRIBE, length=length),
            Link(OTHER, Slot.PREFERENCES_LINK, of=Slot.PREFERENCES, length=length + 2),
        ],
    )


def filled(parts: Parts, link: bytes) -> bytes:
    """Return a body with `link` in each slot."""
    return b"".join(
        part if isinstance(part, bytes) else part.form(link) if isinstance(part, PackedSlot) else link
        for part in parts
    )


def decoded(encoding: str, body: bytes) -> str:
    octets = b64decode(body) if encoding == BASE64 else quopri.decodestring(body)
    return octets.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Batteries overtook gas for the first time. ", QUOTED_PRINTABLE),
        ("Les batteries ont dépassé le gaz au mois de mai. ", QUOTED_PRINTABLE),
        ('<p style="margin:0;color:#1b1f24">電池</p>', QUOTED_PRINTABLE),
        (RUSSIAN, BASE64),
        ("蓄電池、夕方の主役へ。", BASE64),
        ("صارت ألواح السطوح أرخص من فاتورة شهر واحد. ", BASE64),
    ],
)
def test_the_encoding_is_the_one_that_makes_the_language_shorter(text: str, encoding: str) -> None:
    assert made(f"{text * 9}\n{LINK}\n", 100)[0] == encoding


@given(PIECES, LENGTHS)
@example([RUSSIAN, RUSSIAN], 1)
@example([RUSSIAN * 9, ""], 2)
@example(["", RUSSIAN * 9], 3)
@example([RUSSIAN * 9, "", ""], 4)
@example([RUSSIAN * 9, "", RUSSIAN], 5)
@example([RUSSIAN * 9, "a", RUSSIAN], 6)
@example([RUSSIAN * 9, "\n", RUSSIAN], 7)
def test_a_body_says_the_same_with_every_link_in_its_place(pieces: list[str], length: int) -> None:
    link = ("https://x/" + "y" * length)[:length]

    encoding, parts = made(LINK.join(pieces), length)

    expected = link.join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    assert decoded(encoding, filled(parts, link.encode())) == expected


@given(st.lists(st.text(st.characters() | st.sampled_from("電池"), min_size=2), min_size=1), LENGTHS)
def test_a_body_is_never_longer_than_base64_and_its_lines_are_short(pieces: list[str], length: int) -> None:
    text, link = LINK.join(pieces), ("https://x/" + "y" * length)[:length]

    encoding, parts = made(text, length)
    body = filled(parts, link.encode() if encoding == BASE64 else quoted_printable(link))

    line_ends = text.count("\n") + text.count("\r")
    octets = len(text.replace(LINK, link).encode("utf-8", "replace")) + line_ends
    letters = 4 * (octets // 3 + 1)
    assert len(body) <= letters + 2 * (letters // WIDTH + 1) + 6 * len(pieces)
    assert max(map(len, body.split(b"\r\n"))) <= WIDTH


@given(st.text("電池батарея", min_size=30, max_size=120), LENGTHS)
def test_in_base64_a_link_of_another_length_is_refused(text: str, length: int) -> None:
    encoding, parts = made(f"{text}{LINK}{text}", length)
    (slot,) = (part for part in parts if not isinstance(part, bytes))

    assert encoding == BASE64
    assert isinstance(slot, PackedSlot)
    for wrong in (length - 1, length + 1, length + 3):
        with pytest.raises(MessageError, match=f"has {wrong} characters, and .* a place for {length}"):
            slot.form(b"x" * wrong)


def test_links_that_stand_side_by_side_are_in_quoted_printable() -> None:
    text = f"{'ж' * 300}{LINK}{LINK}{'ж' * 300}"

    assert made(text, 99)[0] == BASE64
    assert made(text, 100)[0] == QUOTED_PRINTABLE


@given(st.lists(st.tuples(st.sampled_from([LINK, OTHER]), st.text("ab\n電池батарея", max_size=90))), LENGTHS)  # noqa: RUF001 (Russian words)
def test_each_of_two_links_has_its_own_value_in_its_place(stands: list[tuple[str, str]], length: int) -> None:
    text = "батарея" + "".join(link + piece for link, piece in stands)
    leave, choose = "l" * length, "c" * (length + 2)

    encoding, parts = made(text, length)
    body = b"".join(
        part
        if isinstance(part, bytes)
        else part.form({Slot.UNSUBSCRIBE: leave, Slot.PREFERENCES: choose}[part.of].encode())
        if isinstance(part, PackedSlot)
        else {Slot.LINK: leave, Slot.PREFERENCES_LINK: choose}[part].encode()
        for part in parts
    )

    assert decoded(encoding, body) == text.replace(LINK, leave).replace(OTHER, choose)


def test_a_link_on_a_line_of_its_own_needs_no_soft_line_breaks() -> None:
    _, parts = made(f"Leave:\n{LINK}\nBye\n", 9)

    assert filled(parts, b"https://x") == b"Leave:\r\nhttps://x\r\nBye\r\n"


def test_no_body_ends_in_a_soft_line_break() -> None:
    _, parts = made(f"Leave: {LINK}", 9)

    assert filled(parts, b"https://x") == b"Leave:=20=\r\nhttps://x"


def test_base64_counts_line_ends_as_mail_has_them() -> None:
    _, parts = made(RUSSIAN + "\n" + RUSSIAN, 9)

    assert b64decode(filled(parts, b"")) == f"{RUSSIAN}\r\n{RUSSIAN}".encode()


def test_half_a_character_is_a_question_mark() -> None:
    for text in ("a\ud800b", RUSSIAN + "\udfff"):
        encoding, parts = made(text, 9)

        assert decoded(encoding, filled(parts, b"")) == text.encode("utf-8", "replace").decode()
