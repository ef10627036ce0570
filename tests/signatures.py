"""Signatures for tests: keys, the record that would stand in DNS, and dkimpy as the independent reader."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # dkimpy has no types
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from publisher.delivery.dkim import Signer

MOMENT = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)


def private_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, the same for all tests of a process."""
    return _private_key(bits)


def signer(*, unsigned: frozenset[str] = frozenset(), domain: str = "example.org") -> Signer:
    return Signer(domain=domain, selector="news", key=private_key(), unsigned=unsigned)


def save_key(path: Path, *, bits: int = 2048) -> None:
    """Write a private key as `openssl genrsa` does, for its owner's eyes."""
    pem = private_key(bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path.write_bytes(pem)
    path.chmod(0o600)


def public_record() -> str:
    """Return the record of the key, written down without the publisher."""
    public = private_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def is_verified(mail: bytes, *, name: str = "news._domainkey.example.org.", record: str = "") -> bool:
    """Return whether a mail is verified with a record that stands in DNS under `name`, and only there."""
    records = {name: record or public_record()}

    def text_record(asked: bytes, timeout: float = 5) -> bytes | None:  # noqa: ARG001 - dkimpy's signature
        found = records.get(asked.decode())
        return found.encode() if found else None

    verified: bool = dkim.verify(mail, dnsfunc=text_record)
    return verified


@cache
def _private_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
