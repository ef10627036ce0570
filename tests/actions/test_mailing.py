from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from publisher.actions.mailing import cancel, decide_uncertain, pause, resume, uncertain_of
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add_from_file
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.delivery import LEFT, MailingState, Stage
from publisher.store.decisions import Decided
from tests.newsrooms import HandClock, Newsroom, deliver, history_of, mailing_of, record_of, relay_at
from tests.smtp_server import SmtpServer


@pytest.fixture
def mailed(newsroom: Newsroom, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom with one issue that is on its way to thirty readers."""
    newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        add_from_file(publisher, "\n".join(f"r{number}@example.net" for number in range(29)), path="r.txt")
        publish_now(publisher, "heat")
        yield publisher


def counts(publisher: Publisher) -> dict[str, int]:
    return {state.value: count for state, count in mailing_of(publisher, "heat").counts.items() if count}


def test_a_mailing_that_the_relay_stopped_goes_on_when_an_editor_says_so(
    mailed: Publisher, relay: SmtpServer, clock: HandClock
) -> None:
    relay.when(Stage.MAIL, "550 5.7.1 this sender is not allowed")
    deliver(mailed)
    stopped = mailing_of(mailed, "heat")
    relay.when(Stage.MAIL, "250 2.1.0 fine again")
    deliver(mailed)
    while_paused = len(relay.messages)

    resumed = resume(mailed, "heat")
    clock.passes(minutes=2)
    deliver(mailed)

    assert stopped.state is MailingState.PAUSED
    assert while_paused == 0
    assert (resumed.state, resumed.reason) == (MailingState.SENDING, None)
    assert len({message.envelope_to for message in relay.messages}) == 30
    assert counts(mailed) == {"accepted": 30}


def test_a_paused_mailing_sends_nothing_and_tells_why(mailed: Publisher, relay: SmtpServer) -> None:
    paused = pause(mailed, "heat", reason="  a wrong name ")
    deliver(mailed)

    row = history_of(mailed, "heat")[-1]
    assert (paused.state, paused.reason) == (MailingState.PAUSED, "a wrong name")
    assert relay.messages == []
    assert (row.verb, row.from_state, row.to_state, row.actor) == ("pause", "sending", "paused", "ann")
    assert row.detail == {"reason": "a wrong name"}


def test_a_cancelled_mailing_never_goes_on_and_its_issue_stays_public(
    mailed: Publisher, relay: SmtpServer
) -> None:
    cancelled = cancel(mailed, "heat")
    deliver(mailed)

    row = history_of(mailed, "heat")[-1]
    assert cancelled.state is MailingState.CANCELLED
    assert relay.messages == []
    assert record_of(mailed, "heat").state.value == "published"
    assert (row.verb, row.from_state, row.to_state) == ("cancel", "sending", "cancelled")
    with pytest.raises(TransitionError, match="cannot resume the mailing of 'heat': it is cancelled"):
        resume(mailed, "heat")


def test_a_pause_in_a_hurry_says_who_did_it(mailed: Publisher) -> None:
    assert pause(mailed, "heat").reason == "paused by hand (ann)"
    assert history_of(mailed, "heat")[-1].detail == {"reason": "paused by hand (ann)"}


def test_a_reason_for_a_pause_has_words(mailed: Publisher) -> None:
    with pytest.raises(PublisherError, match="the reason has no words"):
        pause(mailed, "heat", reason=" ")

    assert mailing_of(mailed, "heat").state is MailingState.SENDING


@pytest.mark.parametrize("verb", [lambda publisher, slug: pause(publisher, slug, reason="x"), resume, cancel])
def test_a_mailing_that_is_sent_stays_so(mailed: Publisher, verb: Callable[[Publisher, str], object]) -> None:
    deliver(mailed)
    before = history_of(mailed, "heat")

    with pytest.raises(TransitionError, match="the mailing of 'heat': it is sent"):
        verb(mailed, "heat")

    assert history_of(mailed, "heat") == before


def test_uncertain_messages_are_sent_again_or_left(mailed: Publisher, relay: SmtpServer) -> None:
    relay.when(Stage.DOT, drop=True, keep=True, times=1)
    deliver(mailed)
    unsure = counts(mailed)
    (unsure_of,) = (each.address for each in uncertain_of(mailed, "heat"))

    left = decide_uncertain(mailed, "heat", resend=False)
    deliver(mailed)
    still = counts(mailed)
    sent = decide_uncertain(mailed, "heat", resend=True, addresses=[unsure_of])
    reopened = mailing_of(mailed, "heat").state
    deliver(mailed)

    assert unsure == still == {"accepted": 29, "uncertain": 1}
    assert left == sent == Decided(deliveries=1)
    assert reopened is MailingState.SENDING
    assert counts(mailed) == {"accepted": 30}
    rows = [row for row in history_of(mailed, "heat") if row.verb in ("leave", "resend")]
    assert [(row.verb, row.from_state, row.to_state) for row in rows] == [
        ("leave", "sent", "sent"),
        ("resend", "sent", "sending"),
    ]
    assert [row.detail for row in rows] == [{"uncertain": 1}, {"uncertain": 1}]


def test_what_was_left_is_sent_again_only_by_its_address(mailed: Publisher, relay: SmtpServer) -> None:
    relay.when(Stage.DOT, drop=True, keep=True, times=3)
    deliver(mailed)
    first, second, _ = (each.address for each in uncertain_of(mailed, "heat"))
    decide_uncertain(mailed, "heat", resend=False, addresses=[first, second])

    decided = decide_uncertain(mailed, "heat", resend=True)
    deliver(mailed)

    assert decided == Decided(deliveries=1, left=2)
    assert [(each.address, each.text) for each in uncertain_of(mailed, "heat")] == [
        (first, LEFT),
        (second, LEFT),
    ]
    with pytest.raises(TransitionError, match="but what was left as it is"):
        decide_uncertain(mailed, "heat", resend=True)
    assert counts(mailed) == {"accepted": 28, "uncertain": 2}


def test_what_an_editor_wanted_to_be_sent_after_all_is_not_taken_for_left(
    mailed: Publisher, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, drop=True, keep=True, times=2)
    deliver(mailed)
    first, _ = (each.address for each in uncertain_of(mailed, "heat"))
    decide_uncertain(mailed, "heat", resend=False)
    decide_uncertain(mailed, "heat", resend=True, addresses=[first])

    assert decide_uncertain(mailed, "heat", resend=True) == Decided(deliveries=1, left=1)


def test_leaving_the_last_open_messages_ends_the_mailing(newsroom: Newsroom, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    relay.when(Stage.DOT, drop=True, keep=True, times=1)
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
        deliver(publisher)
        waiting = mailing_of(publisher, "heat").state

        decide_uncertain(publisher, "heat", resend=False)

        assert waiting is MailingState.SENDING
        assert mailing_of(publisher, "heat").state is MailingState.SENT


def test_where_nothing_is_uncertain_there_is_nothing_to_decide(mailed: Publisher) -> None:
    with pytest.raises(TransitionError, match="nothing is uncertain in the mailing of 'heat'"):
        decide_uncertain(mailed, "heat", resend=True)


def test_an_issue_without_a_mailing_is_told(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", lists="[]")
    publish_now(publisher, "heat")

    with pytest.raises(NotFoundError, match="issue 'heat' has no mailing"):
        resume(publisher, "heat")
    with pytest.raises(NotFoundError, match="there is no issue 'nobody'"):
        cancel(publisher, "nobody")


def test_doing_it_twice_is_no_mistake_and_is_told_once(mailed: Publisher) -> None:
    pause(mailed, "heat", reason="a wrong name")
    again = pause(mailed, "heat", reason="another")
    cancel(mailed, "heat")
    cancelled = cancel(mailed, "heat")

    assert again.reason == "a wrong name"
    assert cancelled.state is MailingState.CANCELLED
    assert [row.verb for row in history_of(mailed, "heat")][-2:] == ["pause", "cancel"]


def test_one_uncertain_message_can_be_decided_alone(mailed: Publisher, relay: SmtpServer) -> None:
    relay.when(Stage.DOT, drop=True, keep=True, times=2)
    deliver(mailed)
    first, second = (each.address for each in uncertain_of(mailed, "heat"))

    decided = decide_uncertain(mailed, "heat", resend=True, addresses=[first.upper()])
    deliver(mailed)

    assert decided == Decided(deliveries=1)
    assert [each.address for each in uncertain_of(mailed, "heat")] == [second]
    assert counts(mailed) == {"accepted": 29, "uncertain": 1}
    with pytest.raises(TransitionError, match=f"the message of 'heat' to {first} is not uncertain"):
        decide_uncertain(mailed, "heat", resend=True, addresses=[second, first])
    assert mailing_of(mailed, "heat").state is MailingState.SENT
