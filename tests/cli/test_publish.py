"""Stopping a mailing that is sent in the foreground."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from publisher.store.sending_lock import try_take
from tests.cli.conftest import Types
from tests.newsrooms import PATIENCE, Newsroom


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
