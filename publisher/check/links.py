"""Group 4: links as they are written. Nobody is asked whether they lead anywhere."""

from __future__ import annotations

import ipaddress
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from publisher.check.proof import Linked, Proof
from publisher.model.addresses import can_be_mended, has_unseen, same_page, telephone, tracking
from publisher.model.bare_words import says_nothing
from publisher.model.fetching import INSIDE_ZONES, FetchError, target_of
from publisher.model.finding import Finding
from publisher.model.networks import is_public

_SCHEME: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_WEB: Final = ("http", "https")
_PHONES: Final = ("tel", "sms")
_LIKE_A_HOST: Final = re.compile(
    r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|eu|info|io|gov|edu|[a-z]{2})(?:/|$))"
)
_NAMED: Final = re.compile(
    r"(?:(?:https?://|www\.)([\w-]+(?:\.[\w-]+)+)|((?:[a-z0-9-]+\.)+(?:com|org|net|eu|info|gov|edu)))(?:[/?#:]\S*)?",
)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")
_LOCAL_ENDS: Final = tuple(f".{zone}" for zone in (*INSIDE_ZONES, "test", "invalid"))

_SHORTENERS: Final = (
    "bit.ly bitly.com tinyurl.com t.co goo.gl ow.ly is.gd buff.ly t.ly v.gd rb.gy cutt.ly shorturl.at "
    "tiny.cc rebrand.ly lnkd.in dlvr.it ift.tt j.mp bl.ink short.io tr.im x.gd clck.ru vk.cc u.to "
    "reurl.cc lihi.cc surl.li soo.gd s.id qr.ae adf.ly shorte.st trib.al fb.me amzn.to spr.ly "
    "tiny.one"
)

SHORTENERS: Final = frozenset(_SHORTENERS.split())
"""Hosts that hide where a link leads."""


def lead_somewhere(proof: Proof) -> Iterator[Finding]:
    """Each link can be followed from a mail, by anybody, anywhere."""
    files = _files(proof)
    for link in proof.linked:
        if link.address.strip().startswith("#") and len(link.address.strip()) > 1:
            continue
        scheme = _SCHEME.match(link.address)
        if scheme is None:
            yield from _relative(link, files)
        elif scheme[1].lower() in _WEB:
            yield from _host(link)
        elif scheme[1].lower() in _PHONES:
            if telephone(link.address.strip()) is None:
                what = f"no telephone can call '{_short(link.address)}'"
                fix = "write the number with its country: tel:+34911234567"
                yield Finding(code="E402", what=what, fix=fix, place=link.place)
        elif scheme[1].lower() != "mailto":
            what = f"'{_short(link.address)}' is not printed: it leads to no page, mailbox or telephone"
            fix = "link to the web (https://…), a mailbox (mailto:…) or a telephone (tel:…)"
            yield Finding(code="E402", what=what, fix=fix, place=link.place)


def say_where_they_lead(proof: Proof) -> Iterator[Finding]:
    """The words of a link make sense when they are read alone, as screen readers list them."""
    for link in proof.linked:
        if link.words is not None and says_nothing(link.words, link.lang):
            what = f"the words '{link.words}' do not say where the link leads"
            if not link.words:
                what = "the link has no words that could be followed"
            yield Finding(code="W405", what=what, fix="let the link's words name the page", place=link.place)


def lead_to_different_pages(proof: Proof) -> Iterator[Finding]:
    """Two links with different words, or of two stories, do not lead to one page.

    A source that is cited twice under the same words is no slip, nor is a story that links to its own source,
    nor are two places on one page.
    """
    first: dict[str, Linked] = {}
    at_place: dict[tuple[str, str], Linked] = {}
    for link in proof.linked:
        parts = _split(link.address)
        if parts is None or parts.scheme not in _WEB or not (parts.path.strip("/") or parts.query):
            continue
        page = same_page(link.address)
        earlier = at_place.get((page, parts.fragment)) or at_place.get((page, ""))
        if earlier is None and not parts.fragment:
            earlier = first.get(page)
        first.setdefault(page, link)
        at_place.setdefault((page, parts.fragment), link)
        if earlier is None or _may_repeat(earlier, link):
            continue
        what = f"'{_short(link.address)}' is linked on {earlier.place} already, under other words"
        fix = "correct one of the two, take one away, or use the same words"
        yield Finding(code="W406", what=what, fix=fix, place=link.place)


def say_the_truth(proof: Proof) -> Iterator[Finding]:
    """Words that are an address lead to that place, and no address begins with another's name."""
    for link in proof.linked:
        parts = _split(link.address)
        if parts is None or parts.scheme not in _WEB or not parts.hostname:
            continue
        if "@" in parts.netloc:
            what = f"'{_short(link.address)}' leads to {parts.hostname}, whatever stands before the @"
            yield Finding(code="W413", what=what, fix="take away what stands before the @", place=link.place)
            continue
        named = _NAMED.fullmatch((link.words or "").strip())
        if named is not None and not _are_one(named[1] or named[2], parts.hostname):
            what = f"the words '{_short(named[0])}' lead to {parts.hostname}"
            fix = "let the words name the page, or link to what they name"
            yield Finding(code="W413", what=what, fix=fix, place=link.place)


def are_new(proof: Proof) -> Iterator[Finding]:
    """No story is about a page of which readers have read here before."""
    facts = proof.facts
    if facts is None:
        return
    public = [each for each in facts.public if each.link and each.issue != proof.issue.slug]
    ran = {same_page(each.link): each for each in public}
    for link in proof.linked:
        before = ran.get(same_page(link.address)) if link.words is None else None
        if before is not None:
            where = f"issue {before.number}" if before.number is not None else f"issue '{before.issue}'"
            what = f"'{_short(link.address)}' ran in {where}"
            yield Finding(code="W407", what=what, fix="leave it out, or say what is new", place=link.place)


def watch_nobody(proof: Proof) -> Iterator[Finding]:
    """Links lead straight to a page, by a safe way, and do not tell who follows them."""
    for link in proof.linked:
        parts = _split(link.address)
        if parts is None or parts.scheme not in _WEB:
            continue
        if names := tracking(link.address):
            what = f"the link tells who follows it: {', '.join(names)}"
            fix = "`publisher check --fix` removes that" if can_be_mended(link.address) else "take that out"
            yield Finding(code="W408", what=what, fix=fix, place=link.place)
        host = (parts.hostname or "").removeprefix("www.")
        if parts.scheme == "http" and _trouble_with(parts) is None:
            what = f"'{_short(link.address)}' is not encrypted on its way"
            fix = "write https:// if the page has it; nearly every page has"
            yield Finding(code="W409", what=what, fix=fix, place=link.place)
        if host in SHORTENERS:
            what = f"{host} hides where the link leads, and can stop working"
            yield Finding(code="W410", what=what, fix="write the page's own address", place=link.place)


CHECKS: Final = (
    lead_somewhere,
    say_where_they_lead,
    lead_to_different_pages,
    say_the_truth,
    are_new,
    watch_nobody,
)


def _files(proof: Proof) -> frozenset[str]:
    """Return the files of the issue, relative to `issues/`, which a link may name."""
    own = PurePosixPath(proof.issue.place.path)
    places = [(story.folder, PurePosixPath(story.place.path)) for story in proof.issue.stories]
    places.append(("" if proof.issue.single else own.parent.name, own))
    return frozenset(_key(folder, path.name) for folder, path in places)


def _relative(link: Linked, files: frozenset[str]) -> Iterator[Finding]:
    """Judge an address without a scheme: only a file of the issue means something to readers."""
    address = link.address.strip()
    path = unquote(address.partition("#")[0])
    if address.startswith("//"):
        yield from _host(link)
        return
    if path.endswith(".md") and _key(link.folder, path) in files:
        return
    what = f"'{_short(address)}' leads nowhere from a mail" if address else "the link has no address"
    yield Finding(code="E401", what=what, fix=_cure(link, path, files), place=link.place)


def _cure(link: Linked, path: str, files: frozenset[str]) -> str:
    if _LIKE_A_HOST.match(path) and not path.endswith(".md"):
        return f"did you mean https://{path}?"
    names = {posixpath.relpath(file, link.folder or "."): file for file in files}
    close = get_close_matches(path, names, n=1) or get_close_matches(f"{path}.md", names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return "write the whole address, beginning with https://, or the name of a file of this issue"


def _host(link: Linked) -> Iterator[Finding]:
    """Judge where on the net an address is."""
    address = link.address.strip()
    parts = _split(address if not address.startswith("//") else f"https:{address}")
    trouble = "it names no place on the web" if parts is None else _trouble_with(parts)
    if trouble is not None:
        code = "E403" if parts is not None and parts.hostname else "E401"
        what = f"'{_short(address)}' cannot be reached by readers: {trouble}"
        yield Finding(code=code, what=what, fix="write an address of the public web", place=link.place)


def _trouble_with(parts: SplitResult) -> str | None:
    """Return why readers cannot reach that host, None if they may."""
    host = _plain_host(parts.hostname or "")
    if not host:
        return "it names no place on the web"
    if has_unseen(host):
        return "its host has letters in it that cannot be seen"
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            return f"{host} is an address within a house, or one in an odd spelling"
        return None if is_public(number) else f"{host} is an address within a house"
    if host.endswith(_LOCAL_ENDS) or host == "localhost":
        return f"{host} is this machine or its own network"
    return None if "." in host else f"'{host}' is a name within a house"


def _plain_host(host: str) -> str:
    """Return a host as browsers read it."""
    return _DOTS.sub(".", unicodedata.normalize("NFKC", unquote(host))).lower().rstrip(".")


def _are_one(named: str, host: str) -> bool:
    """Return whether two hosts are one house: the same, or one of them a part of the other."""
    one, other = (_in_ascii(_plain_host(each)).removeprefix("www.") for each in (named, host))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _in_ascii(host: str) -> str:
    try:
        return target_of(f"https://{host}/").host
    except FetchError:
        return host


def _may_repeat(earlier: Linked, link: Linked) -> bool:
    """Return whether two links to one page are meant: a story's own source, or the same words."""
    if earlier.words is None and link.words is None:
        return False
    if earlier.words is None or link.words is None:
        return earlier.story is link.story
    return earlier.words.casefold() == link.words.casefold()


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address; None for one that is none."""
    try:
        parts = urlsplit(address.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts


def _key(folder: str, name: str) -> str:
    return unicodedata.normalize("NFC", posixpath.normpath(posixpath.join(folder, name)))


def _short(address: str) -> str:
    return address if len(address) <= 80 else f"{address[:79]}…"
