"""Colours that can be read: contrast as WCAG 2.2 defines it, and the nearest shade that has enough of it."""

from __future__ import annotations

from typing import Final

READABLE: Final = 4.5
"""The contrast of text with its background that WCAG 2.2 asks for (success criterion 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21, of two colours written as "#rrggbb"."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *, on: str) -> str:
    """Return `colour`, or the shade nearest to it in which text can be read on background `on`.

    All colours are "#rrggbb".
    """
    target = max(_BLACK, _WHITE, key=lambda end: contrast(end, on))
    shades = (_mixed(colour, target, step / 20) for step in range(21))
    return next(shade for shade in shades if contrast(shade, on) >= READABLE)


_BLACK: Final = "#000000"
_WHITE: Final = "#ffffff"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    shares = (value / 255 for value in _channels(colour))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, target: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(target), strict=True)
    return "#" + "".join(f"{round(own + (other - own) * share):02x}" for own, other in pairs)
