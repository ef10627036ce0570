"""What an approval covers: a hash over all that a reader sees or that decides who gets it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date

from publisher.model.edition import Edition

_NOT_COVERED = frozenset({"content_hash", "number"})


def content_hash(edition: Edition) -> str:
    """Return the SHA-256 (hex) of the edition as canonical JSON.

    The number may be given at publication and is not covered. A picture's bytes are covered by its name.
    """
    covered = {
        field.name: _plain(getattr(edition, field.name))
        for field in fields(edition)
        if field.name not in _NOT_COVERED
    }
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, bytes) else value
