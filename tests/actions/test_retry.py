from __future__ import annotations

from collections.abc import Iterator

import pytest

from publisher.actions.mailing import cancel
from publisher.actions.retry import Choice, Retried, rejected, retry
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add_from_file, unsubscribe
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.errors import TransitionError
from publisher.model.delivery import MailingState, Stage
from publisher.model.subscriber import SuppressionReason
from tests.newsrooms import (
    READER,
    HandClock,
    Newsroom,
    deliver,
    history_of,
    mailing_of,
    relay_at,
    suppress,
    token_of,
)
from tests.reports import suppressed
from tests.smtp_server import SmtpServer

ALL = Choice()
LATER = Choice(code="5.4.1")


@pytest.fixture
def refused(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom whose mailing to six readers is sent, but that three of them were refused once."""
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    relay.when(Stage.RCPT, "550 5.1.1 nobody here", recipient="r0@example.net", times=1)
    for name in ("r1", "r2"):
        relay.when(Stage.RCPT, "550 5.4.1 not for us", recipient=f"{name}@example.net", times=1)
    with newsroom.opened() as publisher:
        add_from_file(publisher, "\n".join(f"r{number}@example.net" for number in range(5)), path="r.txt")
        publish_now(publisher, "heat")
        deliver(publisher)
        yield publisher


def counts(publisher: Publisher) -> dict[str, int]:
    return {state.value: count for state, count in mailing_of(publisher, "heat").counts.items() if count}


def test_what_was_rejected_with_a_code_is_sent_when_an_editor_says_so(
    refused: Publisher, relay: SmtpServer
) -> None:
    before = counts(refused)
    asked = rejected(refused, "heat", LATER)

    done = retry(refused, "heat", LATER)
    reopened = mailing_of(refused, "heat").state
    deliver(refused)

    row = history_of(refused, "heat")[-1]
    assert before == {"accepted": 3, "rejected": 3}
    assert (asked, done) == (2, Retried(again=2, left_out=0))
    assert reopened is MailingState.SENDING
    assert counts(refused) == {"accepted": 5, "rejected": 1}
    assert mailing_of(refused, "heat").state is MailingState.SENT
    assert len({message.envelope_to for message in relay.messages}) == len(relay.messages) == 5
    assert (row.verb, row.from_state, row.to_state, row.actor) == ("retry", "sent", "sending", "ann")
    assert row.detail == {"again": 2, "code": "5.4.1", "chosen": 0}


def test_an_address_that_bounced_is_tried_by_this_mailing_because_an_editor_says_so(
    refused: Publisher, relay: SmtpServer
) -> None:
    done = retry(refused, "heat", ALL)
    deliver(refused)

    assert done == Retried(again=3, left_out=0)
    assert counts(refused) == {"accepted": 6}
    assert len({message.envelope_to for message in relay.messages}) == len(relay.messages) == 6


def test_an_address_that_bounces_again_when_an_editor_tries_it_is_left_alone_for_good(
    refused: Publisher, relay: SmtpServer, clock: HandClock
) -> None:
    clock.passes(days=1)
    relay.when(Stage.RCPT, "550 5.1.1 still nobody", recipient="r0@example.net")
    retry(refused, "heat", Choice(addresses=("r0@example.net",)))
    deliver(refused)

    clock.passes(days=30)

    assert suppressed(refused, "r0@example.net", mailing=99) is SuppressionReason.HARD_BOUNCE


def test_what_is_tried_again_after_days_is_not_given_up_at_the_first_trouble(
    refused: Publisher, relay: SmtpServer, clock: HandClock
) -> None:
    clock.passes(days=5)
    relay.when(Stage.RCPT, "450 4.2.1 greylisted", recipient="r1@example.net", times=1)
    retry(refused, "heat", Choice(addresses=("r1@example.net",)))
    deliver(refused)
    greylisted = counts(refused)
    clock.passes(minutes=10)
    deliver(refused)

    assert greylisted == {"accepted": 3, "rejected": 2, "deferred": 1}
    assert counts(refused) == {"accepted": 4, "rejected": 2}


def test_one_address_is_tried_again_in_any_spelling(refused: Publisher) -> None:
    retry(refused, "heat", Choice(addresses=("R1@Example.net",)))
    deliver(refused)

    assert counts(refused) == {"accepted": 4, "rejected": 2}


def test_a_code_of_three_digits_is_that_of_the_reply(refused: Publisher) -> None:
    assert rejected(refused, "heat", Choice(code="550")) == 3


def test_whoever_was_suppressed_or_has_left_is_never_tried_again(
    refused: Publisher, relay: SmtpServer
) -> None:
    suppress(refused, "r1@example.net")
    unsubscribe(refused, token_of(refused, "r0@example.net"))

    done = retry(refused, "heat", ALL)
    deliver(refused)

    assert done == Retried(again=1, left_out=2)
    assert counts(refused) == {"accepted": 4, "rejected": 2}
    assert not {"r0@example.net", "r1@example.net"} & {each.envelope_to for each in relay.messages}


def test_where_nobody_may_be_mailed_nothing_changes(refused: Publisher) -> None:
    suppress(refused, "r0@example.net")
    before = history_of(refused, "heat")

    with pytest.raises(TransitionError, match="its readers have left or must not be mailed"):
        retry(refused, "heat", Choice(addresses=("r0@example.net",)))

    assert mailing_of(refused, "heat").state is MailingState.SENT
    assert history_of(refused, "heat") == before


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(code="5.7.1"), "nothing of 'heat' was rejected with 5.7.1.*2 with 5.4.1, 1 with 5.1.1"),
        (Choice(addresses=("r4@example.net",)), "the message of 'heat' to r4@example.net was not rejected"),
    ],
)
def test_what_was_not_rejected_is_told(refused: Publisher, choice: Choice, words: str) -> None:
    with pytest.raises(TransitionError, match=words):
        retry(refused, "heat", choice)


def test_what_is_no_address_is_told(refused: Publisher) -> None:
    with pytest.raises(AddressError, match="has no @"):
        retry(refused, "heat", Choice(addresses=("r4",)))


def test_a_second_time_there_is_nothing_left(refused: Publisher) -> None:
    retry(refused, "heat", ALL)

    with pytest.raises(TransitionError, match="nothing is rejected in the mailing of 'heat'"):
        retry(refused, "heat", ALL)


def test_a_cancelled_mailing_is_not_tried_again(newsroom: Newsroom, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    relay.when(Stage.RCPT, "550 5.4.1 not for us", recipient=READER)
    relay.when(Stage.RCPT, "450 4.2.1 later", recipient="r1@example.net")
    with newsroom.opened() as publisher:
        add_from_file(publisher, "r1@example.net", path="r.txt")
        publish_now(publisher, "heat")
        deliver(publisher)
        cancel(publisher, "heat")

        with pytest.raises(TransitionError, match="is cancelled"):
            retry(publisher, "heat", ALL)

        assert counts(publisher) == {"rejected": 1, "deferred": 1}
