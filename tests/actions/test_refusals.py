"""What a relay says of a reader at once counts like the bounce that others send later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from publisher.app import Publisher
from publisher.model.delivery import DeliveryState, Stage
from publisher.model.reports import ReportKind
from publisher.store import reports
from tests.newsrooms import READER, Newsroom, deliver, mailing_of, published_to, relay_at
from tests.smtp_server import SmtpServer


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


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
