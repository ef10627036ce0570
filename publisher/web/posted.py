"""What a form has sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from publisher.model.characters import clean_line

_MOST_FIELDS: Final = 200


def posted(body: bytes) -> Mapping[str, Sequence[str]]:
    """Return the values of each field of a form (`application/x-www-form-urlencoded`), each a clean line.

    Whatever else is sent has no fields: a form of which nothing can be read is shown once more.
    """
    try:
        found = parse_qs(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return {}
    return {name: [clean_line(value).strip() for value in values] for name, values in found.items()}
