"""What may be written in MJML: the components, directly inside what, and with which attributes.

The compiler takes anything else in silence, and then leaves it out, prints it as it stands or (`mj-include`)
ends the whole process. These tables stand in for the validation that it lacks; everything in them has been
seen to do something.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

PARENTS: Final[dict[str, tuple[str, ...]]] = {
    "mjml": ("",),
    "mj-head": ("mjml",),
    "mj-body": ("mjml",),
    "mj-title": ("mj-head",),
    "mj-style": ("mj-head",),
    "mj-breakpoint": ("mj-head",),
    "mj-attributes": ("mj-head",),
    "mj-all": ("mj-attributes",),
    "mj-class": ("mj-attributes",),
    "mj-raw": ("mj-head", "mj-body", "mj-section", "mj-column"),
    "mj-wrapper": ("mj-body",),
    "mj-section": ("mj-body", "mj-wrapper", "mj-attributes"),
    "mj-column": ("mj-section", "mj-attributes"),
    "mj-text": ("mj-column", "mj-attributes"),
    "mj-image": ("mj-column", "mj-attributes"),
    "mj-button": ("mj-column", "mj-attributes"),
    "mj-divider": ("mj-column", "mj-attributes"),
    "mj-spacer": ("mj-column", "mj-attributes"),
}
"""The components that may be used, and directly inside what."""


def _names(*groups: str) -> frozenset[str]:
    return frozenset(name for group in groups for name in group.split())


_BOX: Final = "css-class mj-class padding padding-top padding-right padding-bottom padding-left"
_BORDERS: Final = "border border-top border-right border-bottom border-left border-radius"
_GROUND: Final = (
    "background-color background-url background-position background-position-x background-position-y "
    "background-repeat background-size"
)
_LETTERS: Final = "color font-family font-size font-style font-weight letter-spacing line-height"
_FONT: Final = f"{_LETTERS} text-decoration text-transform"

_OF_BODY: Final[dict[str, frozenset[str]]] = {
    "mj-body": _names("background-color css-class width"),
    "mj-wrapper": _names(_BOX, _BORDERS, _GROUND, "full-width text-align"),
    "mj-section": _names(_BOX, _BORDERS, _GROUND, "direction full-width text-align"),
    "mj-column": _names(_BOX, _BORDERS, "background-color direction vertical-align width"),
    "mj-text": _names(_BOX, _FONT, "align container-background-color height vertical-align"),
    "mj-image": _names(
        _BOX,
        "align alt border border-left border-radius border-right container-background-color fluid-on-mobile",
        "font-size height href max-height name rel src srcset target title usemap width",
    ),
    "mj-button": _names(
        _BOX,
        _BORDERS,
        _FONT,
        "align background-color container-background-color height href inner-padding name rel target",
        "text-align vertical-align width",
    ),
    "mj-divider": _names(
        _BOX, "align border-color border-style border-width container-background-color width"
    ),
    "mj-spacer": _names(_BOX, "container-background-color height"),
}
_ALL: Final = frozenset[str]().union(*_OF_BODY.values()) - {"mj-class"}

ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "mjml": _names("dir lang"),
    "mj-head": frozenset(),
    "mj-title": frozenset(),
    "mj-style": frozenset(),
    "mj-breakpoint": _names("width"),
    "mj-attributes": frozenset(),
    "mj-all": _ALL,
    "mj-class": _ALL | {"name"},
    "mj-raw": frozenset(),
    **_OF_BODY,
}
"""The attributes that each component may have."""

WITH_TEXT: Final = frozenset({"mj-title", "mj-style", "mj-raw", "mj-text", "mj-button"})
"""The components in which text and HTML may stand; in others the compiler drops or misplaces it."""

ONCE: Final = frozenset({"mjml", "mj-head", "mj-body"})
"""The components of which a mail has one; of others the compiler takes the last alone, or both."""

MARK: Final = "at"
"""The attribute in which a tag says where it was written: no part of MJML, and ignored by the compiler."""

_ATTRIBUTE: Final = re.compile(r"\s([^\s=\"'/>]+)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?")


@lru_cache(maxsize=1024)
def not_opening(name: str, attributes: str, parent: str) -> tuple[str, str] | None:
    """Return what is wrong with a tag directly inside `parent`, and how to mend it; None if nothing is.

    `attributes` is what stands in the tag behind its name.
    """
    if name not in PARENTS:
        known = ", ".join(known for known in PARENTS if known.startswith("mj-"))
        return f"<{name}> is not supported", f"use {known}"
    if parent not in PARENTS[name]:
        places = " or ".join(f"<{place}>" for place in PARENTS[name] if place)
        return f"<{name}> does nothing here", f"put it directly into {places}"
    given = _ATTRIBUTE.findall(attributes)
    if name == "mj-image" and parent != "mj-attributes" and "alt" not in given:
        return "<mj-image> has no alt", 'say what it shows, or alt="" if it shows nothing'
    allowed = ATTRIBUTES[name]
    for number, attribute in enumerate(given):
        if attribute in given[:number]:
            return f"<{name}> has {attribute} twice", "take one away"
        if attribute not in allowed and attribute != MARK:
            close = get_close_matches(attribute, sorted(allowed), n=1)
            fix = f"did you mean {close[0]}?" if close else f"{_listed(allowed)}"
            return f"{attribute} does nothing on <{name}>", fix
    return None


def not_closing(name: str, open_tag: str) -> tuple[str, str] | None:
    """Return what is wrong with closing `name` where `open_tag` is open, and how to mend it."""
    if name == open_tag:
        return None
    return f"</{name}> closes what is not open here", f"close <{open_tag}> first"


def _listed(allowed: frozenset[str]) -> str:
    return f"use {', '.join(sorted(allowed))}" if allowed else "take it away"
