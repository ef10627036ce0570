"""What relays do, and what becomes of a message then: the table that is tested, and that the docs show."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from publisher.delivery.transports.smtp_settings import Tls
from publisher.model.delivery import DeliveryState, Message, Stage
from tests.delivery.transports.samples import BODY, message
from tests.smtp_script import OFFERS, Action, Talk

ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED
REJECTED, UNCERTAIN = DeliveryState.REJECTED, DeliveryState.UNCERTAIN

SIMPLE = message(1)
LARGE = message(1, body=BODY + b"Four hours are enough for the evening peak.\r\n" * 100_000)
EIGHT_BIT = message(1, body=BODY + "Grüße\r\n".encode())
INTERNATIONAL = message(1, to="jürgen@example.org")
SHORT, LONG = 1.0, 15.0
"""Seconds of patience with a relay that is silent on purpose, and with others."""


class Paper(StrEnum):
    """The certificate of the relay's first connection; later ones have a good one."""

    NONE = "none"
    GOOD = "good"
    OTHER_NAME = "for another name"
    EXPIRED = "expired"
    OWN = "signed by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One behaviour: what the relay `does` in words, and in a `script` that it follows once.

    The message must end in `state` at `stage`, with so many `copies` at the relay; `sees` is what the editor
    reads, without the relay's name.
    """

    does: str
    state: DeliveryState
    stage: Stage
    sees: str
    fault: bool = True
    copies: int = 0
    script: Mapping[Stage, Action] = field(default_factory=lambda: MappingProxyType({}))
    message: Message = SIMPLE
    offers: Sequence[str] = OFFERS
    tls: Tls = Tls.NONE
    paper: Paper = Paper.NONE
    username: str = ""
    patience: float = LONG
    connections: int = 2


def say_goodbye_and_stay(talk: Talk) -> None:
    talk.say("421 4.3.2 going down")
    talk.silence()


def hang_up(talk: Talk) -> None:
    talk.hang_up()


def reset(talk: Talk) -> None:
    talk.reset()


def silence(talk: Talk) -> None:
    talk.silence()


def keep_and_hang_up(talk: Talk) -> None:
    talk.keep()
    talk.hang_up()


def keep_and_reset(talk: Talk) -> None:
    talk.keep()
    talk.reset()


def keep_and_say_in_bytes(talk: Talk) -> None:
    talk.keep()
    talk.drip(b"250-2.0.0 taken\r\n250 2.0.0 as 4711\r\n")


def keep_and_close(talk: Talk) -> None:
    talk.keep()
    talk.send(b"250 2.0.0 taken\r\n421 4.4.2 you are idle\r\n")
    talk.end.shutdown(socket.SHUT_WR)
    talk.hang_up()


def close_tls_rudely(talk: Talk) -> None:
    socket.socket.shutdown(talk.end, socket.SHUT_RDWR)


def drip_for_ever(talk: Talk) -> None:
    talk.drip(b"220-a relay with a long story\r\n" * 10_000, pause=0.01)


def greet_in_bytes(talk: Talk) -> None:
    talk.drip(b"220-relay.example\r\n220-says\r\n220 hello\r\n")


def without_end(talk: Talk) -> None:
    talk.send(b"250-and\r\n" * 20_000)


def long_line(talk: Talk) -> None:
    talk.send(b"250 " + b"x" * 100_000)


def inject(talk: Talk) -> None:
    talk.send(b"220 2.0.0 go ahead\r\n250 2.0.0 injected\r\n")
    talk.silence()


def nonsense_for_tls(talk: Talk) -> None:
    talk.send(b"220 2.0.0 go ahead\r\n")
    talk.hear()
    talk.send(b"what do you mean, TLS?\r\n")
    talk.silence()


def hang_up_in_handshake(talk: Talk) -> None:
    talk.send(b"220 2.0.0 go ahead\r\n")
    talk.hear()
    talk.hang_up()


def forget_what_was_said(talk: Talk) -> None:
    talk.heard.clear()
    talk.say("250 2.1.0 OK")


def answer_twice(talk: Talk) -> None:
    talk.send(b"250 2.1.5 OK\r\n250 2.1.5 OK\r\n")


def keep_and_answer_twice(talk: Talk) -> None:
    talk.keep()
    talk.send(b"250 2.0.0 taken\r\n550 5.7.1 or not\r\n")


def answer_before_the_body(talk: Talk) -> None:
    talk.send(b"354 end with a dot\r\n250 2.0.0 taken\r\n")
    talk.silence()


def refuse_in_the_middle(talk: Talk) -> None:
    talk.hear()
    talk.say("552 5.3.4 too much")
    talk.line()


def accept_in_the_middle(talk: Talk) -> None:
    talk.hear()
    talk.say("250 2.0.0 taken")
    talk.line()


def hang_up_in_the_middle(talk: Talk) -> None:
    talk.hear()
    talk.reset()


IN_TIME = "it did not answer in time"
HUNG_UP = "it hung up"

ROWS = (
    Row(
        does="takes the message",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
    ),
    Row(
        does="offers no PIPELINING and takes the message",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
        offers=("SIZE", "8BITMIME"),
    ),
    Row(
        does="refuses every connection",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees="554 5.7.1 your address is on a list",
        script={Stage.CONNECT: "554 5.7.1 your address is on a list"},
    ),
    Row(
        does="has too many connections",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees="421 4.3.2 too many connections",
        script={Stage.CONNECT: "421 4.3.2 too many connections"},
    ),
    Row(
        does="greets like another kind of server",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees="its answer is not SMTP: b'SSH-2.0-OpenSSH_9.2'",
        script={Stage.CONNECT: "SSH-2.0-OpenSSH_9.2"},
    ),
    Row(
        does="greets with the answer to another question",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees="it answered 354 go on, which makes no sense there",
        script={Stage.CONNECT: "354 go on"},
    ),
    Row(
        does="accepts the connection and is silent",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees=IN_TIME,
        script={Stage.CONNECT: silence},
        patience=SHORT,
    ),
    Row(
        does="greets byte by byte and comes to no end",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees=IN_TIME,
        script={Stage.CONNECT: drip_for_ever},
        patience=SHORT,
    ),
    Row(
        does="greets byte by byte, in several lines",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
        script={Stage.CONNECT: greet_in_bytes},
    ),
    Row(
        does="hangs up at once",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees=HUNG_UP,
        script={Stage.CONNECT: hang_up},
    ),
    Row(
        does="resets the connection at once",
        state=DEFERRED,
        stage=Stage.CONNECT,
        sees=HUNG_UP,
        script={Stage.CONNECT: reset},
    ),
    Row(
        does="does not know us",
        state=DEFERRED,
        stage=Stage.HELO,
        sees="550 5.7.1 who are you",
        script={Stage.HELO: "550 5.7.1 who are you"},
    ),
    Row(
        does="knows no EHLO, but HELO",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
        script={Stage.HELO: "502 5.5.1 what?"},
    ),
    Row(
        does="hangs up at EHLO", state=DEFERRED, stage=Stage.HELO, sees=HUNG_UP, script={Stage.HELO: hang_up}
    ),
    Row(
        does="answers EHLO in lines without end",
        state=DEFERRED,
        stage=Stage.HELO,
        sees="its answer has no end",
        script={Stage.HELO: without_end},
    ),
    Row(
        does="offers no STARTTLS where it must",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="it offers no STARTTLS, and nothing is sent to it in clear text; "
        'try another port, tls = "implicit", or tls = "none" for a relay on this machine',
        script={Stage.HELO: "250 relay.example"},
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
    ),
    Row(
        does="adds clear text to its answer to STARTTLS",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="it said more in clear text than the answer to STARTTLS",
        script={Stage.TLS: inject},
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
    ),
    Row(
        does="cannot do TLS just now",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="454 4.7.0 TLS not available",
        script={Stage.TLS: "454 4.7.0 TLS not available"},
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
    ),
    Row(
        does="does not speak TLS after STARTTLS",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="TLS with it failed: wrong version number",
        script={Stage.TLS: nonsense_for_tls},
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
    ),
    Row(
        does="hangs up while TLS begins",
        state=DEFERRED,
        stage=Stage.TLS,
        sees=HUNG_UP,
        script={Stage.TLS: hang_up_in_handshake},
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
    ),
    Row(
        does="has a certificate for another name",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="its certificate is not to be trusted: IP address mismatch, "
        "certificate is not valid for '127.0.0.1'.",
        tls=Tls.STARTTLS,
        paper=Paper.OTHER_NAME,
    ),
    Row(
        does="has an expired certificate",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="its certificate is not to be trusted: certificate has expired",
        tls=Tls.STARTTLS,
        paper=Paper.EXPIRED,
    ),
    Row(
        does="has a certificate that it signed itself",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="its certificate is not to be trusted: self-signed certificate",
        tls=Tls.STARTTLS,
        paper=Paper.OWN,
    ),
    Row(
        does="has a certificate that it signed itself, on the port for TLS",
        state=DEFERRED,
        stage=Stage.TLS,
        sees="its certificate is not to be trusted: self-signed certificate",
        tls=Tls.IMPLICIT,
        paper=Paper.OWN,
    ),
    Row(
        does="takes the message over STARTTLS",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
        username="ann",
    ),
    Row(
        does="takes the message on the port for TLS",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        connections=1,
        tls=Tls.IMPLICIT,
        paper=Paper.GOOD,
    ),
    Row(
        does="ends TLS without taking leave, after the message",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees=HUNG_UP,
        tls=Tls.STARTTLS,
        paper=Paper.GOOD,
        script={Stage.REPLY: close_tls_rudely},
    ),
    Row(
        does="does not know our password",
        state=DEFERRED,
        stage=Stage.AUTH,
        sees="535 5.7.8 wrong name or password",
        script={Stage.AUTH: "535 5.7.8 wrong name or password"},
        tls=Tls.IMPLICIT,
        paper=Paper.GOOD,
        username="ann",
    ),
    Row(
        does="cannot look up our password just now",
        state=DEFERRED,
        stage=Stage.AUTH,
        sees="454 4.7.0 try later",
        script={Stage.AUTH: "454 4.7.0 try later"},
        tls=Tls.IMPLICIT,
        paper=Paper.GOOD,
        username="ann",
    ),
    Row(
        does="hangs up when we sign in",
        state=DEFERRED,
        stage=Stage.AUTH,
        sees=HUNG_UP,
        script={Stage.AUTH: hang_up},
        tls=Tls.IMPLICIT,
        paper=Paper.GOOD,
        username="ann",
    ),
    Row(
        does="offers no way to sign in",
        state=DEFERRED,
        stage=Stage.AUTH,
        sees="it offers no AUTH, so that nobody can sign in",
        script={Stage.HELO: "250 relay.example"},
        tls=Tls.IMPLICIT,
        paper=Paper.GOOD,
        username="ann",
    ),
    Row(
        does="refuses our address as the sender",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="550 5.1.8 no such sender",
        script={
            Stage.MAIL: "550 5.1.8 no such sender",
            Stage.RCPT: "503 5.5.1 MAIL first",
            Stage.DATA: "503 5.5.1 RCPT first",
        },
        connections=1,
    ),
    Row(
        does="refuses our address and waits for a message all the same",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="550 5.1.8 no such sender",
        script={Stage.MAIL: "550 5.1.8 no such sender", Stage.RCPT: "503 5.5.1 MAIL first"},
    ),
    Row(
        does="is busy when we name the sender",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="451 4.3.0 later",
        script={
            Stage.MAIL: "451 4.3.0 later",
            Stage.RCPT: "503 5.5.1 MAIL first",
            Stage.DATA: "503 5.5.1 RCPT first",
        },
        connections=1,
    ),
    Row(
        does="says goodbye when we name the sender",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="421 4.3.2 going down",
        script={Stage.MAIL: "421 4.3.2 going down"},
    ),
    Row(
        does="says what is no SMTP",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="its answer is not SMTP: b'well, well'",
        script={Stage.MAIL: "well, well"},
    ),
    Row(
        does="says a line without an end",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="its answer has a line without an end",
        script={Stage.MAIL: long_line},
    ),
    Row(
        does="contradicts itself in one answer",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees="its answer contradicts itself: 250 and 550",
        script={Stage.MAIL: "250-fine\r\n550 not fine"},
    ),
    Row(
        does="hangs up when we name the sender",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees=HUNG_UP,
        script={Stage.MAIL: hang_up},
    ),
    Row(
        does="is silent when we name the sender",
        state=DEFERRED,
        stage=Stage.MAIL,
        sees=IN_TIME,
        script={Stage.MAIL: silence},
        patience=SHORT,
    ),
    Row(
        does="offers PIPELINING and cannot do it",
        state=DEFERRED,
        stage=Stage.RCPT,
        sees=IN_TIME,
        script={Stage.MAIL: forget_what_was_said},
        patience=SHORT,
    ),
    Row(
        does="knows no such reader",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="550 5.1.1 no such user",
        fault=False,
        script={Stage.RCPT: "550 5.1.1 no such user", Stage.DATA: "554 5.5.1 no valid recipients"},
        connections=1,
    ),
    Row(
        does="knows no such reader and waits for a message all the same",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="550 5.1.1 no such user",
        fault=False,
        script={Stage.RCPT: "550 5.1.1 no such user"},
    ),
    Row(
        does="knows no such reader and hangs up",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="550 5.1.1 no such user",
        fault=False,
        script={Stage.RCPT: "550 5.1.1 no such user", Stage.DATA: hang_up},
    ),
    Row(
        does="has no room for this reader",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="552 5.2.2 mailbox full",
        fault=False,
        script={Stage.RCPT: "552 5.2.2 mailbox full", Stage.DATA: "554 5.5.1 no valid recipients"},
        connections=1,
    ),
    Row(
        does="wants us to come again for this reader",
        state=DEFERRED,
        stage=Stage.RCPT,
        sees="450 4.2.0 greylisted",
        fault=False,
        script={Stage.RCPT: "450 4.2.0 greylisted", Stage.DATA: "554 5.5.1 no valid recipients"},
        connections=1,
    ),
    Row(
        does="forwards nothing of ours",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="554 5.7.1 relaying denied",
        script={Stage.RCPT: "554 5.7.1 relaying denied", Stage.DATA: "554 5.5.1 no valid recipients"},
        connections=1,
    ),
    Row(
        does="says goodbye when we name the reader",
        state=DEFERRED,
        stage=Stage.RCPT,
        sees="421 4.3.2 going down",
        script={Stage.RCPT: say_goodbye_and_stay},
    ),
    Row(
        does="hangs up when we name the reader",
        state=DEFERRED,
        stage=Stage.RCPT,
        sees=HUNG_UP,
        script={Stage.RCPT: hang_up},
    ),
    Row(
        does="gives two answers to one command",
        state=DEFERRED,
        stage=Stage.DATA,
        sees="it answered 250 2.1.5 OK, which makes no sense there",
        script={Stage.RCPT: answer_twice},
    ),
    Row(
        does="refuses to take any message",
        state=DEFERRED,
        stage=Stage.DATA,
        sees="554 5.5.1 no",
        script={Stage.DATA: "554 5.5.1 no"},
        connections=1,
    ),
    Row(
        does="is busy when the message is to come",
        state=DEFERRED,
        stage=Stage.DATA,
        sees="451 4.3.0 later",
        fault=False,
        script={Stage.DATA: "451 4.3.0 later"},
        connections=1,
    ),
    Row(
        does="answers 250 to DATA",
        state=DEFERRED,
        stage=Stage.DATA,
        sees="it answered 250 2.0.0 fine, which makes no sense there",
        script={Stage.DATA: "250 2.0.0 fine"},
    ),
    Row(
        does="hangs up at DATA", state=DEFERRED, stage=Stage.DATA, sees=HUNG_UP, script={Stage.DATA: hang_up}
    ),
    Row(
        does="accepts the message before it came",
        state=DEFERRED,
        stage=Stage.DATA,
        sees="it said more than it was asked before the message came",
        script={Stage.DATA: answer_before_the_body},
    ),
    Row(
        does="accepts the message in the middle of it",
        state=DEFERRED,
        stage=Stage.BODY,
        sees="it answered before the message had ended: 250 2.0.0 taken",
        script={Stage.BODY: accept_in_the_middle},
        message=LARGE,
    ),
    Row(
        does="refuses the message in the middle of it",
        state=DEFERRED,
        stage=Stage.BODY,
        sees="it answered before the message had ended: 552 5.3.4 too much",
        script={Stage.BODY: refuse_in_the_middle},
        message=LARGE,
    ),
    Row(
        does="hangs up in the middle of the message",
        state=DEFERRED,
        stage=Stage.BODY,
        sees=HUNG_UP,
        script={Stage.BODY: hang_up_in_the_middle},
        message=LARGE,
    ),
    Row(
        does="answers byte by byte, in several lines",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken 2.0.0 as 4711",
        fault=False,
        copies=1,
        connections=1,
        script={Stage.REPLY: keep_and_say_in_bytes},
    ),
    Row(
        does="throttles us after the message",
        state=DEFERRED,
        stage=Stage.REPLY,
        sees="454 4.7.0 throttled",
        fault=False,
        script={Stage.REPLY: "454 4.7.0 throttled"},
        connections=1,
    ),
    Row(
        does="takes our message for spam",
        state=REJECTED,
        stage=Stage.REPLY,
        sees="550 5.7.1 this looks like spam",
        script={Stage.REPLY: "550 5.7.1 this looks like spam"},
        connections=1,
    ),
    Row(
        does="has no room for this reader, after the message",
        state=REJECTED,
        stage=Stage.REPLY,
        sees="552 5.2.2 mailbox full",
        fault=False,
        script={Stage.REPLY: "552 5.2.2 mailbox full"},
        connections=1,
    ),
    Row(
        does="says goodbye instead of taking the message",
        state=DEFERRED,
        stage=Stage.REPLY,
        sees="421 4.3.2 going down",
        script={Stage.REPLY: "421 4.3.2 going down"},
    ),
    Row(
        does="asks for more after the message",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees="it answered 354 go on, which makes no sense there",
        script={Stage.REPLY: "354 go on"},
    ),
    Row(
        does="says what is no SMTP after the message",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees="its answer is not SMTP: b'yes'",
        script={Stage.REPLY: "yes"},
    ),
    Row(
        does="hangs up after the message and has not taken it",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees=HUNG_UP,
        script={Stage.REPLY: hang_up},
    ),
    Row(
        does="hangs up after the message and has taken it",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees=HUNG_UP,
        copies=1,
        script={Stage.REPLY: keep_and_hang_up},
    ),
    Row(
        does="resets the connection after the message and has taken it",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees=HUNG_UP,
        copies=1,
        script={Stage.REPLY: keep_and_reset},
    ),
    Row(
        does="is silent after the message",
        state=UNCERTAIN,
        stage=Stage.REPLY,
        sees=IN_TIME,
        script={Stage.REPLY: silence},
        patience=SHORT,
    ),
    Row(
        does="gives two answers to one message",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        script={Stage.REPLY: keep_and_answer_twice},
    ),
    Row(
        does="closes the connection while there is nothing to send",
        state=ACCEPTED,
        stage=Stage.REPLY,
        sees="250 2.0.0 taken",
        fault=False,
        copies=1,
        script={Stage.REPLY: keep_and_close},
    ),
    Row(
        does="takes no 8-bit messages, and this is one",
        state=REJECTED,
        stage=Stage.MAIL,
        sees="the relay takes no 8-bit messages (no 8BITMIME)",
        offers=("PIPELINING",),
        message=EIGHT_BIT,
        connections=1,
    ),
    Row(
        does="takes no international addresses, and this is one",
        state=REJECTED,
        stage=Stage.RCPT,
        sees="the relay takes no addresses with letters outside ASCII before the @ (no SMTPUTF8)",
        fault=False,
        offers=("PIPELINING",),
        message=INTERNATIONAL,
        connections=1,
    ),
    Row(
        does="takes no message as large as this one",
        state=REJECTED,
        stage=Stage.MAIL,
        sees="the message has 4500077 bytes, and the relay takes no more than 1000",
        offers=("SIZE 1000",),
        message=LARGE,
        connections=1,
    ),
)
