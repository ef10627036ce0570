"""What a large audience does to those who wait: editors, readers and the machine, each against its limit.

A mailing to 1,000,000 readers (SQLite) is started: seconds from its publication to the first message, the
memory of the process while it sends (to a relay that throws everything away) beside that for 10,000 readers,
and how long `publisher status` takes meanwhile. Then a server sends 300 messages a second while others poll
its feed (304) and leave with one click (POST). `ratio` is the worst of them divided by its limit. Needs
`smtp-sink`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from math import ceil
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from benchmarks.measure import options, report
from benchmarks.serving import Serving, serving
from benchmarks.sink import program, sink
from benchmarks.whole_mailing import course

START_S, PEAK_MB, WAIT_MS = 5.0, 200.0, 50.0
"""The limits: seconds to the first message, megabytes, milliseconds that 99 of 100 wait at the most."""

READERS, FEW_READERS, SENDING_S = 1_000_000, 10_000, 170.0
QUICK_READERS, QUICK_FEW_READERS, QUICK_SENDING_S = 4_000, 500, 1.0

PER_SECOND: Final = 300
SERVING_S, QUICK_SERVING_S = 30.0, 1.0
SERVED_READERS, QUICK_SERVED_READERS = 20_000, 1_000
POLLERS, LEAVERS = 4, 2
PAUSE: Final = 0.02
"""Seconds that each of the clients rests between two requests."""

FEED: Final = "/feed.rss"


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    relay = program("smtp-sink", asked_by="audience")
    sending = QUICK_SENDING_S if given.quick else SENDING_S
    few = course(QUICK_FEW_READERS if given.quick else FEW_READERS, seconds=sending)
    readers = QUICK_READERS if given.quick else READERS
    many = course(readers, seconds=sending)
    served = QUICK_SERVED_READERS if given.quick else SERVED_READERS
    with sink(relay) as taker, serving(taker.port, readers=served, per_second=PER_SECOND) as server:
        visits = _visits(server, QUICK_SERVING_S if given.quick else SERVING_S)
    status, polls, leaves = p99(many.status_ms), p99(visits.polls_ms), p99(visits.leaves_ms)
    report(
        given,
        name="audience",
        ratio=max(
            many.first_after / START_S,
            many.peak_mb / PEAK_MB,
            status / WAIT_MS,
            polls / WAIT_MS,
            leaves / WAIT_MS,
        ),
        against="the limits: 5 s to the first message, 200 MB, 50 ms for 99 of 100",
        limit=1,
        first_after_s=round(many.first_after, 2),
        peak_mb={"few": round(few.peak_mb), "many": round(many.peak_mb)},
        sent={"few": few.messages, "many": many.messages},
        sent_per_s=round(many.messages / many.seconds),
        p99_ms={"status": round(status, 1), "poll": round(polls, 1), "leave": round(leaves, 1)},
        median_ms={
            "status": round(median(many.status_ms), 1),
            "poll": round(median(visits.polls_ms), 1),
            "leave": round(median(visits.leaves_ms), 1),
        },
        visits={"polls": len(visits.polls_ms), "leaves": len(visits.leaves_ms)},
        sent_per_s_meanwhile=round(server.rate),
        readers=readers,
    )


def p99(times: Sequence[float]) -> float:
    """Return the time that 99 of 100 do not exceed."""
    return sorted(times)[ceil(len(times) * 0.99) - 1]


@dataclass(slots=True)
class _Visits:
    """How many milliseconds those waited who came to the server."""

    polls_ms: list[float] = field(default_factory=list)
    leaves_ms: list[float] = field(default_factory=list)


def _visits(server: Serving, seconds: float) -> _Visits:
    """Poll the feed and leave, again and again, over a few connections that stay open."""
    visits, end = _Visits(), time.monotonic() + seconds
    waiting = iter(server.tokens)
    tag = _tag(server)

    def poll(connection: HTTPConnection) -> None:
        visits.polls_ms.append(_wait(connection, "GET", FEED, 304, {"If-None-Match": tag}))

    def leave(connection: HTTPConnection) -> None:
        visits.leaves_ms.append(_wait(connection, "POST", f"/unsubscribe/{next(waiting)}", 200))

    with ThreadPoolExecutor(POLLERS + LEAVERS) as pool:
        visitors = [
            pool.submit(_visit_often, server, each, end) for each in [poll] * POLLERS + [leave] * LEAVERS
        ]
    for visitor in visitors:
        visitor.result()
    return visits


def _visit_often(server: Serving, visit: Callable[[HTTPConnection], None], end: float) -> None:
    """Visit until the end comes, with a rest after each visit."""
    connection = _connection(server)
    while time.monotonic() < end:
        visit(connection)
        time.sleep(PAUSE)
    connection.close()


def _wait(
    connection: HTTPConnection, method: str, path: str, hoped: int, headers: dict[str, str] | None = None
) -> float:
    """Return how many milliseconds a request took.

    Raises:
        SystemExit: it was answered otherwise than was hoped.
    """
    start = time.perf_counter()
    body = b"List-Unsubscribe=One-Click" if method == "POST" else None
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    if answer.status != hoped:
        raise SystemExit(f"audience: {method} {path} was answered {answer.status}")
    return (time.perf_counter() - start) * 1000


def _connection(server: Serving) -> HTTPConnection:
    return HTTPConnection(urlsplit(server.url).netloc, timeout=30)


def _tag(server: Serving) -> str:
    connection = _connection(server)
    connection.request("GET", FEED)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["ETag"]


if __name__ == "__main__":
    main()
