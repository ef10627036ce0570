"""Reports that are posted: signed as Standard Webhooks say, so that nobody else can make one; pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any, Final

from publisher.delivery.replies import words
from publisher.delivery.reports.dsn import bounce
from publisher.delivery.reports.reading import Reading
from publisher.errors import PublisherError
from publisher.model.reports import ReportKind

FRESH: Final = timedelta(minutes=5)
"""What was signed longer ago, or that much in the future, is not believed."""

SHORTEST_KEY: Final = 16

_PREFIX: Final = "whsec_"
_ID: Final = re.compile(r"[!-~]{1,200}")
_TIMESTAMP: Final = re.compile(r"\d{1,11}", re.ASCII)
_CODE: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_SIGNATURES: Final = 10

_KINDS: Final = {
    "bounce": ReportKind.SOFT_BOUNCE,
    "complaint": ReportKind.COMPLAINT,
    "delivered": ReportKind.DELIVERED,
    "delayed": ReportKind.DELAYED,
}
"""The types that can be posted; a bounce is as hard as its code says."""


class PayloadError(PublisherError):
    """What was posted is genuine, and cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`."""

    id: str
    timestamp: str
    signature: str


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for: `whsec_` and base64, or any other text as it is.

    Raises:
        ValueError: it is no base64, or too short to be a secret.
    """
    coded = secret.removeprefix(_PREFIX)
    key = base64.b64decode(coded, validate=True) if coded != secret else secret.encode()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"it has {len(key)} bytes; {SHORTEST_KEY} are the least")
    return key


def sign(key: bytes, *, id: str, timestamp: str, body: bytes) -> str:  # noqa: A002 (the header's name)
    """Return the signature of a body: `v1,` and the base64 of its HMAC-SHA256."""
    mac = digest(key, f"{id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(mac).decode('ascii')}"


def is_genuine(signed: Signed, body: bytes, *, key: bytes, now: datetime) -> bool:
    """Tell whether a body was signed with our key, and lately.

    How long it takes does not tell how much of a signature was right. That it is new, the caller must see.
    """
    if not _ID.fullmatch(signed.id) or not _TIMESTAMP.fullmatch(signed.timestamp):
        return False
    expected = sign(key, id=signed.id, timestamp=signed.timestamp, body=body).encode()
    given = signed.signature.split(" ")[:_SIGNATURES]
    is_ours = any(compare_digest(each.encode("utf-8", "replace"), expected) for each in given)
    return is_ours and abs(now.timestamp() - int(signed.timestamp)) <= FRESH.total_seconds()


def payload_of(body: bytes, *, id: str) -> Reading | bytes:  # noqa: A002 (the header's name)
    """Return what a genuine body says, or the mail that it holds under `raw`.

    Raises:
        PayloadError: it cannot be understood; the sentence says what it should be.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise _wrong("this is not JSON") from None
    if not isinstance(payload, dict):
        raise _wrong("this is no JSON object")
    return _raw(payload["raw"]) if "raw" in payload else _reading(payload, id)


def _raw(coded: object) -> bytes:
    try:
        return base64.b64decode(coded if isinstance(coded, str) else "-", validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("'raw' is no mail in base64") from None


def _reading(payload: dict[str, Any], identity: str) -> Reading:
    texts = {name: payload.get(name, "") for name in ("type", "return_path", "code", "text")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise _wrong(f"'{name}' is no text")
    if texts["type"] not in _KINDS:
        raise _wrong(f"'type' is none of {', '.join(_KINDS)}")
    if texts["code"] and not _CODE.fullmatch(texts["code"]):
        raise _wrong("'code' is not of the form 5.1.1")
    kind = _KINDS[texts["type"]]
    return Reading(
        kind=bounce(texts["code"]) if kind is ReportKind.SOFT_BOUNCE else kind,
        named=(texts["return_path"][:400],),
        identity=identity,
        code=texts["code"],
        text=words(texts["text"]),
    )


def _wrong(what: str) -> PayloadError:
    return PayloadError(what, fix="docs/how-to/reports.md says what is understood")
