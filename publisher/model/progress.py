"""How fast a mailing goes, and when it will be done; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.records import MailingRecord

FRESH = timedelta(seconds=15)
"""A rate that is older than this says nothing of the present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many messages a mailing hands over per second, and in how many seconds it will have tried all."""

    per_second: float
    seconds_left: int


def pace(mailing: MailingRecord, now: datetime) -> Pace | None:
    """Return the pace of a mailing that is being sent, None if it stands still or nobody has measured it.

    What was deferred comes at its own time and does not count as left.
    """
    if mailing.state is not MailingState.SENDING or not mailing.rate or mailing.rate_at is None:
        return None
    if abs(now - mailing.rate_at) > FRESH:
        return None
    left = mailing.counts[DeliveryState.PENDING] + mailing.counts[DeliveryState.SENDING]
    return Pace(per_second=mailing.rate / 1000, seconds_left=ceil(left * 1000 / mailing.rate))
