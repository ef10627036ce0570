"""The mail as a browser reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree, html  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # it has no types


@lru_cache(maxsize=2)
def mail_document(body: bytes) -> HtmlElement | None:
    """Return the tree of a mail's HTML, which nobody changes; None where there is no element in it."""
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        return None
