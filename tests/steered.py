"""Senders for tests, without threads and sockets: what they have in memory, and what relays say to them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import TypeAlias

from sqlalchemy import Connection, Engine, event

from publisher.actions.group import Group, Worker
from publisher.actions.held import Answer, Ask, Handed, Held
from publisher.actions.relays import Relays
from publisher.app import Publisher
from publisher.delivery.replies import judge, lost
from publisher.errors import StoreError
from publisher.model.delivery import Outcome, Stage

Place: TypeAlias = tuple[str, int]
"""A connection of a sender: its relay and its number there."""

PLACES: tuple[Place, ...] = (("smtp", 0), ("smtp", 1), ("backup", 0))
"""The connections of each sender."""


class Reply(Enum):
    """What a relay says, and whether it took the message."""

    ACCEPTS = judge(Stage.REPLY, 250, "2.0.0 taken"), True
    DEFERS = judge(Stage.RCPT, 450, "4.2.1 greylisted"), False
    REFUSES_THE_READER = judge(Stage.RCPT, 550, "5.1.1 no such user"), False
    REFUSES_US = judge(Stage.DATA, 554, "5.7.1 we do not like your face"), False
    THROTTLES = judge(Stage.REPLY, 454, "4.7.0 Throttling failure"), False
    HANGS_UP = judge(Stage.MAIL, 421, "4.3.2 going down"), False
    IS_NOT_THERE = lost(Stage.CONNECT, "connection refused"), False
    BREAKS_OFF = lost(Stage.BODY, "connection reset"), False
    TAKES_IT_AND_IS_LOST = lost(Stage.DOT, "connection lost"), True
    IS_LOST_BEFORE_IT_TAKES_IT = lost(Stage.DOT, "connection lost"), False

    @property
    def outcome(self) -> Outcome:
        return self.value[0]

    @property
    def takes_it(self) -> bool:
        return self.value[1]


REPLIES = (Reply.ACCEPTS, Reply.ACCEPTS, Reply.IS_NOT_THERE, *Reply)


class Commit(Enum):
    """How a transaction ends."""

    WORKS = auto()
    FAILS = auto()
    SEEMS_TO_FAIL = auto()


class SteeredPublisher(Publisher):
    """A publisher whose time is the test's, on every database."""

    __slots__ = ()

    def now(self, db: Connection | None = None) -> datetime:  # noqa: ARG002 - as the publisher's
        return self.clock()


@dataclass(slots=True)
class Sender:
    """What one sender has in memory, without its threads and sockets."""

    name: str
    relays: Relays
    worker: Worker
    held: list[Held] = field(default_factory=list)
    hands: dict[Place, Handed] = field(default_factory=dict)
    """What each connection is sending."""

    def group(self, outcomes: Mapping[Place, Outcome]) -> tuple[Group, dict[int, Place]]:
        """Return what comes together now, as the committer gathers it, and whose each ask is."""
        asks = {
            place: Ask(relay=place[0], answer=self._answer(place, outcomes), future=_FUTURE)
            for place in PLACES
            if place in outcomes or place not in self.hands
        }
        done = [ask.answer for ask in asks.values() if ask.answer is not None]
        takers = self.relays.takers(list(asks.values()))
        return Group(done=done, takers=takers, held=self.held), {id(ask): each for each, ask in asks.items()}

    def _answer(self, place: Place, outcomes: Mapping[Place, Outcome]) -> Answer | None:
        return Answer(handed=self.hands[place], outcome=outcomes[place]) if place in outcomes else None


@contextmanager
def commits_that(commit: Commit, *, of_readers: bool = False) -> Iterator[None]:
    """Let every commit of those who write fail, before or after the database has made it."""

    def fails(connection: Connection) -> None:
        asked = "PRAGMA query_only" if connection.dialect.name == "sqlite" else "SHOW transaction_read_only"
        if (connection.exec_driver_sql(asked).scalar() in (1, "on")) is not of_readers:
            return
        if commit is Commit.SEEMS_TO_FAIL:
            connection.connection.commit()
        raise StoreError("the connection was lost")

    event.listen(Engine, "commit", fails)
    try:
        yield
    finally:
        event.remove(Engine, "commit", fails)


_LOOP = asyncio.new_event_loop()
_LOOP.close()
_FUTURE: asyncio.Future[Handed | None] = asyncio.Future(loop=_LOOP)
"""Nobody waits for it."""
