"""`publisher dkim` shows what to write into DNS."""

from __future__ import annotations

import re

import pytest

from publisher.delivery.prepared import prepared
from tests.cli.conftest import Types
from tests.mails import ADA, template
from tests.newsrooms import Newsroom
from tests.signatures import MOMENT, is_verified, save_key, signer

SETTINGS = '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n'


@pytest.fixture
def signing(newsroom: Newsroom) -> None:
    newsroom.sets(SETTINGS)
    save_key(newsroom.root / "dkim.pem")


@pytest.mark.usefixtures("signing")
def test_the_record_that_is_shown_verifies_our_mails(types: Types) -> None:
    said = types("dkim")
    shown = re.fullmatch(r"name:  (\S+)\ntype:  TXT\nvalue: (.+)\n", said.out)

    assert shown is not None
    assert shown[1] == "news._domainkey.example.net"
    mail = prepared(template(), signer=signer(domain="example.net"), moment=MOMENT).fill(ADA)
    assert is_verified(mail, name=f"{shown[1]}.", record=shown[2])


def test_without_a_key_it_says_how_to_make_one(types: Types) -> None:
    said = types("dkim", code=1)

    assert (
        "no mail is signed: [dkim] has no key_file (make a key, as docs/how-to/sign-your-mail.md says)"
        in (said.err)
    )
