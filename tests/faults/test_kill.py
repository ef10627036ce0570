"""A sender that is killed in mid-send loses nobody, doubles nobody, and names everyone it is unsure of."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.actions.send_now import progress_of, sender_for
from publisher.actions.subscribe import add_from_file
from publisher.app import open_publisher
from publisher.model.delivery import DeliveryState, Stage
from publisher.settings_file import load_settings
from tests.programs import run, start
from tests.smtp_memory import Rule
from tests.smtp_process import SmtpProcess

AUDIENCE = 60
CONNECTIONS = 3
KILLS = 2
PATIENCE = 60.0
SLOW = Rule(stage=Stage.DOT, delay=0.01)
"""The server keeps each message for a moment before it answers, so that kills meet open ones."""

SETTINGS = """\
[publication]
title = "Faults"
home_url = "https://news.example.net"
tag = "example.net,2026"
sender = "Faults <news@example.net>"
postal_address = "1 Street"

[lists.weekly]
title = "Weekly"

[delivery]
transport = "{transport}"
uncertain = "{uncertain}"
connections = {connections}

[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
"""

STORY = """\
---
id: 0d0f4a0e-2b0b-4d7e-8e0f-000000000001
title: A story that everybody gets
status: ready
link: https://example.net/story
source: Example Review
---

It happened.

## Key Takeaways

- **One:** this.
- **Two:** that.
- **Three:** the other.
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Callable[..., Path]:
    """Write a newsroom with one ready issue and many readers."""

    def write(**settings: object) -> Path:
        root = tmp_path / "newsroom"
        (root / "issues").mkdir(parents=True)
        given = {"transport": "smtp", "uncertain": "hold", "connections": CONNECTIONS, "port": 25, **settings}
        (root / "publisher.toml").write_text(SETTINGS.format(**given))
        (root / "issues" / "story.md").write_text(STORY)
        publisher = open_publisher(load_settings(root), clock=_now, actor="tester")
        try:
            addresses = "\n".join(f"reader{number}@example.net" for number in range(AUDIENCE))
            add_from_file(publisher, addresses, path="readers.txt")
        finally:
            publisher.close()
        return root

    return write


def test_sigkill_in_mid_send_loses_and_doubles_nobody_and_names_the_uncertain(
    newsroom: Callable[..., Path], tmp_path: Path
) -> None:
    with SmtpProcess(tmp_path / "taken", rules=[SLOW]) as server:
        root = newsroom(port=server.port)

        for kill in range(KILLS):
            _publish_and_kill(root, lambda: _count(server.folder), at=(kill + 1) * AUDIENCE // (KILLS + 1))
        _publish(root)

        received = Counter(message.envelope_to[0] for message in server.messages)
    status = _status(root)
    mailing = next(each for each in status["issues"] if each["slug"] == "story")["mailing"]
    uncertain = {each["address"] for each in status["uncertain"]}
    assert sum(mailing[state] for state in DeliveryState) == mailing["audience"] == AUDIENCE
    assert mailing["pending"] == mailing["sending"] == mailing["deferred"] == 0
    assert len(uncertain) == mailing["uncertain"] <= KILLS * CONNECTIONS
    assert max(received.values()) == 1
    assert {f"reader{number}@example.net" for number in range(AUDIENCE)} == set(received) | uncertain
    assert len(set(received) - uncertain) == mailing["accepted"]


def test_with_resend_only_the_uncertain_can_get_a_second_copy_with_the_same_message_id(
    newsroom: Callable[..., Path], tmp_path: Path
) -> None:
    with SmtpProcess(tmp_path / "taken", rules=[SLOW]) as server:
        root = newsroom(port=server.port, uncertain="resend")

        _publish_and_kill(root, lambda: _count(server.folder), at=AUDIENCE // 2)
        _publish(root)
        unsure = {each["address"] for each in _status(root)["uncertain"]}
        _send_all(root, clock=lambda: _now() + timedelta(minutes=11))

        messages = server.messages
    received = Counter(message.envelope_to[0] for message in messages)
    identities = {(message.envelope_to[0], _message_id(message.body)) for message in messages}
    assert set(received) == {f"reader{number}@example.net" for number in range(AUDIENCE)}
    assert {reader for reader, copies in received.items() if copies > 1} <= unsure
    assert max(received.values()) <= 2
    assert len(identities) == AUDIENCE


def test_the_folder_transport_delivers_exactly_once_through_kills(newsroom: Callable[..., Path]) -> None:
    root = newsroom(transport="folder", uncertain="hold")
    mails = root / "var" / "mail" / "new"

    for kill in range(KILLS):
        _publish_and_kill(root, lambda: _count(mails), at=(kill + 1) * AUDIENCE // (KILLS + 1))
    _publish(root)

    mailing = next(each for each in _status(root)["issues"] if each["slug"] == "story")["mailing"]
    readers = Counter(_delivered_to(path.read_bytes()) for path in mails.iterdir())
    assert mailing["accepted"] == AUDIENCE
    assert readers == {f"reader{number}@example.net": 1 for number in range(AUDIENCE)}


def _publish_and_kill(root: Path, sent: Callable[[], int], *, at: int) -> None:
    """Start publishing, and kill the process group's only process once `at` messages are there."""
    with start("-C", str(root), "publish", "story", "--now") as program:
        deadline = time.monotonic() + PATIENCE
        while sent() < at and program.poll() is None:
            assert time.monotonic() < deadline, "the sender has sent nothing"
            time.sleep(0.002)
        program.kill()
        program.wait(PATIENCE)


def _publish(root: Path) -> None:
    run("publish", "story", "--now", cwd=root).check_returncode()


def _status(root: Path) -> dict[str, Any]:
    found = run("status", "--json", cwd=root)
    found.check_returncode()
    status: dict[str, Any] = json.loads(found.stdout)
    return status


def _send_all(root: Path, *, clock: Callable[[], datetime]) -> None:
    publisher = open_publisher(load_settings(root), clock=clock, actor="tester")
    try:
        sender = sender_for(publisher, until_idle=True)
        assert sender is not None
        deadline = time.monotonic() + PATIENCE
        while sender.is_alive:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        sender.close()
        assert progress_of(publisher, 1).counts[DeliveryState.UNCERTAIN] == 0
    finally:
        publisher.close()


def _count(folder: Path) -> int:
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _message_id(body: bytes) -> str:
    return next(line for line in body.decode().splitlines() if line.startswith("Message-ID:"))


def _delivered_to(body: bytes) -> str:
    line = next(line for line in body.decode().splitlines() if line.startswith("Delivered-To:"))
    return line.partition(":")[2].strip()


def _now() -> datetime:
    return datetime.now(UTC)
