"""What `publisher serve` does, in a process of its own, while it sends at a limited rate.

    python -m benchmarks.serving RELAY_PORT READERS PER_SECOND

Prints where it serves and tokens of readers who may leave, once the mailing has started; then, when its
input ends, how many messages were sent and in how many seconds. Each is one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.sending import LIST, open_sending_newsroom, public_id, start_mailing
from publisher.actions.addressing import envelopes_of
from publisher.actions.send_now import progress_of
from publisher.app import Publisher
from publisher.cli.running import running
from publisher.delivery import tokens
from publisher.model.delivery import DeliveryState

LEAVING: Final = 2000
"""So many readers, the last ones, may leave."""

_PATIENCE: Final = 60.0


@dataclass(slots=True, kw_only=True)
class Serving:
    """A server that sends: where it is, how to leave, and at the end what it has sent in how many seconds."""

    url: str
    tokens: list[str]
    messages: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Messages in a second."""
        return self.messages / self.seconds


@contextmanager
def serving(relay: int, *, readers: int, per_second: int) -> Iterator[Serving]:
    """Serve and send until the block ends."""
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", "benchmarks.serving", str(relay), str(readers), str(per_second)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 (it is a pipe)
        line = process.stdout.readline()
        if not line:
            raise SystemExit("benchmarks.serving has failed")
        server = Serving(**json.loads(line))
        yield server
        said, _ = process.communicate(timeout=_PATIENCE)
        server.messages, server.seconds = json.loads(said)
    finally:
        process.kill()
        process.wait(_PATIENCE)


def _serve(relay: int, readers: int, per_second: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        publisher = open_sending_newsroom(Path(name), port=relay, readers=readers, rate=f"{per_second}/s")
        mailing = start_mailing(publisher).id
        with running(publisher, host="127.0.0.1", port=0) as work:
            while not (before := _accepted(publisher, mailing)):
                time.sleep(0.01)
            start = time.perf_counter()
            say({"url": work.url, "tokens": _tokens(publisher, mailing, readers)})
            sys.stdin.read()
            say((_accepted(publisher, mailing) - before, time.perf_counter() - start))
        publisher.close()


def say(what: object) -> None:
    """Print one line of JSON, at once."""
    print(json.dumps(what), flush=True)


def _accepted(publisher: Publisher, mailing: int) -> int:
    return progress_of(publisher, mailing).counts[DeliveryState.ACCEPTED]


def _tokens(publisher: Publisher, mailing: int, readers: int) -> list[str]:
    shared = envelopes_of(publisher, mailing)
    last = range(max(1, readers - LEAVING + 1), readers + 1)
    return [tokens.make(shared.secret, kid=shared.kid, public_id=public_id(each), list=LIST) for each in last]


if __name__ == "__main__":
    _serve(*map(int, sys.argv[1:]))
