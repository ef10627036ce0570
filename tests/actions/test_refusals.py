"""What a relay says of a reader at once counts like the bounce that others send later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from publisher.actions.mailing import resume
from publisher.actions.retry import Choice, retry
from publisher.app import Publisher
from publisher.model.delivery import DeliveryState, MailingState, Stage
from publisher.model.reports import ReportKind
from publisher.store import reports
from publisher.store.schema_sending import suppressions
from tests.newsrooms import READER, Newsroom, deliver, mailing_of, published_to, relay_at, suppress
from tests.smtp_server import SmtpServer


@pytest.fixture
def sending(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain in the morning")
    with newsroom.opened() as publisher:
        yield publisher


def test_a_mailbox_that_the_relay_does_not_know_is_left_alone_by_the_next_mailing(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.RCPT, "550 5.1.1 no such user", recipient="r1@example.net")
    first = published_to(sending, "heat", readers=3)
    deliver(sending)
    relay.when(Stage.RCPT, "250 2.1.5 fine again", recipient="r1@example.net")

    published_to(sending, "rain", readers=3)
    deliver(sending)

    with sending.database.read() as db:
        counts = reports.counts(db, first.id)
    assert counts[ReportKind.HARD_BOUNCE] == 1
    assert mailing_of(sending, "heat").counts[DeliveryState.REJECTED] == 1
    assert mailing_of(sending, "rain").counts[DeliveryState.SUPPRESSED] == 1
    assert {message.envelope_to[0] for message in relay.messages} == {READER, "r2@example.net"}


def test_a_relay_that_refuses_everybody_pauses_the_mailing_and_costs_no_reader_the_next_one(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.RCPT, "550 5.1.1 no such user")
    published_to(sending, "heat", readers=90)
    suppress(sending, "r1@example.net")

    deliver(sending)

    paused = mailing_of(sending, "heat")
    assert paused.state is MailingState.PAUSED
    assert paused.reason is not None
    assert "readers were refused: 550 5.1.1 no such user; look whether the relay" in paused.reason
    assert 20 <= paused.counts[DeliveryState.REJECTED] < 90
    with sending.database.read() as db:
        assert db.execute(select(suppressions.c.reason)).scalars().all() == ["complaint"]


def test_what_a_mended_relay_had_refused_goes_out_when_an_editor_resumes_and_retries(
    sending: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.RCPT, "550 5.1.1 no such user")
    published_to(sending, "heat", readers=90)
    deliver(sending)
    relay.when(Stage.RCPT, "250 2.1.5 fine again")

    resume(sending, "heat")
    retry(sending, "heat", Choice())
    deliver(sending)

    assert mailing_of(sending, "heat").counts[DeliveryState.ACCEPTED] == 90
    assert len({message.envelope_to[0] for message in relay.messages}) == 90


def test_an_old_list_with_a_reader_gone_in_ten_goes_through_and_leaves_those_alone(
    sending: Publisher, relay: SmtpServer
) -> None:
    for number in range(1, 60, 10):
        relay.when(Stage.RCPT, "550 5.1.1 no such user", recipient=f"r{number}@example.net")
    published_to(sending, "heat", readers=60)

    deliver(sending)

    assert mailing_of(sending, "heat").state is MailingState.SENT
    with sending.database.read() as db:
        assert db.execute(select(func.count()).select_from(suppressions)).scalar_one() == 6


@pytest.mark.parametrize("reply", ["550 5.7.1 policy", "552 5.2.2 mailbox full", "550 no"])
def test_a_refusal_for_another_reason_suppresses_nobody(
    sending: Publisher, relay: SmtpServer, reply: str
) -> None:
    relay.when(Stage.RCPT, reply, recipient="r1@example.net")
    published_to(sending, "heat", readers=3)
    deliver(sending)

    published_to(sending, "rain", readers=3)
    deliver(sending)

    assert mailing_of(sending, "rain").counts[DeliveryState.SUPPRESSED] == 0
