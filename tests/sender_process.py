"""A sender for tests that kill it: a process that has imported everything, and forks for each run.

    with SenderProcess() as sender:
        run = sender.begin(newsroom.root, traced=True)
        ... attach to run.pid with strace ...
        assert run.ended() == -signal.SIGKILL

A run publishes the issue `heat` of the newsroom unless it is public already, and sends what can be sent now.
With `traced` it begins once somebody traces it. With `dies_at` it kills itself as it begins its Nth call of a
function of the publisher, in whatever thread: that needs nothing that a machine may lack or forbid.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType
from typing import IO, Any, Self

import publisher
from publisher.actions.send_now import publish_now
from publisher.app import Publisher
from publisher.store import mailings
from tests.newsrooms import Newsroom, deliver
from tests.programs import start
from tests.sites import theme

SLUG = "heat"
LONGEST = 60
"""Seconds after which a run ends with SIGALRM."""

_OURS = str(Path(publisher.__file__).parent)
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has begun: its process, and where the word comes from that it has ended."""

    pid: int
    _answers: IO[str]

    def ended(self) -> int:
        """Wait for its end; return the exit code, or minus the number of the signal that ended it."""
        return int(_answer(self._answers)["ended"])


class SenderProcess:
    """The process that forks; a context manager. One run at a time."""

    def __enter__(self) -> Self:
        self._process = start(module="tests.sender_process")
        return self

    def __exit__(self, *exception: object) -> None:
        with self._process as sender:
            sender.stdin.close()
            sender.wait(LONGEST)

    def begin(self, root: Path, *, traced: bool = False, dies_at: int | None = None) -> Run:
        """Begin a run in the newsroom at `root`."""
        order = {"root": str(root), "traced": traced, "dies_at": dies_at}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Run(pid=int(_answer(self._process.stdout)["pid"]), _answers=self._process.stdout)


def send(publisher: Publisher) -> None:
    """Publish the issue unless it is public already, and send what can be sent now."""
    with publisher.database.read() as db:
        is_public = mailings.of_issue(db, SLUG) is not None
    if not is_public:
        publish_now(publisher, SLUG)
    deliver(publisher)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def calls_of(root: Path) -> int:
    """Send in this process, and return how many functions of the publisher were called meanwhile."""
    counted = _count_calls(None)
    try:
        _run(root)
    finally:
        threading.setprofile(None)
        sys.setprofile(None)
    return next(counted)


def _answer(answers: IO[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(answers.readline())
    return answer


def _main() -> None:
    """Read orders until the input ends; answer with the process of each run, and with how it ended."""
    theme()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _child(Path(order["root"]), traced=order["traced"], dies_at=order["dies_at"])
        _say(pid=pid)
        _, status = os.waitpid(pid, 0)
        _say(ended=os.waitstatus_to_exitcode(status))


def _say(**words: int) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _child(root: Path, *, traced: bool, dies_at: int | None) -> None:
    """Do one run, and end the process, which is a copy of the one that forks."""
    code = 1
    try:
        signal.alarm(LONGEST)
        if traced:
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
            while not _is_traced():
                time.sleep(0.001)
        if dies_at is not None:
            _count_calls(dies_at)
        _run(root)
        code = 0
    finally:
        os._exit(code)


def _is_traced() -> bool:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return all(line.split() != ["TracerPid:", "0"] for line in lines)


def _run(root: Path) -> None:
    with Newsroom(root).opened(clock=now) as opened:
        send(opened)


def _count_calls(dies_at: int | None) -> count[int]:
    """Count calls of functions of the publisher in all threads from now on, and die at one of them."""
    calls = count()

    def called(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_OURS) and next(calls) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(called)
    sys.setprofile(called)
    return calls


if __name__ == "__main__":
    _main()
