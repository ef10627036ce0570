"""Group 7, of the mail as a whole: what a newsroom's own templates may have lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from publisher.check.mail_document import mail_document
from publisher.check.proof import Proof
from publisher.errors import Place
from publisher.model.finding import Finding

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # it has no types

_TEMPLATES: Final = Place(path="templates/email")
_WAY_OUT: Final = re.compile(r"zq[0-9a-f]+\.unsubscribe\.qz")
_FOREIGN: Final = ("script", "iframe", "object", "embed", "form", "video", "audio", "link")
_HIDDEN: Final = re.compile(r"display\s*:\s*none")


def has_structure(proof: Proof) -> Iterator[Finding]:
    """A screen reader can walk through the mail: one title, headings in steps, words for pictures."""
    body = _body(proof)
    if body is None:
        return
    for what, fix in (*_root(body), *_headings(proof, body), *_elements(body)):
        yield Finding(code="E705", what=what, fix=fix, place=_TEMPLATES)


def has_what_the_law_wants(proof: Proof) -> Iterator[Finding]:
    """Whoever reads the mail can leave, and knows where its sender can be written to."""
    body = _body(proof)
    if body is None or proof.edition is None:
        return
    ways = [link for link in body.iter("a") if _WAY_OUT.search(link.get("href", ""))]
    if not any(_said(link) and not _is_hidden(link) for link in ways):
        what = "no link in the mail that a reader can see leads to unsubscribing"
        fix = 'write <a href="{{ slots.unsubscribe }}">{{ words.unsubscribe }}</a> in footer.mjml'
        yield Finding(code="E115", what=what, fix=fix, place=_TEMPLATES)
    address = " ".join(proof.edition.masthead.postal_address.split())
    if address and address not in _said(body):
        what = "the mail does not have the postal address"
        fix = "write {{ masthead.postal_address }} in footer.mjml; the law wants it in every mail"
        yield Finding(code="E101", what=what, fix=fix, place=_TEMPLATES)


CHECKS: Final = (has_structure, has_what_the_law_wants)


def _body(proof: Proof) -> HtmlElement | None:
    """Return the mail as a browser reads it; None if there is none, or no element in it."""
    known = proof.mail is not None and proof.edition is not None
    return mail_document(proof.mail.body) if known and proof.mail else None


def _root(body: HtmlElement) -> Iterator[tuple[str, str]]:
    for name in ("lang", "dir"):
        if not body.get(name):
            yield f"the mail has no {name}", f'write <mjml {name}="{{{{ edition.{name} }}}}">'


def _headings(proof: Proof, body: HtmlElement) -> Iterator[tuple[str, str]]:
    found = [(int(tag.tag[1]), _said(tag)) for tag in body.iter(*_TAGS)]
    titles = [words for level, words in found if level == 1]
    if len(titles) != 1:
        yield f"the mail has {len(titles)} titles (h1) and should have one", "keep one h1, in header.mjml"
    above = 0
    for level, words in found:
        if level > above + 1:
            what = f"the heading '{words[:40]}' is of level {level} and follows one of level {above}"
            yield what, "let no level be skipped"
        above = level
    said = {words for _, words in found}
    for story in proof.edition.stories if proof.edition else ():
        if " ".join(story.title.split()) not in said:
            yield f"the mail has no heading '{story.title[:40]}'", "write {{ story.title }} in an h2"


def _elements(body: HtmlElement) -> Iterator[tuple[str, str]]:
    for picture in body.iter("img"):
        if picture.get("alt") is None:
            yield (
                f"a picture has no alt text ({picture.get('src', '')[:60]})",
                'write alt="", or what it shows',
            )
    for link in body.iter("a"):
        if not _said(link) and not any(picture.get("alt") for picture in link.iter("img")):
            yield f"a link has no words ({link.get('href', '')[:60]})", "write what it leads to"
    for strange in body.iter(*_FOREIGN):
        yield f"<{strange.tag}> does nothing in a mail, or harms it", "take it out"


_TAGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")


def _said(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _is_hidden(element: HtmlElement) -> bool:
    around = (element, *element.iterancestors())
    return any(each.get("hidden") is not None or _HIDDEN.search(each.get("style", "")) for each in around)
