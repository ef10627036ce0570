"""What an approval covers: a hash over all that a reader sees or that decides who gets it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import date

from publisher.model.edition import Edition

_COVERED_IF_SET = frozenset({"old_paths", "segment"})
"""Fields that are younger than approvals: where they are empty, a hash is what it was without them."""

_NOT_COVERED = frozenset({"content_hash", "corrections", "number"})


def content_hash(edition: Edition) -> str:
    """Return the SHA-256 (hex) of the edition as canonical JSON.

    The number may be given at publication and is not covered; corrections are no part of what is approved. A
    picture's bytes are covered by its name.
    """
    return hashlib.sha256(canonical(edition).encode("ascii")).hexdigest()


def canonical(edition: Edition) -> str:
    """Return all of an edition that is covered, as canonical JSON in ASCII."""
    covered = set(edition.__dataclass_fields__) - _NOT_COVERED
    return json.dumps(_fields(edition, covered), default=_plain, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    """Return what JSON knows for a value that it does not: a dataclass, a date, bytes."""
    if is_dataclass(value):
        return _fields(value, value.__dataclass_fields__)
    return value.isoformat() if isinstance(value, date) else None


def _fields(value: object, names: Iterable[str]) -> dict[str, object]:
    fields = {name: getattr(value, name) for name in names}
    return {name: each for name, each in fields.items() if each or name not in _COVERED_IF_SET}
