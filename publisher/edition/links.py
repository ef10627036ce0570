"""Addresses: made absolute and ASCII, or refused; and the ids that never change."""

from __future__ import annotations

import posixpath
import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from publisher.model.addresses import has_unseen, telephone

_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_INVISIBLE: Final = "".join(map(chr, (*range(0x21), *range(0x7F, 0xA1)))) + "\u200b\u2028\u2029\ufeff"
_TABS: Final = re.compile(r"[\t\n\r]")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_HOST: Final = re.compile(r"[a-z0-9_~%-]+(?:\.[a-z0-9_~%-]+)*\.?|\[[0-9a-f:.]+\]")
_DOTS: Final = re.compile("[.。．｡]")  # noqa: RUF001 (the dots that may part labels, UTS 46)


_PATH: Final = "/:@!$&'()*+,;=~%"
_QUERY: Final = _PATH + "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """Where a text stands: what relative addresses in it mean.

    `url` is its permalink, `folder` the folder of its file relative to `issues/`, `pages` the permalinks of
    the issue's files by `file_key`.
    """

    url: str
    folder: str
    pages: Mapping[str, str]

    def resolve(self, href: str) -> str | None:
        """Return `href` absolute and in ASCII; None if it leads nowhere or its scheme is not for readers.

        `chip-heat.md` means that story's permalink, `#x` a place on this text's own page.
        """
        address = _trimmed(href)
        if not address or _SCHEME.match(address):
            return absolute(address)
        path, mark, fragment = address.partition("#")
        if path.endswith(".md") and not path.startswith("//"):
            page = self.pages.get(file_key(self.folder, unquote(path)))
            return page and absolute(page + mark + fragment)
        try:
            return absolute(urljoin(self.url, address))
        except ValueError:
            return None


def absolute(url: str) -> str | None:
    """Return an address of the web, a mailbox or a telephone in ASCII (RFC 3986); None for all else."""
    address = _trimmed(url)
    scheme = _SCHEME.match(address)
    if scheme is None:
        return None
    try:
        return SCHEMES[scheme[1].lower()](address)
    except (KeyError, ValueError):  # a lone surrogate, which no encoding has, is a ValueError
        return None


def file_key(folder: str, name: str) -> str:
    """Return the name under which a file beside a text is known: relative to `issues/`, in NFC."""
    return unicodedata.normalize("NFC", posixpath.normpath(posixpath.join(folder, name)))


def file_name(source: str) -> str | None:
    """Return the name of the file beside the text that a picture's address means; None for one elsewhere."""
    address = _trimmed(source)
    if _SCHEME.match(address) or address.startswith("//"):
        return None
    return unquote(address)


def permalink(home_url: str, kind: str, slug: str) -> str:
    """Return the address of a page of `kind` ("stories", "issues")."""
    return f"{home_url}/{kind}/{quote(slug, safe='')}/"


def tag_uri(authority: str, own: str | None, *, path: str, kind: str = "") -> str:
    """Return the tag URI (RFC 4151) of what its file calls `own`; without that, one made from `path`.

    `kind` keeps apart what shares one id, such as an issue and its only story.
    """
    name = own or str(uuid.uuid5(uuid.NAMESPACE_URL, f"tag:{authority}:{path}"))
    return f"tag:{authority}:{kind}{quote(name, safe=_PATH)}"


def _trimmed(address: str) -> str:
    """Take away what browsers ignore in an address, so that nobody can hide a scheme behind it."""
    return _TABS.sub("", address).strip(_INVISIBLE)


def _web(address: str) -> str | None:
    parts = urlsplit(address)
    host = _ascii_host(parts.hostname or "")
    if host is None:
        return None
    user, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port is not None else ""
    query = f"?{_encoded(parts.query, _QUERY)}" if parts.query else ""
    fragment = f"#{_encoded(parts.fragment, _QUERY)}" if parts.fragment else ""
    authority = f"{_encoded(user, _PATH)}{at}{host}{port}"
    return f"{parts.scheme}://{authority}{_encoded(parts.path, _PATH)}{query}{fragment}"


def _mail(address: str) -> str | None:
    mailboxes, mark, headers = address[len("mailto:") :].partition("?")
    written = []
    for mailbox in mailboxes.split(","):
        local, _, domain = mailbox.strip().rpartition("@")
        host = _ascii_host(domain)
        if not local or host is None:
            return None
        written.append(f"{_encoded(local, _PATH)}@{host}")
    return f"mailto:{','.join(written)}{mark}{_encoded(headers, _QUERY)}"


SCHEMES: Final = {"http": _web, "https": _web, "mailto": _mail, "tel": telephone, "sms": telephone}
"""What readers can follow: the web, mailboxes and telephones."""


def _ascii_host(host: str) -> str | None:
    """Return `host` as DNS knows it; None if it is none, or has letters in it that nobody sees.

    An IPv6 address gets its brackets.
    """
    if has_unseen(host):
        return None
    if ":" in host:
        host = f"[{host}]"
    labels = _DOTS.split(unicodedata.normalize("NFKC", host).lower())
    name = ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels
    )
    return name if _HOST.fullmatch(name) else None


def _encoded(part: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=safe)
