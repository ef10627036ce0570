"""What the SMTP server of the tests remembers, and how it is told to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from publisher.model.delivery import Stage

EXTENSIONS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "SIZE 50000000")
PATIENCE = 10.0
"""Seconds after which a test has waited too long."""


class Security(StrEnum):
    """Whether and when the server speaks TLS."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that the server took: envelope and bytes, with the dots of RFC 5321 section 4.5.2 undone."""

    envelope_from: str
    envelope_to: tuple[str, ...]
    body: bytes = field(repr=False)
    helo: str = ""
    username: str = ""
    tls: bool = False
    connection: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the server does at `stage` instead of the usual.

    It waits `delay` seconds, says `reply` (None: the usual words) and then hangs up if `drop` is set; `drop`
    without a reply hangs up in silence. `recipient` limits the rule to transactions with that address,
    `times` to so many uses. A message whose reply is lost or is a refusal counts as taken only with `keep`.
    The stage BODY is some way into the message (of a small one all bytes are on their way by then, so that
    its sender cannot know), DOT is after its end.
    """

    stage: Stage
    reply: str | None = None
    drop: bool = False
    delay: float = 0.0
    recipient: str | None = None
    times: int | None = None
    keep: bool = False

    @property
    def takes_message(self) -> bool:
        """Whether a message to whose end this rule applies was taken."""
        return self.keep or (not self.drop if self.reply is None else self.reply.startswith("2"))


class Memory:
    """The rules and the messages of a server; every method may be called from any thread.

    `accounts` are names and passwords: with any, a sender must authenticate. `on_message` is called with each
    message taken, before its sender reads the reply. `commands` are all lines said to the server but the
    messages; `connections` counts those ever made.
    """

    def __init__(
        self,
        *,
        security: Security = Security.NONE,
        accounts: dict[str, str] | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        rules: Sequence[Rule] = (),
        on_message: Callable[[Received], None] | None = None,
    ) -> None:
        self.security = security
        self.accounts = accounts or {}
        self.extensions = tuple(extensions)
        self.connections = 0
        self.commands: list[str] = []
        self._on_message = on_message
        self._rules = list(rules)
        self._messages: list[Received] = []
        self._changed = threading.Condition()

    @property
    def messages(self) -> list[Received]:
        """All messages taken until now, oldest first."""
        with self._changed:
            return list(self._messages)

    def when(
        self,
        stage: Stage,
        reply: str | None = None,
        *,
        drop: bool = False,
        delay: float = 0.0,
        recipient: str | None = None,
        times: int | None = None,
        keep: bool = False,
    ) -> None:
        """Add a `Rule`; the newest one that fits is used."""
        with self._changed:
            self._rules.append(
                Rule(
                    stage=stage,
                    reply=reply,
                    drop=drop,
                    delay=delay,
                    recipient=recipient,
                    times=times,
                    keep=keep,
                )
            )

    def wait_for(self, count: int, *, patience: float = PATIENCE) -> list[Received]:
        """Return the messages once there are `count` of them; fail after `patience` seconds."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._messages) >= count, patience)
            assert arrived, f"{len(self._messages)} of {count} messages came within {patience} s"
            return list(self._messages)

    def rule_for(self, stage: Stage, recipients: Sequence[str]) -> Rule | None:
        """Return the newest rule for this moment and use it up once; for the server's conversations."""
        with self._changed:
            for index, rule in reversed(list(enumerate(self._rules))):
                if rule.stage is stage and rule.recipient in (None, *recipients):
                    if rule.times == 1:
                        del self._rules[index]
                    elif rule.times is not None:
                        self._rules[index] = replace(rule, times=rule.times - 1)
                    return rule
        return None

    def remember(self, message: Received) -> None:
        """Keep a message; for the server's conversations."""
        if self._on_message is not None:
            self._on_message(message)
        with self._changed:
            self._messages.append(message)
            self._changed.notify_all()
