"""Languages: is it a tag (BCP 47), and in which direction is it written."""

from __future__ import annotations

import re
from typing import Final

from publisher.model.edition import Direction

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

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
