"""What every transport promises; a new one adds a `Destination` here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.delivery.transports.all import TRANSPORTS
from publisher.delivery.transports.folder import FolderSettings
from publisher.delivery.transports.smtp import SmtpSettings, Tls
from publisher.delivery.transports.transport import Transport
from publisher.model.delivery import DeliveryState, Outcome
from tests.delivery.transports.samples import BODY, message, send
from tests.smtp_server import SmtpServer

BODIES = {
    "plain": BODY,
    "dots": b".\r\n" + BODY + b".\r\n..\r\n...\r\n.dot\r\n\r\n.\r\n",
    "one line": b"\r\n",
    "longest line": BODY + b"x" * 998 + b"\r\n",
    "large": BODY + b"Four hours are enough for the evening peak.\r\n" * 50_000,
    "eight bits": BODY + "Grüße, 世界\r\n".encode(),
    "like an envelope": b"From me@example.com\r\nMAIL FROM:<a@example.com>\r\nQUIT\r\n" + BODY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Somewhere a transport can send to.

    `open` makes a connection, `dead` one to where nobody is; `arrived` are the messages there, unordered.
    """

    open: Callable[[], Transport]
    dead: Callable[[], Transport]
    arrived: Callable[[], list[bytes]]


@contextmanager
def folder(path: Path) -> Iterator[Destination]:
    (path / "a file").touch()
    yield Destination(
        open=lambda: TRANSPORTS["folder"](FolderSettings(path=path / "mail")),
        dead=lambda: TRANSPORTS["folder"](FolderSettings(path=path / "a file")),
        arrived=lambda: [mail.read_bytes() for mail in (path / "mail" / "new").glob("*")],
    )


@contextmanager
def smtp(_path: Path) -> Iterator[Destination]:
    with SmtpServer() as server, socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        yield Destination(
            open=lambda: TRANSPORTS["smtp"](relay(server.port)),
            dead=lambda: TRANSPORTS["smtp"](relay(unheard.getsockname()[1])),
            arrived=lambda: [received.body for received in server.messages],
        )


def relay(port: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, tls=Tls.NONE, helo_name="publisher.example", timeout=5.0)


DESTINATIONS = {"folder": folder, "smtp": smtp}


@pytest.fixture(params=TRANSPORTS)
def destination(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Destination]:
    with DESTINATIONS[request.param](tmp_path) as place:
        yield place


def without_trace(mail: bytes) -> bytes:
    """Return a mail without the fields that a final delivery puts on top."""
    lines = mail.split(b"\r\n")
    while lines[0].startswith((b"Return-Path: ", b"Delivered-To: ", b"Received: ")):
        del lines[0]
    return b"\r\n".join(lines)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_accepted_message_arrives_byte_for_byte(destination: Destination, body: bytes) -> None:
    (outcome,) = send(destination.open(), message(body=body))

    assert outcome.state is DeliveryState.ACCEPTED
    assert [without_trace(mail) for mail in destination.arrived()] == [body]


def test_many_messages_over_one_connection_all_arrive_once(destination: Destination) -> None:
    bodies = [BODY + b"%d\r\n" % number for number in range(20)]

    outcomes = send(destination.open(), *(message(number, body=body) for number, body in enumerate(bodies)))

    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert sorted(map(without_trace, destination.arrived())) == sorted(bodies)


def test_an_idempotent_transport_makes_one_copy_however_often_it_is_asked(destination: Destination) -> None:
    transport = destination.open()

    again = send(transport, message(), message())
    after_restart = send(destination.open(), message())

    assert {outcome.state for outcome in again + after_restart} == {DeliveryState.ACCEPTED}
    assert len(destination.arrived()) == (1 if transport.idempotent else 3)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@example.org", "a@example.org\r\nRCPT TO:<b@example.org>", "a@" + "b" * 300]
)
def test_an_impossible_recipient_is_an_outcome_and_the_next_one_gets_the_mail(
    destination: Destination, address: str
) -> None:
    refused, accepted = send(destination.open(), message(1, to=address), message(2))

    assert (refused.state, refused.relay_fault) == (DeliveryState.REJECTED, False)
    assert refused.text.isprintable()
    assert refused.text != ""
    assert accepted.state is DeliveryState.ACCEPTED
    assert len(destination.arrived()) == 1


def test_a_message_with_a_bare_line_feed_never_leaves(destination: Destination) -> None:
    (refused,) = send(destination.open(), message(body=BODY + b"\n.\r\nMAIL FROM:<a@example.com>\r\n"))

    assert (refused.state, refused.relay_fault) == (DeliveryState.REJECTED, True)
    assert destination.arrived() == []


def test_a_dead_destination_is_nobodys_fault_but_its_own(destination: Destination) -> None:
    outcomes = send(destination.dead(), message(1), message(2))

    assert {outcome.state for outcome in outcomes} == {DeliveryState.DEFERRED}
    assert all(outcome.relay_fault and outcome.text for outcome in outcomes)


def test_closing_twice_is_fine_and_a_closed_transport_opens_again(destination: Destination) -> None:
    async def converse() -> Outcome:
        transport = destination.open()
        await transport.close()
        await transport.send(message(1))
        await transport.close()
        await transport.close()
        outcome = await transport.send(message(2))
        await transport.close()
        return outcome

    outcome = asyncio.run(converse())

    assert outcome.state is DeliveryState.ACCEPTED
    assert len(destination.arrived()) == 2


@pytest.mark.parametrize("patience", [0, 0.0005, 0.001, 0.002, 0.004, 0.008])
def test_a_cancelled_message_arrives_whole_or_not_at_all(destination: Destination, patience: float) -> None:
    body = BODIES["large"]

    async def converse() -> Outcome:
        transport = destination.open()
        cancelled = asyncio.create_task(transport.send(message(1, body=body)))
        await asyncio.sleep(patience)
        cancelled.cancel()
        await asyncio.wait([cancelled])
        outcome = await transport.send(message(2, body=body))
        await transport.close()
        return outcome

    outcome = asyncio.run(converse())

    assert outcome.state is DeliveryState.ACCEPTED
    assert {without_trace(mail) for mail in destination.arrived()} == {body}
    assert len(destination.arrived()) <= 2


def test_a_transport_goes_by_the_name_it_has_in_the_table(destination: Destination) -> None:
    assert destination.open().name in DESTINATIONS
    assert TRANSPORTS.keys() == DESTINATIONS.keys()
