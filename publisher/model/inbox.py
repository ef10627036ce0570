"""The inbox row: what readers see of a mail before they open it, cut as their programs cut it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_JOINER: Final = "\u200d"
_EMOJI: Final = "\ufe0f"
_EXTENDING: Final = ("Mn", "Me", "Mc", "Cf")
"""The categories of characters that belong to the one before them."""

_WIDE: Final = ("W", "F")
_BETWEEN: Final = " – "


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A kind of mail program, and how many columns it has for the sender, the subject and the preview.

    With `one_line` the preview stands behind the subject and gets what that leaves of `subject` columns. All
    numbers are those of a usual window and letter: programs cut by pixels, so a narrow text gets a bit more.
    """

    name: str
    like: str
    sender: int
    subject: int
    preview: int = 0
    one_line: bool = False


CLIENTS: Final[dict[str, Client]] = {
    "web": Client(name="In a browser", like="as Gmail does", sender=20, subject=72, one_line=True),
    "phone": Client(name="On a phone", like="as Apple Mail does", sender=24, subject=38, preview=80),
    "desk": Client(name="In a program", like="as Outlook does", sender=30, subject=50, preview=54),
}
"""How three kinds of client cut. The preview of a phone has two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """What a client shows of one mail; an ellipsis ends what was cut."""

    sender: str
    subject: str
    preview: str


def inbox_row(client: Client, *, sender: str, subject: str, preview: str) -> InboxRow:
    """Return the row of a mail in `client`; `preview` is the beginning of the mail's own words."""
    shown = cut(subject, client.subject)
    room = client.subject - columns(shown) - len(_BETWEEN) if client.one_line else client.preview
    return InboxRow(sender=cut(sender, client.sender), subject=shown, preview=cut(preview, room))


def columns(text: str) -> int:
    """Return the width of `text` in columns: a wide letter, as in Chinese, and an emoji have two."""
    return sum(map(_width, _letters(text)))


def cut(text: str, room: int) -> str:
    """Return what of `text` fits into `room` columns, with an ellipsis if that is not all of it.

    What a reader takes for one letter is never divided; in less than two columns there is no text.
    """
    if columns(text) <= room:
        return text
    shown, used = "", 0
    for letter in _letters(text):
        used += _width(letter)
        if used > room - 1:
            break
        shown += letter
    shown = shown.rstrip()
    return f"{shown}…" if shown else ""


def _letters(text: str) -> Iterator[str]:
    """Yield what readers take for one letter: with its accents, as a flag, or an emoji of several parts."""
    letter = ""
    for character in text:
        if letter and _continues(letter, character):
            letter += character
            continue
        if letter:
            yield letter
        letter = character
    if letter:
        yield letter


def _continues(letter: str, character: str) -> bool:
    return (
        unicodedata.category(character) in _EXTENDING
        or letter.endswith(_JOINER)
        or _is_skin(character)
        or (_is_flag_half(character) and len(letter) == 1 and _is_flag_half(letter))
    )


def _width(letter: str) -> int:
    if _is_flag_half(letter[0]) or _EMOJI in letter or unicodedata.east_asian_width(letter[0]) in _WIDE:
        return 2
    return 0 if unicodedata.category(letter[0]) in _EXTENDING else 1


def _is_skin(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
