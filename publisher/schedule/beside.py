"""What happens beside the clock: work that may take its time, and holds up neither publishing nor sending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from publisher.app import Publisher
from publisher.errors import PublisherError

PATIENCE: Final = 15.0
"""Seconds for which a stop waits for what is going on."""

_log = structlog.get_logger()


class Beside:
    """Does `action` in a thread of its own: once after each `nudge`, and never twice at a time.

    Nudges that come while it is at work are one. Each distinct trouble is logged once until it is over.
    """

    def __init__(self, publisher: Publisher, action: Callable[[Publisher], object]) -> None:
        self._publisher = publisher
        self._action = action
        self._name = getattr(action, "__name__", "action")
        self._told = ""
        self._nudged = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)

    def start(self) -> None:
        """Be there for nudges."""
        self._thread.start()

    def nudge(self) -> None:
        """Let the action be done, soon."""
        self._nudged.set()

    def stop(self) -> None:
        """End after what is going on, within reason; also before the start, and a second time."""
        self._stopped = True
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        while self._nudged.wait() and not self._stopped:
            self._nudged.clear()
            try:
                self._action(self._publisher)
                self._told = ""
            except PublisherError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001 - a bug met once must not be the end of it
                if repr(error) != self._told:
                    _log.exception("something beside the clock has failed", action=self._name)
                self._told = repr(error)

    def _tell(self, trouble: str) -> None:
        if trouble != self._told:
            _log.warning("trouble", what=trouble)
        self._told = trouble
