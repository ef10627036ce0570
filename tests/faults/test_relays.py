"""Relays that are down, slow, silent or lying, seen from the whole sender."""

from __future__ import annotations

import socket

import pytest

from publisher.actions.status import status
from publisher.model.delivery import Stage
from tests.newsrooms import Newsroom, published_to, relay_at, until
from tests.senders import assert_everybody_once, copies_of, counts_of, sending
from tests.smtp_server import SmtpServer

PATIENT = 'timeout = "1s"'
"""What stands under [smtp] where a relay that says nothing is given up soon."""


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_while_the_relay_is_down_nothing_is_consumed_and_when_it_is_back_the_sender_goes_on(
    newsroom: Newsroom,
) -> None:
    relay = SmtpServer()
    relay.port = free_port()
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=20)
        with sending(publisher) as sender:
            until(lambda: sender.complaint)
            said, down = sender.complaint, counts_of(publisher)
            (told,) = status(publisher).relays
            with relay:
                until(lambda: counts_of(publisher) == {"accepted": 20})
                messages, complaint = relay.messages, sender.complaint

        assert said.startswith(f"relay smtp (127.0.0.1:{relay.port}): ")
        assert set(down) <= {"pending", "sending"}
        assert told.said == said
        assert status(publisher).relays == ()
        assert complaint == ""
        assert_everybody_once(publisher, messages)


def test_a_relay_that_hangs_up_on_everybody_for_a_while_costs_nobody_a_try(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=20)

        def is_settled() -> bool:
            if "deferred" in counts_of(publisher):  # it was cut off before its end, on a new connection
                newsroom.clock.passes(minutes=2)
            return set(counts_of(publisher)) <= {"accepted", "uncertain"}

        with sending(publisher):
            relay.wait_for(1)
            relay.when(Stage.CONNECT, drop=True, times=4)
            relay.hang_up()
            until(is_settled)

        uncertain = counts_of(publisher).get("uncertain", 0)
        assert uncertain <= publisher.settings.delivery.connections
        assert max(copies_of(relay.messages).values()) == 1


def test_one_slow_answer_keeps_nobody_else_waiting(newsroom: Newsroom, relay: SmtpServer) -> None:
    relay.when(Stage.RCPT, delay=2.0, recipient="r3@example.net")
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=30)
        with sending(publisher):
            until(lambda: counts_of(publisher).get("accepted") == 29)
            waiting = counts_of(publisher)
            until(lambda: counts_of(publisher) == {"accepted": 30})

        assert waiting == {"accepted": 29, "sending": 1}
        assert_everybody_once(publisher, relay.messages)


def test_a_relay_that_greets_nobody_is_given_up_in_time_and_tried_again(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.CONNECT, delay=5.0)
    newsroom.sets(relay_at(relay.port) + PATIENT)
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=10)
        with sending(publisher) as sender:
            until(lambda: sender.complaint)
            said = sender.complaint
            relay.when(Stage.CONNECT)
            until(lambda: counts_of(publisher) == {"accepted": 10})

        assert said == f"relay smtp (127.0.0.1:{relay.port}): it did not answer in time"
        assert_everybody_once(publisher, relay.messages)


def test_a_connection_that_breaks_after_the_last_dot_makes_one_message_uncertain_and_names_it(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.3, drop=True, recipient="r3@example.net", keep=True, times=1)
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=10)
        with sending(publisher):
            until(lambda: counts_of(publisher) == {"accepted": 9, "uncertain": 1})
            (unsure,) = status(publisher).uncertain
            newsroom.clock.passes(minutes=11)
            until(lambda: counts_of(publisher) == {"accepted": 10})

        copies = [message for message in relay.messages if message.envelope_to == ("r3@example.net",)]
        assert unsure.address == "r3@example.net"
        assert unsure.text.endswith("it hung up")
        assert len(copies) == 2
        assert copies[0].body == copies[1].body
        assert len(relay.messages) == 11


def test_a_relay_that_takes_a_message_and_hangs_up_each_time_gets_each_message_once(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, "250 2.0.0 taken", drop=True)
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=12)
        with sending(publisher):
            until(lambda: counts_of(publisher) == {"accepted": 12})

        assert_everybody_once(publisher, relay.messages)
    assert relay.connections >= 12


def test_another_relay_takes_over_and_gives_the_work_back_when_the_first_returns(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    first = SmtpServer()
    first.port = free_port()
    relay.when(Stage.DOT, delay=0.15)
    backup = f'\n[relays.backup]\nhost = "127.0.0.1"\nport = {relay.port}\ntls = "none"\n'
    newsroom.sets(relay_at(first.port, more="connections = 1") + backup)
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=40)
        with sending(publisher) as sender:
            relay.wait_for(3)
            said = sender.complaint
            with first:
                first.wait_for(1, patience=30)
                begun = len(relay.messages)
                until(lambda: counts_of(publisher) == {"accepted": 40})
                by_first, by_backup = first.messages, relay.messages

        assert said
        assert len(by_backup) <= begun + 1
        assert_everybody_once(publisher, [*by_first, *by_backup])


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA])
def test_a_connection_that_breaks_before_the_message_doubles_nobody(
    newsroom: Newsroom, relay: SmtpServer, stage: Stage
) -> None:
    relay.when(stage, drop=True, times=3)
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=10)
        with sending(publisher):
            until(lambda: not {"pending", "sending"} & set(counts_of(publisher)))
            first = counts_of(publisher)
            newsroom.clock.passes(minutes=2)
            until(lambda: counts_of(publisher) == {"accepted": 10})

        assert first == {"accepted": 7, "deferred": 3}
        assert_everybody_once(publisher, relay.messages)
