"""What notices are about, and how several events of a kind become one notice."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

MOST_ITEMS: Final = 20
"""So many events a notice describes; of more it says how many there are."""

Item: TypeAlias = Mapping[str, object]
"""One event, as its template shows it: plain values alone. `about` names what it happened to."""

Payload: TypeAlias = Mapping[str, Any]
"""What a notice's template needs: `items`, and `count`, how many events there are in all."""


class NoticeKind(StrEnum):
    """What editors are told."""

    HELD = "held"
    LATE = "late"
    EMPTY_SLOT = "empty slot"
    PAUSED = "paused"
    PARKED = "parked"
    ENDED = "ended"


def first_payload(item: Item) -> Payload:
    """Return what a notice of one event needs."""
    return {"items": [dict(item)], "count": 1}


def joined(payload: Payload, item: Item) -> Payload:
    """Return a payload with one more event; of two about the same thing only the later counts."""
    others = [each for each in payload["items"] if each["about"] != item["about"]]
    count = payload["count"] - (len(payload["items"]) - len(others)) + 1
    return {"items": [*others, dict(item)][:MOST_ITEMS], "count": count}
