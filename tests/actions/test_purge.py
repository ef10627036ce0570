"""The purge comes once a night, goes by the settings, and says what it removed without an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from structlog.testing import CapturingLogger

from publisher.actions.purge import is_due, purge, purge_nightly, purgeable
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.delivery import DeliveryState, NextStep
from publisher.settings_privacy import PrivacySettings
from publisher.store import audit, notices, purging
from tests.newsrooms import MONDAY, HandClock, Newsroom

ADDRESS = "bo@example.net"
MADRID = "Europe/Madrid"


@pytest.fixture
def log() -> Iterator[CapturingLogger]:
    logger = CapturingLogger()
    structlog.configure(logger_factory=lambda *_: logger, processors=[])
    yield logger
    structlog.reset_defaults()


def told(publisher: Publisher) -> int:
    """Finish a notice and return how many there are."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        notices.add(db, kind="held", address=ADDRESS, payload={}, now=now)
        (notice,) = notices.claim(db, now=now, lease_until=now + timedelta(minutes=1))
        notices.mark(db, notice, NextStep(state=DeliveryState.ACCEPTED), now=now)
    return known(publisher)


def known(publisher: Publisher) -> int:
    with publisher.database.read() as db:
        return len(notices.payloads(db, kind="held", address=ADDRESS, since=MONDAY))


def rows(found: tuple[Any, ...]) -> dict[str, int]:
    return {each.kind: each.rows for each in found if each.rows}


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, datetime(2026, 10, 5, 12, tzinfo=UTC), "due"),
        (datetime(2026, 10, 5, 1, 0, tzinfo=UTC), datetime(2026, 10, 5, 23, tzinfo=UTC), ""),
        (datetime(2026, 10, 5, 1, 0, tzinfo=UTC), datetime(2026, 10, 6, 0, 59, tzinfo=UTC), ""),
        (datetime(2026, 10, 5, 1, 0, tzinfo=UTC), datetime(2026, 10, 6, 1, 0, tzinfo=UTC), "due"),
        (datetime(2026, 10, 5, 0, 59, tzinfo=UTC), datetime(2026, 10, 5, 1, 0, tzinfo=UTC), "due"),
        (datetime(2026, 10, 1, 1, 0, tzinfo=UTC), datetime(2026, 10, 5, 0, 0, tzinfo=UTC), "due"),
        (datetime(2027, 10, 1, 1, 0, tzinfo=UTC), datetime(2026, 10, 5, 0, 0, tzinfo=UTC), "due"),
    ],
    ids=["never", "same day", "before three", "at three", "just after", "days ago", "clock put back"],
)
def test_a_purge_is_due_when_three_o_clock_has_passed(last: datetime | None, now: datetime, due: str) -> None:
    assert is_due(last, now=now, zone=MADRID) is bool(due)


def test_a_night_is_purged_once_and_the_log_names_numbers_alone(
    publisher: Publisher, clock: HandClock, log: CapturingLogger
) -> None:
    assert told(publisher) == 1
    purge_nightly(publisher)
    clock.passes(days=31)

    first, second = purge_nightly(publisher), purge_nightly(publisher)

    assert rows(first) == {"notices": 1}
    assert second == ()
    assert known(publisher) == 0
    (call,) = log.calls
    assert call.kwargs == {"event": "purged", "notices": 1}


def test_a_dry_run_counts_what_a_purge_removes_and_removes_nothing(
    publisher: Publisher, clock: HandClock
) -> None:
    told(publisher)
    clock.passes(days=31)

    counted = rows(purgeable(publisher))

    assert known(publisher) == 1
    assert counted == rows(purge(publisher)) == {"notices": 1}
    assert rows(purge(publisher)) == {}


def test_after_trouble_a_purge_is_due_again(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise StoreError("the disk is full")

    with monkeypatch.context() as trouble:
        trouble.setattr(purging, "purge_some", refuse)
        with pytest.raises(StoreError):
            purge_nightly(publisher)

    assert purge_nightly(publisher) != ()


def test_what_is_kept_forever_is_not_looked_at(newsroom: Newsroom) -> None:
    newsroom.sets('[privacy]\nnotices = "forever"\naudit = "7d"\n')
    with newsroom.opened() as publisher:
        told(publisher)
        with publisher.database.begin() as db:
            audit.write(db, at=publisher.now(db), actor="ann", verb="look", subject="x")
        newsroom.clock.passes(days=400)

        kinds = {each.kind for each in purge(publisher)}

        assert known(publisher) == 1
        assert "notices" not in kinds
        assert "audit" in kinds
        with publisher.database.read() as db:
            assert audit.listed(db) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [("notices", "soon"), ("pending", "1h"), ("deliveries", "6d"), ("links", 7), ("words", "0s")],
)
def test_a_time_that_makes_no_sense_is_refused(setting: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"30d|shorter"):
        PrivacySettings.model_validate({setting: value})
