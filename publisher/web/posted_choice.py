"""Which of a form's buttons was pressed."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

_MOST_FIELDS: Final = 20


def choice(body: bytes) -> str:
    """Return the value of the button `do` in a form (`application/x-www-form-urlencoded`); "" without one."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get("do", [""])[0]
