"""How fast a mailing leaves: our whole pipeline against `smtp-source` of Postfix, by turns.

Both send messages of the same length over 10 connections to `smtp-sink`, on this machine. Ours are filled,
signed (RSA, 2048 bits) and entered in the ledger before and after (SQLite, synchronous=FULL); theirs are the
same octets again and again. `ratio` is our rate divided by theirs, `unsigned_ratio` that without signatures;
the processor's time is that of our process while it sends. `ceiling` is the `ratio` that this machine would
allow if there were nothing to do but to sign and to let `smtp-sink` take (see `benchmarks.ceiling`). The
naive way (EmailMessage, dkimpy and smtplib, one after another) stands beside it. Needs `smtp-sink` and
`smtp-source`.
"""

from __future__ import annotations

import smtplib
import subprocess
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median
from typing import Final

import dkim  # type: ignore[import-untyped]  # it has no types
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.ceiling import SigningTime, ceiling, processors, signing_time
from benchmarks.measure import AtLeast, options, report, seconds
from benchmarks.newsroom import paragraph
from benchmarks.sending import CONNECTIONS, Sent, send
from benchmarks.sink import program, sink

LIMIT: Final = AtLeast(0.7)
UNSIGNED_LIMIT: Final = 0.85
ROUNDS, MESSAGES, NAIVE_MESSAGES = 5, 20_000, 200
QUICK_ROUNDS, QUICK_MESSAGES, QUICK_NAIVE_MESSAGES = 1, 4_000, 20
SMOKE_MESSAGES = 100


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    source = program("smtp-source", asked_by="sender")
    messages = QUICK_MESSAGES if given.quick else MESSAGES
    messages = SMOKE_MESSAGES if given.smoke else messages
    signed: list[Sent] = []
    unsigned: list[Sent] = []
    theirs: list[float] = []
    sink_ms: list[float] = []
    with sink(program("smtp-sink", asked_by="sender")) as taker:
        for _ in range(QUICK_ROUNDS if given.quick else ROUNDS):
            used = taker.cpu_seconds()
            signed.append(send(taker.port, messages, signed=True))
            sink_ms.append((taker.cpu_seconds() - used) / messages * 1000)
            theirs.append(_rate_of(source, taker.port, messages, signed[-1].size))
            unsigned.append(send(taker.port, messages, signed=False))
        naive = _naive_rate(
            taker.port, QUICK_NAIVE_MESSAGES if given.quick else NAIVE_MESSAGES, signed[-1].size
        )
    signing = signing_time()
    report(
        given,
        name="sender",
        ratio=_rate(signed) / median(theirs),
        against="smtp-source sending as many messages of the same length",
        limit=LIMIT,
        unsigned_ratio=round(_rate(unsigned) / median(theirs), 4),
        unsigned_limit=UNSIGNED_LIMIT,
        ceiling=round(_ceiling(theirs, sink_ms, signing), 4),
        naive_ratio=round(naive / median(theirs), 4),
        per_s={
            "signed": round(_rate(signed)),
            "unsigned": round(_rate(unsigned)),
            "smtp_source": round(median(theirs)),
            "naive": round(naive),
        },
        cpu_ms={
            "signed": _cpu_ms(signed),
            "unsigned": _cpu_ms(unsigned),
            "smtp_sink": round(median(sink_ms), 3),
            "signature_alone": round(signing.alone, 3),
            "signature_beside_others": round(signing.beside, 3),
        },
        peak_mb=round(max(each.peak_mb for each in (*signed, *unsigned))),
        messages=messages,
        message_bytes=signed[-1].size,
    )


def _rate(rounds: Sequence[Sent]) -> float:
    return median(each.rate for each in rounds)


def _ceiling(theirs: Sequence[float], sink_ms: Sequence[float], signing: SigningTime) -> float:
    return ceiling(
        reference=median(theirs),
        sink_ms=median(sink_ms),
        signing_ms=signing.beside,
        processors=processors(),
    )


def _cpu_ms(rounds: Sequence[Sent]) -> float:
    return round(median(each.cpu_ms for each in rounds), 3)


def _rate_of(source: str, port: int, messages: int, size: int) -> float:
    """Return how many messages `smtp-source` sends in a second, over connections that it keeps."""
    command = [source, "-d", "-s", str(CONNECTIONS), "-l", str(size), "-m", str(messages)]
    command += ["-f", "news@news.example.net", "-t", "reader@example.net", f"127.0.0.1:{port}"]
    return messages / seconds(lambda: subprocess.run(command, check=True))  # noqa: S603 (it is installed)


def _naive_rate(port: int, messages: int, size: int) -> float:
    """Return how many messages a second go as a short script would send them."""
    key = generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    body = ""
    while len(body) < size:
        body += f"<p>{paragraph(len(body), 5)}</p>\n"

    def send_all() -> None:
        with smtplib.SMTP("127.0.0.1", port) as relay:
            for number in range(messages):
                _send_naively(relay, key, body[:size], f"reader{number}@example.net")

    return messages / seconds(send_all)


def _send_naively(relay: smtplib.SMTP, key: bytes, body: str, address: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Benchmark <news@news.example.net>", address
    mail["Subject"], mail["Message-ID"] = "Story number 1", f"<{address}>"
    mail.set_content(body, subtype="html")
    octets = mail.as_bytes()
    signature = dkim.sign(octets, b"bench", b"news.example.net", key)
    relay.sendmail("news@news.example.net", [address], signature + octets)


if __name__ == "__main__":
    main()
