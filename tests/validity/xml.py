"""What RSS and Atom share as XML documents: namespaces, foreign elements, characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from tests.validity.wording import character_faults, media_type_faults, web_faults

XML = "{http://www.w3.org/XML/1998/namespace}"
XHTML = "http://www.w3.org/1999/xhtml"
MEDIA = "{http://search.yahoo.com/mrss/}"

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "thr": "http://purl.org/syndication/thread/1.0",
}
"""The namespaces that readers know, under the prefixes that careless ones look for."""

ELEMENTS = {
    "content": {"encoded"},
    "dc": {"creator", "date", "language", "rights", "subject"},
    "fh": {"archive", "complete"},
    "media": {"content", "credit", "description", "thumbnail", "title"},
    "thr": {"in-reply-to", "total"},
}
"""The foreign elements that each of them has, as far as a feed of ours could want them."""


def parsed(body: bytes) -> Any:  # noqa: ANN401 - an element of lxml
    """Return the root of the document, or the sentence that tells why there is none."""
    if not body.startswith(b"<?xml "):
        return "the document does not begin with its XML declaration"
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return f"the XML is malformed: {error}"


def namespace_faults(root: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Every namespace is a known one, spelled right, under its usual prefix."""
    usual = {*NAMESPACES.items(), (None, NAMESPACES["atom"]), (None, XHTML)}
    for prefix, uri in {pair for element in root.iter() for pair in element.nsmap.items()}:
        if (prefix, uri) not in usual:
            yield f"nobody knows the namespace '{uri}' under the prefix '{prefix}'"
    if root.getroottree().docinfo.doctype:
        yield "the document has a DOCTYPE"


def extension_faults(root: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Every element of those namespaces exists."""
    known = {f"{{{NAMESPACES[prefix]}}}{name}" for prefix, names in ELEMENTS.items() for name in names}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element)
        if name.namespace not in (None, NAMESPACES["atom"], XHTML) and element.tag not in known:
            yield f"there is no element '{name.localname}' in {name.namespace}"


def character_faults_of_tree(root: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """No text and no attribute has a character in it that must not leave the house."""
    for element in root.iter():
        texts = [element.text, element.tail, *element.attrib.values()]
        yield from (fault for text in texts if text for fault in character_faults(text))


def picture_faults(content: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """A `media:content` has an absolute address, a type, and numbers where numbers belong."""
    yield from web_faults(content.get("url", ""))
    yield from media_type_faults(content.get("type", ""))
    for name in ("fileSize", "width", "height"):
        if not (value := content.get(name, "1")).isdecimal() or int(value) < 1:
            yield f"{name} of the picture is '{value}'"
    if content.get("medium") not in ("image", "audio", "video", "document", "executable"):
        yield f"the medium of the picture is '{content.get('medium')}'"
