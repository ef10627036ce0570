"""What follows for a reader from what came back; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason

PROBE_AFTER: Final = timedelta(days=14)
"""So long a bounced address is left alone before one mailing tries it once more."""

POINT: Final = timedelta(days=10)
"""In this time one point of a score is forgotten."""

MOST_POINTS: Final = 5
"""At so many points an address is left alone: after five issues of a daily in a row, six of two a week,
twelve of a weekly; with an issue a month never."""

_NOT_THE_READERS: Final = re.compile(r"[45]\.7\.\d+|[45]\.1\.[78]|[45]\.[56]\.\d+|[45]\.2\.3|[45]\.3\.4")
"""Policy and reputation, our address, our protocol, our content, our size: no reader is blamed for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a reader before a report: the score, as of `scored_at`.

    `is_first` says that no other bounce of this delivery has come, `is_probe` that the delivery was the probe
    of an address that had bounced.
    """

    score: int = 0
    scored_at: datetime | None = None
    is_first: bool = True
    is_probe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is done: the score as it now stands, and more if it is needed.

    The address is suppressed for a reason, with a probe at `probe_at` or for good; the subscription is ended.
    """

    score: int
    scored_at: datetime | None
    suppress: SuppressionReason | None = None
    probe_at: datetime | None = None
    unsubscribe: bool = False


def decide(kind: ReportKind, code: str, *, standing: Standing, now: datetime) -> Measures:
    """Return what follows from a report.

    A complaint is for ever, a hard bounce until a probe has shown the contrary; soft ones add up and are
    forgotten; of everything else it is only known that it came.
    """
    score, scored_at = _faded(standing, now)
    if kind is ReportKind.COMPLAINT:
        return Measures(
            score=score, scored_at=scored_at, suppress=SuppressionReason.COMPLAINT, unsubscribe=True
        )
    later = now + PROBE_AFTER
    if kind is ReportKind.HARD_BOUNCE:
        probe_at = None if standing.is_probe else later
        return Measures(
            score=score, scored_at=scored_at, suppress=SuppressionReason.HARD_BOUNCE, probe_at=probe_at
        )
    if kind is ReportKind.SOFT_BOUNCE and standing.is_first and not _NOT_THE_READERS.fullmatch(code):
        if standing.is_probe or score + 1 >= MOST_POINTS:
            return Measures(score=0, scored_at=now, suppress=SuppressionReason.HARD_BOUNCE, probe_at=later)
        return Measures(score=score + 1, scored_at=scored_at or now)
    return Measures(score=score, scored_at=scored_at)


def _faded(standing: Standing, now: datetime) -> tuple[int, datetime | None]:
    """Return the score without what is forgotten by now, and the moment from which the next point fades."""
    if standing.scored_at is None or standing.score == 0:
        return 0, None
    forgotten = max(0, (now - standing.scored_at) // POINT)
    if forgotten >= standing.score:
        return 0, None
    return standing.score - forgotten, standing.scored_at + forgotten * POINT
