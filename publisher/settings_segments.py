"""The settings of segments: filters with names, so that several issues can be for the same readers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from publisher.model.filters import lists_in
from publisher.model.segment import FilterError, is_name, parse
from publisher.settings_types import wrong


def _filter(text: str) -> str:
    """Take a text that is a filter, and no other."""
    try:
        parse(text)
    except FilterError as error:
        raise ValueError(str(error)) from None
    return text


Segments: TypeAlias = dict[str, Annotated[str, AfterValidator(_filter)]]
"""Name -> filter."""


def check_segments(segments: Mapping[str, str], lists: Collection[str]) -> None:
    """Refuse names that mean something else in a filter, and filters that name a list which does not exist.

    Raises:
        PydanticCustomError: about the first of them.
    """
    for name, text in segments.items():
        if not is_name(name):
            what = "the name of a segment is made of small letters, digits and hyphens, and is no filter"
            raise wrong(what, "segments", name)
        for unknown in set(lists_in(parse(text))) - set(lists):
            what = f"there is no list '{unknown}'; the lists are: {', '.join(lists)}"
            raise wrong(what, "segments", name)
