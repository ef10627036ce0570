from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from sqlalchemy import select

from publisher.actions.audience import Audience
from publisher.actions.send_now import audience_now, progress_of, publish_now, sender_for
from publisher.actions.status import status
from publisher.actions.subscribe import add, unsubscribe
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.errors import NotFoundError, TransitionError
from publisher.model.delivery import DeliveryState, MailingState, Stage
from publisher.model.records import MailingRecord
from publisher.model.states import IssueState
from publisher.model.subscriber import NewSubscriber, SubscriptionState
from publisher.store import decisions, deliveries, issues, mailings, subscribers
from publisher.store import schema as tables
from publisher.store import schema_sending as sending_tables
from tests.newsrooms import (
    READER,
    HandClock,
    Newsroom,
    deliver,
    mailing_of,
    published_to,
    relay_at,
    suppress,
    token_of,
    until,
    verbs_of,
)
from tests.smtp_memory import Received
from tests.smtp_server import SmtpServer


@pytest.fixture
def sending(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom that sends over the relay, with one issue that is ready."""
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        yield publisher


def published(publisher: Publisher, *, readers: int = 1) -> MailingRecord:
    """Publish the issue to so many readers."""
    return published_to(publisher, "heat", readers=readers)


def counts(publisher: Publisher) -> dict[str, int]:
    """Return how the deliveries stand, without zeros; they always add up."""
    mailing = mailing_of(publisher, "heat")
    assert sum(mailing.counts.values()) == mailing.audience
    return {state.value: count for state, count in mailing.counts.items() if count}


def header(message: Received, name: str) -> str:
    parse = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes
    return str(parse(message.body)[name])


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_reader_gets_the_issue_once_and_the_mailing_is_sent(
    sending: Publisher, relay: SmtpServer
) -> None:
    published(sending, readers=7)

    sender = deliver(sending)

    assert sorted(message.envelope_to[0] for message in relay.messages) == [
        READER,
        *(f"r{number}@example.net" for number in range(1, 7)),
    ]
    assert counts(sending) == {"accepted": 7}
    assert mailing_of(sending, "heat").state is MailingState.SENT
    assert sender.complaint == ""


def test_the_folder_transport_writes_a_maildir(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    published(publisher, readers=3)

    deliver(publisher)

    mails = sorted((newsroom.root / "var" / "mail" / "new").iterdir())
    assert len(mails) == 3
    assert counts(publisher) == {"accepted": 3}


def test_while_the_relay_is_down_nobody_is_consumed_and_later_everybody_is_reached(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(closed_port()))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published(publisher, readers=5)
        sender = deliver(publisher)
        down, mailing = counts(publisher), mailing_of(publisher, "heat")
    newsroom.sets(relay_at(relay.port))
    newsroom.clock.passes(minutes=2)
    with newsroom.opened() as publisher:
        deliver(publisher)

        assert set(down) <= {"pending", "deferred"}
        assert sum(down.values()) == 5
        assert mailing.state is MailingState.SENDING
        assert mailing.next_try is not None
        assert "127.0.0.1" in sender.complaint
        assert len(relay.messages) == 5
        assert counts(publisher) == {"accepted": 5}


def test_tries_that_no_relay_heard_of_do_not_count(newsroom: Newsroom) -> None:
    newsroom.sets(relay_at(closed_port()))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        mailing = published(publisher)
        for _ in range(4):
            deliver(publisher)
            newsroom.clock.passes(hours=13)
        with publisher.database.read() as db:
            (row,) = db.execute(select(sending_tables.deliveries)).all()

        assert (row.mailing, row.state, row.attempts) == (mailing.id, DeliveryState.PENDING, 0)


def test_a_relay_that_refuses_everything_at_data_pauses_the_mailing_with_its_words(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.DATA, "554 5.7.1 we do not like your face")
    published(sending, readers=30)

    deliver(sending)

    mailing = mailing_of(sending, "heat")
    assert mailing.state is MailingState.PAUSED
    assert "554 5.7.1 we do not like your face" in (mailing.reason or "")
    assert "rejected" not in counts(sending)
    assert counts(sending)["pending"] >= 20
    assert relay.messages == []


def test_a_paused_mailing_sends_nothing_and_goes_on_where_it_was(
    sending: Publisher, relay: SmtpServer
) -> None:
    mailing = published(sending, readers=4)
    with sending.database.begin() as db:
        mailings.pause(db, mailing.id, "the editor had a thought")
    deliver(sending)
    while_paused = len(relay.messages)

    with sending.database.begin() as db:
        mailings.resume(db, mailing.id)
    deliver(sending)

    assert while_paused == 0
    assert counts(sending) == {"accepted": 4}


def test_one_impossible_address_spoils_nobody_else(sending: Publisher, relay: SmtpServer) -> None:
    with sending.database.begin() as db:
        subscribers.add_many(
            db,
            [
                NewSubscriber(
                    address="Ben <ben@example.net>\r\nBcc: all@example.net",
                    address_key="ben",
                    address_hash="x",
                    public_id="ben",
                )
            ],
            lists=["weekly"],
            state=SubscriptionState.ACTIVE,
            consent="by mistake",
            now=sending.now(),
        )
    add(sending, "cleo@example.net")
    mailing = publish_now(sending, "heat")
    assert mailing is not None

    deliver(sending)

    assert counts(sending) == {"accepted": 2, "rejected": 1}
    assert {message.envelope_to[0] for message in relay.messages} == {READER, "cleo@example.net"}
    assert mailing_of(sending, "heat").state is MailingState.SENT


def test_a_reader_whom_the_relay_refuses_is_rejected_alone(sending: Publisher, relay: SmtpServer) -> None:
    relay.when(Stage.RCPT, "550 5.1.1 no such user", recipient="r1@example.net")
    mailing = published(sending, readers=4)

    deliver(sending)

    with sending.database.read() as db:
        (trouble,) = decisions.troubles(db, mailing.id)
    assert counts(sending) == {"accepted": 3, "rejected": 1}
    assert (trouble.address, trouble.state) == ("r1@example.net", DeliveryState.REJECTED)
    assert trouble.text == "550 5.1.1 no such user"


def test_a_temporary_refusal_is_tried_again_later_with_the_same_bytes(
    sending: Publisher, relay: SmtpServer, clock: HandClock
) -> None:
    relay.when(Stage.DOT, "451 4.3.0 later", times=1, keep=True)
    published(sending)

    deliver(sending)
    deferred, next_try = counts(sending), mailing_of(sending, "heat").next_try
    deliver(sending)
    too_early = len(relay.messages)
    clock.passes(minutes=2)
    deliver(sending)

    first, second = relay.messages
    assert deferred == {"deferred": 1}
    assert next_try is not None
    assert timedelta(minutes=1) <= next_try - clock() + timedelta(minutes=2) <= timedelta(minutes=2)
    assert too_early == 1
    assert first.body == second.body
    assert header(first, "Message-ID") == header(second, "Message-ID")
    assert counts(sending) == {"accepted": 1}


def test_whoever_left_or_complained_after_the_publication_gets_nothing(
    sending: Publisher, relay: SmtpServer
) -> None:
    published(sending, readers=4)
    unsubscribe(sending, token_of(sending, "r1@example.net"))
    suppress(sending, "r2@example.net")

    deliver(sending)

    assert counts(sending) == {"accepted": 2, "suppressed": 2}
    assert {message.envelope_to[0] for message in relay.messages} == {READER, "r3@example.net"}


def test_an_address_that_changes_in_mid_send_is_mailed_at_the_new_one_alone(
    sending: Publisher, relay: SmtpServer
) -> None:
    published(sending, readers=5)
    relay.when(Stage.DOT, delay=1.0, times=2)
    sender = sender_for(sending, until_idle=True)
    assert sender is not None
    until(lambda: relay.commands.count("DATA") == 2)
    time.sleep(0.2)

    with sending.database.begin() as db:
        db.execute(
            tables.subscribers.update()
            .where(tables.subscribers.c.address == "r4@example.net")
            .values(address="new@example.net", address_key="new@example.net")
        )
    until(lambda: not sender.is_alive)
    sender.close()

    addressed = sorted(message.envelope_to[0] for message in relay.messages)
    assert addressed == sorted([READER, *(f"{name}@example.net" for name in ("new", "r1", "r2", "r3"))])
    assert all(header(message, "To") == message.envelope_to[0] for message in relay.messages)


def test_a_message_lost_after_its_last_dot_is_uncertain_and_named(
    newsroom: Newsroom, sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, drop=True, recipient="r1@example.net", keep=True, times=1)
    published(sending, readers=3)

    deliver(sending)
    unsure = status(sending).uncertain
    early = counts(sending)
    newsroom.clock.passes(minutes=11)
    deliver(sending)

    assert [each.address for each in unsure] == ["r1@example.net"]
    assert early == {"accepted": 2, "uncertain": 1}
    copies = [message for message in relay.messages if message.envelope_to == ("r1@example.net",)]
    assert len({header(message, "Message-ID") for message in copies}) == 1
    assert len(copies) == 2
    assert counts(sending) == {"accepted": 3}


def test_with_the_policy_hold_an_uncertain_message_waits_for_an_editor(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
    newsroom.writes("heat")
    relay.when(Stage.DOT, drop=True, keep=True, times=1)
    with newsroom.opened() as publisher:
        published(publisher)
        deliver(publisher)
        newsroom.clock.passes(days=2)
        deliver(publisher)

        assert len(relay.messages) == 1
        assert counts(publisher) == {"uncertain": 1}
        assert status(publisher).uncertain[0].next_try is None


def test_an_answer_that_comes_after_the_lease_has_ended_still_counts(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(relay.port, more='uncertain = "hold"\nlease = "1s"\nconnections = 2'))
    newsroom.writes("heat")
    relay.when(Stage.DOT, delay=2.0)
    with newsroom.opened() as publisher:
        published(publisher)
        sender = sender_for(publisher, until_idle=False)
        assert sender is not None
        until(lambda: "DATA" in relay.commands)
        later = newsroom.clock() + timedelta(seconds=2)
        with publisher.database.begin() as db:
            assert deliveries.claim(db, worker="another", now=later, lease_until=later, idempotent=False)
        assert counts(publisher) == {"uncertain": 1}
        until(lambda: counts(publisher) == {"accepted": 1})
        sender.close()

        assert len(relay.messages) == 1
        assert status(publisher).uncertain == ()


def test_a_sender_that_is_stopped_finishes_what_is_on_its_way_and_gives_back_the_rest(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.05)
    published(sending, readers=40)
    sender = sender_for(sending, until_idle=False)
    assert sender is not None
    relay.wait_for(5)

    sender.close()

    stopped, taken = counts(sending), len(relay.messages)
    assert set(stopped) == {"accepted", "pending"}
    assert stopped["accepted"] == taken < 40
    assert not sender.is_alive


def test_publishing_again_goes_on_where_the_sender_was_stopped_and_mails_nobody_twice(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.05, times=8)
    first = published(sending, readers=20)
    sender = sender_for(sending, until_idle=False)
    assert sender is not None
    relay.wait_for(5)
    sender.close()

    again = publish_now(sending, "heat")
    asked = audience_now(sending, "heat")
    deliver(sending)

    assert again is not None
    assert again.id == first.id
    assert asked is None
    assert len(relay.messages) == len({message.envelope_to for message in relay.messages}) == 20
    assert mailing_of(sending, "heat").state is MailingState.SENT
    with pytest.raises(TransitionError, match="it is published"):
        publish_now(sending, "heat")


def test_a_server_that_was_faster_in_publishing_is_no_trouble(newsroom: Newsroom) -> None:
    newsroom.writes("heat")
    with newsroom.opened() as server:

        def clock() -> datetime:
            with server.database.read() as db:
                record = issues.find(db, "heat")
            if record is not None and record.state is IssueState.QUEUED:
                tick(server)
            return newsroom.clock()

        with newsroom.opened(clock=clock) as person:
            mailing = publish_now(person, "heat")

        assert mailing is not None
        assert mailing.audience == 1
        assert verbs_of(server, "heat") == ["approve", "queue", "publish"]


def test_only_one_sender_works_on_a_database_file(newsroom: Newsroom, publisher: Publisher) -> None:
    first = sender_for(publisher, until_idle=False)
    assert first is not None
    with newsroom.opened() as other:
        second = sender_for(other, until_idle=False)
        first.close()
        third = sender_for(other, until_idle=True)
        assert third is not None
        third.close()

    assert second is None


def test_closing_a_sender_twice_or_after_its_end_is_harmless(publisher: Publisher) -> None:
    sender = deliver(publisher)

    sender.close()

    assert not sender.is_alive


def test_how_many_readers_an_issue_would_have_is_known_before(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    add(publisher, "ben@example.net", lists=["extra", "weekly"])
    newsroom.writes("heat", lists="[weekly, extra]")

    assert audience_now(publisher, "heat") == Audience(lists=("weekly", "extra"), segment=None, readers=2)


def test_there_is_no_progress_of_a_mailing_that_is_none(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match="there is no mailing 42"):
        progress_of(publisher, 42)
