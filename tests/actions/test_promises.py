"""Connections are promised their next reader: relays hear of it early, and only speed depends on it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from publisher.actions.mailing import pause, resume
from publisher.actions.send_now import sender_for
from publisher.actions.subscribe import unsubscribe
from publisher.app import Publisher
from publisher.model.delivery import Stage
from publisher.store import mailings
from publisher.store.schema import subscribers
from tests.newsrooms import READER, Newsroom, deliver, mailing_of, published_to, relay_at, token_of, until
from tests.smtp_script import ScriptedRelay, Talk

NEXT = "r1@example.net"
"""The second reader of every mailing here."""

Act = Callable[[Talk], object]


@contextmanager
def answering(act: Act) -> Iterator[ScriptedRelay]:
    """Run a relay that does something before it answers each message."""

    def reply(talk: Talk) -> None:
        relay.script(Stage.REPLY, reply)
        act(talk)
        talk.keep()
        talk.say("250 2.0.0 taken")

    with ScriptedRelay({Stage.REPLY: reply}) as relay:
        yield relay


def behind(talk: Talk, *, seconds: float) -> bytes:
    """Return what is said behind a message, as far as DATA, within so many seconds."""
    talk.end.settimeout(seconds)
    with contextlib.suppress(TimeoutError):
        while not talk.heard.endswith(b"DATA\r\n"):
            talk.hear()
    talk.end.settimeout(20)
    return bytes(talk.heard)


@contextmanager
def sending(newsroom: Newsroom, relay: ScriptedRelay, *, readers: int, more: str = "") -> Iterator[Publisher]:
    """Open a newsroom whose issue is published to so many readers."""
    newsroom.sets(relay_at(relay.port, more=more or "connections = 1"))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=readers)
        yield publisher


def taken(relay: ScriptedRelay) -> list[str]:
    """Return the readers whose mail the relay has taken."""
    return [re.search(rb"^To: <?([^>\r]+)", body, re.MULTILINE)[1].decode() for body in relay.taken]  # type: ignore[index]  # all have one


def test_behind_each_message_the_next_one_is_announced(newsroom: Newsroom) -> None:
    heard: list[bytes] = []

    def listen(talk: Talk) -> None:
        if len(heard) < 9:
            heard.append(behind(talk, seconds=10))

    with answering(listen) as relay, sending(newsroom, relay, readers=10) as publisher:
        deliver(publisher)

    assert [re.findall(rb"<([^>]*)>", each)[1].decode() for each in heard] == taken(relay)[1:]
    assert taken(relay) == [READER, *(f"r{number}@example.net" for number in range(1, 10))]
    assert relay.connections == 1


def test_several_connections_keep_what_they_were_promised(newsroom: Newsroom) -> None:
    with (
        answering(lambda talk: behind(talk, seconds=0.01)) as relay,
        sending(newsroom, relay, readers=120, more="connections = 4") as publisher,
    ):
        deliver(publisher)

    assert len(set(taken(relay))) == len(taken(relay)) == 120
    assert relay.connections == 4


def test_a_promise_is_broken_before_a_connection_has_nothing_to_do(newsroom: Newsroom) -> None:
    held_up, others_done = threading.Event(), threading.Event()

    def hang(talk: Talk) -> None:
        first = not held_up.is_set()
        held_up.set()
        if first:
            behind(talk, seconds=10)
            assert others_done.wait(20)
        elif len(relay.taken) >= 8:
            others_done.set()

    with (
        answering(hang) as relay,
        sending(newsroom, relay, readers=10, more="connections = 2") as publisher,
    ):
        deliver(publisher)

    assert len(set(taken(relay))) == len(taken(relay)) == 10


def test_at_the_end_of_a_batch_the_next_one_is_begun_and_no_promise_broken(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 20)

    def be_slow_once(talk: Talk) -> None:
        behind(talk, seconds=0.01)
        if b"To: r10@example.net" in talk.body:
            until(lambda: len(relay.taken) >= 50)

    with (
        answering(be_slow_once) as relay,
        sending(newsroom, relay, readers=100, more="connections = 4") as publisher,
    ):
        deliver(publisher)

    assert len(set(taken(relay))) == len(taken(relay)) == 100
    assert len([line for line in relay.lines if line.startswith(b"RCPT")]) == 100
    assert relay.connections == 4


def test_a_reader_who_leaves_after_the_announcement_gets_nothing_and_the_others_do(
    newsroom: Newsroom,
) -> None:
    def leave(talk: Talk) -> None:
        if not relay.taken:
            assert NEXT.encode() in behind(talk, seconds=10)
            unsubscribe(publisher, token_of(publisher, NEXT))

    with answering(leave) as relay, sending(newsroom, relay, readers=4) as publisher:
        deliver(publisher)
        counts = {
            state.value: count for state, count in mailing_of(publisher, "heat").counts.items() if count
        }

    assert taken(relay) == [READER, "r2@example.net", "r3@example.net"]
    assert counts == {"accepted": 3, "suppressed": 1}
    assert relay.connections == 2


def test_a_reader_whose_address_changes_after_the_announcement_gets_it_at_the_new_one(
    newsroom: Newsroom,
) -> None:
    def change(talk: Talk) -> None:
        if not relay.taken:
            assert NEXT.encode() in behind(talk, seconds=10)
            with publisher.database.begin() as db:
                db.execute(
                    subscribers.update()
                    .where(subscribers.c.address == NEXT)
                    .values(address="new@example.net", address_key="new@example.net")
                )

    with answering(change) as relay, sending(newsroom, relay, readers=3) as publisher:
        deliver(publisher)

    assert taken(relay) == [READER, "new@example.net", "r2@example.net"]


def test_what_was_announced_before_a_pause_is_sent_after_it(newsroom: Newsroom) -> None:
    def stop(talk: Talk) -> None:
        if not relay.taken:
            assert NEXT.encode() in behind(talk, seconds=10)
            pause(publisher, "heat")

    with answering(stop) as relay, sending(newsroom, relay, readers=3) as publisher:
        deliver(publisher)
        before = taken(relay)
        resume(publisher, "heat")
        deliver(publisher)

    assert before == [READER]
    assert sorted(taken(relay)) == sorted([READER, NEXT, "r2@example.net"])


@pytest.mark.parametrize(
    ("more", "rate"),
    [("connections = 1", 'rate = "20/s"'), ('connections = 1\ndomain_rates = {"example.net" = "20/s"}', "")],
    ids=["of the relay", "of a domain"],
)
def test_where_a_pace_may_keep_the_next_reader_waiting_no_relay_is_kept_waiting_for_him(
    newsroom: Newsroom, more: str, rate: str
) -> None:
    heard: list[bytes] = []

    with answering(lambda talk: heard.append(behind(talk, seconds=0.2))) as relay:
        newsroom.sets(relay_at(relay.port, more=more) + rate)
        newsroom.writes("heat")
        with newsroom.opened() as publisher:
            published_to(publisher, "heat", readers=3)
            sender = sender_for(publisher, until_idle=False)
            assert sender is not None
            until(lambda: relay.taken)
            sender.close()

    assert set(heard) == {b""}
