"""`publisher worker`: processes that share a mailing on one PostgreSQL database, and what ends some."""

from __future__ import annotations

import signal
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from publisher.actions.mailing import uncertain_of
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.actions.verify import verify
from publisher.model.delivery import MailingState, Stage
from publisher.store import mailings
from tests.newsrooms import PATIENCE, READER, Newsroom, mailing_of, published_to, relay_at, until
from tests.programs import Program, run, start
from tests.senders import assert_everybody_once, copies_of, counts_of
from tests.smtp_server import SmtpServer

CONNECTIONS = 2
LEASE = 2.0
"""Seconds."""


@pytest.fixture
def shared(newsroom: Newsroom, new_postgresql: Callable[[], str], relay: SmtpServer) -> Newsroom:
    """Return a newsroom with one reader whose database is on a server, for workers with short leases."""
    sets(newsroom, new_postgresql(), relay)
    return newsroom


def sets(newsroom: Newsroom, url: str, relay: SmtpServer, *, rate: str = "") -> None:
    more = f'uncertain = "hold"\nconnections = {CONNECTIONS}\nlease = "{LEASE:g}s"'
    newsroom.sets(f'{relay_at(relay.port, more=more)}rate = "{rate}"\n\n[database]\nurl = "{url}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)


def test_four_workers_hold_a_rate_together_and_reach_each_reader_once(
    newsroom: Newsroom, new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 5)
    moments: list[float] = []
    with SmtpServer(on_message=lambda _: moments.append(time.monotonic())) as relay:
        sets(newsroom, new_postgresql(), relay, rate="10/s")
        with workers(newsroom.root, 4) as processes, newsroom.opened() as publisher:
            published_to(publisher, "heat", readers=60)
            relay.wait_for(60, patience=PATIENCE)
            until(lambda: counts_of(publisher) == {"accepted": 60})
            ended = [end(process) for process in processes]

            assert_everybody_once(publisher, relay.messages)
    assert 9 <= most_in(moments, seconds=2) / 2 <= 11
    assert (len(moments) - 1) / (moments[-1] - moments[0]) <= 11
    assert len({message.connection for message in relay.messages}) > CONNECTIONS
    assert ended == [0] * 4


def test_what_a_killed_worker_had_is_taken_over_when_its_lease_ends(
    shared: Newsroom, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 40)
    relay.when(Stage.DOT, delay=0.05)
    with workers(shared.root, 3) as processes, shared.opened() as publisher:
        published_to(publisher, "heat", readers=200)
        relay.wait_for(30, patience=PATIENCE)
        processes[0].kill()
        killed = time.monotonic()
        until(lambda: not {"pending", "sending"} & set(counts_of(publisher)))
        took = time.monotonic() - killed
        ended = [end(process) for process in processes[1:]]

        uncertain = {each.address for each in uncertain_of(publisher, "heat")}
        copies = copies_of(relay.messages)
        assert len(uncertain) <= CONNECTIONS
        assert max(copies.values()) == 1
        assert len(set(copies) | uncertain) == 200
        assert verify(publisher).holds
    assert took < LEASE + 1 + 200 * 0.05
    assert ended == [0, 0]


def test_a_worker_that_was_suspended_beyond_its_lease_sends_nothing_that_another_has_taken_over(
    shared: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.1)
    with shared.opened() as publisher, workers(shared.root, 1) as (suspended,):
        published_to(publisher, "heat", readers=60)
        relay.wait_for(6, patience=PATIENCE)
        suspended.send_signal(signal.SIGSTOP)
        with workers(shared.root, 1) as (other,):
            until(lambda: "uncertain" in counts_of(publisher))
            unsure = counts_of(publisher)["uncertain"]
            relay.wait_for(30, patience=PATIENCE)
            suspended.send_signal(signal.SIGCONT)
            until(lambda: counts_of(publisher) == {"accepted": 60})
            ended = [end(suspended), end(other)]

        assert 1 <= unsure <= CONNECTIONS
        assert_everybody_once(publisher, relay.messages)
        assert mailing_of(publisher, "heat").state is MailingState.SENT
    assert ended == [0, 0]


def test_a_worker_that_is_asked_to_end_finishes_what_is_on_its_way_and_the_next_goes_on(
    shared: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.1)
    with shared.opened() as publisher:
        with workers(shared.root, 1) as (process,):
            published_to(publisher, "heat", readers=60)
            relay.wait_for(6, patience=PATIENCE)
            ended = end(process)
            stopped, taken = counts_of(publisher), len(relay.messages)
        with workers(shared.root, 1) as (process,):
            until(lambda: counts_of(publisher) == {"accepted": 60})

        assert ended == 0
        assert stopped == {"accepted": taken, "pending": 60 - taken}
        assert_everybody_once(publisher, relay.messages)


def test_on_sqlite_a_worker_refuses_and_says_what_to_do(newsroom: Newsroom) -> None:
    done = run("worker", cwd=newsroom.root)

    assert done.returncode == 1
    assert done.stderr == (
        "publisher: several can send from PostgreSQL only; this newsroom is on SQLite"
        " (`publisher serve` sends by itself; [database] url names a PostgreSQL database)\n"
    )


def most_in(moments: Sequence[float], *, seconds: int) -> int:
    """Return how many came in the time of that length in which most came.

    A machine that has no time for all workers makes them slower than the rate, and none faster.
    """
    return max(bisect_left(moments, first + seconds) - number for number, first in enumerate(moments))


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
