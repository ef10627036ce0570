"""A file of readers that somebody brings: its rows one after the other, whatever wrote it, within limits."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import BinaryIO, Final, NamedTuple, cast

from publisher.errors import Place, PublisherError

LARGEST: Final = 2 * 1024**3
"""Bytes of the largest file that is read."""

LONGEST_ROW: Final = 64 * 1024
"""Bytes of the longest row: a quote that nobody closed does not swallow the file."""

MOST_COLUMNS: Final = 256

_HEAD: Final = 64 * 1024
_DELIMITERS: Final = ",;\t"
_NAMED_DELIMITER: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_WIDE: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_GUESS: Final = "cp1252"
_FIX: Final = "look for a quote that is not closed"
_CLOSE: Final = "close it, or take it away"


class Row(NamedTuple):
    """A row: the line on which it begins, and its cells; in `wrong` why it is none, if they were guessed.

    A tuple, because a million of them are made.
    """

    line: int
    cells: list[str]
    wrong: str = ""


@dataclass(slots=True, kw_only=True)
class ReaderFile:
    """A file that was looked over from one end to the other: it is text, and a table.

    `digest` is of its bytes as they came, `offset` and `line` are where reading has come to, `begin` is where
    its rows begin, with `begin_line` lines before them. `guessed` says that nothing told its encoding.
    """

    name: str
    file: BinaryIO
    digest: str
    size: int
    encoding: str
    delimiter: str = ","
    begin: int = 0
    begin_line: int = 0
    offset: int = 0
    line: int = 0
    guessed: bool = False
    _row_at: int = field(default=0, repr=False)
    _row_line: int = field(default=0, repr=False)

    def rows(self, *, offset: int, line: int) -> Iterator[Row]:
        """Yield the rows from an offset on, before which there are so many lines; empty lines are none.

        After each row `offset` and `line` are those at which the next one begins.

        Raises:
            PublisherError: a row or the number of its columns is beyond all limits; this is no table.
        """
        self.offset, self.line = offset, line
        self.file.seek(offset)
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        while True:
            self._row_at, self._row_line = self.offset, self.line + 1
            first, wrong = self._row_line, ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if self.offset >= self.size and self.line > first:
                    raise self._no_table("a quote is not closed", first, _CLOSE) from None
                cells, wrong = self._guessed_cells(), f"this is not CSV: {error}"
            if len(cells) > MOST_COLUMNS:
                raise self._no_table(f"a row has more than {MOST_COLUMNS} columns", first)
            if cells or wrong:
                yield Row(first, cells, wrong)

    def _guessed_cells(self) -> list[str]:
        """Return what may be the cells of the row that was just read and is none."""
        self.file.seek(self._row_at)
        text = self.file.read(self.offset - self._row_at).decode(self.encoding)
        return [cell for row in csv.reader([text], delimiter=self.delimiter) for cell in row]

    def _lines(self) -> Iterator[str]:
        encoding = self.encoding
        for raw in iter(partial(self.file.readline, LONGEST_ROW + 1), b""):
            self.offset += len(raw)
            self.line += 1
            if self.offset - self._row_at > LONGEST_ROW:
                raise self._no_table(f"a row has more than {LONGEST_ROW:,} bytes", self._row_line)
            yield raw.decode(encoding)

    def _no_table(self, what: str, line: int, fix: str = _FIX) -> PublisherError:
        return PublisherError(
            f"this is not CSV: {what}",
            place=Place(path=self.name, line=line),
            fix=fix,
        )


@contextmanager
def looked_over(file: BinaryIO, *, name: str) -> Iterator[ReaderFile]:
    """Read a file to its end, and yield it as what can be read row by row.

    It is UTF-8, UTF-16 with a byte order mark, or else taken for Windows-1252; columns are separated by
    commas, semicolons or tabs, whichever the first line uses, lines by LF, CR LF or CR.

    Raises:
        PublisherError: it is too large, no text, or no table.
    """
    if file.seek(0, os.SEEK_END) > LARGEST:
        raise PublisherError(
            f"'{name}' is larger than {LARGEST >> 30} GiB", fix="split it into several files"
        )
    digest = _digest(file)
    file.seek(0)
    head = file.read(_HEAD)
    wide = _WIDE.get(head[:2])
    if wide is None and b"\0" in head:
        raise PublisherError(f"'{name}' is no text", fix="save it as CSV in the encoding UTF-8")
    with ExitStack() as stack:
        if wide is not None or (b"\r" in head and b"\n" not in head):
            file = _rewritten(stack, file, wide or _encoding(file), name)
        yield _readable(file, name, digest)


def _readable(file: BinaryIO, name: str, digest: str) -> ReaderFile:
    """Return a file as UTF-8 if all of it is, else as Windows-1252."""
    size = file.seek(0, os.SEEK_END)
    for encoding in ("utf-8", _GUESS):
        found = ReaderFile(
            name=name, file=file, digest=digest, size=size, encoding=encoding, guessed=encoding == _GUESS
        )
        with suppress(UnicodeDecodeError):
            _open(found)
            for _ in found.rows(offset=found.begin, line=found.begin_line):
                pass
            return found
    raise PublisherError(f"'{name}' is not UTF-8", fix="save it as UTF-8 text")


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = sha256()
    for block in iter(partial(file.read, _HEAD), b""):
        digest.update(block)
    return digest.hexdigest()


def _open(found: ReaderFile) -> None:
    """Find out where the rows of a file begin, and what separates its columns."""
    found.file.seek(0)
    head = found.file.readline(LONGEST_ROW)
    found.begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    text = head[found.begin :].decode(found.encoding, "replace")
    if (named := _NAMED_DELIMITER.fullmatch(text)) is not None:
        found.begin, found.begin_line, found.delimiter = len(head), 1, named[1]
        return
    while head and not text.strip():
        head = found.file.readline(LONGEST_ROW)
        text = head.decode(found.encoding, "replace")
    found.delimiter = max(_DELIMITERS, key=text.count)


def _encoding(file: BinaryIO) -> str:
    """Return in which encoding a file without UTF-16 is written."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        for block in iter(partial(file.read, _HEAD), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _GUESS
    return "utf-8-sig"


def _rewritten(stack: ExitStack, file: BinaryIO, encoding: str, name: str) -> BinaryIO:
    """Return a copy of a file, gone with `stack`, in UTF-8 and with lines that end with LF.

    Raises:
        PublisherError: it is not what its first bytes say.
    """
    file.seek(0)
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    try:
        for block in iter(partial(text.read, _HEAD), ""):
            copy.write(block.encode())
    except UnicodeError:
        raise PublisherError(f"'{name}' is no {encoding} text to its end", fix="save it as UTF-8") from None
    finally:
        text.detach()
    return cast("BinaryIO", copy)
