from __future__ import annotations

import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from publisher.actions.addressing import Envelopes, envelopes_of
from publisher.actions.send_now import publish_now
from publisher.actions.signing import signer_of
from publisher.actions.subscribe import add, everybody, subscription_of
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.reports.return_path import read_return_path
from publisher.delivery.transports.transport import unsendable
from publisher.errors import NotFoundError, SettingsError
from publisher.model.delivery import Recipient
from publisher.store import keys
from tests.mails import bodies, encodings, read
from tests.newsrooms import MONDAY, READER, Newsroom
from tests.signatures import is_verified, save_key

DKIM = '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n'


def recipient(publisher: Publisher, name: str = "weekly") -> Recipient:
    """Return the reader of a list as the ledger hands them over."""
    found = next(each for each in everybody(publisher) if each.list == name)
    return Recipient(
        mailing=1,
        subscriber=found.subscriber,
        public_id=found.public_id,
        address=found.address,
        list=name,
        attempts=0,
    )


def parsed(body: bytes) -> EmailMessage:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(body)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def envelopes(newsroom: Newsroom, publisher: Publisher) -> Envelopes:
    """Return the envelopes of a mailing to two lists."""
    add(publisher, READER, lists=["extra"])
    newsroom.writes("heat", lists="[weekly, extra]")
    mailing = publish_now(publisher, "heat")
    assert mailing is not None
    return envelopes_of(publisher, mailing.id)


def test_every_attempt_is_the_same_mail(
    newsroom: Newsroom, publisher: Publisher, envelopes: Envelopes
) -> None:
    first = envelopes.message(recipient(publisher))
    newsroom.clock.passes(days=1)

    second = envelopes_of(publisher, 1).message(recipient(publisher))

    assert first == second
    assert (first.key, first.envelope_to, first.envelope_from) == ("m1-d1", READER, "heat@example.net")


def test_changed_settings_change_no_mail_that_was_published(
    newsroom: Newsroom, publisher: Publisher, envelopes: Envelopes
) -> None:
    before = envelopes.message(recipient(publisher))
    newsroom.sets(instead=("heat@example.net", "cold@example.org"))
    with newsroom.opened() as changed:
        after = envelopes_of(changed, 1).message(recipient(changed))

    assert after == before


def test_two_readers_have_different_identities_and_links(publisher: Publisher, envelopes: Envelopes) -> None:
    add(publisher, "ben@example.net")
    ada, ben = (
        Recipient(
            mailing=1,
            subscriber=each.subscriber,
            public_id=each.public_id,
            address=each.address,
            list="weekly",
            attempts=0,
        )
        for each in everybody(publisher, lists=["weekly"])
    )

    one, other = envelopes.message(ada), envelopes.message(ben)

    assert one.message_id != other.message_id
    assert b"ben@example.net" not in one.body
    assert parsed(one.body)["List-Unsubscribe"] != parsed(other.body)["List-Unsubscribe"]


@pytest.mark.parametrize("name", ["weekly", "extra"])
def test_the_link_in_the_mail_is_about_its_reader_and_its_list(
    publisher: Publisher, envelopes: Envelopes, name: str
) -> None:
    message = parsed(envelopes.message(recipient(publisher, name)).body)

    link = re.search(r"<https://news\.example\.net/unsubscribe/([^>]+)>", message["List-Unsubscribe"])
    assert link is not None
    found = subscription_of(publisher, link[1])
    assert found is not None
    assert (found.address, found.list) == (READER, name)
    html = message.get_body(("html",))
    assert html is not None
    assert link[0][1:-1] in html.get_content()
    assert f"unsubscribe%20{name}" in message["List-Unsubscribe"]


def test_a_mail_in_base64_has_its_readers_own_link_in_both_bodies(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("rain", title="Дождь", lang="ru")
    newsroom.edits("rain", "The reasons are many", "Причин много, и каждая названа здесь своим именем. " * 40)
    add(publisher, "ben@example.net")
    mailing = publish_now(publisher, "rain")
    assert mailing is not None
    made = envelopes_of(publisher, mailing.id)

    for each in everybody(publisher, lists=["weekly"]):
        reader = Recipient(
            mailing=mailing.id,
            subscriber=each.subscriber,
            public_id=each.public_id,
            address=each.address,
            list="weekly",
            attempts=0,
        )
        mail = made.message(reader).body
        (link,) = re.findall(r"<(https://[^>]+)>", str(read(mail)["List-Unsubscribe"]))
        assert encodings(mail) == ("base64", "base64")
        assert [body.count(link) for body in bodies(mail)] == [1, 1]
        found = subscription_of(publisher, link.rpartition("/")[2])
        assert found is not None
        assert found.address == each.address


def test_each_list_has_its_own_name_in_the_mail(publisher: Publisher, envelopes: Envelopes) -> None:
    mails = {name: parsed(envelopes.message(recipient(publisher, name)).body) for name in ("weekly", "extra")}

    assert mails["weekly"]["List-Id"] == "The Weekly <weekly.example.net>"
    assert mails["extra"]["List-Id"] == "extra <extra.example.net>"


def test_every_mail_of_every_list_is_signed_for_the_sender(
    newsroom: Newsroom, publisher: Publisher, envelopes: Envelopes
) -> None:
    save_key(newsroom.root / "dkim.pem")
    newsroom.sets(DKIM)

    with newsroom.opened() as opened:
        made = envelopes_of(opened, 1)
        newsroom.clock.passes(days=1)
        again = envelopes_of(opened, 1, signer=signer_of(opened.settings))

    for name in ("weekly", "extra"):
        message = made.message(recipient(publisher, name))
        assert is_verified(message.body, name="news._domainkey.example.net.")
        assert message.body.endswith(envelopes.message(recipient(publisher, name)).body)
        assert again.message(recipient(publisher, name)) == message
        assert f"t={int(MONDAY.timestamp())};".encode() in message.body


def test_no_mail_leaves_unsigned_when_the_key_is_gone(newsroom: Newsroom, envelopes: Envelopes) -> None:
    newsroom.sets(DKIM)

    with newsroom.opened() as opened, pytest.raises(SettingsError, match="cannot be read"):
        envelopes_of(opened, envelopes.mailing)


@pytest.mark.usefixtures("envelopes")
def test_bounces_come_to_an_address_that_names_the_delivery(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.sets('[reports]\nreturn_path = "bounces@example.net"\n')
    with publisher.database.read() as db:
        secret = keys.current(db)[1]

    with newsroom.opened() as opened:
        message = envelopes_of(opened, 1).message(recipient(opened))

    found = read_return_path(message.envelope_from, "bounces@example.net", [secret])
    assert found == (1, recipient(publisher).subscriber)
    assert unsendable(message) is None


@pytest.mark.usefixtures("envelopes")
def test_where_the_mailbox_of_reports_is_read_a_mail_to_it_has_the_readers_token(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.sets('[reports]\nreturn_path = "bounces@example.net"\n')

    with newsroom.opened() as opened:
        message = parsed(envelopes_of(opened, 1).message(recipient(opened)).body)

    said = re.search(
        r"<mailto:bounces@example\.net\?subject=unsubscribe%20([^>]+)>", message["List-Unsubscribe"]
    )
    assert said is not None
    found = subscription_of(publisher, said[1])
    assert found is not None
    assert (found.address, found.list) == (READER, "weekly")


def test_the_link_to_choose_is_its_readers_and_good_for_nothing_else(
    publisher: Publisher, envelopes: Envelopes
) -> None:
    text, html = bodies(envelopes.message(recipient(publisher)).body)

    (link,) = re.findall(r"https://news\.example\.net/preferences/(\S+)", text)
    with publisher.database.read() as db:
        known = {str(kid): secret for kid, secret in keys.every(db).items()}
    token = tokens.read(link, known, purpose=tokens.PREFERENCES)
    assert token is not None
    assert token.public_id == recipient(publisher).public_id
    assert f'href="https://news.example.net/preferences/{link}"' in html
    assert subscription_of(publisher, link) is None


@pytest.mark.parametrize(("address", "is_clean"), [(READER, True), ("josé@example.net", False)])
def test_a_mail_says_whether_it_is_fit_for_any_relay(
    publisher: Publisher, envelopes: Envelopes, address: str, *, is_clean: bool
) -> None:
    message = envelopes.message(replace(recipient(publisher), address=address))

    assert message.is_clean is is_clean
    assert message.body.isascii() is is_clean
    assert unsendable(message) is None


def test_a_mailing_that_is_not_there_has_no_envelopes(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match="there is no mailing 42"):
        envelopes_of(publisher, 42)
