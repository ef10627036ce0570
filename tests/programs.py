"""Programs of their own for tests that start many: one process imports everything, and forks for each.

    done = run("status", "--json", cwd=root)
    with start("-C", str(root), "worker") as worker:
        assert worker.stdout.readline().startswith("Sending")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0

What is started so is `python -m publisher WORDS` from its first line to its last: arguments, folder,
environment and streams are its own, it ends as Python ends, and a signal hits nobody else. Only its imports
are done already, so that it begins at once; PYTHONHASHSEED, the locale and the encoding are those of the
tests. The process that forks starts with the first program, and ends with this process.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from select import select
from typing import IO, NoReturn, Self

import publisher

PATIENCE = 60.0
"""Seconds after which a program has run for too long."""

_ROOT = Path(__file__).resolve().parent.parent
_LONGEST_ORDER = 1 << 20
_FOR_PROGRAMS_OF_TESTS = ("tests.newsrooms", "tests.smtp_server")


class Program:
    """A program that runs; a context manager that kills it at the end, unless it has ended by itself.

    Tests write to its `stdin` and read its `stdout`.
    """

    def __init__(self, stdin: IO[str], stdout: IO[str], answers: IO[str]) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.pid = int(answers.readline())
        self._answers = answers
        self._code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        self.wait(PATIENCE)
        for stream in (self.stdin, self.stdout, self._answers):
            stream.close()

    def poll(self) -> int | None:
        """Return how it has ended, as `wait` does; None if it still runs."""
        if self._code is None and select([self._answers], [], [], 0)[0]:
            self._code = int(self._answers.readline())
        return self._code

    def wait(self, seconds: float) -> int:
        """Wait for its end; return the exit code, or minus the number of the signal that ended it.

        Raises:
            TimeoutError: it still runs after so many seconds.
        """
        if self._code is None:
            select([self._answers], [], [], seconds)
        code = self.poll()
        if code is None:
            raise TimeoutError(f"the program still runs after {seconds:g} s")
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def start(*words: str, module: str = "publisher") -> Program:
    """Start `python -m MODULE WORDS`; nobody hears the standard error of the publisher."""
    with ExitStack() as theirs:
        stdin, our_stdin = os.pipe()
        our_stdout, stdout = os.pipe()
        for end in (stdin, stdout):
            theirs.callback(os.close, end)
        nowhere = theirs.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        stderr = nowhere.fileno() if module == "publisher" else 2
        answers = _begun([module, *words], Path.cwd(), (stdin, stdout, stderr))
    return Program(os.fdopen(our_stdin, "w"), os.fdopen(our_stdout), answers)


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `publisher WORDS` with nothing to read; return its exit code and what it has said."""
    with ExitStack() as stack:
        stdin, unused = (stack.enter_context(Path(os.devnull).open(encoding="utf-8")) for _ in range(2))
        stdout, stderr = (stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(2))
        streams = (stdin.fileno(), stdout.fileno(), stderr.fileno())
        answers = _begun(["publisher", *words], cwd or Path.cwd(), streams)
        code = stack.enter_context(Program(stdin, unused, answers)).wait(PATIENCE)
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(words, code, stdout.read(), stderr.read())


def _begun(words: list[str], folder: Path, streams: tuple[int, int, int]) -> IO[str]:
    """Have a program begun; return where it is told which process it is, and how it has ended."""
    answers, answer = os.pipe()
    order = {"words": words, "folder": str(folder), "environment": dict(os.environ)}
    try:
        socket.send_fds(_orders(), [json.dumps(order).encode()], [*streams, answer])
    finally:
        os.close(answer)
    return os.fdopen(answers, encoding="utf-8")


@cache
def _orders() -> socket.socket:
    """Start the process that forks, and return where it takes orders until that is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", "tests.programs", str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=_ROOT, pass_fds=[theirs.fileno()], stdout=subprocess.DEVNULL)

    def end() -> None:
        ours.close()
        process.wait(PATIENCE)

    atexit.register(end)
    return ours


def _main() -> None:
    """Import everything and fork for each order until there are no more; in a fork, become the program."""
    for module in pkgutil.walk_packages(publisher.__path__, "publisher."):
        if not module.name.endswith(".__main__"):
            import_module(module.name)
    for name in _FOR_PROGRAMS_OF_TESTS:
        import_module(name)
    gc.freeze()  # so that the forks share what was imported
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        order = _own_order(orders)
    if order is not None:
        _become(*order)


def _own_order(orders: socket.socket) -> tuple[bytes, list[int]] | None:
    """Return an order and its streams, each in a process of its own; in the first one None, at the end."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, _LONGEST_ORDER, 4)
        if not order:
            return None
        *streams, answer = descriptors
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            pid = os.fork()
            if not pid:
                os.close(answer)
                return order, streams
            _watch(pid, streams, answer)
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(pid: int, streams: list[int], answer: int) -> NoReturn:
    """Tell which process the program is, and how it has ended once it has."""
    for stream in streams:
        os.close(stream)
    with suppress(BrokenPipeError):  # nobody wants to know any more
        os.write(answer, b"%d\n" % pid)
        os.write(answer, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)


def _become(order: bytes, streams: list[int]) -> None:
    """Be the program that was ordered, as if this process had just begun."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    wanted = json.loads(order)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    module, *sys.argv[1:] = wanted["words"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
