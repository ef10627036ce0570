"""A mailing from its publication on, in a process of its own, to a relay that throws everything away.

    python -m benchmarks.whole_mailing READERS SECONDS

Prints, in one line of JSON, how long it took to the first message, what the process has needed of memory
after so many seconds or the last message, and how long an editor has waited for the status meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from benchmarks.sending import open_sending_newsroom, peak_mb, start_mailing
from publisher.actions.readers import count_readers
from publisher.actions.send_now import progress_of, sender_for
from publisher.actions.status import status
from publisher.app import Publisher
from publisher.delivery.transports.all import TRANSPORTS
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome

_LOOK_EVERY: Final = 0.1
_NO_PORT: Final = 9
_PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a mailing went: seconds to its first message, messages sent and in how many seconds, and so on."""

    first_after: float
    messages: int
    seconds: float
    peak_mb: float
    status_ms: list[float]


def course(readers: int, *, seconds: float) -> Course:
    """Start a mailing to so many readers in a process of its own, and let it go on for so long at most."""
    done = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-m", "benchmarks.whole_mailing", str(readers), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit("benchmarks.whole_mailing has failed")
    return Course(**json.loads(done.stdout))


class Discarding:
    """A transport whose relay takes everything at once, and keeps nothing."""

    name = "smtp"
    idempotent = False
    first = threading.Event()

    def __init__(self, settings: object) -> None:
        """It needs to know nothing."""

    async def send(
        self,
        message: Message,  # noqa: ARG002 - it does not even look
        *,
        then: Envelope | None = None,  # noqa: ARG002 - nor does it look ahead
    ) -> Outcome:
        """Accept a message, after whoever else is waiting has had a turn."""
        self.first.set()
        await asyncio.sleep(0)
        return Outcome(state=DeliveryState.ACCEPTED, code=250, text="thrown away")

    async def close(self) -> None:
        """There is nothing to close."""


def _course(readers: int, seconds: float) -> Course:
    with tempfile.TemporaryDirectory() as name, patch.dict(TRANSPORTS, {"smtp": Discarding}):
        publisher = open_sending_newsroom(Path(name), port=_NO_PORT, readers=readers)
        count_readers(publisher)
        sender = sender_for(publisher, until_idle=False)
        assert sender is not None  # noqa: S101 (nobody else sends)
        start = time.perf_counter()
        mailing = start_mailing(publisher)
        if not Discarding.first.wait(_PATIENCE):
            raise SystemExit(f"no message has left within {_PATIENCE:g} s: {sender.complaint}")
        first = time.perf_counter()
        looks: list[float] = []
        while _accepted(publisher, mailing.id) < readers and time.perf_counter() - first < seconds:
            count_readers(publisher)  # as a server does beside its clock, when it is time to
            looks.append(_look(publisher))
            time.sleep(_LOOK_EVERY)
        messages, took = _accepted(publisher, mailing.id), time.perf_counter() - first
        sender.close()
        publisher.close()
        return Course(
            first_after=first - start, messages=messages, seconds=took, peak_mb=peak_mb(), status_ms=looks
        )


def _accepted(publisher: Publisher, mailing: int) -> int:
    return progress_of(publisher, mailing).counts[DeliveryState.ACCEPTED]


def _look(publisher: Publisher) -> float:
    """Return how many milliseconds an editor waits for the status."""
    start = time.perf_counter()
    status(publisher)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    print(json.dumps(asdict(_course(int(sys.argv[1]), float(sys.argv[2])))))
