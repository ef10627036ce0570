"""What a machine itself allows a sender of signed mails, whoever wrote that sender."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import mean
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

_ROUNDS: Final = 5
_SIGNATURES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningTime:
    """Milliseconds of a processor for one signature (RSA, 2048 bits, by `cryptography`).

    `alone` while nothing else is signed, `beside` while every processor signs: two that are threads of one
    core slow each other.
    """

    alone: float
    beside: float


def signing_time() -> SigningTime:
    """Measure it: the best of a few rounds."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return SigningTime(alone=_signing_ms(key, threads=1), beside=_signing_ms(key, threads=processors()))


def ceiling(*, reference: float, sink_ms: float, signing_ms: float, processors: int) -> float:
    """Return the share of the `reference` rate that a sender can reach at the most, from 0 to 1.

    For each message somebody on this machine has to sign it (`signing_ms` of a processor while all are busy)
    and `smtp-sink` has to take it (`sink_ms`). If the processors did nothing but these two, without a gap,
    and everything else cost nothing (neither filling nor the ledger nor sending does), so many messages a
    second would go: this is their number divided by the reference. `reference` are messages a second.
    """
    return min(1.0, processors * 1000 / (signing_ms + sink_ms) / reference)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def _signing_ms(key: RSAPrivateKey, *, threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        return min(mean(pool.map(_sign, [key] * threads)) / _SIGNATURES * 1000 for _ in range(_ROUNDS))


def _sign(key: RSAPrivateKey) -> float:
    """Sign again and again; return the seconds of the processor."""
    start = time.thread_time()
    for number in range(_SIGNATURES):
        key.sign(b"%d" % number, PKCS1v15(), SHA256())
    return time.thread_time() - start
