"""`publisher worker` processes that share a mailing on one PostgreSQL database, and what they keep to."""

from __future__ import annotations

import signal
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.delivery.pace import interval_of
from publisher.model.pace import burst_of
from tests.newsrooms import PATIENCE, READER, Newsroom, relay_at
from tests.programs import Program, start
from tests.smtp_server import SmtpServer

CONNECTIONS = 2
LEASE = 2.0
"""Seconds."""


def shared_by_workers(
    newsroom: Newsroom, url: str, relay: SmtpServer, *, rate: str = "", lease: float = LEASE
) -> None:
    """Let a newsroom keep its database on a server, with one reader, for workers with short leases."""
    more = f'uncertain = "hold"\nconnections = {CONNECTIONS}\nlease = "{lease:g}s"'
    newsroom.sets(f'{relay_at(relay.port, more=more)}rate = "{rate}"\n\n[database]\nurl = "{url}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)


def most_in(moments: Sequence[float], *, seconds: int) -> int:
    """Return how many came in the time of that length in which most came.

    A machine that has no time for all workers makes them slower than the rate, and none faster.
    """
    return max(bisect_left(moments, first + seconds) - number for number, first in enumerate(moments))


def allowed_in(seconds: int, *, per_second: int, number: int) -> int:
    """Return how many messages of so many workers can come in any time of that length, at their rate.

    Beside those of the rate and its burst there are those that were let go before and come later.
    """
    interval_us = interval_of(f"{per_second}/s")
    assert interval_us is not None
    return per_second * seconds + burst_of(interval_us) + number * CONNECTIONS


@contextmanager
def workers(root: Path, number: int) -> Iterator[list[Program]]:
    """Start so many workers, wait until they are at work, and end them at the latest with the block."""
    with ExitStack() as stack:
        processes = [stack.enter_context(start("-C", str(root), "worker")) for _ in range(number)]
        for process in processes:
            assert process.stdout.readline().startswith("Sending for Heat")
        yield processes


def end(process: Program) -> int:
    """Ask a worker to end, as a service manager does, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)
