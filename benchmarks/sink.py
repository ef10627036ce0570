"""A relay written in C that throws away what it takes, for benchmarks: `smtp-sink` of Postfix."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = "postfix"

_PATIENCE: Final = 20.0
_BACKLOG: Final = "1000"
_SBIN: Final = "/usr/sbin:/usr/local/sbin"
"""Where such programs are, which is not on the path of everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A relay that runs: its port on this machine, and its process."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return what it has used of the processors by now, to 10 ms."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def program(name: str, *, asked_by: str) -> str:
    """Return the path of a program of Postfix.

    Raises:
        SystemExit: it is not installed.
    """
    found = shutil.which(name) or shutil.which(name, path=_SBIN)
    if found is None:
        raise SystemExit(f"{asked_by}: '{name}' is not installed (Debian: apt-get install {PACKAGE})")
    return found


@contextmanager
def sink(path: str) -> Iterator[Sink]:
    """Run `smtp-sink` on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([path, *user, f"127.0.0.1:{port}", _BACKLOG])  # noqa: S603 (the one that is installed)
    try:
        _wait_for(port, process)
        yield Sink(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
