"""The SMTP server of the tests as a process of its own, for tests that kill the sender.

    with SmtpProcess(tmp_path / "taken") as server:
        ... run and kill a sender that talks to server.host, server.port ...
        assert len(server.messages) == 20

Each message is a file in the folder, synced to the disk, before its sender reads "250".
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Self

from publisher.model.delivery import Stage
from tests.programs import Program, start
from tests.smtp_memory import PATIENCE, Received, Rule
from tests.smtp_server import SmtpServer


class SmtpProcess:
    """The server as a process of its own; a context manager. It ends with this one at the latest."""

    def __init__(self, folder: Path, *, rules: Sequence[Rule] = ()) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.folder = folder
        self._rules = json.dumps([asdict(rule) for rule in rules])
        self._process: Program | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = start(str(self.folder), "--rules", self._rules, module="tests.smtp_process")
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process is not None
        with self._process as server:
            server.stdin.close()
            server.wait(PATIENCE)

    @property
    def messages(self) -> list[Received]:
        """All messages whose senders may have read "250", oldest first."""
        return [_read(path) for path in sorted(self.folder.glob("*.json"))]


def _write(folder: Path, message: Received) -> None:
    """Make the message's file appear whole and on the disk, or not at all."""
    path = folder / f"{len(list(folder.iterdir())):06}.json"
    fields = asdict(message) | {"body": base64.b64encode(message.body).decode()}
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(fields, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _read(path: Path) -> Received:
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["envelope_to"] = tuple(fields["envelope_to"])
    return Received(**fields | {"body": base64.b64decode(fields["body"])})


def _main() -> None:
    """Serve until the standard input ends; the port is the only line of the output."""
    parser = argparse.ArgumentParser(description="an SMTP server that writes what it takes into FOLDER")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", default="[]", help="a JSON list of the fields of rules")
    arguments = parser.parse_args()
    rules = [Rule(**{**fields, "stage": Stage(fields["stage"])}) for fields in json.loads(arguments.rules)]
    with SmtpServer(rules=rules, on_message=partial(_write, arguments.folder)) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()


if __name__ == "__main__":
    _main()
