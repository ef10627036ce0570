"""What commands are given to read."""

from __future__ import annotations

import sys
from pathlib import Path

from publisher.errors import PublisherError


def text_of(file: Path) -> str:
    """Return the text of a file, or of standard input if it is called `-`, without a byte order mark.

    Raises:
        PublisherError: it cannot be read, or is not UTF-8.
    """
    return text_in(bytes_of(str(file)), str(file))


def bytes_of(name: str) -> bytes:
    """Return what a file holds, or standard input if it is called `-`.

    Raises:
        PublisherError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise PublisherError(f"there is no file '{name}'") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no name of a file"
        raise PublisherError(f"'{name}' cannot be read: {why}") from None


def text_in(data: bytes, name: str) -> str:
    """Return bytes as the text of the file they are from, without a byte order mark.

    Raises:
        PublisherError: they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PublisherError(f"'{name}' is not UTF-8", fix="save it as UTF-8 text") from None
