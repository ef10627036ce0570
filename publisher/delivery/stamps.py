"""Time stamps of forms: when a form was made, and for what; signed, so that nobody can make one up."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_STAMP: Final = re.compile(r"(\d{1,14})\.([a-z2-7]{32})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(key: bytes, *, about: str, now: datetime) -> str:
    """Return the stamp of a form that is made now; it holds for a form with this `about` alone."""
    moment = str((now - _EPOCH) // timedelta(milliseconds=1))
    return f"{moment}.{_mac(key, moment, about)}"


def moment_of(text: str, keys: Iterable[bytes], *, about: str) -> datetime | None:
    """Return when the form with this stamp was made, None if none of `keys` has made it for `about`."""
    match = _STAMP.fullmatch(text)
    if match is None or not any(compare_digest(_mac(key, match[1], about), match[2]) for key in keys):
        return None
    return _EPOCH + timedelta(milliseconds=int(match[1]))


def _mac(key: bytes, moment: str, about: str) -> str:
    mac = digest(key, f"form {moment} {about}".encode(errors="surrogatepass"), sha256)
    return b32encode(mac[:20]).decode("ascii").lower()
