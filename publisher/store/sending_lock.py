"""The right to send: one sender at a time works on an SQLite file, whoever else has it open."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import Self

from publisher.errors import StoreError
from publisher.store.database import Database

_DIGITS = 20


class SendingRight:
    """Held until `release`, the end of a `with` block, or the end of the process, however it ends."""

    def __init__(self, handle: int | None) -> None:
        self._handle = handle
        self.seen = 0 if handle is None else _number(os.pread(handle, _DIGITS, 0))
        """How many steps senders have taken on this file, as far as this machine knows (`site.steps`).

        A database that knows of fewer is an older copy that was put back.
        """

    def note(self, steps: int) -> None:
        """Remember how many steps are committed now; a crash in between loses nothing but one of them.

        Where the file cannot be written, as on a full disk, the next note makes up for it.
        """
        if self._handle is not None and steps > self.seen:
            with suppress(OSError):
                os.pwrite(self._handle, f"{steps:0{_DIGITS}}".encode(), 0)
                self.seen = steps

    def release(self) -> None:
        """Let somebody else send; doing so twice is harmless."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def try_take(database: Database) -> SendingRight | None:
    """Take the right to send for this process, or return None if another sender has it.

    It is a lock on the file `<database>.sender-lock`, which stays and counts the steps of senders. On
    PostgreSQL several may send, because the rows themselves say who works on what.

    Raises:
        StoreError: the lock file cannot be written.
    """
    if database.path is None:
        return SendingRight(None)
    file = database.path.resolve()  # one lock for one file, by whichever path it was opened
    path = file.with_name(file.name + ".sender-lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return SendingRight(handle)


def is_taken(database: Database) -> bool | None:
    """Tell whether somebody has the right to send on an SQLite file, None on PostgreSQL: several may have it.

    Raises:
        StoreError: the lock file cannot be written.
    """
    if database.path is None:
        return None
    right = try_take(database)
    if right is None:
        return True
    right.release()
    return False


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() else 0
