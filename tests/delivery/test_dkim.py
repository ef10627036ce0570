"""Signatures, read by an independent program as any receiver would."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from dkim.canonicalization import Relaxed, Simple  # type: ignore[import-untyped]  # dkimpy has no types
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.dkim import OVERSIGNED, Signer, is_canonical, relaxed, signer_for
from publisher.delivery.mime import MessageError
from publisher.delivery.prepared import prepared
from publisher.delivery.template import MimeTemplate, Slots
from publisher.delivery.transports.transport import body_flaw
from publisher.errors import SettingsError
from tests.editions import MASTHEAD
from tests.mails import ADA, LINK, bodies, encodings, read, template
from tests.signatures import MOMENT, is_verified, private_key, signer

JAPANESE = "蓄電池、夕方の主役へ。" * 9
WORDS = st.text(st.sampled_from("ab .-=é電\t\r\n") | st.characters(), max_size=90)


def signed(made: MimeTemplate, values: Slots = ADA, *, by: Signer | None = None) -> bytes:
    return prepared(made, signer=by or signer(), moment=MOMENT).fill(values)


def tags(mail: bytes) -> dict[str, str]:
    """Return the tags of the signature, without the blanks in them."""
    value = "".join(str(read(mail)["DKIM-Signature"]).split())
    return dict(tag.split("=", 1) for tag in value.split(";"))


@given(subject=WORDS, name=WORDS, title=WORDS, text=WORDS, html=WORDS)
@example("Re: 電池", "José", "x" * 200, JAPANESE + LINK + JAPANESE, JAPANESE + LINK)
@example(" ", "", "", "\r\n.\r\n\n\n", "a  b \t\n")
def test_every_mail_is_verified(subject: str, name: str, title: str, text: str, html: str) -> None:
    made = template(
        subject=subject,
        list_title=title,
        text=text + LINK,
        html=html + LINK,
        masthead=replace(MASTHEAD, sender_name=name),
    )

    mail = signed(made)

    assert is_verified(mail)
    assert mail.endswith(made.fill(ADA))


@pytest.mark.parametrize("address", ["a.b+c@example.net", "a..b.@example.net", "josé@example.net"])
@pytest.mark.parametrize("mailto", ["", "mailto:leave@example.org"])
def test_whoever_reads_it_finds_it_signed(address: str, mailto: str) -> None:
    assert is_verified(signed(template(), replace(ADA, to=address, unsubscribe_mail=mailto)))


def test_a_mail_in_base64_is_signed_around_its_links() -> None:
    mail = signed(template(text=JAPANESE + LINK + JAPANESE, html=JAPANESE + LINK))

    assert encodings(mail) == ("base64", "base64")
    assert [body.count(ADA.unsubscribe) for body in bodies(mail)] == [1, 1]
    assert is_verified(mail)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Good", b"Goof"),
        (b"Subject: Forty", b"Subject: Fifty"),
        (b"ada@example.net", b"eve@example.net"),
        (b"From: Field", b"From: Filed"),
        (b"List-Unsubscribe: <https://news", b"List-Unsubscribe: <https://nets"),
        (b"<mailto:leave@", b"<mailto:stay@"),
        (b"=One-Click", b"=Two-Clicks"),
        (b"Reply-To: <editors@", b"Reply-To: <readers@"),
        (b"Date: Tue, 06", b"Date: Wed, 07"),
        (b"Message-ID: <abc", b"Message-ID: <abd"),
        (b"List-Id: Weekly", b"List-Id: Monthly"),
        (b"Feedback-ID: notebooks", b"Feedback-ID: notes"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"t=1791", b"t=1792"),
        (b"--\r\n", b"--\r\nmore\r\n"),
    ],
)
def test_a_mail_that_was_changed_is_not_verified(before: bytes, after: bytes) -> None:
    mail = signed(template())

    assert before in mail
    assert not is_verified(mail.replace(before, after))


@pytest.mark.parametrize("name", OVERSIGNED)
@pytest.mark.parametrize("reply_to", ["", "editors@example.org"])
def test_nobody_can_add_a_field_that_readers_or_programs_believe(name: str, reply_to: str) -> None:
    mail = signed(template(masthead=replace(MASTHEAD, reply_to=reply_to)))
    added = name.encode() + b": eve@example.com\r\n"

    assert is_verified(mail)
    assert not is_verified(added + mail)
    assert not is_verified(mail.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1))


def test_what_servers_do_on_the_way_does_no_harm() -> None:
    mail = signed(template())
    changed = (
        b"Received: from x by y; Tue, 06 Oct 2026 04:31:00 +0000\r\n"
        + mail.replace(b"Subject: Forty years", b"SUBJECT:\tForty\r\n\t years ").removesuffix(b"\r\n")
        + b" \r\n\r\n\r\n"
    )

    assert is_verified(changed)


def test_fields_that_a_relay_replaces_can_stay_unsigned() -> None:
    mail = signed(template(), by=signer(unsigned=frozenset({"message-id", "date"})))
    replaced = re.sub(rb"(Message-ID|Date): .*", rb"\1: 1", mail)

    assert replaced != mail
    assert is_verified(replaced)
    assert is_verified(b"Date: 2\r\n" + mail)


def test_a_signature_says_who_signed_when_and_nothing_that_weakens_it() -> None:
    found = tags(signed(template()))

    assert list(found) == ["v", "a", "c", "d", "s", "t", "h", "bh", "b"]
    assert (found["v"], found["a"], found["c"]) == ("1", "rsa-sha256", "relaxed/relaxed")
    assert (found["d"], found["s"], found["t"]) == ("example.org", "news", str(int(MOMENT.timestamp())))


def test_each_field_is_signed_and_some_once_more_than_they_are_there() -> None:
    mail = signed(template(masthead=replace(MASTHEAD, reply_to="")))
    there = [name.lower() for name in read(mail) if name != "DKIM-Signature"]

    assert tags(mail)["h"].split(":") == [*there, *OVERSIGNED]
    assert "reply-to" not in there


def test_every_attempt_has_the_same_signature_and_every_mailing_its_own() -> None:
    made = template()
    later = prepared(made, signer=signer(), moment=MOMENT + timedelta(seconds=1))

    assert signed(made) == signed(made)
    assert later.fill(ADA) != signed(made)
    assert is_verified(later.fill(ADA))


@pytest.mark.parametrize(
    "domain", ["example.org", "news.of.a-rather-long-name.which.is-still.one.example.org"]
)
def test_a_signature_keeps_its_lines_short_and_is_fit_for_the_wire(domain: str) -> None:
    mail = signed(template(), by=signer(domain=domain))

    field, _, _ = mail.partition(b"From: ")
    assert max(map(len, field.split(b"\r\n"))) <= 76
    assert body_flaw(mail) is None
    assert is_verified(mail, name=f"news._domainkey.{domain}.")
    assert not is_verified(mail, name=f"other._domainkey.{domain}.")


def test_a_body_that_servers_could_change_is_not_signed() -> None:
    made = template()
    loose = replace(made, pieces=(*made.pieces[:-1], made.pieces[-1] + b"\r\n"))

    assert prepared(loose, signer=None, moment=MOMENT).fill(ADA) == made.fill(ADA) + b"\r\n"
    with pytest.raises(MessageError, match="no mail of this print can be signed"):
        prepared(loose, signer=signer(), moment=MOMENT)


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"=", b"."]), max_size=12).map(b"".join))
def test_canonical_is_what_both_forms_leave_as_it_is(body: bytes) -> None:
    forms = {Simple.canonicalize_body(body), Relaxed.canonicalize_body(body)}

    assert is_canonical(body) == (forms == {body} and body not in {b"", b"\r\n"})


@given(
    st.from_regex(r"[aB-]{1,9}[ \t]{0,2}", fullmatch=True),
    st.lists(st.sampled_from(["a", "B", " ", "\t", "\r\n ", ":", "<é>"]), max_size=12).map("".join),
)
def test_fields_are_relaxed_as_others_do_it(name: str, value: str) -> None:
    ((expected_name, expected),) = Relaxed.canonicalize_headers([(name.encode(), value.encode() + b"\r\n")])

    assert relaxed(f"{name}:{value}".encode()) == expected_name + b":" + expected


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"domain": "example.org; l=0"}, "domain = 'example.org; l=0' under \\[dkim\\] is no name"),
        ({"domain": ""}, "domain = '' under"),
        ({"domain": ".".join(["x" * 63] * 4)}, "is no name that DNS can have"),
        ({"selector": "a\r\nb"}, "is no name that DNS can have"),
        ({"selector": "-a"}, "selector = '-a'"),
    ],
)
def test_who_signs_must_be_somebody_whom_receivers_can_believe(bad: dict[str, str], sentence: str) -> None:
    honest: dict[str, str] = {"domain": "example.org", "selector": "news"}

    with pytest.raises(SettingsError, match=sentence):
        signer_for(**(honest | bad), key=private_key())


@pytest.mark.parametrize(
    ("name", "sentence"), [("From", "From must be signed"), ("a b", "'a b' is no name of a header")]
)
def test_what_cannot_be_left_unsigned_is_said(name: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        signer_for(domain="example.org", selector="news", key=private_key(), unsigned=["Date", name])
