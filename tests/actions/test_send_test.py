"""A test mail is the mail that readers get, and leaves no trace but one row of the audit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import cast

import pytest
from sqlalchemy import func, select

from publisher.actions.approve import approve
from publisher.actions.archive import archive
from publisher.actions.check import CheckFailedError
from publisher.actions.hold import hold
from publisher.actions.look import look_at
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.send_now import publish_now
from publisher.actions.send_test import MARK, send_test
from publisher.actions.subscribe import add, is_of_a_test, subscription_of, unsubscribe
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.errors import NotFoundError, PublisherError, SettingsError
from publisher.model.delivery import DeliveryState, Stage
from publisher.store import schema
from tests.mails import bodies, read
from tests.newsrooms import (
    MONDAY,
    READER,
    Newsroom,
    deliver,
    history_of,
    mailing_of,
    record_of,
    relay_at,
)
from tests.signatures import is_verified, save_key
from tests.smtp_server import SmtpServer

EDITOR = "ed@example.net"
SAMPLE = ("heat@example.net", "heat@news.example.org")


@pytest.fixture
def publisher(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as opened:
        yield opened


def rows(publisher: Publisher) -> dict[str, int]:
    """Return how many rows each table has."""
    with publisher.database.read() as db:
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }


def got(relay: SmtpServer, number: int = -1) -> EmailMessage:
    return read(relay.messages[number].body)


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"<https://news\.example\.net/unsubscribe/([^>]+)>", mail["List-Unsubscribe"])
    assert found is not None
    return found[1]


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(cast("EmailMessage", body).get_content())


def test_a_test_is_the_mail_of_a_reader_but_for_mark_identity_and_links(
    publisher: Publisher, relay: SmtpServer
) -> None:
    approve(publisher, "heat")
    send_test(publisher, "heat", [EDITOR])
    queue(publisher, "heat", Place(now=True))
    publish(publisher, "heat")
    deliver(publisher)

    test, real = relay.messages
    their = {"To", "Subject", "Message-ID", "List-Unsubscribe", "Content-Type"}
    assert {name for name, value in read(test.body).items() if value != read(real.body)[name]} == their - {
        "Content-Type"
    }
    assert read(test.body).keys() == read(real.body).keys()
    assert (test.envelope_from, test.envelope_to) == (real.envelope_from, (EDITOR,))
    assert read(test.body)["Subject"] == MARK + read(real.body)["Subject"]
    leave = link_in(read(test.body)), link_in(read(real.body))
    choose = [re.findall(r"https://\S+/preferences/\S+", bodies(each.body)[0])[0] for each in (test, real)]
    assert choose[0] == f"https://news.example.net/preferences/{leave[0]}"
    assert [body.replace(*choose).replace(*leave) for body in bodies(test.body)] == list(bodies(real.body))


def test_a_test_is_signed_and_comes_from_the_mailbox_of_bounces_as_real_mails_do(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    save_key(newsroom.root / "dkim.pem")
    newsroom.sets(
        relay_at(relay.port)
        + '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n'
        + '[reports]\nreturn_path = "bounces@example.net"\n'
    )
    newsroom.writes("heat")

    with newsroom.opened() as publisher:
        send_test(publisher, "heat", [EDITOR])

    (test,) = relay.messages
    assert is_verified(test.body, name="news._domainkey.example.net.")
    assert test.envelope_from == "bounces@example.net"


def test_a_key_that_cannot_be_used_is_said_before_a_test_is_sent(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(relay.port) + '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n')
    newsroom.writes("heat")

    with newsroom.opened() as publisher, pytest.raises(SettingsError, match="cannot be read"):
        send_test(publisher, "heat", [EDITOR])

    assert relay.messages == []


def test_an_issue_that_was_never_seen_is_sent_and_stays_unknown(
    publisher: Publisher, relay: SmtpServer
) -> None:
    before = rows(publisher)

    sent = send_test(publisher, "heat", [EDITOR])

    assert not sent.frozen
    assert [answer.outcome.state for answer in sent.answers] == [DeliveryState.ACCEPTED]
    assert rows(publisher) == before | {"audit": before["audit"] + 1}
    assert "It grew" in html_of(got(relay)).replace("it grew", "It grew")


def test_the_audit_says_who_sent_a_test_of_what_to_how_many_and_no_address(publisher: Publisher) -> None:
    send_test(publisher, "heat", [EDITOR, "fay@example.net"])

    (row,) = history_of(publisher, "heat")
    assert (row.actor, row.verb, row.subject, row.at) == ("ann", "send-test", "heat", MONDAY)
    assert row.detail == {"list": "weekly", "addresses": 2, "accepted": 2}


def _draft(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", status="draft")
    look_at(publisher, "heat")


def _ready(_newsroom: Newsroom, publisher: Publisher) -> None:
    look_at(publisher, "heat")


def _approved(_newsroom: Newsroom, publisher: Publisher) -> None:
    approve(publisher, "heat")


def _queued(_newsroom: Newsroom, publisher: Publisher) -> None:
    queue(publisher, "heat", Place(at="+1d"))


def _held(newsroom: Newsroom, publisher: Publisher) -> None:
    _queued(newsroom, publisher)
    hold(publisher, "heat", reason="wait")


def _published(_newsroom: Newsroom, publisher: Publisher) -> None:
    publish_now(publisher, "heat")
    deliver(publisher)


def _archived(newsroom: Newsroom, publisher: Publisher) -> None:
    _ready(newsroom, publisher)
    archive(publisher, ["heat"])


STATES: dict[str, Callable[[Newsroom, Publisher], None]] = {
    "draft": _draft,
    "ready": _ready,
    "approved": _approved,
    "queued": _queued,
    "held": _held,
    "published": _published,
    "archived": _archived,
}


@pytest.mark.parametrize("state", STATES)
def test_an_issue_in_any_state_can_be_tested_and_stays_in_it(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer, state: str
) -> None:
    STATES[state](newsroom, publisher)
    before, mailed, counted = record_of(publisher, "heat"), len(relay.messages), rows(publisher)

    sent = send_test(publisher, "heat", [EDITOR])

    assert before.state.value == state
    assert record_of(publisher, "heat") == before
    assert sent.frozen == (state not in ("draft", "ready"))
    assert [message.envelope_to for message in relay.messages[mailed:]] == [(EDITOR,)]
    assert rows(publisher) == counted | {"audit": counted["audit"] + 1}


def test_what_was_printed_is_sent_and_not_what_the_files_have_become(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer
) -> None:
    approve(publisher, "heat")
    newsroom.edits("heat", "it grew", "it shrank")

    send_test(publisher, "heat", [EDITOR])
    (newsroom.issues / "heat.md").unlink()
    again = send_test(publisher, "heat", [EDITOR])

    assert again.frozen
    assert all("it grew" in html_of(got(relay, number)) for number in (0, 1))


def test_number_and_date_are_those_of_now_until_the_issue_has_its_own(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer
) -> None:
    newsroom.writes("rain", title="Rain")
    publish_now(publisher, "rain")
    newsroom.clock.passes(days=1)

    send_test(publisher, "heat", [EDITOR])
    approve(publisher, "heat")
    send_test(publisher, "heat", [EDITOR])
    publish_now(publisher, "heat")
    newsroom.clock.passes(days=1)
    send_test(publisher, "heat", [EDITOR])
    send_test(publisher, "rain", [EDITOR])

    heads = [re.findall(r"Issue (\d+) · ([^·]+) ·", html_of(got(relay, number)))[0] for number in range(4)]
    tuesday, monday = "6 October 2026", "5 October 2026"
    assert heads == [("2", tuesday), ("2", tuesday), ("2", tuesday), ("1", monday)]
    assert got(relay)["Date"].datetime == newsroom.clock()


def test_the_links_of_a_test_act_on_nobody(publisher: Publisher, relay: SmtpServer) -> None:
    add(publisher, EDITOR)
    send_test(publisher, "heat", [EDITOR])

    token = link_in(got(relay))
    assert is_of_a_test(publisher, token)
    assert subscription_of(publisher, token) is None
    assert unsubscribe(publisher, token) is None
    assert token in html_of(got(relay))
    assert "mailto:heat@example.net?subject=test" in got(relay)["List-Unsubscribe"]


def test_each_address_gets_one_mail_of_its_own(publisher: Publisher, relay: SmtpServer) -> None:
    sent = send_test(publisher, "heat", [EDITOR, "fay@example.net", "ED@example.net"])

    assert [answer.address for answer in sent.answers] == [EDITOR, "fay@example.net"]
    assert [message.envelope_to for message in relay.messages] == [(EDITOR,), ("fay@example.net",)]
    assert [got(relay, number)["To"] for number in (0, 1)] == [EDITOR, "fay@example.net"]
    assert got(relay, 0)["Message-ID"] != got(relay, 1)["Message-ID"]
    assert relay.connections == 1


def test_two_tests_are_two_mails(newsroom: Newsroom) -> None:
    newsroom.writes("heat")
    with newsroom.opened() as into_folder:
        for _ in range(2):
            send_test(into_folder, "heat", [EDITOR])

    assert len(list((newsroom.root / "var" / "mail" / "new").iterdir())) == 2


@pytest.mark.parametrize(
    "wrong", ["nobody", "a@b", "Fay <fay@example.net>", "fay@example.net\r\nBcc: x@y.zz", ""]
)
def test_one_wrong_address_keeps_all_mails_back(publisher: Publisher, relay: SmtpServer, wrong: str) -> None:
    with pytest.raises(AddressError):
        send_test(publisher, "heat", [EDITOR, wrong])

    assert relay.messages == []
    assert history_of(publisher, "heat") == []


def test_a_test_for_nobody_is_refused(publisher: Publisher) -> None:
    with pytest.raises(AddressError, match="there is no address"):
        send_test(publisher, "heat", [])


def test_a_refusal_concerns_its_address_alone(publisher: Publisher, relay: SmtpServer) -> None:
    relay.when(Stage.RCPT, "550 5.1.1 no such user", recipient=EDITOR)

    sent = send_test(publisher, "heat", [EDITOR, "fay@example.net"])

    assert not sent.is_accepted
    first, second = (answer.outcome for answer in sent.answers)
    assert (first.state, first.code, first.text) == (DeliveryState.REJECTED, 550, "5.1.1 no such user")
    assert second.state is DeliveryState.ACCEPTED
    assert history_of(publisher, "heat")[0].detail["accepted"] == 1


def test_a_relay_that_is_down_is_one_sentence(newsroom: Newsroom) -> None:
    newsroom.writes("heat")
    newsroom.sets(relay_at(1))

    with newsroom.opened() as alone, pytest.raises(PublisherError) as told:
        send_test(alone, "heat", [EDITOR, "fay@example.net"])

    assert str(told.value) == (
        "no test mail was sent: relay smtp (127.0.0.1:1): nobody listens there (connection refused) "
        "(look at [smtp] in publisher.toml)"
    )


def test_a_relay_that_goes_down_in_between_is_told_of_the_rest_and_left_alone(
    publisher: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.RCPT, drop=True, recipient="fay@example.net")
    relay.when(Stage.CONNECT, "554 closed", times=None)
    relay.when(Stage.CONNECT, "220 welcome", times=1)

    sent = send_test(publisher, "heat", [EDITOR, "fay@example.net", "gus@example.net"])

    assert [answer.outcome.state for answer in sent.answers] == ["accepted", "deferred", "deferred"]
    assert [answer.outcome.code for answer in sent.answers[1:]] == [554, 554]
    assert (len(relay.messages), relay.connections) == (1, 2)


@pytest.mark.parametrize(
    ("lists", "asked", "list_id"),
    [
        ("[weekly, extra]", None, "The Weekly <weekly.example.net>"),
        ("[extra]", None, "extra <extra.example.net>"),
        ("[weekly, extra]", "extra", "extra <extra.example.net>"),
        ("[]", None, "The Weekly <weekly.example.net>"),
        ("[weekly]", "extra", "extra <extra.example.net>"),
    ],
)
def test_the_mail_is_that_of_the_issues_first_list_or_of_the_one_that_is_named(
    newsroom: Newsroom,
    publisher: Publisher,
    relay: SmtpServer,
    *,
    lists: str,
    asked: str | None,
    list_id: str,
) -> None:
    newsroom.writes("heat", lists=lists)

    sent = send_test(publisher, "heat", [EDITOR], list=asked)

    assert got(relay)["List-Id"] == list_id
    assert f"<{sent.list}.example.net>" in list_id


def test_a_list_that_is_not_there_is_refused(publisher: Publisher, relay: SmtpServer) -> None:
    with pytest.raises(NotFoundError, match=r"there is no list 'daily' \(the lists are: weekly, extra\)"):
        send_test(publisher, "heat", [EDITOR], list="daily")

    assert relay.messages == []


def test_findings_that_block_are_told_and_stop_no_test(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer
) -> None:
    newsroom.edits("heat", "it grew", "TK")

    sent = send_test(publisher, "heat", [EDITOR])

    assert [finding.code for finding in sent.findings] == ["E302"]
    assert len(relay.messages) == 1


def test_files_that_cannot_be_read_are_told_in_the_words_of_the_check(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer
) -> None:
    newsroom.saves("broken.md", "---\ntitle: [\n---\n")

    with pytest.raises(
        CheckFailedError, match=r"issue 'broken' does not pass the check, .*\n  issues/broken.md"
    ):
        send_test(publisher, "broken", [EDITOR])
    with pytest.raises(NotFoundError, match="there is no issue 'nobody'"):
        send_test(publisher, "nobody", [EDITOR])

    assert relay.messages == []


def test_an_issue_may_be_named_by_its_path(newsroom: Newsroom, publisher: Publisher) -> None:
    approve(publisher, "heat")

    sent = send_test(publisher, str(newsroom.issues / "heat.md"), [EDITOR])

    assert (sent.issue, sent.frozen) == ("heat", True)


def test_the_sample_newsrooms_sender_sends_no_test_through_a_relay(
    newsroom: Newsroom, publisher: Publisher, relay: SmtpServer
) -> None:
    approve(publisher, "heat")
    newsroom.sets(relay_at(relay.port), instead=SAMPLE)
    newsroom.writes("rain", title="Rain")
    with (
        newsroom.opened() as sample,
        pytest.raises(SettingsError, match=r"publisher\.toml: E104 sender is still the sample newsroom's"),
    ):
        send_test(sample, "rain", [EDITOR])
    with newsroom.opened() as sample:
        send_test(sample, "heat", [EDITOR])  # it was printed with a sender of its own
    newsroom.sets(instead=SAMPLE)
    with newsroom.opened() as into_folder:
        send_test(into_folder, "rain", [EDITOR])

    assert len(relay.messages) == 1


def test_all_that_is_still_the_samples_is_named_at_once(newsroom: Newsroom, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port), instead=SAMPLE)
    file = newsroom.root / "publisher.toml"
    text = file.read_text().replace("https://news.example.net", "http://127.0.0.1:8000")
    file.write_text(text.replace("12345 Town", "00000 Sampleville"))
    newsroom.writes("rain", title="Rain")
    with newsroom.opened() as sample, pytest.raises(SettingsError) as refused:
        send_test(sample, "rain", [EDITOR])

    assert str(refused.value) == (
        "publisher.toml: E104 sender, postal_address and home_url are still the sample newsroom's"
        " (write your own under [publication])"
    )


def test_a_test_in_mid_mailing_changes_nothing_of_it(publisher: Publisher, relay: SmtpServer) -> None:
    for number in range(3):
        add(publisher, f"r{number}@example.net")
    publish_now(publisher, "heat")
    before = mailing_of(publisher, "heat")

    send_test(publisher, "heat", [READER])

    assert mailing_of(publisher, "heat") == before
    deliver(publisher)
    assert mailing_of(publisher, "heat").counts[DeliveryState.ACCEPTED] == 4
    assert len([each for each in relay.messages if each.envelope_to == (READER,)]) == 2
