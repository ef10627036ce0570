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
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise PublisherError(f"there is no file '{file}'") from None
    except OSError as error:
        raise PublisherError(f"'{file}' cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PublisherError(f"'{file}' is not UTF-8", fix="save it as UTF-8 text") from None
