"""Languages: is it a tag (BCP 47), and in which direction is it written; and which way a text runs."""

from __future__ import annotations

import re
from typing import Final

from publisher.model.edition import Direction

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]+"
)
"""Characters of the scripts that are written from right to left."""

_RIGHT_TO_LEFT_SCRIPTS: Final = {
    *("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg"),
    *("samr", "syrc", "syre", "syrj", "syrn", "thaa", "yezi"),
}
_RIGHT_TO_LEFT_LANGUAGES: Final = {
    *("ar", "arc", "azb", "bal", "bcc", "bqi", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks"),
    *("lrc", "mzn", "nqo", "pnb", "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur", "yi"),
}
"""Those that are written from right to left when the tag names no script."""


def language(*wanted: str | None) -> str:
    """Return the first of `wanted` that is a language tag ("en_GB" is read as "en-GB"), else "und"."""
    for tag in wanted:
        spelt = (tag or "").strip().replace("_", "-")
        if _TAG.fullmatch(spelt):
            return spelt
    return "und"


def direction(lang: str) -> Direction:
    """Return the direction of a language tag; a script in it ("az-Arab", "ar-Latn") decides."""
    primary, *subtags = lang.lower().split("-")
    script = next((subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), None)
    mirrored = script in _RIGHT_TO_LEFT_SCRIPTS if script else primary in _RIGHT_TO_LEFT_LANGUAGES
    return Direction.RTL if mirrored else Direction.LTR


def turned(text: str, usual: Direction) -> Direction | None:
    """Return the direction of `text` if most of its letters run against `usual`, else None.

    The first letter does not decide: a paragraph may begin with a word of another script.
    """
    if usual is Direction.LTR and (text.isascii() or not _RIGHT_TO_LEFT.search(text)):
        return None
    backward = sum(map(str.isalpha, "".join(_RIGHT_TO_LEFT.findall(text))))
    forward = sum(map(str.isalpha, text)) - backward
    against = (forward, backward) if usual is Direction.RTL else (backward, forward)
    if against[0] <= against[1]:
        return None
    return Direction.LTR if usual is Direction.RTL else Direction.RTL
