"""A lock that is fair: whoever came first goes first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta


class NoTurnError(Exception):
    """Our turn has not come in time."""


class Turns:
    """One thread at a time, in the order of coming.

    SQLite's own way of waiting starves whoever is second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._holder: int | None = None

    @contextmanager
    def taken(self, patience: timedelta) -> Iterator[None]:
        """Wait for our turn and keep it until the end of the block.

        Raises:
            NoTurnError: it has not come within `patience`.
            RuntimeError: this thread has it already.
        """
        self._wait(patience)
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._pass_on()

    def _wait(self, patience: timedelta) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            if self._holder == threading.get_ident():
                raise RuntimeError("a writing transaction was begun inside another one")
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            came = turn.wait(patience.total_seconds())
        except BaseException:  # Ctrl-C must not leave somebody in the row who will never take the turn
            if not self._leave(turn):
                self._pass_on()
            raise
        if not came and self._leave(turn):
            raise NoTurnError

    def _leave(self, turn: threading.Event) -> bool:
        """Wait no longer; return False if the turn has come in the very last moment."""
        with self._lock:
            if turn.is_set():
                return False
            self._waiting.remove(turn)
            return True

    def _pass_on(self) -> None:
        """Hand the turn to the first who waits; it stays taken meanwhile, so nobody can slip in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
