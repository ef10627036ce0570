"""Languages: is it a tag (BCP 47), and in which direction is it written; and which way a text runs."""

from __future__ import annotations

import re
from typing import Final

from publisher.model.edition import Direction

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

_MEANT: Final = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
)
_OF_TWO_LETTERS: Final = re.compile(
    r"a[abefkmnrsvyz]|b[aeghimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|h[aeiortuyz]"
    r"|i[adegiknostuw]|j[aiv]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnorsty]|n[abdeglnorvy]|o[cjmrs]"
    r"|p[ailst]|qu|r[mnouw]|s[acdeghiklmnoqrstuvw]|t[aeghiklnorstwy]|u[gkrz]|v[eio]|w[ao]|xh|y[io]"
    r"|z[ahu]"
)
"""The languages of ISO 639-1."""

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


def is_meant(tag: str) -> bool:
    """Return whether a tag has the form of RFC 5646 section 2.1, and a language that there is.

    Those of three letters are taken on trust; names such as "Deutsch" are none.
    """
    found = _MEANT.fullmatch(tag.lower())
    return found is not None and (len(found[1]) == 3 or _OF_TWO_LETTERS.fullmatch(found[1]) is not None)


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
