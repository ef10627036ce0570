"""The key that the settings name signs, or one sentence says why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import update
from structlog.testing import capture_logs

from publisher.actions.send_now import publish_now
from publisher.actions.signing import read_signer, signer_of
from publisher.actions.subscribe import add
from publisher.delivery.dkim import Signer
from publisher.errors import SettingsError
from publisher.model.delivery import DeliveryState
from publisher.settings_file import load_settings
from publisher.store import schema
from tests.newsrooms import READER, Newsroom, deliver, mailing_of, relay_at
from tests.signatures import is_verified, private_key, save_key
from tests.smtp_server import SmtpServer

DKIM = '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n'


def locked() -> bytes:
    secret = BestAvailableEncryption(b"secret")
    return private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret)


def curved() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def opened(newsroom: Newsroom, settings: str = DKIM) -> Signer | None:
    newsroom.sets(settings)
    return signer_of(load_settings(newsroom.root))


def test_nobody_signs_unless_a_key_is_named(newsroom: Newsroom) -> None:
    assert opened(newsroom, "") is None
    assert opened(newsroom, '[dkim]\nkey_file = ""\nselector = "news"\n') is None


def test_the_senders_domain_signs_if_no_other_is_named(newsroom: Newsroom) -> None:
    save_key(newsroom.root / "dkim.pem")

    own = opened(newsroom)
    other = opened(newsroom, DKIM + 'domain = "mail.example.org"\nunsigned = ["Message-ID", "date"]\n')

    assert own is not None
    assert other is not None
    expected = Signer(domain="example.net", selector="news", key=private_key())
    assert own.record == expected.record
    assert replace(own, key=private_key()) == expected
    assert replace(other, key=private_key()) == replace(
        expected, domain="mail.example.org", unsigned=frozenset({"message-id", "date"})
    )


@pytest.mark.parametrize(
    ("pem", "sentence"),
    [
        (bytes, "dkim.pem: the key that signs is no private key in PEM"),
        (
            lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "is no private key in PEM",
        ),
        (lambda: b"\xff\x00", "is no private key in PEM"),
        (curved, "dkim.pem: the key that signs is no RSA key"),
        (locked, "dkim.pem: the key that signs is locked with a password"),
    ],
)
def test_a_file_that_is_no_key_is_said_in_a_sentence(
    newsroom: Newsroom, pem: Callable[[], bytes], sentence: str
) -> None:
    (newsroom.root / "dkim.pem").write_bytes(pem())

    with pytest.raises(SettingsError, match=sentence):
        opened(newsroom)


def test_a_key_that_receivers_do_not_believe_is_refused(newsroom: Newsroom) -> None:
    save_key(newsroom.root / "dkim.pem", bits=1024)

    with pytest.raises(SettingsError) as refused:
        opened(newsroom)

    assert str(refused.value) == (
        "dkim.pem: the key that signs has 1024 bits, and receivers want 2048 or more"
        " (make a new one: openssl genrsa -out dkim.pem 2048)"
    )


def test_a_key_that_cannot_be_read_is_named(newsroom: Newsroom) -> None:
    with pytest.raises(SettingsError, match=r"dkim\.key_file 'dkim\.pem' cannot be read: No such file"):
        opened(newsroom)
    (newsroom.root / "dkim.pem").mkdir()
    with pytest.raises(SettingsError, match=r"dkim\.key_file 'dkim\.pem' cannot be read: Is a directory"):
        opened(newsroom)


def test_a_key_needs_the_name_of_its_record(newsroom: Newsroom) -> None:
    save_key(newsroom.root / "dkim.pem")

    with pytest.raises(SettingsError, match=r"publisher\.toml: \[dkim\] has a key_file and no selector"):
        opened(newsroom, '[dkim]\nkey_file = "dkim.pem"\n')


@pytest.mark.parametrize(("mode", "warnings"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1)])
def test_a_key_that_others_may_read_signs_with_a_warning(
    newsroom: Newsroom, mode: int, warnings: int
) -> None:
    key_file = newsroom.root / "dkim.pem"
    save_key(key_file)
    key_file.chmod(mode)

    with capture_logs() as logged:
        signer = opened(newsroom)

    assert signer is not None
    assert [each["fix"] for each in logged] == ["chmod 600 dkim.pem"] * warnings
    with capture_logs() as quiet:
        assert read_signer(load_settings(newsroom.root)) is not None
    assert quiet == []


def test_each_reader_gets_a_signed_mail_and_an_impossible_address_keeps_none_back(newsroom: Newsroom) -> None:
    save_key(newsroom.root / "dkim.pem")
    newsroom.writes("heat")

    with SmtpServer() as relay:
        newsroom.sets(relay_at(relay.port) + DKIM + '[reports]\nreturn_path = "bounces@example.net"\n')
        with newsroom.opened() as publisher:
            for address in (READER, "ben@example.net", "cleo@example.net"):
                add(publisher, address)
            with publisher.database.begin() as db:
                db.execute(
                    update(schema.subscribers)
                    .where(schema.subscribers.c.address == "ben@example.net")
                    .values(address="ben@example.net\r\nBcc: all@example.net")
                )
            publish_now(publisher, "heat")
            deliver(publisher)
            mailing = mailing_of(publisher, "heat")

    assert {message.envelope_to[0] for message in relay.messages} == {READER, "cleo@example.net"}
    assert len({message.envelope_from for message in relay.messages}) == 2
    for message in relay.messages:
        assert is_verified(message.body, name="news._domainkey.example.net.")
    assert mailing.counts[DeliveryState.ACCEPTED] == 2
    assert mailing.counts[DeliveryState.REJECTED] == 1
