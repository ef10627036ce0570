"""What stands in a front matter before anybody asks what it means: keys, scalars, and where they are."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_UNSEEN = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value as text. `start` and `end` are its offsets in the file, quotes included.

    `plain` is True for a YAML value without quotes, `cut` when a comment ends it on its line.
    """

    text: str
    start: int
    end: int
    plain: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """A value with structure that no field of ours has; `start` and `end` are offsets in the file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A flat list of values; `start` and `end` are offsets in the file."""

    items: tuple[Scalar, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One field as it is written: its key, where the key begins, and its value."""

    key: str
    start: int
    value: Scalar | Sequence | Nested


def texts(value: Scalar | Sequence | Nested) -> tuple[str, ...] | None:
    """Return what a value says, wherever it stands; None for one with structure."""
    if isinstance(value, Nested):
        return None
    return tuple(item.text for item in value.items) if isinstance(value, Sequence) else (value.text,)


def quoted(value: str) -> str:
    """Return `value` in double quotes, as YAML and TOML both read it."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
