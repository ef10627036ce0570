"""What notices to readers say, by kind and language; `{}` fields are values of the notice's item."""

from __future__ import annotations

from typing import Final

from publisher.delivery.reader_words_asking import ASKING
from publisher.delivery.reader_words_changing import CHANGING
from publisher.delivery.reader_words_deciding import DECIDING
from publisher.delivery.reader_words_joining import JOINING
from publisher.model.reader_notices import ReaderNotice, ReaderWords


def reader_words(kind: str, lang: str) -> tuple[str, ReaderWords]:
    """Return the language of the words for a BCP 47 tag (its first subtag's, else English), and the words."""
    of_kind = WORDS[ReaderNotice(kind)]
    first = lang.partition("-")[0].lower()
    return (first, of_kind[first]) if first in of_kind else ("en", of_kind["en"])


WORDS: Final = {**JOINING, **CHANGING, **ASKING, **DECIDING}
"""The words by kind and language; each kind speaks every language."""
