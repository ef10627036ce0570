"""The clock: it wakes the publisher up, and decides nothing.

Rows of the database are the truth; a tick that is late, doubled or lost changes nothing but the moment. So
APScheduler keeps its jobs in memory and never drops one as too late.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]  # it has no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # it has no types
from apscheduler.triggers.date import DateTrigger  # type: ignore[import-untyped]  # it has no types
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]  # it has no types

from publisher.actions.tick import Ticked, tick
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.schedule.beside import Beside
from publisher.store import issues

EVERY: Final = timedelta(seconds=5)
"""The time between ticks. An issue that is due in between starts at its own moment."""

_RHYTHM: Final = "rhythm"

_log = structlog.get_logger()


class Clock:
    """Calls `tick` every so often, and at the moment at which the next issue is due.

    `on_tick` hears what each tick did. Trouble in a tick is logged, each distinct trouble once until it is
    over, and the next tick comes as ever. After each tick the actions `beside` are done as well, each in a
    thread of its own, so that no tick waits for them.
    """

    def __init__(
        self,
        publisher: Publisher,
        on_tick: Callable[[Ticked], None] = lambda _ticked: None,
        *,
        tick: Callable[[Publisher], Ticked] = tick,
        every: timedelta = EVERY,
        beside: Sequence[Callable[[Publisher], object]] = (),
    ) -> None:
        self._publisher = publisher
        self._on_tick = on_tick
        self._tick = tick
        self._every = every
        self._told: frozenset[str] = frozenset()
        self._ticked_at = 0.0
        self._stopped = threading.Event()
        self._beside = [Beside(publisher, action) for action in beside]
        self._guard = threading.Thread(target=self._keep_going, name="clock-guard", daemon=True)
        quiet = logging.getLogger("publisher.schedule")
        quiet.setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            logger=quiet,
            executors={"default": ThreadPoolExecutor(max_workers=1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Tick now, and from now on."""
        rhythm = IntervalTrigger(seconds=self._every.total_seconds(), timezone=UTC)
        self._stopped.clear()
        self._ticked_at = time.monotonic()
        self._scheduler.add_job(self._run, rhythm, id=_RHYTHM, next_run_time=datetime.now(UTC))
        for each in self._beside:
            each.start()
        self._scheduler.start()
        self._guard.start()

    def stop(self) -> None:
        """End after the tick that is running, if one is; also before the start, and a second time."""
        self._stopped.set()
        if self._scheduler.running:
            self._guard.join()
            self._scheduler.shutdown(wait=True)
        for each in self._beside:
            each.stop()

    def _run(self) -> None:
        """Tick once. Whatever goes wrong, the clock goes on."""
        self._ticked_at = time.monotonic()
        try:
            ticked = self._tick(self._publisher)
            self._tell(ticked)
            self._on_tick(ticked)
            self._wake_up_at_next_due()
            for each in self._beside:
                each.nudge()
        except PublisherError as error:
            self._tell_troubles({str(error)})
        except Exception as error:  # noqa: BLE001 - a bug in one tick must not stop the clock
            if repr(error) not in self._told:
                _log.exception("a tick has failed")
            self._told = frozenset({repr(error)})

    def _keep_going(self) -> None:
        """Tick when no tick has come for twice the usual time.

        APScheduler plans by the wall clock: if that is set back by an hour, its next tick is an hour away.
        """
        patience = 2 * self._every.total_seconds()
        while not self._stopped.wait(patience):
            if time.monotonic() - self._ticked_at >= patience:
                self._scheduler.modify_job(_RHYTHM, next_run_time=datetime.now(UTC))

    def _wake_up_at_next_due(self) -> None:
        """Tick as well at the moment of the next issue, if that is before the next tick.

        What is due already and has not gone out is in trouble: it waits for the next tick.
        """
        with self._publisher.database.read() as db:
            due = issues.next_due(db)
        now = self._publisher.now()
        if due is not None and now < due < now + self._every:
            moment = DateTrigger(datetime.now(UTC) + (due - now))
            self._scheduler.add_job(self._run, moment, id="due", replace_existing=True)

    def _tell(self, ticked: Ticked) -> None:
        for slug in ticked.published:
            _log.info("published", issue=slug, late_seconds=self._lateness(slug))
        for slug in ticked.held:
            _log.warning("held, because it is too late", issue=slug)
        self._tell_troubles(ticked.troubles)

    def _tell_troubles(self, troubles: Iterable[str]) -> None:
        """Say what is new among the troubles of this tick."""
        for trouble in sorted(set(troubles) - self._told):
            _log.warning("trouble", what=trouble)
        self._told = frozenset(troubles)

    def _lateness(self, slug: str) -> float:
        """Return how many seconds after its moment an issue has been published, to the second."""
        with self._publisher.database.read() as db:
            record = issues.find(db, slug)
        if record is None or record.due_at is None or record.published_at is None:
            return 0
        return max(0, (record.published_at - record.due_at).total_seconds())
