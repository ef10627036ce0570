"""The tokens of links in mails: deterministic, so a second attempt is the same mail, and good for one thing.

A token is `v1.<kid>.<public_id>.<list>.<purpose>.<MAC>`: which key signed it, whose it is, for which list and
what it allows. It holds no address. To change any part of it is to make it worthless.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"
TEST: Final = "test"
"""The purpose of a token in a test mail, which is good for nothing."""

_PARTS: Final = r"v1(?:\.[A-Za-z0-9_-]{1,64}){4}"
_SIGNED: Final = re.compile(_PARTS)
_TOKEN: Final = re.compile(_PARTS + r"\.[a-z2-7]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token says, once its signature has been seen to be ours."""

    kid: str
    public_id: str
    list: str
    purpose: str


def make(key: bytes, *, kid: str, public_id: str, list: str, purpose: str = UNSUBSCRIBE) -> str:  # noqa: A002 (our word)
    """Return the token that `key`, known as `kid`, signs for a subscriber, a list and a purpose.

    Raises:
        ValueError: a part is not 1 to 64 letters, digits, `-` and `_`.
    """
    signed = f"v1.{kid}.{public_id}.{list}.{purpose}"
    if not _SIGNED.fullmatch(signed):
        raise ValueError(f"{signed!r} has a part that cannot be part of a token")
    return f"{signed}.{_mac(key, signed)}"


def read(token: str, keys: Mapping[str, bytes], *, purpose: str = UNSUBSCRIBE) -> Token | None:
    """Return what `token` says if one of `keys` (by kid) signed it for `purpose`, else None.

    How long it takes does not tell how much of the signature was right.
    """
    if not _TOKEN.fullmatch(token):
        return None
    signed, _, mac = token.rpartition(".")
    _, kid, public_id, list_name, allowed = signed.split(".")
    key = keys.get(kid)
    if key is None or not compare_digest(_mac(key, signed), mac) or allowed != purpose:
        return None
    return Token(kid=kid, public_id=public_id, list=list_name, purpose=allowed)


def _mac(key: bytes, signed: str) -> str:
    return b32encode(digest(key, f"token {signed}".encode("ascii"), sha256)[:20]).decode("ascii").lower()
