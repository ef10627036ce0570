"""The language that a browser asks for, among those that pages speak."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_RANGE: Final = re.compile(r"([a-z]{1,8})(?:-[a-z0-9]{1,8})*(?:\s*;\s*q=([01](?:\.\d{0,3})?))?", re.ASCII)
_MOST: Final = 20


def preferred(accepted: str, among: Collection[str]) -> str:
    """Return the language of `among` that `Accept-Language` (RFC 9110 section 12.5.4) likes best, or "".

    Languages are compared by their first subtag; what cannot be read is passed over.
    """
    found = [_RANGE.fullmatch(part.strip()) for part in accepted.lower().split(",")[:_MOST]]
    liked = [(float(each[2] or 1), each[1]) for each in found if each is not None and each[1] in among]
    best = max(liked, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else ""
