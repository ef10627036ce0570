"""A notice of each kind as the store has it, and its mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from publisher.model.delivery import DeliveryState
from publisher.model.notices import NoticeKind, Payload
from publisher.model.records import Notice

EDITOR = "ines@example.com"
MOMENT = datetime(2026, 10, 6, 4, 41, tzinfo=UTC)
SECRET = b"s" * 32
SLOT = "Tuesday, 6 October 2026, 06:30 (Europe/Madrid)"

HEAT = {"about": "heat", "slug": "heat", "title": "What heat leaves behind"}
RAIN = {"about": "rain", "slug": "rain", "title": "حيث يسقط المطر"}


def notice(kind: str, *items: Mapping[str, object], count: int | None = None, number: int = 7) -> Notice:
    """Return a notice of some events, as it is when it is due for the first time."""
    payload: Payload = {"items": [dict(item) for item in items], "count": count or len(items)}
    return Notice(
        id=number,
        kind=kind,
        address=EDITOR,
        state=DeliveryState.PENDING,
        attempts=0,
        created_at=MOMENT,
        due_at=MOMENT,
        payload=payload,
    )


READER = {
    "about": "reader",
    "lang": "en",
    "url": "https://news.example.org/confirm/abc",
    "lists": "The Weekly",
}
"""What a notice to a reader is about."""

NOTICES: Mapping[str, Notice] = {
    "held": notice(
        NoticeKind.HELD,
        HEAT | {"reason": "its files changed after they were printed; release it as printed", "moment": SLOT},
    ),
    "held-many": notice(
        NoticeKind.HELD,
        HEAT | {"reason": "it was too late to send; release or archive it", "moment": SLOT},
        RAIN | {"reason": "first seen together with others; release or archive it", "moment": ""},
        count=1_302,
    ),
    "late": notice(NoticeKind.LATE, HEAT | {"late": "1 hour 12 minutes", "moment": SLOT}),
    "empty-slot": notice(NoticeKind.EMPTY_SLOT, {"about": "weekly", "moment": SLOT, "list": "The Weekly"}),
    "paused": notice(
        NoticeKind.PAUSED,
        HEAT
        | {
            "reason": "5 of the last 20 messages were refused at mail: 554 5.7.1 account <heat> is suspended",
            "done": "1,204",
            "audience": "12,304",
        },
    ),
    "parked": notice(NoticeKind.PARKED, HEAT | {"batch": 3, "waiting": "488"}),
    "ended": notice(
        NoticeKind.ENDED,
        HEAT
        | {
            "ending": "Sent, 2 uncertain",
            "audience": "12,304",
            "took": "14 minutes 3 seconds",
            "counts": [
                {"what": "Accepted for delivery", "number": "12,268"},
                {"what": "Rejected", "number": "31"},
                {"what": "Left, paused or suppressed before it was their turn", "number": "3"},
                {"what": "Uncertain", "number": "2"},
            ],
            "reasons": [
                {"what": "there is no such mailbox (550 5.1.1)", "number": "29"},
                {"what": "the mailbox is full (552 5.2.2)", "number": "2"},
            ],
            "uncertain": "2",
            "url": "https://news.example.org/issues/heat",
        },
    ),
}
"""What editors may be told."""
