"""What is proved of a mailing's mail before anybody is mailed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.mime import LONGEST, MessageError
from publisher.delivery.prepared import prepared
from publisher.delivery.template import (
    ADDRESS,
    LINKS,
    LONGEST_FORMS,
    PAGE,
    MimeTemplate,
    PackedSlot,
    Place,
    Slot,
    Slots,
    forms_of,
)
from publisher.delivery.transports.transport import body_flaw
from publisher.delivery.wire import prove
from tests.mails import ADA, LINK, template
from tests.signatures import MOMENT, is_verified, signer

HEAD = b"From: <a@example.org>\r\nSubject: x\r\n"
LONG_DOMAIN = ".".join(["x" * 63, "x" * 63, "x" * 63, "x" * 61])
LONGEST_VALUES = Slots(
    to="\U0001d54f" * 63 + f".@{LONG_DOMAIN}",
    message_id=f"<{'x' * 100}@{LONG_DOMAIN}>",
    unsubscribe=f"https://{'x' * 260}/{'.' * 500}",
    preferences=f"https://{'x' * 260}/{'.' * 500}",
    unsubscribe_mail=f"mailto:{'x' * 192}@{LONG_DOMAIN}?subject={'.' * 500}",
)
HOSTILE = st.text() | st.text(st.sampled_from('\r\n.<>@: =?\x00\u2028\x85aé"\\,;'))
SLOTS = st.builds(
    Slots,
    to=st.from_regex(ADDRESS, fullmatch=True) | HOSTILE,
    message_id=st.just(ADA.message_id) | HOSTILE.map(lambda text: f"<{text}@example.org>"),
    unsubscribe=st.from_regex(PAGE, fullmatch=True) | HOSTILE.map(lambda text: f"https://x.org/{text}"),
    preferences=st.from_regex(PAGE, fullmatch=True) | HOSTILE.map(lambda text: f"https://x.org/{text}"),
    unsubscribe_mail=st.sampled_from(["", ADA.unsubscribe_mail])
    | HOSTILE.map(lambda text: f"mailto:a@x.org?subject={text}"),
)


def mail_of(*parts: bytes | Place) -> MimeTemplate:
    """Return a template by hand; pieces and slots take turns."""
    pieces = tuple(part for part in parts if isinstance(part, bytes))
    return MimeTemplate(pieces, tuple(part for part in parts if not isinstance(part, bytes)))


@given(SLOTS)
def test_no_value_at_all_makes_a_mail_unfit_for_the_wire(values: Slots) -> None:
    made = prepared(template(), signer=None, moment=MOMENT)
    honest = message_from_bytes(made.fill(ADA), policy=policy.compat32).keys()

    try:
        mail = made.fill(values)
    except MessageError:
        return

    assert body_flaw(mail) is None
    assert not re.search(rb"^\.", mail, re.MULTILINE)
    assert mail.isascii() == values.to.isascii()
    assert message_from_bytes(mail, policy=policy.compat32).keys() == honest
    assert mail.count(b"\r\n\r\n") == made.fill(ADA).count(b"\r\n\r\n")


@pytest.mark.parametrize("slot", Slot)
def test_no_form_of_a_value_is_longer_than_was_reckoned_with(slot: Slot) -> None:
    reckoned = [len(line) for line in LONGEST_FORMS[slot].split(b"\r\n")]
    longest = [len(line) for line in forms_of(LONGEST_VALUES)[slot].split(b"\r\n")]

    assert len(longest) <= len(reckoned)
    assert max(longest) <= max(reckoned)
    assert slot in LINKS or abs(max(longest) - max(reckoned)) <= len("\U0001d54f".encode())


@pytest.mark.parametrize(
    "longer",
    [
        {"to": f"x@x.{LONG_DOMAIN}"},
        {"message_id": f"<x@x.{LONG_DOMAIN}>"},
        {"unsubscribe": LONGEST_VALUES.unsubscribe + "x"},
        {"preferences": LONGEST_VALUES.preferences + "x"},
        {"unsubscribe_mail": LONGEST_VALUES.unsubscribe_mail + "x"},
        {"unsubscribe_mail": f"mailto:a@x.{LONG_DOMAIN}"},
    ],
)
def test_a_value_that_is_longer_than_that_is_refused(longer: dict[str, str]) -> None:
    with pytest.raises(MessageError, match="cannot stand in a mail"):
        forms_of(replace(LONGEST_VALUES, **longer))


def test_a_mail_with_the_longest_values_is_fit_for_the_wire_and_verified() -> None:
    mail = prepared(template(), signer=signer(), moment=MOMENT).fill(LONGEST_VALUES)

    assert body_flaw(mail) is None
    assert is_verified(mail)


@pytest.mark.parametrize(
    ("parts", "flaw"),
    [
        ([HEAD + b"\r\nx"], "does not end with a line end"),
        ([HEAD + b"\r\nx\n\r\n"], "a bare carriage return or line feed"),
        ([HEAD + b"\r\nx\r\r\n"], "a bare carriage return or line feed"),
        ([HEAD + b"To: \r", Slot.TO, b"\n\r\nx\r\n"], "a bare carriage return or line feed"),
        ([HEAD + b"\r\nx\0\r\n"], "characters that a mail may not have"),
        ([HEAD + b"\r\n\xc3\xa9\r\n"], "characters that a mail may not have"),
        ([HEAD + b"\r\n.\r\n"], "a line that begins with a dot"),
        ([HEAD + b"\r\n" + b"x" * (LONGEST + 1) + b"\r\n"], "a line of more than 998 octets"),
        ([HEAD + b"X: " + b"x" * 490, Slot.TO, b"\r\n\r\nx\r\n"], "a line of more than 998 octets"),
        (
            [HEAD + b"X: ", Slot.UNSUBSCRIBE_MAIL, b"x" * 40 + b"\r\n\r\nx\r\n"],
            "a line of more than 998 octets",
        ),
        ([HEAD], "no proper header"),
        ([HEAD + b"broken\r\n\r\nx\r\n"], "no proper header"),
        ([HEAD + b"X: y\r\n \r\n\r\nx\r\n"], "no proper header"),
        ([HEAD + b"subject: y\r\n\r\nx\r\n"], "a field of its header twice"),
        ([HEAD, Slot.TO, b": x\r\n\r\nx\r\n"], "the value 'to' is not within a line of its header"),
        ([b"", Slot.TO, b": x\r\n\r\nx\r\n"], "the value 'to' is not within a line of its header"),
        ([HEAD + b"\r\nx", Slot.MESSAGE_ID, b"\r\n"], "'message-id' is not within a line of its header"),
        ([HEAD + b"X: ", Slot.LINK, b"\r\n\r\nx\r\n"], "a link of its body is not on a line of its own"),
        ([HEAD + b"\r\nx", Slot.LINK, b"\r\nx\r\n"], "a link of its body is not on a line of its own"),
        ([HEAD + b"\r\n", Slot.LINK, b"x\r\n"], "a link of its body is not on a line of its own"),
        (
            [HEAD + b"\r\n", PackedSlot(length=3, before=b"", after=b""), b"x\r\n"],
            "a link of its body is not on a line of its own",
        ),
    ],
)
def test_a_mail_that_could_be_unfit_for_the_wire_is_refused_before_anybody_is_mailed(
    parts: Iterable[bytes | Place], flaw: str
) -> None:
    made = mail_of(*parts)

    with pytest.raises(MessageError, match=f"no mail can be made of this print: .*{flaw}"):
        prepared(made, signer=None, moment=MOMENT)


@pytest.mark.parametrize(
    "parts",
    [
        [HEAD + b"\r\nx\r\n"],
        [HEAD + b"To: ", Slot.TO, b"\r\nEmpty:\r\nX: y\r\n z\r\n\r\n", Slot.LINK, b"=\r\nx\r\n"],
        [HEAD + b"\r\nx=\r\n", Slot.LINK, b"\r\n"],
        [HEAD + b"\r\n", PackedSlot(length=4, before=b"", after=b"ab"), b"\r\n"],
    ],
)
def test_a_mail_that_is_always_fit_for_the_wire_is_not_refused(parts: Iterable[bytes | Place]) -> None:
    prove(mail_of(*parts))


@given(st.text(st.sampled_from("ab .-=é電\t\r\n") | st.characters(), max_size=90))
def test_whatever_a_story_says_its_mail_can_be_sent(text: str) -> None:
    prove(template(text=text + LINK + text, html=text * 9 + LINK, subject=text, list_title=text))


@pytest.mark.parametrize("values", [ADA, LONGEST_VALUES])
def test_header_and_body_are_cut_at_the_empty_line(values: Slots) -> None:
    head, body = template().cut()

    forms = forms_of(values)
    assert head.put(forms) + body.put(forms) == template().fill(values)
    assert head.put(forms).endswith(b"\r\n\r\n")
    assert head.put(forms).count(b"\r\n\r\n") == 1


def test_what_has_no_empty_line_has_no_body() -> None:
    with pytest.raises(MessageError, match="the mail has no body"):
        mail_of(HEAD).cut()
