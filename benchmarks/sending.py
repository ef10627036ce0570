"""A sender in a process of its own, so that what it uses is its own: a newsroom, readers, one mailing.

    python -m benchmarks.sending PORT READERS [--signed]

Sends the mailing to a relay at PORT of this machine and prints what that took, in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from benchmarks.newsroom import SETTINGS, head, paragraph, story_body
from publisher.actions.addressing import envelopes_of
from publisher.actions.send_now import progress_of, publish_now, sender_for
from publisher.app import Publisher, open_publisher
from publisher.cli.running import settle
from publisher.model.delivery import DeliveryState, Recipient
from publisher.model.records import MailingRecord
from publisher.settings_file import parse_settings

CONNECTIONS: Final = 10
SIZES: Final = range(80_000, 88_000)
"""Octets of a message that is worth a measurement."""

LIST: Final = "weekly"

_SPREAD: Final = 2_654_435_761
_KEY: Final = "dkim.pem"
_PARAGRAPHS: Final = 65
_SENDING: Final = f"""
[delivery]
transport = "smtp"
connections = {CONNECTIONS}

[smtp]
host = "127.0.0.1"
tls = "none"
"""
_SIGNING: Final = f"""
[dkim]
key_file = "{_KEY}"
selector = "bench"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a mailing took: seconds by the clock and of the processor, and the octets of a message.

    `peak_mb` is the most memory that the process has ever had.
    """

    messages: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    size: int

    @property
    def rate(self) -> float:
        """Messages in a second."""
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the processor for each message."""
        return self.cpu_seconds / self.messages * 1000


def send(port: int, readers: int, *, signed: bool) -> Sent:
    """Send one message to each of so many readers, in a process of its own.

    Raises:
        SystemExit: not every message was accepted.
    """
    command = [sys.executable, "-m", "benchmarks.sending", str(port), str(readers)]
    done = subprocess.run(  # noqa: S603 (our own module)
        [*command, "--signed"] if signed else command, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit("benchmarks.sending has failed")
    return Sent(**json.loads(done.stdout))


def open_sending_newsroom(
    root: Path, *, port: int, readers: int, signed: bool = False, rate: str = ""
) -> Publisher:
    """Open a newsroom with so many readers and one issue, ready, of which a message has some 84,000 octets.

    `rate` is what the relay allows ("300/s").
    """
    (root / "issues").mkdir()
    body = [story_body(1), "## More", *(paragraph(number, 5) for number in range(_PARAGRAPHS))]
    issue = head(1, status="ready") + "\n\n".join(body) + "\n"
    (root / "issues" / "note.md").write_text(issue, encoding="utf-8")
    settings = SETTINGS.replace("example.org", "news.example.net") + _SENDING + f"port = {port}\n"
    settings += f'rate = "{rate}"\n' if rate else ""
    if signed:
        _write_key(root / _KEY)
        settings += _SIGNING
    (root / "publisher.toml").write_text(settings, encoding="utf-8")
    publisher = open_publisher(
        parse_settings(settings, root=root), clock=lambda: datetime.now(UTC), actor="benchmark"
    )
    _add_readers(publisher, readers)
    return publisher


def start_mailing(publisher: Publisher) -> MailingRecord:
    """Publish the issue of the newsroom."""
    mailing = publish_now(publisher, "note")
    assert mailing is not None  # noqa: S101 (it has readers)
    return mailing


def public_id(number: int) -> str:
    """Return the name under which the links of that reader know him."""
    return f"{number * _SPREAD:016x}"


def cpu_seconds() -> float:
    """Return what this process has used of the processor by now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Return the most memory that this process has ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write_key(path: Path) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _add_readers(publisher: Publisher, count: int) -> None:
    """Add readers faster than any import: the database makes them up by itself."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
    values = {"count": count, "list": LIST, "now": "2026-01-01 00:00:00.000000"}
    address = "'reader' || i || '@example.net'"
    with publisher.database.begin() as db:
        db.execute(
            text(
                "INSERT INTO subscribers (id, public_id, address, address_key, created_at)"  # noqa: S608 (our own)
                f" {numbers} SELECT i, printf('%016x', i * {_SPREAD}), {address}, {address}, :now FROM n"
            ),
            values,
        )
        db.execute(
            text(
                "INSERT INTO subscriptions (subscriber, list, state, since, consent)"  # noqa: S608 (our own)
                f" {numbers} SELECT i, :list, 'active', :now, 'made up' FROM n"
            ),
            values,
        )


def _sent(port: int, readers: int, *, signed: bool) -> Sent:
    with tempfile.TemporaryDirectory() as name:
        publisher = open_sending_newsroom(Path(name), port=port, readers=readers, signed=signed)
        mailing = start_mailing(publisher)
        size = _size(publisher, mailing.id)
        settle()
        start, used = time.perf_counter(), cpu_seconds()
        sender = sender_for(publisher, until_idle=True)
        assert sender is not None  # noqa: S101 (nobody else sends)
        while sender.is_alive:
            time.sleep(0.01)
        took, used = time.perf_counter() - start, cpu_seconds() - used
        sender.close()
        accepted = progress_of(publisher, mailing.id).counts[DeliveryState.ACCEPTED]
        if accepted != readers:
            raise SystemExit(f"{accepted} of {readers} messages were accepted: {sender.complaint}")
        publisher.close()
        return Sent(messages=readers, seconds=took, cpu_seconds=used, peak_mb=peak_mb(), size=size)


def _size(publisher: Publisher, mailing: int) -> int:
    """Return the octets of the message to one of the readers."""
    recipient = Recipient(
        mailing=mailing,
        subscriber=1,
        public_id=public_id(1),
        address="reader1@example.net",
        list=LIST,
        attempts=0,
    )
    size = len(envelopes_of(publisher, mailing).message(recipient).body)
    if size not in SIZES:
        raise SystemExit(f"the message of the benchmark has {size} octets")
    return size


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("readers", type=int)
    parser.add_argument("--signed", action="store_true")
    given = parser.parse_args()
    print(json.dumps(asdict(_sent(given.port, given.readers, signed=given.signed))))
