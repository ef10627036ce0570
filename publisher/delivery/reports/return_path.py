"""The envelope sender of a delivery, which names it to whoever sends a bounce back (VERP).

`bounces+m12-d345-<MAC>@example.com`: whoever does not know the key cannot make one, so a report that comes to
it is about that very delivery.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_MARK: Final = re.compile(r"m(\d{1,18})-d(\d{1,18})-([a-z2-7]{16})", re.ASCII)


def return_path(key: bytes, mailbox: str, *, mailing: int, subscriber: int) -> str:
    """Return the address in `mailbox` ("bounces@example.com") to which bounces of a delivery come."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+m{mailing}-d{subscriber}-{_mac(key, mailing, subscriber)}@{domain}"


def read_return_path(address: str, mailbox: str, keys: Iterable[bytes]) -> tuple[int, int] | None:
    """Return mailing and subscriber if one of `keys` made this address in `mailbox`, else None.

    Capitals do not matter: some servers on the way change them.
    """
    local, _, domain = mailbox.lower().rpartition("@")
    before, at, after = address.lower().rpartition("@")
    mark = _MARK.fullmatch(before.removeprefix(f"{local}+"))
    if not at or after != domain or not before.startswith(f"{local}+") or mark is None:
        return None
    mailing, subscriber = int(mark[1]), int(mark[2])
    if any(compare_digest(_mac(key, mailing, subscriber), mark[3]) for key in keys):
        return mailing, subscriber
    return None


def _mac(key: bytes, mailing: int, subscriber: int) -> str:
    return (
        b32encode(digest(key, f"return-path {mailing} {subscriber}".encode(), sha256)[:10]).decode().lower()
    )
