"""How a mail's text is painted: its colours, sizes and edges in light and in dark, as a mail program decides.

Only what decides is understood: attributes, `style`, and rules of style sheets whose selectors are made of
elements, classes and ids. A colour that is not understood is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PIL import ImageColor

from publisher.check.mail_document import mail_document
from publisher.model.length import columns

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # it has no types


class Mode(StrEnum):
    """What the reader's system asks for."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A text of the mail. Colours are "#rrggbb", None where they cannot be known.

    `fixed` says that the text's colour stands in the HTML itself and that no background stands around it.
    """

    text: str
    columns: int
    mode: Mode
    colour: str | None
    background: str | None
    align: str
    large: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector with what it declares; `parts` are compounds from the outermost to the element itself."""

    parts: tuple[_Compound, ...]
    declared: dict[str, tuple[str, bool]]
    weight: tuple[int, int, int]
    dark: bool


@dataclass(frozen=True, slots=True)
class _Compound:
    """An element that a selector asks for; `child` says that it must be right below the one before it."""

    tag: str
    classes: frozenset[str]
    id: str
    child: bool

    def fits(self, element: HtmlElement, classes: frozenset[str]) -> bool:
        return (
            self.tag in ("", element.tag)
            and self.classes <= classes
            and self.id in ("", element.get("id", ""))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paint:
    """What an element hands down to those in it."""

    colour: str | None = "#000000"
    background: str | None = "#ffffff"
    align: str = "start"
    size: float = 16
    bold: bool = False
    own_colour: bool = False
    own_background: bool = False


@lru_cache(maxsize=4)
def painted(body: bytes) -> tuple[Painted, ...]:
    """Return how the texts of a mail are painted, in light and in dark: of alike ones the longest."""
    document = mail_document(body)
    if document is None:
        return ()
    sheets = tuple(sheet.text or "" for sheet in document.iter("style") if not sheet.get("media"))
    return tuple(
        _text(text, paint, mode)
        for alike, text in _kinds(document, _palette(sheets)).items()
        for mode, paint in zip(Mode, alike.paints, strict=True)
    )


@dataclass(slots=True, eq=False)
class _Alike:
    """Elements that are painted in the same way, as all that decides is the same up to the root.

    `inside` are those in them, by what decides.
    """

    paints: tuple[_Paint, ...]
    hidden: bool = False
    inside: dict[tuple[object, ...], _Alike] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Palette:
    """What the style sheets of a theme decide, and what has been seen of it: mails of one theme are alike."""

    painters: tuple[_Painter, ...]
    top: _Alike


@lru_cache(maxsize=8)
def _palette(sheets: tuple[str, ...]) -> _Palette:
    rules = [rule for sheet in sheets for rule in _rules(sheet)]
    painters = tuple(_Painter(rules, mode) for mode in Mode)
    return _Palette(painters, _Alike(paints=tuple(_Paint() for _ in painters)))


def _kinds(document: HtmlElement, palette: _Palette) -> dict[_Alike, str]:
    """Return every kind of text that is shown, in the order of the mail, with the longest text of it."""
    kinds: dict[_Alike, str] = {}
    waiting = [(document, palette.top)]
    while waiting:
        element, above = waiting.pop()
        key = (element.tag, "href" in element.attrib, *map(element.get, _DECIDING_ATTRIBUTES))
        alike = above.inside.get(key)
        if alike is None:
            alike = above.inside[key] = _alike(element, above, palette.painters)
        if alike.hidden:
            continue
        text = (element.text or "") + "".join(child.tail or "" for child in element)
        if len(text) > len(kinds.get(alike, "")) and text.strip():
            kinds[alike] = text
        waiting += [(child, alike) for child in element.iterchildren("*")][::-1]
    return kinds


def _alike(element: HtmlElement, above: _Alike, painters: tuple[_Painter, ...]) -> _Alike:
    styles = [painter.style(element) for painter in painters]
    return _Alike(
        paints=tuple(
            _painted_on(element, style, paint) for style, paint in zip(styles, above.paints, strict=True)
        ),
        hidden=all(_is_hidden(element, style) for style in styles),
    )


def _text(text: str, paint: _Paint, mode: Mode) -> Painted:
    return Painted(
        text=text,
        columns=columns(" ".join(text.split())),
        mode=mode,
        colour=paint.colour,
        background=paint.background,
        align=paint.align,
        large=paint.size >= _LARGE or (paint.bold and paint.size >= _LARGE_BOLD),
        fixed=paint.own_colour and not paint.own_background,
    )


class _Painter:
    """Knows the rules that hold in one mode."""

    def __init__(self, rules: list[_Rule], mode: Mode) -> None:
        self._by_key: dict[str, list[_Rule]] = {}
        for rule in rules:
            if mode is Mode.DARK or not rule.dark:
                last = rule.parts[-1]
                name = next((f".{name}" for name in last.classes), last.id and f"#{last.id}")
                key = name or last.tag or "*"
                self._by_key.setdefault(key, []).append(rule)

    def style(self, element: HtmlElement) -> dict[str, str]:
        """Return what is declared for an element, the winner of each property, its own attributes last."""
        classes = frozenset(element.get("class", "").split())
        keys = ("*", element.tag, f"#{element.get('id', '')}", *(f".{name}" for name in classes))
        rules = (rule for key in keys for rule in self._by_key.get(key, ()))
        fitting = sorted(
            (rule for rule in rules if _fits(rule, element, classes)), key=lambda rule: rule.weight
        )
        found = dict(_hints(element))
        strong: dict[str, str] = {}
        in_html = "color" in found
        for rule in fitting:
            for name, (value, important) in rule.declared.items():
                (strong if important else found)[name] = value
                in_html = in_html and name != "color"
        for name, (value, important) in _declared(element.get("style", "")).items():
            (strong if important else found)[name] = value
            in_html = in_html or (name == "color" and "color" not in strong)
        found["own"] = "yes" if in_html else ""
        return found | strong


_LARGE: Final = 24
_LARGE_BOLD: Final = 18.66
"""Pixels from which WCAG calls text large: 18 and 14 points."""

_BOLD_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "th"})
_UNSEEN_TAGS: Final = frozenset({"head", "script", "style", "title", "template"})
_DECIDING: Final = frozenset(
    {"color", "background-color", "text-align", "font-size", "font-weight", "display"}
)
_SHORT_FOR: Final = {"background": "background-color"}
_DECIDING_ATTRIBUTES: Final = ("class", "style", "id", "bgcolor", "align", "color", "hidden")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA: Final = re.compile(r"@media([^{]*)\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
_BLOCK: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK: Final = re.compile(r"prefers-color-scheme\s*:\s*dark")
_SIMPLE: Final = re.compile(r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<rest>(?:[.#][\w-]+)*)", re.IGNORECASE)
_SIZE: Final = re.compile(r"([\d.]+)(px|pt|em|rem|%)?")
_PIXELS: Final = {"px": 1.0, "": 1.0, "pt": 4 / 3, "rem": 16.0}


def _painted_on(element: HtmlElement, style: dict[str, str], above: _Paint) -> _Paint:
    """Return how an element paints, given what it is in."""
    paint = above
    if element.tag == "a" and element.get("href") is not None:
        paint = replace(paint, colour="#0000ee", own_colour=False)
    if (text := style.get("color")) and text not in _INHERITED:
        paint = replace(paint, colour=_colour(text), own_colour=bool(style["own"]))
    back = style.get("background-color", "none")
    if back not in _INHERITED:
        at_root = element.tag in ("html", "body") or element.getparent().tag == "body"
        paint = replace(paint, background=_colour(back), own_background=not at_root)
    if align := style.get("text-align"):
        paint = replace(paint, align=align if align != "inherit" else above.align)
    if size := _size(style.get("font-size", ""), above.size):
        paint = replace(paint, size=size)
    if element.tag in _BOLD_TAGS or "font-weight" in style:
        weight = style.get("font-weight", "bold")
        paint = replace(paint, bold=weight in ("bold", "bolder") or weight[:1] in "6789")
    return paint


_INHERITED: Final = frozenset({"inherit", "initial", "unset", "transparent", "none", "currentcolor"})


def _is_hidden(element: HtmlElement, style: dict[str, str]) -> bool:
    return element.tag in _UNSEEN_TAGS or style.get("display") == "none" or element.get("hidden") is not None


def _hints(element: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield what old attributes declare."""
    for name, attribute in (("background-color", "bgcolor"), ("text-align", "align"), ("color", "color")):
        value = element.get(attribute)
        if value and not (attribute == "align" and element.tag == "table"):
            yield name, value.lower()


def _fits(rule: _Rule, element: HtmlElement, classes: frozenset[str]) -> bool:
    """Return whether a selector means an element."""
    if not rule.parts[-1].fits(element, classes):
        return False
    child, here = rule.parts[-1].child, element.getparent()
    for part in reversed(rule.parts[:-1]):
        while here is not None and not part.fits(here, frozenset(here.get("class", "").split())):
            here = None if child else here.getparent()
        if here is None:
            return False
        child, here = part.child, here.getparent()
    return True


def _rules(sheet: str) -> Iterator[_Rule]:
    """Yield the rules of a style sheet that always hold, or in the dark."""
    text = _COMMENT.sub("", sheet)
    for media in _MEDIA.finditer(text):
        if _DARK.search(media[1]):
            yield from _blocks(media[2], dark=True)
    yield from _blocks(_MEDIA.sub("", text), dark=False)


def _blocks(text: str, *, dark: bool) -> Iterator[_Rule]:
    for block in _BLOCK.finditer(text):
        declared = _declared(block[2])
        for selector in block[1].split(",") if declared else ():
            parts = _selector(selector)
            if parts:
                yield _Rule(parts, declared, _weight(parts), dark)


def _selector(text: str) -> tuple[_Compound, ...]:
    """Return the compounds of a selector; none for one with anything else than elements, classes and ids."""
    parts: list[_Compound] = []
    child = False
    for word in text.replace(">", " > ").split():
        if word == ">":
            child = True
            continue
        found = _SIMPLE.fullmatch(word)
        if found is None:
            return ()
        names = re.findall(r"[.#][\w-]+", found["rest"])
        tag = (found["tag"] or "").lower().replace("*", "")
        classes = frozenset(name[1:] for name in names if name[0] == ".")
        id_ = next((name[1:] for name in names if name[0] == "#"), "")
        parts.append(_Compound(tag, classes, id_, child))
        child = False
    return tuple(parts)


def _weight(parts: tuple[_Compound, ...]) -> tuple[int, int, int]:
    """Return what decides between two rules: ids, then classes, then elements."""
    return (
        sum(bool(part.id) for part in parts),
        sum(len(part.classes) for part in parts),
        sum(bool(part.tag) for part in parts),
    )


@lru_cache(maxsize=4096)
def _declared(text: str) -> dict[str, tuple[str, bool]]:
    """Return the declarations that decide, each with whether it is important."""
    found: dict[str, tuple[str, bool]] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name, value = _SHORT_FOR.get(name.strip().lower(), name.strip().lower()), value.strip().lower()
        if name in _DECIDING and value:
            plain = value.replace("!important", "").strip()
            found[name] = (plain, plain != value)
    return found


@lru_cache(maxsize=1024)
def _colour(text: str) -> str | None:
    """Return a colour as "#rrggbb"; None for one that is not understood or lets something shine through."""
    try:
        channels = ImageColor.getrgb(text)
    except ValueError:
        return None
    if len(channels) != len("rgb") or max(channels) > 255:
        return None
    return "#{:02x}{:02x}{:02x}".format(*channels)


def _size(text: str, above: float) -> float | None:
    """Return a size in pixels, None if there is none that could be read."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    number, unit = float(found[1]), found[2] or ""
    if unit in ("em", "%"):
        return number * above / (1 if unit == "em" else 100)
    return number * _PIXELS[unit]
