"""What has been saved in a newsroom's folder, and telling a browser so."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope
from watchfiles import awatch

from publisher.settings import Settings
from publisher.web.server import is_stopping

_FOLDERS: Final = ("issues", "templates")

_ROUND: Final = 500
"""Milliseconds after which the files are looked at even if the operating system has told nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saves:
    """The state of a newsroom's files: `stamp` is another one whenever a file is.

    `shared` is the stamp of what all issues share: settings, templates, shared stories. `issues` has for each
    name in `issues/` a stamp of it and of what all issues share, and when something in it was saved last, in
    ns.
    """

    stamp: str
    shared: str
    issues: Mapping[str, tuple[str, int]]


def saves(root: Path) -> Saves:
    """Look at the settings, issues and templates of the newsroom in folder `root`; nothing is read."""
    issues, shared = {}, []
    for entry in sorted(_entries(root)):
        files = list(_files(entry))
        stamp = _stamp(f"{path}\0{status.st_mtime_ns}\0{status.st_size}" for path, status in files)
        if entry.parent.name == "issues" and not entry.name.startswith("_"):
            issues[entry.name] = (stamp, max((status.st_mtime_ns for _, status in files), default=0))
        else:
            shared.append(stamp)
    return Saves(
        stamp=_stamp([*shared, *(stamp for stamp, _ in issues.values())]),
        shared=_stamp(shared),
        issues={name: (_stamp([*shared, stamp]), last) for name, (stamp, last) in issues.items()},
    )


async def stream(root: Path, seen: str, scope: Scope) -> AsyncGenerator[str, None]:
    """Yield a server-sent event `saved` whenever the newsroom differs from the stamp that was told last.

    `seen` is the stamp of what the reader shows, so nothing is missed between two connections. It ends when
    the server stops.
    """
    yield "retry: 1000\n\n"
    async with aclosing(_moments(root)) as moments:
        async for _ in moments:
            if is_stopping(scope):
                return
            stamp = (await run_in_threadpool(saves, root)).stamp
            yield ": still here\n\n" if stamp == seen else f"event: saved\ndata: {stamp}\n\n"
            seen = stamp


async def _moments(root: Path) -> AsyncGenerator[None, None]:
    """Yield now, whenever something moves, and every half second anyway."""
    yield
    watched = [folder for name in _FOLDERS if (folder := root / name).is_dir()]
    changes = awatch(
        *(watched or [root]),
        recursive=bool(watched),
        watch_filter=None,
        debounce=100,
        step=20,
        rust_timeout=_ROUND,
        yield_on_timeout=True,
    )
    with suppress(OSError, RuntimeError):  # the operating system may watch no more files: asking still works
        async with aclosing(changes):
            async for _ in changes:
                yield
    while True:
        await asyncio.sleep(_ROUND / 1000)
        yield


def _stamp(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()[:32]


def _entries(root: Path) -> Iterator[Path]:
    yield root / Settings.FILE
    for name in _FOLDERS:
        with suppress(OSError):
            yield from (root / name).iterdir()


def _files(entry: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files of an entry with their status, in an order of their own; links are not followed."""
    names = [str(entry)]
    for folder, folders, files in os.walk(entry):
        folders.sort()
        names += (f"{folder}/{name}" for name in sorted(files))
    for name in names:
        with suppress(OSError):
            yield name, Path(name).stat(follow_symlinks=False)
