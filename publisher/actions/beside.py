"""Beside the loop: what takes its time is done in a thread of its own, and the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from publisher.errors import StoreError

_T = TypeVar("_T")


async def beside(step: Callable[[], _T]) -> _T:
    """Return what `step` returns, or raise what it raises.

    No executor's thread: at its end a program would wait for those, and a database may never answer.

    Raises:
        StoreError: this machine starts no more threads now.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    results: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(step())
        except BaseException as error:  # noqa: BLE001 - whoever awaits it gets it
            errors.append(error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if ended.done() else ended.set_result(None))

    try:
        threading.Thread(target=run, name="beside the loop", daemon=True).start()
    except RuntimeError as error:
        raise StoreError(f"nothing can be written: {error}", fix="allow this program more threads") from error
    await ended
    if errors:
        raise errors[0]
    return results[0]
