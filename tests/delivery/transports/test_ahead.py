"""The next message is announced behind the one before: what that saves, and that nothing can come of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvloop

from publisher.delivery.replies import CLOSING
from publisher.delivery.transports.smtp import SmtpSettings, SmtpTransport, Tls
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Stage
from tests.delivery.transports.relay_matrix import LONG, ROWS, Row
from tests.delivery.transports.samples import message
from tests.delivery.transports.test_relays import papers, seen
from tests.smtp_script import OFFERS, Authority, ScriptedRelay, Talk

ACCEPTED = DeliveryState.ACCEPTED
CONVERSATION = (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.BODY, Stage.REPLY)
ROWS_OF_MESSAGES = [row for row in ROWS if row.stage in CONVERSATION and row.tls is Tls.NONE]
SAVED = b"MAIL FROM:<m1@example.com>\r\nRCPT TO:<reader@example.org>\r\nDATA\r\n"


def settings(relay: ScriptedRelay, **others: Any) -> SmtpSettings:  # noqa: ANN401 - any field of the settings
    usual = SmtpSettings(
        name="main",
        host=relay.host,
        port=relay.port,
        tls=Tls.NONE,
        helo_name="publisher.example",
        timeout=LONG,
        final_timeout=LONG,
    )
    return replace(usual, **others)


def envelope(of: Message) -> Envelope:
    return Envelope(sender=of.envelope_from, recipient=of.envelope_to)


def send(
    transport: SmtpTransport, messages: Sequence[Message], *, then: Message | None = None
) -> list[Outcome]:
    """Send these messages, each of which announces the one behind it, and the last one `then`."""

    async def converse() -> list[Outcome]:
        try:
            return [
                await transport.send(each, then=None if after is None else envelope(after))
                for each, after in pairwise([*messages, then])
                if each is not None
            ]
        finally:
            await transport.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(converse())


def verbs(relay: ScriptedRelay) -> str:
    return " ".join(line.split(b" ")[0].decode() for line in relay.lines)


def others(count: int) -> list[Message]:
    return [message(number, to=f"reader{number}@example.org") for number in range(count)]


def test_the_next_message_is_announced_before_the_relay_has_taken_this_one() -> None:
    heard: list[bytes] = []

    def wait_for_more(talk: Talk) -> None:
        while len(talk.heard) < len(SAVED):
            talk.hear()
        heard.append(bytes(talk.heard))
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: wait_for_more}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), [message(1), message(2), message(3)])

    assert [each.state for each in outcomes] == [ACCEPTED] * 3
    assert heard == [SAVED]
    assert verbs(relay) == "EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA QUIT"
    assert (relay.connections, len(relay.taken)) == (1, 3)


@pytest.mark.parametrize("row", ROWS_OF_MESSAGES, ids=lambda row: row.does.replace(" ", "-"))
def test_whatever_a_relay_does_with_a_message_its_outcome_is_the_same_when_another_was_announced(
    row: Row, authority: Authority
) -> None:
    given = {"username": row.username, "timeout": row.patience, "final_timeout": row.patience}
    with ScriptedRelay(row.script, offers=row.offers, certificates=papers(authority, row.paper)) as relay:
        first, second = send(SmtpTransport(settings(relay, **given)), [row.message, message(2)])

    assert (first.state, first.stage, first.relay_fault) == (row.state, row.stage, row.fault)
    assert seen(first) == row.sees
    assert (second.state, len(relay.taken)) == (ACCEPTED, row.copies + 1)


@pytest.mark.parametrize("row", ROWS_OF_MESSAGES, ids=lambda row: row.does.replace(" ", "-"))
def test_whatever_a_relay_does_with_a_message_that_was_announced_its_outcome_is_that_of_any_other(
    row: Row,
) -> None:
    def take_and_turn(talk: Talk) -> None:
        for stage, action in row.script.items():
            relay.script(stage, action)
        talk.keep()
        talk.say("250 2.0.0 taken")

    given = {"timeout": row.patience, "final_timeout": row.patience}
    with ScriptedRelay({Stage.REPLY: take_and_turn}, offers=row.offers) as relay:
        first, found, last = send(
            SmtpTransport(settings(relay, **given)), [message(1), row.message, message(2)]
        )

    # Over a connection that was open before, whoever is lost is sent once more, and so is whoever is refused
    # by a relay of which nobody can tell whether it meant this one.
    is_unproven = "and waits for a message" in row.does or "and hangs up" in row.does
    is_lost = not row.sees[:3].isdigit() or row.sees.startswith(str(CLOSING)) or is_unproven
    is_asked_again = bool(row.script) and row.stage is not Stage.REPLY and is_lost
    is_asked_again &= row.state in {DeliveryState.DEFERRED, DeliveryState.REJECTED}
    expected = ACCEPTED if is_asked_again else row.state
    copies = 1 if is_asked_again else row.copies
    assert (first.state, found.state, last.state) == (ACCEPTED, expected, ACCEPTED)
    assert len(relay.taken) == 2 + copies
    if not is_asked_again:
        assert (found.stage, found.relay_fault, seen(found)) == (row.stage, row.fault, row.sees)


def test_of_another_message_than_was_announced_nothing_goes_to_whoever_was() -> None:
    one, announced, other = others(3)
    with ScriptedRelay({}) as relay:
        transport = SmtpTransport(settings(relay))

        async def converse() -> list[Outcome]:
            try:
                first = await transport.send(one, then=envelope(announced))
                return [first, await transport.send(other)]
            finally:
                await transport.close()

        outcomes = asyncio.run(converse())

    assert [each.state for each in outcomes] == [ACCEPTED, ACCEPTED]
    assert (relay.connections, len(relay.taken)) == (2, 2)
    assert b"RCPT TO:<reader1@example.org>" in relay.lines
    assert verbs(relay).endswith("EHLO MAIL RCPT DATA QUIT")


def test_a_relay_that_waits_for_an_announced_message_is_left_without_a_word() -> None:
    bodies: list[bytes] = []

    def listen(talk: Talk) -> None:
        while chunk := talk.end.recv(65536):
            bodies.append(chunk)

    def arm(talk: Talk) -> None:
        relay.script(Stage.BODY, listen)
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: arm}) as relay:
        send(SmtpTransport(settings(relay)), [message(1)], then=message(2))
        relay.wait_for(b"DATA")

    assert bodies == []
    assert (relay.connections, len(relay.taken)) == (1, 1)


def test_so_it_is_when_nothing_follows_for_as_long_as_a_connection_is_kept() -> None:
    with ScriptedRelay({}) as relay:
        transport = SmtpTransport(settings(relay, keep_alive=0.1))

        async def converse() -> Outcome:
            await transport.send(message(1), then=envelope(message(2)))
            await asyncio.sleep(0.3)
            outcome = await transport.send(message(2))
            await transport.close()
            return outcome

        outcome = asyncio.run(converse())

    assert outcome.state is ACCEPTED
    assert (relay.connections, len(relay.taken)) == (2, 2)
    assert verbs(relay) == "EHLO MAIL RCPT DATA MAIL RCPT DATA EHLO MAIL RCPT DATA QUIT"


def test_a_relay_that_throws_away_what_stands_behind_a_message_is_waited_for_once() -> None:
    def throw_away(talk: Talk) -> None:
        while len(talk.heard) < len(SAVED):
            talk.hear()
        talk.heard.clear()
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: throw_away}) as relay:
        begun = time.monotonic()
        outcomes = send(SmtpTransport(settings(relay, timeout=0.5)), [message(number) for number in range(4)])

    assert [each.state for each in outcomes] == [ACCEPTED] * 4
    assert (relay.connections, len(relay.taken)) == (2, 4)
    assert verbs(relay) == "EHLO MAIL RCPT DATA EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA QUIT"
    assert time.monotonic() - begun < LONG


def test_a_relay_that_breaks_off_again_and_again_hears_nothing_behind_a_message_any_more() -> None:
    heard: list[bytes] = []

    def hang_up_behind(talk: Talk) -> None:
        relay.script(Stage.REPLY, hang_up_behind)
        talk.end.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            while len(talk.heard) < len(SAVED):
                talk.hear()
        heard.append(bytes(talk.heard))
        talk.keep()
        talk.say("250 2.0.0 taken")
        talk.hang_up()

    with ScriptedRelay({Stage.REPLY: hang_up_behind}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), [message(number) for number in range(5)])

    assert [each.state for each in outcomes] == [ACCEPTED] * 5
    assert (relay.connections, len(relay.taken)) == (5, 5)
    assert heard == [SAVED, SAVED, SAVED, b"", b""]


def test_a_reader_whom_the_relay_refuses_beforehand_keeps_no_other_back() -> None:
    def turn(talk: Talk) -> None:
        relay.script(Stage.RCPT, "550 5.1.1 no such user")
        relay.script(Stage.DATA, "503 5.5.1 RCPT first")
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: turn}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), others(4))

    assert [each.state for each in outcomes] == [ACCEPTED, DeliveryState.REJECTED, ACCEPTED, ACCEPTED]
    assert verbs(relay) == "EHLO MAIL RCPT DATA MAIL RCPT DATA RSET MAIL RCPT DATA MAIL RCPT DATA QUIT"
    assert relay.connections == 1


@pytest.mark.parametrize(
    ("offers", "kept", "follower"),
    [
        (("8BITMIME",), 100, message(2)),
        (OFFERS, 1, message(2)),
        (OFFERS, 100, message(2, to="jürgen@example.org")),
        (OFFERS, 100, message(2, to="no address")),
        (OFFERS, 100, message(2, to="a@example.org>\r\nRCPT TO:<b@example.org")),
    ],
    ids=["no pipelining", "last of its connection", "not in ASCII", "no address", "smuggled"],
)
def test_nothing_is_announced_that_cannot_be(offers: Sequence[str], kept: int, follower: Message) -> None:
    with ScriptedRelay({}, offers=offers) as relay:
        transport = SmtpTransport(settings(relay, messages_per_connection=kept))
        (outcome,) = send(transport, [message(1)], then=follower)

    assert outcome.state is ACCEPTED
    assert verbs(relay) == "EHLO MAIL RCPT DATA QUIT"


def test_a_message_with_other_needs_than_were_announced_gets_a_connection_of_its_own() -> None:
    eight_bit = message(2, body=message().body + "Grüße\r\n".encode())
    with ScriptedRelay({}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), [message(1), eight_bit])

    assert [each.state for each in outcomes] == [ACCEPTED, ACCEPTED]
    assert relay.connections == 2
    assert any(b"BODY=8BITMIME" in line for line in relay.lines)


def test_of_a_message_that_is_lost_with_its_announcement_nobody_knows() -> None:
    def keep_and_hang_up(talk: Talk) -> None:
        while len(talk.heard) < len(SAVED):
            talk.hear()
        talk.keep()
        talk.hang_up()

    with ScriptedRelay({Stage.REPLY: keep_and_hang_up}) as relay:
        first, second = send(SmtpTransport(settings(relay)), [message(1), message(2)])

    assert (first.state, second.state) == (DeliveryState.UNCERTAIN, ACCEPTED)
    assert len(relay.taken) == 2


def test_an_answer_too_many_is_not_taken_for_that_to_the_announcement() -> None:
    def answer_twice(talk: Talk) -> None:
        talk.keep()
        talk.send(b"250 2.0.0 taken\r\n250 2.0.0 as 4711\r\n")

    with ScriptedRelay({Stage.REPLY: answer_twice}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), others(3))

    assert [each.state for each in outcomes] == [ACCEPTED] * 3
    assert (relay.connections, len(relay.taken)) == (2, 3)


def test_an_answer_is_heard_while_the_announcement_has_not_left_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    say_ahead = SmtpTransport._say_ahead

    def say_into_a_full_buffer(transport: SmtpTransport, connection: Any, then: Envelope | None) -> None:  # noqa: ANN401 - it is private
        say_ahead(transport, connection, then)
        connection.wire.pause_writing()

    def answer_in_pieces(talk: Talk) -> None:
        talk.keep()
        talk.drip(b"250 2.0.0 taken\r\n")

    monkeypatch.setattr(SmtpTransport, "_say_ahead", say_into_a_full_buffer)
    with ScriptedRelay({Stage.REPLY: answer_in_pieces}) as relay:
        (outcome,) = send(SmtpTransport(settings(relay)), [message(1)], then=message(2))

    assert outcome.state is ACCEPTED


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA])
@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["at once", "late"])
def test_no_reader_is_refused_because_answers_are_out_of_step(stage: Stage, pause: float) -> None:
    def answer_twice_and_refuse(talk: Talk) -> None:
        relay.script(stage, "550 5.7.1 over quota")
        for further in (Stage.RCPT, Stage.DATA)[0 if stage is Stage.MAIL else 1 :]:
            relay.script(further, late)
        talk.keep()
        talk.send(b"250 2.0.0 taken\r\n250 2.0.0 as 4711\r\n")

    def late(talk: Talk) -> None:
        time.sleep(pause)
        talk.say("503 5.5.1 not now")

    with ScriptedRelay({Stage.REPLY: answer_twice_and_refuse}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), others(3))

    assert [each.state for each in outcomes] == [ACCEPTED] * 3
    assert relay.connections == 2


def test_what_a_relay_says_of_its_pace_to_an_announcement_is_told() -> None:
    def slow_down(talk: Talk) -> None:
        relay.script(Stage.MAIL, "451 4.7.1 too many messages")
        relay.script(Stage.RCPT, "503 5.5.1 MAIL first")
        relay.script(Stage.DATA, "503 5.5.1 MAIL first")
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: slow_down}) as relay:
        outcomes = send(SmtpTransport(settings(relay)), others(3))

    assert [each.state for each in outcomes] == [ACCEPTED, DeliveryState.DEFERRED, ACCEPTED]
    assert outcomes[1].code == 451
    assert relay.connections == 1


def test_a_slow_answer_about_a_reader_does_not_end_announcements() -> None:
    def be_slow(talk: Talk) -> None:
        relay.script(Stage.RCPT, lambda talk: talk.silence())
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: be_slow}) as relay:
        outcomes = send(
            SmtpTransport(settings(relay, timeout=0.5)), others(4), then=message(9, to="last@example.org")
        )

    assert [each.state for each in outcomes] == [ACCEPTED] * 4
    assert relay.connections == 2
    assert b"RCPT TO:<last@example.org>" in relay.lines


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_so_it_is_over_tls(authority: Authority, tls: Tls) -> None:
    certificate = authority.issue("127.0.0.1")
    with ScriptedRelay({}, certificates=[certificate], is_implicit=tls is Tls.IMPLICIT) as relay:
        given = settings(relay, tls=tls, ca_file=authority.path)
        outcomes = send(SmtpTransport(given), others(4), then=message(9, to="last@example.org"))

    assert [each.state for each in outcomes] == [ACCEPTED] * 4
    assert (relay.connections, len(relay.taken)) == (1, 4)


def test_a_message_that_is_cancelled_with_its_announcement_does_not_disturb_the_next_one() -> None:
    with ScriptedRelay({Stage.REPLY: lambda talk: talk.silence()}) as relay:
        transport = SmtpTransport(settings(relay))

        async def converse() -> Outcome:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await transport.send(message(1), then=envelope(message(2)))
            outcome = await transport.send(message(2))
            await transport.close()
            return outcome

        outcome = asyncio.run(converse())

    assert outcome.state is ACCEPTED
    assert (relay.connections, len(relay.taken)) == (2, 1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(Path(tmp_path_factory.mktemp("certificates")))
