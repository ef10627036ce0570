"""Stopping a mailing that is sent in the foreground."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from publisher.actions.mailing import cancel, pause
from publisher.actions.withdraw import withdraw
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.store import relays
from publisher.store.sending_lock import try_take
from tests.cli.conftest import Types
from tests.newsrooms import PATIENCE, Newsroom, relay_at


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_mailing_says_how_far_it_has_come_and_can_go_on(
    newsroom: Newsroom, types: Types, number: signal.Signals
) -> None:
    newsroom.writes("heat")
    usual = signal.getsignal(number)

    def stop() -> None:
        deadline = time.monotonic() + PATIENCE
        while signal.getsignal(number) is usual and time.monotonic() < deadline:
            time.sleep(0.01)
        signal.raise_signal(number)

    with newsroom.opened() as server:
        right = try_take(server.database)
        assert right is not None
        stopper = threading.Thread(target=stop)
        stopper.start()
        said = types("publish", "heat", "--now", code=130)
        stopper.join()
        right.release()

    assert said.err == "stopped: 0 of 1 delivered; the same command goes on\n"
    assert "1 accepted" in types("publish", "heat", "--now").out


def _withdraws(publisher: Publisher) -> None:
    withdraw(publisher, "heat", reason="Made up.")


def _cancels(publisher: Publisher) -> None:
    cancel(publisher, "heat")


@pytest.mark.parametrize(
    ("ends", "words"),
    [(_withdraws, "heat was withdrawn"), (_cancels, "the mailing of heat was cancelled")],
)
def test_a_mailing_that_somebody_ends_meanwhile_is_no_success(
    newsroom: Newsroom, types: Types, ends: Callable[[Publisher], None], words: str
) -> None:
    newsroom.writes("heat")

    def end() -> None:
        deadline = time.monotonic() + PATIENCE
        with newsroom.opened() as editor:
            while time.monotonic() < deadline:
                with suppress(PublisherError):
                    ends(editor)
                    return
                time.sleep(0.01)

    with newsroom.opened() as server:
        right = try_take(server.database)
        assert right is not None
        editor = threading.Thread(target=end)
        editor.start()
        said = types("publish", "heat", "--now", code=1)
        editor.join()
        right.release()

    assert said.out == "`publisher serve` is running and sends it; this only watches.\n"
    assert said.err == f"publisher: {words}; 0 of 1 reader has the mail\n"


def test_who_watches_a_mailing_that_is_paused_is_told_at_once(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    def end() -> None:
        deadline = time.monotonic() + PATIENCE
        with newsroom.opened() as editor:
            while time.monotonic() < deadline:
                with suppress(PublisherError):
                    pause(editor, "heat", reason="a wrong name")
                    return
                time.sleep(0.01)

    with newsroom.opened() as server:
        right = try_take(server.database)
        assert right is not None
        editor = threading.Thread(target=end)
        editor.start()
        began = time.monotonic()
        said = types("publish", "heat", "--now", code=1)
        took = time.monotonic() - began
        editor.join()
        right.release()

    assert said.err == (
        "publisher: the mailing of heat is paused: a wrong name; `publisher resume heat` goes on\n"
    )
    assert took < PATIENCE


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_who_watches_a_server_without_a_relay_that_works_is_told_at_once(
    newsroom: Newsroom, types: Types, words: tuple[str, ...]
) -> None:
    newsroom.sets(relay_at(1) + '\n[relays.backup]\nhost = "127.0.0.1"\nport = 2\ntls = "none"\n')
    newsroom.writes("heat")
    with newsroom.opened() as server:
        right = try_take(server.database)
        assert right is not None
        with server.database.begin() as db:
            for name in ("smtp", "backup"):
                relays.report(db, name, works=False, said=f"no {name}", now=newsroom.clock())
        said = types("publish", "heat", "--now", *words, code=1)
        right.release()

    assert said.err == "publisher: Relay smtp has not worked since Mon 2026-10-05 10:00: no smtp\n"
    assert not words or said.json["mailing"]["state"] == "sending"
