"""Beside the loop: what takes its time is done in a thread of its own, and the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

_T = TypeVar("_T")


async def beside(step: Callable[[], _T]) -> _T:
    """Return what `step` returns, or raise what it raises.

    No executor's thread: at its end a program would wait for those, and a database may never answer.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(future.set_result, step())
        except BaseException as error:  # noqa: BLE001 - whoever awaits it gets it
            settle = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if future.done() else settle())

    threading.Thread(target=run, name="beside the loop", daemon=True).start()
    return await future
