"""The HTML in an entry: well-formed, safe, and the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

from tests.validity.wording import character_faults, language_faults, uri_faults

UNSAFE = frozenset(
    {
        *(
            "applet",
            "base",
            "button",
            "embed",
            "form",
            "frame",
            "frameset",
            "iframe",
            "input",
            "link",
            "math",
        ),
        *("meta", "object", "script", "select", "style", "svg", "template", "textarea"),
    }
)
_ADDRESSES = frozenset({"action", "background", "cite", "formaction", "href", "longdesc", "poster", "src"})
_SCHEMES = ("http", "https", "mailto", "tel", "sms")
_PICTURES = ("http", "https")
_OURS_ALONE = frozenset({"class", "style"})


@cache
def article_faults(html: str) -> tuple[str, ...]:
    """Return what is wrong with the HTML of an entry; parsed as strictly as html5lib does it."""
    try:
        tree: Any = html5lib.HTMLParser(
            strict=True,
            tree=html5lib.getTreeBuilder("etree"),
            namespaceHTMLElements=False,
        ).parseFragment(html)
    except ParseError as error:
        return (f"the HTML is malformed: {error}",)
    found = [*character_faults("".join(tree.itertext()))]
    for element in tree.iter():
        if isinstance(element.tag, str):
            found += _element_faults(element)
        else:
            found.append("a comment stands in the HTML")
    return tuple(dict.fromkeys(found))


def _element_faults(element: Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    if name in UNSAFE:
        yield f"<{name}> stands in the HTML"
    if name == "img" and "alt" not in element.attrib:
        yield "a picture has no alt"
    for key, value in element.attrib.items():
        yield from (f"{key} of <{name}>: {fault}" for fault in _attribute_faults(name, key, value))


def _attribute_faults(element: str, name: str, value: str) -> Iterator[str]:
    yield from character_faults(value)
    if name.startswith("on"):
        yield "it is a script"
    if name in _OURS_ALONE:
        yield "no feed reader knows our styles"
    if name in _ADDRESSES:
        yield from uri_faults(value, schemes=_SCHEMES if element == "a" else _PICTURES)
    if name == "srcset":
        for candidate in value.split(","):
            yield from uri_faults(candidate.split()[0] if candidate.split() else "", schemes=_PICTURES)
    if name == "lang":
        yield from language_faults(value)
    if name == "dir" and value not in ("ltr", "rtl", "auto"):
        yield f"'{value}' is no direction"
