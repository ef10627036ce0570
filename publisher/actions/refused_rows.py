"""The file of the rows that an import refused, as they came, with line and reason: to be mended there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from publisher.errors import PublisherError
from publisher.model.cells import defused, restored
from publisher.model.reader_columns import OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that was refused: its line, its cells, and why."""

    line: int
    cells: Sequence[str]
    why: PublisherError


@dataclass(slots=True)
class RefusedRows:
    """Writes refused rows to a file, which is only made when there is one; without a path nowhere.

    `head` is that of the file which they are from.
    """

    path: Path | None
    head: Sequence[str]
    count: int = 0
    _file: TextIO | None = field(default=None, repr=False)

    def add(self, rows: Sequence[Refused]) -> None:
        """Write rows, and see to it that they are in the file.

        Raises:
            PublisherError: the file cannot be written.
        """
        self.count += len(rows)
        if self.path is None or not rows:
            return
        try:
            if self._file is None:
                self._file = _opened(self.path)
                csv.writer(self._file).writerow(self._cells(self.head, OURS))
            csv.writer(self._file).writerows(
                self._cells(row.cells, (str(row.line), _sentence(row.why))) for row in rows
            )
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def go_on(self, line: int) -> None:
        """Take up the file of an import that was broken off, without what it said of rows after a line."""
        if self.path is None or not self.path.is_file():
            return
        try:
            before = self.path.with_name(self.path.name + ".before")
            self.path.replace(before)
            self._file = _opened(self.path)
            writer = csv.writer(self._file)
            with before.open(encoding="utf-8", newline="") as old:
                for row in csv.reader(old):
                    said = row[len(self.head)] if len(row) > len(self.head) else ""
                    if said == OURS[0] or (said.isdecimal() and int(said) <= line):
                        writer.writerow(row)
            before.unlink()
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _cells(self, cells: Sequence[str], ours: Sequence[str]) -> list[str]:
        """Return a row with two columns more; what has no head of its own comes behind them."""
        width = len(self.head)
        own = [*cells, *[""] * (width - len(cells))]
        return [defused(restored(cell)) for cell in (*own[:width], *ours, *own[width:])]


@contextmanager
def refused_rows(path: Path | None, *, head: Sequence[str], after: int = 0) -> Iterator[RefusedRows]:
    """Yield what writes refused rows to a file; `after` is the line up to which it was written before.

    `head` is that of the file which they are from.

    Raises:
        PublisherError: the file cannot be written.
    """
    rows = RefusedRows(path, head)
    try:
        if after:
            rows.go_on(after)
        elif path is not None:
            path.unlink(missing_ok=True)
        yield rows
    finally:
        rows.close()


def _opened(path: Path) -> TextIO:
    """Open a file that is for nobody else's eyes."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


def _sentence(why: PublisherError) -> str:
    return f"{why.what} ({why.fix})" if why.fix else why.what


def _unwritable(path: Path, error: OSError) -> PublisherError:
    return PublisherError(
        f"the refused rows cannot be written to '{path}': {error.strerror}",
        fix="make room, then import again",
    )
