"""What a poll of a feed costs: our server against nginx with the files of `publisher build`, by turns.

The figure is CPU seconds of the server for each request, the least of all rounds. `ratio` is that of polls
with nothing new (304), `gzip_ratio` that of whole feeds, compressed; `median_ratio` is that of the 304 in the
middle one of the rounds, in each of which both servers have their turn. Needs `wrk` and `nginx`.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final
from urllib.request import Request, urlopen

from benchmarks.measure import options, report
from benchmarks.newsroom import head, open_newsroom, paragraph
from publisher.actions.build import build
from publisher.actions.scan import scan

LIMIT: Final = 5.0
GZIP_LIMIT: Final = 3.5
ROUNDS: Final = 5
QUICK_ROUNDS: Final = 1

PATIENCE: Final = 20.0
ISSUES: Final = 15
FEED: Final = "/feed.rss"
NEEDED: Final = {"wrk": "wrk", "nginx": "nginx-light"}
SIZES: Final = range(200_000, 513_000)
"""Bytes of a feed that is worth a measurement."""

_NGINX: Final = """\
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ application/xml rss atom; application/feed+json json; text/html html; }}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {site};
    etag on;
    gzip_static on;
    add_header Cache-Control "public, max-age=3600";
  }}
}}
"""


@dataclass(slots=True, kw_only=True)
class Target:
    """A server, and what was measured of it: CPU seconds a request for each kind of request."""

    url: str
    pids: Sequence[int]
    cpu: dict[str, list[float]] = field(default_factory=dict)
    rate: dict[str, float] = field(default_factory=dict)
    p99_ms: dict[str, float] = field(default_factory=dict)
    requests: int = 0

    def ratios(self, other: Target, kind: str) -> list[float]:
        """Return how much more one request costs than the other server's, in each round."""
        return [own / theirs for own, theirs in zip(self.cpu[kind], other.cpu[kind], strict=True)]

    def least(self, kind: str) -> float:
        """Return the CPU seconds of one request in the best round."""
        return min(self.cpu[kind])


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    for program, package in NEEDED.items():
        if shutil.which(program) is None:
            raise SystemExit(f"feeds_http: '{program}' is not installed (Debian: apt-get install {package})")
    seconds = 1 if given.quick else 4
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        size = _write_site(folder)
        ours, ours_said = stack.enter_context(_ours(str(folder)))
        floor, _ = stack.enter_context(_ours())
        nginx = stack.enter_context(_nginx(folder))
        targets = {"ours": ours, "nginx": nginx, "floor": floor}
        turns = [(ours, "304"), (nginx, "304")]
        more = [(ours, "gzip"), (nginx, "gzip"), (floor, "304")]
        for _ in range(QUICK_ROUNDS if given.quick else ROUNDS):
            for target, kind in turns + more:
                _load(target, kind, seconds)
    reads = int(ours_said[-1])
    if reads * 100 > ours.requests:
        raise SystemExit(f"feeds_http: the store was asked {reads} times for {ours.requests} requests")
    report(
        given,
        name="feeds_http",
        ratio=ours.least("304") / nginx.least("304"),
        against="nginx serving the same files; CPU for a 304",
        limit=LIMIT,
        median_ratio=round(median(ours.ratios(nginx, "304")), 2),
        gzip_ratio=round(ours.least("gzip") / nginx.least("gzip"), 2),
        gzip_limit=GZIP_LIMIT,
        floor_ratio=round(floor.least("304") / nginx.least("304"), 2),
        above_floor=round(ours.least("304") / floor.least("304"), 2),
        **{f"{name}_us": {kind: round(min(each) * 1e6, 1) for kind, each in target.cpu.items()}
           for name, target in targets.items()},
        **{f"{name}_per_s": target.rate for name, target in targets.items()},
        **{f"{name}_p99_ms": target.p99_ms for name, target in targets.items()},
        requests=ours.requests,
        store_reads=reads,
        feed_bytes=size,
    )  # fmt: skip


def _write_site(folder: Path) -> int:
    """Write a newsroom with many issues, archived, and its site with compressed siblings in `site`."""
    (folder / "issues").mkdir()
    for number in range(ISSUES):
        text = head(number, status="archived", date=f"2026-0{1 + number // 28}-{1 + number % 28:02d}")
        (folder / "issues" / f"note-{number:02d}.md").write_text(text + _prose(number), encoding="utf-8")
    publisher = open_newsroom(folder)
    troubles = scan(publisher, patient=False).troubles
    if troubles:
        raise SystemExit(troubles[0])
    build(publisher, folder / "site")
    publisher.close()
    feed = (folder / "site" / FEED[1:]).read_bytes()
    if len(feed) not in SIZES:
        raise SystemExit(f"the feed of the benchmark has {len(feed)} bytes")
    sibling = folder / "site" / f"{FEED[1:]}.gz"
    if not sibling.exists():
        sibling.write_bytes(gzip.compress(feed, 9, mtime=0))
    return len(feed)


def _prose(number: int) -> str:
    """Return a story of some kilobytes that compresses as badly as real ones, the same every time."""
    chance = random.Random(number)  # noqa: S311 - words, not secrets
    letters = "etaoinshrdlucmfwygpbvk"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(900)]
    blocks = [" ".join(chance.choices(words, k=90)).capitalize() + "." for _ in range(26)]
    return "\n\n".join([paragraph(number, 2), "## Deep Analysis", *blocks]) + "\n"


@contextmanager
def _ours(*root: str) -> Iterator[tuple[Target, list[str]]]:
    """Serve a newsroom, or nothing at all; what it says at its end is in the list afterwards."""
    command = [sys.executable, "-m", "benchmarks.feed_server", *root]
    said: list[str] = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own module)
    try:
        assert process.stdout is not None  # noqa: S101 (it is a pipe)
        url = process.stdout.readline().strip()
        yield Target(url=url, pids=(process.pid,)), said
    finally:
        process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=PATIENCE)[0].split()


@contextmanager
def _nginx(folder: Path) -> Iterator[Target]:
    """Serve the folder `site` with one worker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    settings.write_text(_NGINX.format(folder=folder, site=folder / "site", port=port, user=user))
    process = subprocess.Popen(  # noqa: S603 (the nginx that is on the path)
        [shutil.which("nginx") or "", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(settings)]
    )
    try:
        _wait_for(port)
        children = (
            Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        )
        yield Target(url=f"http://127.0.0.1:{port}", pids=tuple(map(int, children)))
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _load(target: Target, kind: str, seconds: int) -> None:
    """Ask for the feed as often as it goes, and note what that cost."""
    headers = {"Accept-Encoding": "gzip"}
    if kind == "304":
        headers["If-None-Match"] = _tag(target.url + FEED)
    before = _cpu(target.pids)
    done = subprocess.run(  # noqa: S603 (the wrk that is on the path)
        [shutil.which("wrk") or "", "-t1", "-c16", f"-d{seconds}s", "--latency"]
        + [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        + [target.url + FEED],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    used = _cpu(target.pids) - before
    requests = int(_found(r"(\d+) requests in", done))
    if "Non-2xx" in done or "Socket errors" in done:
        raise SystemExit(f"feeds_http: {target.url} did not answer every request:\n{done}")
    target.requests += requests
    target.cpu.setdefault(kind, []).append(used / requests)
    rate, p99 = float(_found(r"Requests/sec:\s+([\d.]+)", done)), _found(r"99%\s+([\d.]+m?s|[\d.]+us)", done)
    target.rate[kind] = max(target.rate.get(kind, 0.0), round(rate))
    target.p99_ms[kind] = min(target.p99_ms.get(kind, 1e9), _milliseconds(p99))


def _tag(url: str) -> str:
    """Return the ETag of the compressed feed; the server that has nothing tells one as well."""
    request = Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 (an address of ours)
    try:
        with urlopen(request) as answer:  # noqa: S310 (same)
            tag: str = answer.headers["ETag"]
    except OSError:
        return '"nothing"'
    return tag


def _cpu(pids: Sequence[int]) -> float:
    """Return the CPU seconds that processes have used up to now, in user and in system mode."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"feeds_http: wrk said something else than usual:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]  # `_found` found it
    return round(float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit], 3)


if __name__ == "__main__":
    main()
