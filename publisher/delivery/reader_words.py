"""What notices to readers say, by kind and language; `{}` fields are values of the notice's item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from publisher.model.reader_notices import ReaderNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderWords:
    """The words of one notice. Below `text` stands the button, below that what is `small`."""

    subject: str
    text: tuple[str, ...]
    button: str = ""
    small: str = ""


def reader_words(kind: str, lang: str) -> tuple[str, ReaderWords]:
    """Return the language of the words for a BCP 47 tag (its first subtag's, else English), and the words."""
    of_kind = WORDS[ReaderNotice(kind)]
    first = lang.partition("-")[0].lower()
    return (first, of_kind[first]) if first in of_kind else ("en", of_kind["en"])


WORDS: Final[dict[ReaderNotice, dict[str, ReaderWords]]] = {
    ReaderNotice.CONFIRM: {
        "en": ReaderWords(
            subject="Confirm your subscription to {publication}",
            text=(
                "Somebody, we hope you, has asked that this address get {lists}.",
                "Nothing is sent before you press the button on the page behind this link.",
            ),
            button="Confirm my subscription",
            small="The link works for 24 hours. If it was not you, do nothing: nothing more comes.",
        ),
    },
    ReaderNotice.WELCOME: {
        "en": ReaderWords(
            subject="Welcome to {publication}",
            text=("You are subscribed to {lists}.", "The latest issue is there to read at once: {title}"),
            button="Read it",
            small="Every mail has a link with which you leave, pause, or choose what you get.",
        ),
    },
    ReaderNotice.CHANGE_ADDRESS: {
        "en": ReaderWords(
            subject="Confirm your new address for {publication}",
            text=("A reader of {publication} wants to get it at this address from now on.",),
            button="Use this address",
            small="The link works for 24 hours. If it was not you, do nothing.",
        ),
    },
    ReaderNotice.LEAVE_ADDRESS: {
        "en": ReaderWords(
            subject="Change your address for {publication}?",
            text=("You have asked to get {publication} at another address from now on.",),
            button="Yes, change my address",
            small="The link works for 24 hours. If it was not you, do nothing: all stays as it is.",
        ),
    },
    ReaderNotice.ADDRESS_CHANGED: {
        "en": ReaderWords(
            subject="Your address for {publication} is changed",
            text=("From now on {publication} comes to your new address, and nothing more to this one.",),
            small="If it was not you, write to us: reply to this mail.",
        ),
    },
    ReaderNotice.ERASE: {
        "en": ReaderWords(
            subject="Erase all that {publication} knows of you?",
            text=(
                "You have asked us to forget this address and all that belongs to it.",
                "Once you have pressed the button on the page behind this link, nothing of it comes back.",
            ),
            button="Erase me",
            small="The link works for 24 hours. If it was not you, do nothing: all stays as it is.",
        ),
    },
    ReaderNotice.OWN_DATA: {
        "en": ReaderWords(
            subject="What {publication} knows of you",
            text=("You have asked for all that we have stored about this address.",),
            button="Download my data",
            small="The link works once, and for 24 hours. If it was not you, do nothing.",
        ),
    },
}
