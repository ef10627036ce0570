"""How fast mailings go: measured where their answers come together, told to editors every few seconds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from publisher.actions.held import Answer
from publisher.model.delivery import DeliveryState

TELL_EVERY: Final = 5.0
"""Seconds over which a speed is measured."""


class Speed:
    """Counts final answers by mailing; `clock` is one that never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._counted: Counter[int] = Counter()

    def count(self, answer: Answer) -> None:
        """Count an answer that is recorded."""
        if answer.outcome.state in (DeliveryState.ACCEPTED, DeliveryState.REJECTED):
            self._counted[answer.handed.batch.mailing] += 1

    def news(self) -> dict[int, int]:
        """Return messages in a thousand seconds by mailing, once in `TELL_EVERY` seconds."""
        passed = self._clock() - self._since
        if passed < TELL_EVERY:
            return {}
        found = {mailing: round(count * 1000 / passed) for mailing, count in self._counted.items()}
        self._since = self._clock()
        self._counted.clear()
        return found
