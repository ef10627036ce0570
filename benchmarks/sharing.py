"""What several workers on one PostgreSQL database make of a rate, and of what one that is killed had."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.model.delivery import Stage
from publisher.store import mailings
from publisher.store.schema_sending import batches
from tests.newsrooms import Newsroom, published_to, until
from tests.smtp_server import SmtpServer
from tests.workers import allowed_in, end, most_in, shared_by_workers, workers

WORKERS: Final = 4
PER_SECOND: Final = 100
SECONDS: Final = 10
BATCH: Final = 20
"""So many readers share a lease, so that each of the workers has some in any second."""

LEASE: Final = 2.0
"""Seconds."""

_SLUG: Final = "heat"
_READERS: Final = 400
_ANSWER: Final = 0.1
"""Seconds until the relay answers, so that a worker has messages on its way when it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How fast a mailing went: messages a second on the whole, and most of them in any second.

    `allowed` are those that the rate, its burst and the open connections allow in a second.
    """

    per_second: float
    most: int
    allowed: int


def held_rate(folder: Path, server: str) -> Held:
    """Let workers send a mailing together at a rate."""
    readers = PER_SECOND * SECONDS
    moments: list[float] = []
    with SmtpServer(on_message=lambda _: moments.append(time.monotonic())) as relay:
        newsroom = _newsroom(folder, server, relay, rate=f"{PER_SECOND}/s")
        with workers(newsroom.root, WORKERS) as processes, newsroom.opened() as publisher:
            with patch.object(mailings, "BATCH", BATCH):
                published_to(publisher, _SLUG, readers=readers)
            until(lambda: len(moments) >= readers)
            for process in processes:
                end(process)
    return Held(
        per_second=(len(moments) - 1) / (moments[-1] - moments[0]),
        most=most_in(moments, seconds=1),
        allowed=allowed_in(1, per_second=PER_SECOND, number=WORKERS),
    )


def taken_over_after(folder: Path, server: str) -> float:
    """Return how many seconds after a worker was killed another one had its batch."""
    with SmtpServer() as relay:
        relay.when(Stage.DOT, delay=_ANSWER)
        newsroom = _newsroom(folder, server, relay)
        with newsroom.opened() as publisher, workers(newsroom.root, 1) as (first,):
            published_to(publisher, _SLUG, readers=_READERS)
            until(lambda: relay.messages)
            with workers(newsroom.root, 1):
                owner = _owner(publisher)
                first.kill()
                killed = time.monotonic()
                until(lambda: _owner(publisher) != owner)
                return round(time.monotonic() - killed, 2)


def _owner(publisher: Publisher) -> str | None:
    """Return the worker that has the only batch."""
    with publisher.database.read() as db:
        owner: str | None = db.execute(select(batches.c.worker)).scalar_one()
    return owner


def _newsroom(folder: Path, server: str, relay: SmtpServer, *, rate: str = "") -> Newsroom:
    """Write a newsroom with one issue, in a database of its own."""
    newsroom = Newsroom(folder)
    newsroom.issues.mkdir(parents=True)
    shared_by_workers(newsroom, _new_database(server, folder.name), relay, rate=rate, lease=LEASE)
    newsroom.writes(_SLUG)
    with newsroom.opened() as publisher:
        scan(publisher, patient=False)
    return newsroom


def _new_database(server: str, name: str) -> str:
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)
