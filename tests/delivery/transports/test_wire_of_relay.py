"""How a transport behaves on its wire: what it says together, how long it waits, and when it leaves."""

from __future__ import annotations

import asyncio
import base64
import hmac
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pytest
import uvloop

from publisher.delivery.transports.smtp import SmtpSettings, SmtpTransport, Tls
from publisher.delivery.transports.smtp_wire import Wire
from publisher.model.delivery import DeliveryState, Message, Outcome, Stage
from tests.delivery.transports.relay_matrix import LARGE
from tests.delivery.transports.samples import message, send
from tests.smtp_script import OFFERS, Action, ScriptedRelay, Talk

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
Result = TypeVar("Result")
ENVELOPE = b"RCPT TO:<reader@example.org>\r\nDATA\r\n"


def settings(relay: ScriptedRelay, **others: Any) -> SmtpSettings:  # noqa: ANN401 - any field of the settings
    usual = SmtpSettings(
        host=relay.host, port=relay.port, tls=Tls.NONE, helo_name="publisher.example", timeout=15.0
    )
    return replace(usual, **others)


def run(loop: str, steps: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        return runner.run(steps())


def waiting_at_mail(script: Mapping[Stage, Action] | None = None) -> tuple[list[bytes], dict[Stage, Action]]:
    """Return a script that notes what has been said by the time MAIL is answered, and the notes."""
    notes: list[bytes] = []

    def answer(talk: Talk) -> None:
        if not talk.heard and "PIPELINING" in talk.relay.offers:
            talk.hear()
        notes.append(bytes(talk.heard))
        talk.say("250 2.1.0 OK")

    return notes, {Stage.MAIL: answer, **(script or {})}


def test_where_the_relay_allows_it_the_whole_envelope_is_said_before_any_answer() -> None:
    notes, script = waiting_at_mail()
    with ScriptedRelay(script) as relay:
        (outcome,) = send(SmtpTransport(settings(relay)), message())

    assert outcome.state is DeliveryState.ACCEPTED
    assert notes == [ENVELOPE]


def test_where_it_does_not_each_command_waits_for_the_answer_to_the_one_before() -> None:
    notes, script = waiting_at_mail()
    with ScriptedRelay(script, offers=("8BITMIME",)) as relay:
        (outcome,) = send(SmtpTransport(settings(relay)), message())

    assert outcome.state is DeliveryState.ACCEPTED
    assert notes == [b""]


def test_a_relay_that_proved_unable_to_pipeline_is_not_asked_to_again() -> None:
    notes: list[bytes] = []

    def forget(talk: Talk) -> None:
        talk.heard.clear()
        talk.say("250 2.1.0 OK")
        talk.relay.script(Stage.RCPT, note)

    def note(talk: Talk) -> None:
        notes.append(bytes(talk.heard))
        talk.say("250 2.1.5 OK")

    with ScriptedRelay({Stage.MAIL: forget}) as relay:
        first, second = send(SmtpTransport(settings(relay, timeout=1.0)), message(1), message(2))

    assert (first.state, first.stage) == (DeliveryState.DEFERRED, Stage.RCPT)
    assert second.state is DeliveryState.ACCEPTED
    assert notes == [b""]


def test_a_reset_follows_a_refusal_and_nothing_else() -> None:
    refusals: dict[Stage, Action] = {Stage.RCPT: "550 5.1.1 no such user", Stage.DATA: "503 5.5.1 RCPT first"}
    with ScriptedRelay(refusals) as relay:
        outcomes = send(SmtpTransport(settings(relay)), *(message(number) for number in range(3)))

    assert [outcome.state for outcome in outcomes] == [DeliveryState.REJECTED, *[DeliveryState.ACCEPTED] * 2]
    assert [line.split(b" ")[0] for line in relay.lines] == (
        [
            b"EHLO",
            b"MAIL",
            b"RCPT",
            b"DATA",
            b"RSET",
            b"MAIL",
            b"RCPT",
            b"DATA",
            b"MAIL",
            b"RCPT",
            b"DATA",
            b"QUIT",
        ]
    )


def test_a_relay_that_will_not_forget_the_last_message_gets_a_new_connection() -> None:
    def refuse_twice(talk: Talk) -> None:
        talk.say("451 4.3.0 later")
        talk.line()
        talk.say("502 5.5.1 what is RSET?")

    with ScriptedRelay({Stage.REPLY: refuse_twice}) as relay:
        first, second = send(SmtpTransport(settings(relay)), message(1), message(2))

    assert (first.state, second.state) == (DeliveryState.DEFERRED, DeliveryState.ACCEPTED)
    assert (relay.connections, len(relay.taken)) == (2, 1)


def test_a_clean_message_is_written_as_it_is() -> None:
    clean = replace(message(), is_clean=True)
    with ScriptedRelay({}) as relay:
        (outcome,) = send(SmtpTransport(settings(relay)), clean)

    assert outcome.state is DeliveryState.ACCEPTED
    assert relay.taken == [clean.body + b".\r\n"]


@pytest.mark.parametrize("loop", LOOPS)
def test_an_idle_connection_is_left_politely_and_the_next_message_gets_a_new_one(loop: str) -> None:
    async def steps() -> list[Outcome]:
        transport = SmtpTransport(settings(relay, keep_alive=0.05))
        outcomes = [await transport.send(message(1))]
        await asyncio.to_thread(relay.wait_for, b"QUIT")
        outcomes.append(await transport.send(message(2)))
        await transport.close()
        return outcomes

    with ScriptedRelay({}) as relay:
        outcomes = run(loop, steps)

    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert relay.connections == 2
    assert relay.lines.count(b"QUIT") == 2


@pytest.mark.parametrize("loop", LOOPS)
def test_a_connection_in_use_is_not_left_however_long_its_message_takes(loop: str) -> None:
    def slowly(talk: Talk) -> None:
        time.sleep(0.3)
        talk.keep()
        talk.say("250 2.0.0 taken")
        talk.relay.script(Stage.REPLY, slowly)

    async def steps() -> list[Outcome]:
        transport = SmtpTransport(settings(relay, keep_alive=0.1))
        outcomes = [await transport.send(message(number)) for number in range(2)]
        await transport.close()
        return outcomes

    with ScriptedRelay({Stage.REPLY: slowly}) as relay:
        outcomes = run(loop, steps)

    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert relay.connections == 1


@pytest.mark.parametrize("loop", LOOPS)
def test_a_relay_that_stops_reading_is_left_in_time_with_the_end_of_the_message_still_here(loop: str) -> None:
    async def steps() -> float:
        wire = Wire()
        await wire.connect(relay.host, relay.port, patience=15)
        await wire.reply(patience=15)
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            await wire.hand_over(LARGE.body, patience=0.3)
        wire.abort()
        await wire.gone()
        return time.monotonic() - begin

    def stop_reading(talk: Talk) -> None:
        talk.say("220 relay.example")
        time.sleep(1.0)
        talk.silence()

    with ScriptedRelay({Stage.CONNECT: stop_reading}) as relay:
        assert run(loop, steps) >= 0.3


@pytest.mark.parametrize("loop", LOOPS)
def test_what_the_operating_system_refuses_to_take_was_not_handed_over(loop: str) -> None:
    async def steps() -> None:
        wire = Wire()
        await wire.connect(relay.host, relay.port, patience=15)
        await wire.reply(patience=15)
        wire.say(b"NOOP")
        is_reset.wait(15)  # the loop stands still: it cannot know yet, but the operating system does
        with pytest.raises(ConnectionError):
            await wire.hand_over(b"Subject: x\r\n\r\n.\r\n", patience=15)
        wire.abort()
        await wire.gone()

    def reset(talk: Talk) -> None:
        talk.say("220 relay.example")
        talk.line()
        talk.reset()
        is_reset.set()

    is_reset = threading.Event()
    with ScriptedRelay({Stage.CONNECT: reset}) as relay:
        run(loop, steps)

    assert is_reset.is_set()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_slow_relay_does_not_hold_up_another_one(loop: str) -> None:
    finished: list[str] = []

    async def converse(name: str, relay: ScriptedRelay, *messages: Message) -> None:
        transport = SmtpTransport(settings(relay, timeout=2.0))
        for each in messages:
            await transport.send(each)
        finished.append(name)
        await transport.close()

    async def steps() -> None:
        many = [message(number) for number in range(10)]
        await asyncio.gather(converse("silent", silent, message()), converse("good", good, *many))

    with ScriptedRelay({Stage.RCPT: lambda talk: talk.silence()}) as silent, ScriptedRelay({}) as good:
        run(loop, steps)

    assert finished == ["good", "silent"]
    assert len(good.taken) == 10


def cram_md5(talk: Talk) -> None:
    talk.say("334 " + base64.b64encode(b"<1@relay.example>").decode())
    name, _, digest = base64.b64decode(talk.line()).decode().partition(" ")
    is_right = name == "ann" and digest == hmac.new(b"secret", b"<1@relay.example>", "md5").hexdigest()
    talk.say("235 2.7.0 welcome" if is_right else "535 5.7.8 no")


def login(talk: Talk) -> None:
    talk.say("334 UGFzc3dvcmQ6")
    is_right = base64.b64decode(talk.line()) == b"secret"
    talk.say("235 2.7.0 welcome" if is_right else "535 5.7.8 no")


@pytest.mark.parametrize(
    ("offer", "action", "said"),
    [
        ("AUTH CRAM-MD5 PLAIN LOGIN", cram_md5, b"AUTH CRAM-MD5"),
        ("AUTH LOGIN", login, b"AUTH LOGIN YW5u"),
        ("auth plain", "235 2.7.0 welcome", b"AUTH PLAIN AGFubgBzZWNyZXQ="),
    ],
)
def test_each_way_to_sign_in_is_spoken_as_its_standard_says(offer: str, action: Action, said: bytes) -> None:
    with ScriptedRelay({Stage.AUTH: action}, offers=(*OFFERS[:-1], offer)) as relay:
        (outcome,) = send(SmtpTransport(settings(relay, username="ann", password="secret")), message())  # noqa: S106 - of the test

    assert outcome.state is DeliveryState.ACCEPTED
    assert relay.lines[1] == said


def test_a_wrong_password_is_tried_once() -> None:
    with ScriptedRelay({Stage.AUTH: "535 5.7.8 no"}) as relay:
        (outcome,) = send(SmtpTransport(settings(relay, username="ann", password="guess")), message())  # noqa: S106 - of the test

    assert (outcome.stage, outcome.code) == (Stage.AUTH, 535)
    assert len([line for line in relay.lines if line.startswith(b"AUTH")]) == 1


@pytest.mark.parametrize(
    ("offer", "action", "why"),
    [
        (
            "AUTH XOAUTH2",
            "235 2.7.0 welcome",
            "it offers AUTH only by XOAUTH2, and we know CRAM-MD5, LOGIN, PLAIN",
        ),
        ("AUTH CRAM-MD5", "334 a", "its question in AUTH is not one: a"),
        ("AUTH PLAIN", "334 more", "it answered 334 more, which makes no sense there"),
    ],
)
def test_a_way_to_sign_in_that_leads_nowhere_is_told(offer: str, action: Action, why: str) -> None:
    with ScriptedRelay({Stage.AUTH: action}, offers=(offer,)) as relay:
        (outcome,) = send(SmtpTransport(settings(relay, username="ann", password="secret")), message())  # noqa: S106 - of the test

    assert (outcome.state, outcome.stage) == (DeliveryState.DEFERRED, Stage.AUTH)
    assert outcome.text.endswith(why)


@pytest.mark.parametrize("name", ["two words", "a\r\nMAIL FROM:<x@example.com>", "bücher.example", ""])
def test_a_name_of_ours_that_cannot_be_said_is_not_said(name: str) -> None:
    with ScriptedRelay({}) as relay:
        (outcome,) = send(SmtpTransport(settings(relay, helo_name=name)), message())

    assert outcome.state is DeliveryState.DEFERRED
    assert "we cannot greet it by the name" in outcome.text
    assert relay.lines == []


def test_a_machine_without_a_name_greets_by_its_address() -> None:
    with ScriptedRelay({}) as relay:
        (outcome,) = send(SmtpTransport(settings(relay, helo_name=None)), message())

    assert outcome.state is DeliveryState.ACCEPTED
    assert relay.lines[0].startswith(b"EHLO ")
    assert b"." in relay.lines[0]


@pytest.mark.parametrize("loop", LOOPS)
def test_an_answer_that_came_in_time_counts_although_this_process_stood_still_meanwhile(loop: str) -> None:
    asked, answered = threading.Event(), threading.Event()

    def answer(talk: Talk) -> None:
        asked.set()
        talk.say("250 2.1.0 OK")
        answered.set()

    def stand_still() -> None:
        answered.wait(5)
        time.sleep(0.7)  # longer than any answer may take

    async def stand_still_and_send(relay: ScriptedRelay) -> Outcome:
        transport = SmtpTransport(settings(relay, timeout=0.5))
        sending = asyncio.create_task(transport.send(message()))
        await asyncio.to_thread(asked.wait, 5)
        stand_still()
        outcome = await sending
        await transport.close()
        return outcome

    with ScriptedRelay({Stage.MAIL: answer}) as relay:
        outcome = run(loop, lambda: stand_still_and_send(relay))

    assert outcome.state is DeliveryState.ACCEPTED
