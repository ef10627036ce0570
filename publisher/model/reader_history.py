"""What is known of one reader: who it is, what was chosen, what was sent, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from publisher.model.delivery import DeliveryState
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SubscriptionState, SuppressionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A subscriber. `score` counts what came back lately without being final.

    The address bounced at `bounced_at` and has not been reached since; a complaint came at `complained_at`.
    """

    number: int
    address: str
    lang: str | None
    created_at: datetime
    is_role: bool
    is_disposable: bool
    counts_clicks: bool
    score: int
    bounced_at: datetime | None
    complained_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnList:
    """A subscription, since when, and how it came about."""

    list: str
    state: SubscriptionState
    since: datetime
    consent: str
    resumes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A reader's yes: to which list and text, on which page, from which network (shortened).

    `version` is made of the text.
    """

    list: str
    at: datetime
    source: str
    version: str
    text: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """Why an address must not be mailed, since when; from `probe_at` on it is tried once more."""

    reason: SuppressionReason
    since: datetime
    probe_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one issue on its way to a reader, and what a server said last if it was not content."""

    issue: str
    list: str
    state: DeliveryState
    attempts: int
    at: datetime | None
    code: int | None = None
    enhanced: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A bounce, complaint or the like, in the words of the server."""

    issue: str
    kind: ReportKind
    at: datetime
    code: str
    said: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice to a reader."""

    kind: str
    state: DeliveryState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of one address, newest first; of one that is only suppressed there is no `reader`."""

    reader: Reader | None
    suppression: Suppressed | None
    subscriptions: tuple[OnList, ...] = ()
    topics: tuple[str, ...] = ()
    consents: tuple[Agreed, ...] = ()
    deliveries: tuple[Sent, ...] = ()
    reports: tuple[CameBack, ...] = ()
    notices: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReader:
    """A reader who was looked for, with the state on each list."""

    number: int
    address: str
    lists: dict[str, SubscriptionState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A subscription as it leaves the house."""

    email: str
    list: str
    state: SubscriptionState
    since: datetime
    consent: str
    lang: str
    topics: tuple[str, ...]
    bounced: datetime | None
    complained: datetime | None
