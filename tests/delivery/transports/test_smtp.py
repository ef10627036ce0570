from __future__ import annotations

import asyncio
import base64
import errno
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from publisher.delivery.transports.smtp import SmtpSettings, SmtpTransport, Tls
from publisher.delivery.transports.smtp_trouble import why
from publisher.model.delivery import DeliveryState, Message, Outcome, Stage
from tests.delivery.transports.samples import BODY, message, send
from tests.smtp_memory import Rule, Security
from tests.smtp_process import SmtpProcess
from tests.smtp_server import CERTIFICATES, SmtpServer

ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED
REJECTED, UNCERTAIN = DeliveryState.REJECTED, DeliveryState.UNCERTAIN
LARGE = BODY + b"Four hours are enough for the evening peak.\r\n" * 400_000


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def settings(port: int, **others: Any) -> SmtpSettings:  # noqa: ANN401 - any field of the settings
    usual = SmtpSettings(
        host="127.0.0.1",
        port=port,
        tls=Tls.NONE,
        helo_name="publisher.example",
        timeout=5.0,
        ca_file=CERTIFICATES / "ca.pem",
    )
    return replace(usual, **others)


def send_to(
    relay: SmtpServer,
    *steps: Message | Callable[[], object],
    **others: Any,  # noqa: ANN401 - any field of the settings
) -> list[Outcome]:
    return send(SmtpTransport(settings(relay.port, **others)), *steps)


def test_a_message_arrives_byte_for_byte_with_its_envelope(relay: SmtpServer) -> None:
    body = BODY + b".\r\n..\r\n.hidden\r\n\r\n.\r\n"

    (outcome,) = send_to(relay, message(sender="m1-d1@bounces.example.com", body=body))

    (received,) = relay.messages
    assert (outcome.state, outcome.code, outcome.text) == (ACCEPTED, 250, "2.0.0 taken")
    assert received.body == body
    assert received.envelope_from == "m1-d1@bounces.example.com"
    assert received.envelope_to == ("reader@example.org",)
    assert received.helo == "publisher.example"


def test_many_messages_share_one_connection_and_nothing_is_reset(relay: SmtpServer) -> None:
    outcomes = send_to(relay, *(message(number) for number in range(5)))

    assert {outcome.state for outcome in outcomes} == {ACCEPTED}
    assert relay.connections == 1
    assert "RSET" not in relay.commands
    assert relay.commands[-1] == "QUIT"


def test_a_connection_is_renewed_after_its_share_of_messages(relay: SmtpServer) -> None:
    relay.when(Stage.RCPT, "450 4.2.0 greylisted", times=2)

    outcomes = send_to(relay, *(message(number) for number in range(5)), messages_per_connection=2)

    assert [outcome.state for outcome in outcomes] == [DEFERRED] * 2 + [ACCEPTED] * 3
    assert relay.connections == 3
    assert relay.commands.count("QUIT") == 3


@pytest.mark.parametrize(
    ("stage", "reply", "state"),
    [
        (Stage.CONNECT, "554 5.7.1 your address is on a list", DEFERRED),
        (Stage.CONNECT, "421 4.3.2 too many connections", DEFERRED),
        (Stage.HELO, "550 5.7.1 who are you", DEFERRED),
        (Stage.MAIL, "550 5.1.8 no such sender", DEFERRED),
        (Stage.MAIL, "451 4.3.0 later", DEFERRED),
        (Stage.RCPT, "450 4.2.0 greylisted", DEFERRED),
        (Stage.RCPT, "550 5.1.1 no such user", REJECTED),
        (Stage.DATA, "554 5.5.1 no", DEFERRED),
        (Stage.DATA, "451 4.3.0 later", DEFERRED),
        (Stage.DOT, "454 4.7.0 throttled", DEFERRED),
        (Stage.DOT, "421 4.3.2 going down", DEFERRED),
        (Stage.DOT, "550 5.7.1 this looks like spam", REJECTED),
    ],
)
def test_a_refusal_is_told_with_its_stage_and_the_relays_words_and_the_next_message_goes_on(
    relay: SmtpServer, stage: Stage, reply: str, state: DeliveryState
) -> None:
    relay.when(stage, reply, times=1)

    refused, accepted = send_to(relay, message(1), message(2))

    told = Stage.REPLY if stage is Stage.DOT else stage
    assert (refused.state, refused.stage, f"{refused.code} {refused.text}") == (state, told, reply)
    assert accepted.state is ACCEPTED
    assert len(relay.messages) == 1


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.HELO, Stage.MAIL, Stage.RCPT, Stage.DATA])
def test_a_relay_that_hangs_up_before_the_message_has_not_accepted_it(
    relay: SmtpServer, stage: Stage
) -> None:
    relay.when(stage, drop=True, times=1)

    lost, accepted = send_to(relay, message(1), message(2))

    assert (lost.state, lost.stage, lost.relay_fault) == (DEFERRED, stage, True)
    assert lost.text.startswith(f"relay smtp (127.0.0.1:{relay.port}): ")
    assert accepted.state is ACCEPTED


def test_a_relay_that_hangs_up_in_the_middle_of_the_message_has_not_accepted_it(relay: SmtpServer) -> None:
    relay.when(Stage.BODY, drop=True)

    (lost,) = send_to(relay, message(body=LARGE))

    assert (lost.state, lost.stage, lost.relay_fault) == (DEFERRED, Stage.BODY, True)
    assert relay.messages == []


def test_a_large_message_arrives_whole(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(body=LARGE))

    assert outcome.state is ACCEPTED
    assert relay.messages[0].body == LARGE


@pytest.mark.parametrize("keep", [True, False])
def test_of_a_relay_that_hangs_up_after_the_final_dot_nobody_knows(relay: SmtpServer, *, keep: bool) -> None:
    relay.when(Stage.DOT, drop=True, keep=keep, times=1)

    lost, accepted = send_to(relay, message(1), message(2))

    assert (lost.state, lost.stage) == (UNCERTAIN, Stage.REPLY)
    assert accepted.state is ACCEPTED
    assert len(relay.messages) == 1 + keep


def test_silence_after_the_final_dot_is_uncertain_and_before_it_is_not(relay: SmtpServer) -> None:
    relay.when(Stage.RCPT, delay=2, recipient="early@example.org")
    relay.when(Stage.DOT, delay=2, recipient="late@example.org")

    early, late = send_to(
        relay,
        message(1, to="early@example.org"),
        message(2, to="late@example.org"),
        timeout=0.1,
        final_timeout=0.1,
    )

    assert (early.state, early.stage) == (DEFERRED, Stage.RCPT)
    assert (late.state, late.stage) == (UNCERTAIN, Stage.REPLY)
    assert "did not answer in time" in early.text


def test_a_slow_answer_to_the_whole_message_has_more_time_than_the_others(relay: SmtpServer) -> None:
    relay.when(Stage.DOT, delay=0.3)

    (outcome,) = send_to(relay, message(), timeout=0.1, final_timeout=5.0)

    assert outcome.state is ACCEPTED


def test_leaving_a_relay_that_has_left_is_no_trouble(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(), relay.hang_up)

    assert outcome.state is ACCEPTED
    assert "QUIT" not in relay.commands


def test_a_connection_that_died_while_idle_costs_the_next_message_nothing(relay: SmtpServer) -> None:
    outcomes = send_to(relay, message(1), relay.hang_up, message(2))

    assert [outcome.state for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    assert relay.connections == 2


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA])
def test_a_relay_that_says_goodbye_before_a_message_gets_it_at_once_over_a_new_connection(
    relay: SmtpServer, stage: Stage
) -> None:
    goodbye = partial(relay.when, stage, "421 4.3.2 enough for one connection", drop=True, times=1)

    outcomes = send_to(relay, message(1), goodbye, message(2))

    assert [outcome.state for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    assert relay.connections == 2


def test_a_relay_that_always_says_goodbye_is_asked_twice_and_then_left_alone(relay: SmtpServer) -> None:
    goodbye = partial(relay.when, Stage.MAIL, "421 4.3.2 closed", drop=True)

    _, outcome = send_to(relay, message(1), goodbye, message(2))

    assert (outcome.state, outcome.code, outcome.relay_fault) == (DEFERRED, 421, True)
    assert relay.connections == 2


@pytest.mark.parametrize(
    ("stage", "reply", "state"),
    [
        (Stage.MAIL, "what?", DEFERRED),
        (Stage.MAIL, "\r\n".join(["250-and"] * 200), DEFERRED),
        (Stage.MAIL, "250 " + "x" * 9000, DEFERRED),
        (Stage.RCPT, "354 go on", DEFERRED),
        (Stage.DATA, "250 fine", DEFERRED),
        (Stage.DOT, "354 go on", UNCERTAIN),
        (Stage.DOT, "yes", UNCERTAIN),
        (Stage.DOT, "2x0 yes", UNCERTAIN),
    ],
)
def test_a_relay_that_is_out_of_step_is_left(
    relay: SmtpServer, stage: Stage, reply: str, state: DeliveryState
) -> None:
    relay.when(stage, reply, times=1)

    strange, accepted = send_to(relay, message(1), message(2))

    assert (strange.state, strange.relay_fault, strange.code) == (state, True, None)
    assert len(strange.text) <= 500
    assert accepted.state is ACCEPTED
    assert relay.connections == 2


@pytest.mark.parametrize(
    ("security", "tls"), [(Security.STARTTLS, Tls.STARTTLS), (Security.IMPLICIT, Tls.IMPLICIT)]
)
def test_a_relay_is_signed_in_to_over_tls(security: Security, tls: Tls) -> None:
    with SmtpServer(security=security, accounts={"ann": "secret"}) as relay:
        outcomes = send_to(relay, message(1), message(2), tls=tls, username="ann", password="secret")  # noqa: S106 - of the test
        wrong = send_to(relay, message(3), tls=tls, username="ann", password="guess")  # noqa: S106 - of the test

    assert {outcome.state for outcome in outcomes} == {ACCEPTED}
    assert {(received.tls, received.username, received.connection) for received in relay.messages} == {
        (True, "ann", 1)
    }
    assert [(outcome.state, outcome.stage, outcome.code) for outcome in wrong] == [
        (DEFERRED, Stage.AUTH, 535)
    ]


@pytest.mark.parametrize(
    ("security", "tls"), [(Security.STARTTLS, Tls.STARTTLS), (Security.IMPLICIT, Tls.IMPLICIT)]
)
@pytest.mark.parametrize(
    ("trust", "why"),
    [
        ({"ca_file": None}, "certificate is not to be trusted"),
        ({"host": "localhost"}, "certificate is not to be trusted: Hostname mismatch"),
        (
            {"ca_file": Path("missing.pem")},
            "the certificates in missing.pem cannot be read: No such file or directory; mend ca_file",
        ),
        ({"ca_file": Path(__file__)}, "cannot be read: it is no file of certificates in PEM; mend ca_file"),
    ],
)
def test_nothing_is_said_to_a_relay_that_cannot_be_trusted(
    security: Security, tls: Tls, trust: dict[str, Any], why: str
) -> None:
    with SmtpServer(security=security, accounts={"ann": "secret"}) as relay:
        (outcome,) = send_to(relay, message(), tls=tls, username="ann", password="secret", **trust)  # noqa: S106 - of the test

    assert (outcome.state, outcome.relay_fault) == (DEFERRED, True)
    assert outcome.stage in {Stage.TLS, Stage.CONNECT}
    assert why in outcome.text
    assert set(relay.commands) <= {"EHLO publisher.example", "STARTTLS"}


def test_a_certificate_is_not_checked_only_where_the_settings_say_so() -> None:
    with SmtpServer(security=Security.IMPLICIT) as relay:
        (outcome,) = send_to(relay, message(), tls=Tls.IMPLICIT, ca_file=None, verify=False)

    assert outcome.state is ACCEPTED


def test_a_relay_whose_starttls_was_taken_away_gets_neither_password_nor_mail(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(), tls=Tls.STARTTLS, username="ann", password="secret")  # noqa: S106 - of the test

    assert (outcome.state, outcome.stage, outcome.relay_fault) == (DEFERRED, Stage.TLS, True)
    assert "STARTTLS" in outcome.text
    assert relay.commands == ["EHLO publisher.example"]


def test_a_port_that_does_not_begin_with_tls_is_told_with_the_way_out(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(1), tls=Tls.IMPLICIT)

    assert (outcome.state, outcome.stage, outcome.relay_fault) == (DEFERRED, Stage.TLS, True)
    assert outcome.text.endswith(
        'TLS with it failed: wrong version number; this port may not begin with TLS: try tls = "starttls"'
    )


NO_ROUTE = "there is no way to it from this machine; look at the network, or at host"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "there is no server of this name; mend host",
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            "its name cannot be looked up now; look at the network and its DNS",
        ),
        (OSError(errno.EHOSTUNREACH, "Connect call failed ('192.0.2.1', 25)"), NO_ROUTE),
        (
            OSError("Multiple exceptions: [Errno 101] Connect call failed ('::1', 25), [Errno 111] Connect"),
            NO_ROUTE,
        ),
        (OSError(errno.ENOBUFS, "No buffer space available"), "no buffer space available"),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), "it did not answer in time"),
        (ConnectionError("its answer has no end"), "its answer has no end"),
    ],
)
def test_trouble_with_the_network_is_told_in_words(error: OSError, said: str) -> None:
    assert why(error, settings(25)) == said


def test_a_relay_that_repeats_what_it_was_told_does_not_bring_the_password_among_its_words() -> None:
    secret = base64.b64encode(b"correct horse").decode()
    with SmtpServer(accounts={"ann": "correct horse"}) as relay:
        relay.when(Stage.AUTH, f"535 5.7.8 what is {secret}?")
        (outcome,) = send_to(relay, message(), username="ann", password="correct horse")  # noqa: S106 - of the test

    assert (outcome.stage, outcome.code) == (Stage.AUTH, 535)
    assert secret not in outcome.text
    assert "5.7.8 what is …?" in outcome.text


def test_a_relay_without_accounts_is_told_so(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(), username="ann", password="secret")  # noqa: S106 - of the test

    assert (outcome.state, outcome.stage, outcome.relay_fault) == (DEFERRED, Stage.AUTH, True)
    assert "AUTH" in outcome.text


@pytest.mark.parametrize("host", ["relay.invalid", "two..dots", "127.0.0.1"])
def test_a_relay_that_cannot_be_reached_costs_nobody_anything(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    (outcome,) = send(SmtpTransport(settings(port, host=host)), message())

    assert (outcome.state, outcome.stage, outcome.relay_fault) == (DEFERRED, Stage.CONNECT, True)
    assert outcome.text.startswith(f"relay smtp ({host}:{port}): ")


def test_international_addresses_go_out_as_the_relay_can_read_them(relay: SmtpServer) -> None:
    outcomes = send_to(relay, message(1, to="ann@bücher.example"), message(2, to="jürgen@bücher.example"))

    assert {outcome.state for outcome in outcomes} == {ACCEPTED}
    assert [received.envelope_to for received in relay.messages] == [
        ("ann@xn--bcher-kva.example",),
        ("jürgen@xn--bcher-kva.example",),
    ]
    assert [command.endswith(" SMTPUTF8") for command in relay.commands if "MAIL" in command] == [False, True]


def test_an_address_the_relay_cannot_carry_is_refused_and_the_others_go_on() -> None:
    with SmtpServer(extensions=()) as relay:
        refused, accepted = send_to(
            relay, message(1, to="jürgen@example.org"), message(2, to="ann@bücher.example")
        )

    assert (refused.state, refused.enhanced, refused.relay_fault) == (REJECTED, "5.6.7", False)
    assert "no SMTPUTF8" in refused.text
    assert accepted.state is ACCEPTED
    assert relay.connections == 1


def test_eight_bit_messages_go_only_to_relays_that_take_them(relay: SmtpServer) -> None:
    body = BODY + "Grüße\r\n".encode()

    (accepted,) = send_to(relay, message(body=body))
    with SmtpServer(extensions=()) as old_relay:
        (refused,) = send_to(old_relay, message(body=body))

    assert accepted.state is ACCEPTED
    assert f"MAIL FROM:<m1@example.com> SIZE={len(body)} BODY=8BITMIME" in relay.commands
    assert (refused.state, refused.relay_fault) == (REJECTED, True)
    assert "no 8BITMIME" in refused.text


def test_a_bounce_of_ours_has_no_sender(relay: SmtpServer) -> None:
    (outcome,) = send_to(relay, message(sender=""))

    assert outcome.state is ACCEPTED
    assert relay.messages[0].envelope_from == ""


def test_a_cancelled_message_does_not_disturb_the_next_one(relay: SmtpServer) -> None:
    relay.when(Stage.DOT, delay=30, recipient="slow@example.org", keep=True)

    async def converse() -> Outcome:
        transport = SmtpTransport(settings(relay.port))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transport.send(message(1, to="slow@example.org")), 0.2)
        outcome = await transport.send(message(2))
        await transport.close()
        return outcome

    outcome = asyncio.run(converse())

    assert outcome.state is ACCEPTED
    assert [received.envelope_to for received in relay.wait_for(2)] == [
        ("slow@example.org",),
        ("reader@example.org",),
    ]


def test_a_server_of_other_people_reads_the_same_message() -> None:
    taken: list[Envelope] = []

    class Handler:
        async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802 - its name for it
            taken.append(envelope)
            return "250 OK"

    async def converse() -> list[Outcome]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True), "127.0.0.1", 0)
        transport = SmtpTransport(settings(server.sockets[0].getsockname()[1]))
        async with server:
            outcomes = [await transport.send(message(1, body=BODY + b".\r\n..\r\n"))]
            outcomes.append(await transport.send(message(2, to="jürgen@bücher.example")))
            await transport.close()
        return outcomes

    outcomes = asyncio.run(converse())

    assert [outcome.state for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    assert [envelope.content for envelope in taken] == [BODY + b".\r\n..\r\n", BODY]
    assert taken[1].rcpt_tos == ["jürgen@xn--bcher-kva.example"]


def test_what_was_accepted_is_on_the_disk_before_the_sender_knows(tmp_path: Path) -> None:
    rules = [Rule(stage=Stage.RCPT, reply="550 5.1.1 gone", recipient="gone@example.org")]

    with SmtpProcess(tmp_path / "taken", rules=rules) as relay:
        transport = SmtpTransport(settings(relay.port))
        accepted, refused = send(transport, message(1), message(2, to="gone@example.org"))
        messages = relay.messages

    assert (accepted.state, refused.state) == (ACCEPTED, REJECTED)
    assert [(received.envelope_to, received.body) for received in messages] == [
        (("reader@example.org",), BODY)
    ]
