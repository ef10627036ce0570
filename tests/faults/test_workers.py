"""`publisher worker`: processes that share a mailing on one PostgreSQL database, and what ends some."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from publisher.actions.mailing import uncertain_of
from publisher.actions.verify import verify
from publisher.model.delivery import MailingState, Stage
from publisher.store import mailings
from tests.newsrooms import PATIENCE, Newsroom, mailing_of, published_to, until
from tests.programs import run
from tests.senders import assert_everybody_once, copies_of, counts_of
from tests.smtp_server import SmtpServer
from tests.workers import CONNECTIONS, LEASE, allowed_in, end, most_in, shared_by_workers, workers

WORKERS, PER_SECOND, READERS = 4, 100, 300


@pytest.fixture
def shared(newsroom: Newsroom, new_postgresql: Callable[[], str], relay: SmtpServer) -> Newsroom:
    """Return a newsroom with one reader whose database is on a server, for workers with short leases."""
    shared_by_workers(newsroom, new_postgresql(), relay)
    return newsroom


def test_four_workers_hold_a_rate_together_and_reach_each_reader_once(
    newsroom: Newsroom, new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailings, "BATCH", 10)
    moments: list[float] = []
    with SmtpServer(on_message=lambda _: moments.append(time.monotonic())) as relay:
        shared_by_workers(newsroom, new_postgresql(), relay, rate=f"{PER_SECOND}/s")
        with workers(newsroom.root, WORKERS) as processes, newsroom.opened() as publisher:
            published_to(publisher, "heat", readers=READERS)
            relay.wait_for(READERS, patience=PATIENCE)
            until(lambda: counts_of(publisher) == {"accepted": READERS})
            ended = [end(process) for process in processes]

            assert_everybody_once(publisher, relay.messages)
    for seconds in (1, 2):
        most = allowed_in(seconds, per_second=PER_SECOND, number=WORKERS)
        assert PER_SECOND * seconds / 2 <= most_in(moments, seconds=seconds) <= most
    assert len({message.connection for message in relay.messages}) == WORKERS * CONNECTIONS
    assert ended == [0] * WORKERS


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
