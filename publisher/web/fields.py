"""What a form has sent: names and values, as browsers without a script send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from publisher.model.characters import clean_line

Fields: TypeAlias = Mapping[str, list[str]]
"""The values of each field, in their order; a box that is not checked is not there."""

_MOST_FIELDS: Final = 400


async def posted(request: Request) -> Fields:
    """Return what a form has sent (application/x-www-form-urlencoded), each value a clean line.

    Of anything else nothing is returned.

    Raises:
        HTTPException: 400, no form of ours has so many fields; 413, the body is too large.
    """
    body = await request.body()
    try:
        found = parse_qs(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400, "this form has too many fields") from None
    return {name: [clean_line(value).strip() for value in values] for name, values in found.items()}


def first(fields: Fields, name: str) -> str:
    """Return the first value of a field, empty if there is none."""
    return next(iter(fields.get(name, ())), "")
