"""Deliver into a Maildir on this machine (https://cr.yp.to/proto/maildir.html)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from publisher.delivery.replies import words
from publisher.delivery.transports.transport import unsendable
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """Where the Maildir is; it is made if it is missing."""

    path: Path


class FolderTransport:
    """Writes each delivery exactly once, also after a crash between writing and recording.

    The file's name follows from the delivery, so a second try finds the first one's file, in `new/` or, when
    a mail program has moved it and added its flags, in `cur/`.
    """

    name = "folder"
    idempotent = True

    def __init__(self, settings: FolderSettings) -> None:
        self._maildir = _Maildir(settings.path)

    async def send(
        self,
        message: Message,
        *,
        then: Envelope | None = None,  # noqa: ARG002 - nobody is to be told beforehand
    ) -> Outcome:
        """Write the message, its bytes untouched below two trace fields; a full disk is the relay's fault."""
        refusal = unsendable(message)
        if refusal is not None:
            return refusal
        try:
            where = await asyncio.to_thread(self._maildir.deliver, _name(message), _traced(message))
        except OSError as error:
            text = f"cannot write into the Maildir {self._maildir.path}: {error.strerror or error}"
            return Outcome(
                state=DeliveryState.DEFERRED, text=words(text), stage=Stage.CONNECT, relay_fault=True
            )
        return Outcome(state=DeliveryState.ACCEPTED, text=where)

    async def close(self) -> None:
        """There is nothing to close."""


class _Maildir:
    """The folders tmp, new and cur below `path`; blocking, for a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tmp, self._new, self._cur = (path / name for name in ("tmp", "new", "cur"))
        self._listing: frozenset[str] = frozenset()
        self._listed = -1
        self._file_clock = 0

    def deliver(self, name: str, content: bytes) -> str:
        """Put the mail into `new/` unless it was delivered before; return where it is, safe on the disk.

        Raises:
            OSError: the disk is full, or the folder cannot be made or written.
        """
        for folder in (self._tmp, self._new, self._cur):
            folder.mkdir(parents=True, exist_ok=True)
        if not (self._new / name).exists():
            if name in self._moved_by_reader():
                return f"cur/{name}"
            self._write(self._new / name, content)
        _sync(self._new)
        return f"new/{name}"

    def _moved_by_reader(self) -> frozenset[str]:
        """Return the names in `cur/` without flags; the folder is listed again only when it has changed.

        File systems tell time in steps of some milliseconds. A listing is kept only if a file written before
        it is younger than the folder's last change: then no later change can bear the same time.
        """
        changed = self._cur.stat().st_mtime_ns
        if changed == self._listed:
            return self._listing
        listing = frozenset(re.split("[:,]", entry.name, maxsplit=1)[0] for entry in self._cur.iterdir())
        if self._file_clock > changed:
            self._listed, self._listing = changed, listing
        return listing

    def _write(self, target: Path, content: bytes) -> None:
        """Make the file appear whole or not at all."""
        handle, unfinished = tempfile.mkstemp(prefix=f"{target.name}.", dir=self._tmp)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                self._file_clock = os.fstat(file.fileno()).st_mtime_ns
            Path(unfinished).rename(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
            raise


def _name(message: Message) -> str:
    """Return the delivery's file name: readable, safe on every file system, and no other delivery's.

    The Message-ID belongs to it because it is keyed by the newsroom: after a new start with an empty database
    the same numbers name other deliveries.
    """
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", message.key)[:60]
    digest = hashlib.sha256(f"{message.key}\n{message.message_id}".encode()).hexdigest()
    return f"{readable}.{digest[:20]}"


def _traced(message: Message) -> bytes:
    """Return the message below the fields that a final delivery adds (RFC 5321 section 4.4)."""
    trace = f"Return-Path: <{message.envelope_from}>\r\nDelivered-To: {message.envelope_to}\r\n"
    return trace.encode() + message.body


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
