"""Where a text stood on an older site: paths that can lead to its page, and nothing else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

_PATH: Final = re.compile(r"(?:/[\w~+,@-]+)+(?:/|\.(?:html?|php|aspx?))?")
_LONGEST: Final = 300
_OURS: Final = frozenset(
    [
        *("404.html", "api", "archive", "atom", "confirm", "desk", "f", "feed", "feeds", "healthz", "issues"),
        *(
            "lists",
            "media",
            "preferences",
            "readyz",
            "rss",
            "search",
            "stories",
            "tags",
            "unsubscribe",
            "view",
        ),
    ]
)


def old_path(text: str) -> str | None:
    """Return an old path as it is served, without percent signs; None for one that cannot lead anywhere.

    It is a path alone, of letters, digits and hyphens, outside of what this program serves itself. One
    without a suffix ends with a slash, and `index.html` is its folder, so that no two can be one file.
    """
    path = unquote(text.strip())
    if len(path) > _LONGEST or not _PATH.fullmatch(path):
        return None
    path = re.sub(r"(?:^|/)index\.\w+\Z", "/", path)
    if "." not in path and not path.endswith("/"):
        path += "/"
    first = path.split("/")[1].lower()
    return None if first in _OURS or not first else path
