"""The purge: once a day, in the night, whatever is older than the settings allow is removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.settings_privacy import PrivacySettings
from publisher.settings_types import FOREVER
from publisher.store import purging
from publisher.store.purging import BUDGET_KEPT, BUDGETS

HOUR: Final = time(3)
"""When a purge is due, on the publication's clock."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many rows of a kind were removed, or would be; `before` is the moment up to which they were old."""

    kind: str
    before: datetime
    rows: int


def purge_nightly(publisher: Publisher) -> tuple[Purged, ...]:
    """Purge if that is due, and say in the log what was removed; of several servers one does it.

    Budgets that have been full again for an hour are forgotten each time, not only in the night.

    What a server that is stopped leaves behind waits for the next night. After trouble it is due again.

    Raises:
        StoreError: the database cannot be written; what is left is removed later.
    """
    with publisher.database.read() as db:
        now, last = publisher.now(db), purging.purged_at(db)
        has_old = purging.count_old(db, BUDGETS, now - BUDGET_KEPT)
    if has_old:
        _purge(publisher, BUDGETS, now - BUDGET_KEPT, now)
    if not is_due(last, now=now, zone=publisher.settings.publication.timezone):
        return ()
    with publisher.database.begin() as db:
        if not purging.begin_purge(db, last=last, now=now):
            return ()
    try:
        purged = purge(publisher)
    except PublisherError:
        with publisher.database.begin() as db:
            purging.begin_purge(db, last=now, now=last)
        raise
    if any(each.rows for each in purged):
        _log.info("purged", **{each.kind: each.rows for each in purged if each.rows})
    return purged


def purge(publisher: Publisher) -> tuple[Purged, ...]:
    """Remove whatever is older than the settings allow, a few rows at a time: others write in between.

    Doing it again removes nothing more.

    Raises:
        StoreError: the database cannot be written; what is left can be removed later.
    """
    now = publisher.now()
    return tuple(
        Purged(kind=kind, before=before, rows=_purge(publisher, kind, before, now))
        for kind, before in limits(publisher.settings.privacy, now=now)
    )


def purgeable(publisher: Publisher) -> tuple[Purged, ...]:
    """Return what `purge` would remove now."""
    with publisher.database.read() as db:
        return tuple(
            Purged(
                kind=kind,
                before=before,
                rows=purging.count_forgettable(db, before)
                if kind == _DELIVERIES
                else purging.count_old(db, kind, before),
            )
            for kind, before in limits(publisher.settings.privacy, now=publisher.now(db))
        )


def is_due(last: datetime | None, *, now: datetime, zone: str) -> bool:
    """Return whether an `HOUR` has passed since a purge was last begun; the first is due at once."""
    if last is None:
        return True
    local = now.astimezone(ZoneInfo(zone))
    tonight = datetime.combine(local.date(), HOUR, ZoneInfo(zone))
    return last < (tonight if tonight <= now else tonight - timedelta(days=1)) or last > now


def limits(settings: PrivacySettings, *, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the kinds that are not kept forever, each with the moment up to which they are old."""
    for kind in type(settings).model_fields:
        kept: timedelta = getattr(settings, kind)
        if kept != FOREVER:
            yield kind, now - kept
    yield BUDGETS, now - BUDGET_KEPT


_DELIVERIES: Final = "deliveries"


def _purge(publisher: Publisher, kind: str, before: datetime, now: datetime) -> int:
    if kind == _DELIVERIES:
        _forget_mailings(publisher, before, now)
    rows = 0
    while True:
        with publisher.database.begin() as db:
            some = purging.purge_some(db, kind, before)
        if not some:
            return rows
        rows += some


def _forget_mailings(publisher: Publisher, before: datetime, now: datetime) -> None:
    while True:
        with publisher.database.begin() as db:
            if purging.forget_mailing(db, before=before, now=now) is None:
                return
