"""What readers are written to about their own affairs, in their own language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ReaderNotice(StrEnum):
    """The kinds of these notices; each is about one event, and its payload has an item of `ReaderItem`."""

    CONFIRM = "confirm"
    SUBSCRIBED = "subscribed"
    """To somebody who asks to join, and has joined already."""
    WELCOME = "welcome"
    FIRST_WELCOME = "first welcome"
    """To a new reader, before there is any issue."""
    CHANGE_ADDRESS = "change address"
    """To the new address: press to make it yours."""
    LEAVE_ADDRESS = "leave address"
    """To the old address: press to let go of it."""
    SAME_ADDRESS = "same address"
    """To the present address, when that is the one to change to."""
    ADDRESS_CHANGED = "address changed"
    ERASE = "erase"
    OWN_DATA = "own data"
    DECIDE = "decide"
    """About a choice that only the owner of the address may make; the page behind the button says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderWords:
    """The words of one notice. Below `text` stands the button, below that what is `small`."""

    subject: str
    text: tuple[str, ...]
    button: str = ""
    small: str = ""


READER_KINDS: Final = frozenset(kind.value for kind in ReaderNotice)

OF_ANYBODY: Final = frozenset(
    kind.value
    for kind in (
        ReaderNotice.CONFIRM,
        ReaderNotice.SUBSCRIBED,
        ReaderNotice.WELCOME,
        ReaderNotice.FIRST_WELCOME,
        ReaderNotice.CHANGE_ADDRESS,
    )
)
"""Kinds that do not go to somebody who has complained or whom an editor has excluded. The others answer a
reader's own link: whoever wants to be erased is served whatever happened before."""


def reader_item(*, lang: str, url: str, **values: str) -> dict[str, object]:
    """Return the item of a notice to a reader, written in `lang`, whose button leads to `url`.

    `values` are what its words have fields for, such as `lists`: titles of ours, an address that was read as
    one, and no other words that somebody typed into a form (a stranger could have us mail his advertisement).
    `leave` and `choose` are the addresses of the reader's pages for that.
    """
    return {"about": "reader", "lang": lang, "url": url, **values}
