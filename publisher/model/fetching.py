"""Asking other servers: where a request may go, what came back, and why nothing did."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, urlsplit

from publisher.errors import PublisherError
from publisher.model.addresses import has_unseen
from publisher.model.networks import Address

PORTS: Final = {"http": 80, "https": 443}
"""The schemes that are asked for, each with its port."""

PERMANENT: Final = frozenset({301, 308})
REDIRECTS: Final = PERMANENT | {302, 303, 307}
"""Statuses that send elsewhere (RFC 9110 section 15.4)."""

_LONGEST_URL = 8_000
_LONGEST_NAME = 253
_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")
_BRACKETS = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d*)?")
_DOTS = re.compile(r"[.\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_PATH = "/:@!$&'()*+,;=~%"
_QUERY = _PATH + "?"
INSIDE_ZONES: Final = ("localhost", "local", "internal", "home.arpa", "lan", "intranet", "corp", "home")
"""Ends of names that only a network of one's own gives out (RFC 6761, 6762, 8375)."""


class Trouble(StrEnum):
    """Why an address gave nothing."""

    ADDRESS = "address"  # it is written in a way that is never asked for
    INSIDE = "inside"  # it leads somewhere that is not public
    NO_HOST = "no host"  # the name does not exist
    OFFLINE = "offline"  # names cannot be looked up, or there is no way out
    CLOSED = "closed"  # nobody listens there
    TLS = "tls"  # the connection cannot be made safe, or not to whom it should be
    TIME = "time"  # it took too long
    REDIRECTS = "redirects"  # it sends around without an end
    SIZE = "size"  # it is larger than what was asked for
    BROKEN = "broken"  # the answer is none


class FetchError(PublisherError):
    """An address gave nothing, or may not be asked; `trouble` is the sentence in a word.

    `asked` says whether any server was troubled with it.
    """

    def __init__(self, trouble: Trouble, what: str, *, asked: bool = False) -> None:
        super().__init__(what)
        self.trouble = trouble
        self.asked = asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one request goes: `host` in ASCII and small letters, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as the `Host` header names it, with a port that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def address(self) -> Address | None:
        """The IP address that the host is written as, or None for a name."""
        if ":" in self.host:
            return IPv6Address(self.host)
        return IPv4Address(self.host) if _NUMBER.fullmatch(self.host.rpartition(".")[2]) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed: its status, and the address it led to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The last answer: names of headers are in small letters, `body` is unpacked."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    hops: tuple[Hop, ...] = ()

    @property
    def moved_to(self) -> str:
        """Where the address has moved for good, or empty. After a temporary redirect nothing is for good."""
        moved = ""
        for hop in self.hops:
            if hop.status not in PERMANENT:
                break
            moved = hop.url
        return moved


def target_of(url: str) -> Target:
    """Return where an address leads, in the one spelling that every program reads alike.

    International names are written in ASCII (RFC 5890). Whether what a name stands for is public is for
    whoever looks it up.

    Raises:
        FetchError: it is not plain http or https, or names a host in a way that hides where it leads.
    """
    if len(url) > _LONGEST_URL:
        raise _refused(f"an address has at most {_LONGEST_URL:,} characters")
    if _UNSEEN.search(url):
        raise _refused("it has a blank, a backslash or a character that cannot be seen in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("it cannot be read as an address") from None
    if parts.scheme not in PORTS:
        raise _refused("only http and https addresses are asked for")
    if "@" in parts.netloc:
        raise _refused("it carries a user name or a password")
    host = _host(parts.netloc, parts.hostname or "")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values():
        raise _refused(f"its port {port} is neither 80 nor 443")
    try:
        query = f"?{_encoded(parts.query, _QUERY)}" if parts.query else ""
        path = f"{_encoded(parts.path, _PATH) or '/'}{query}"
    except UnicodeEncodeError:
        raise _refused("it has a letter in it that cannot be written") from None
    return Target(scheme=parts.scheme, host=host, port=port, path=path)


def _host(netloc: str, host: str) -> str:
    if "[" in netloc or "]" in netloc:
        return _ipv6(netloc)
    if has_unseen(host):
        raise _refused("the name of its host has letters in it that cannot be seen")
    name = _ascii(host).removesuffix(".")
    labels = name.split(".")
    if not name:
        raise _refused("it names no host")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(f"'{host}' is not the name of a host")
    if len(labels) == 1 or name.endswith(tuple(f".{zone}" for zone in INSIDE_ZONES)):
        raise FetchError(Trouble.INSIDE, f"'{name}' is a name that only a private network knows")
    return name


def _ipv4(name: str) -> str:
    try:
        return str(IPv4Address(name))
    except ValueError:
        raise _refused("it writes an IP address in an odd way") from None


def _ipv6(netloc: str) -> str:
    """Return the address between brackets; zones (`%eth0`) and whatever else stands there are refused."""
    match = _BRACKETS.fullmatch(netloc)
    try:
        return str(IPv6Address(match[1] if match else ""))
    except ValueError:
        raise _refused("it writes an IP address in an odd way") from None


def _ascii(host: str) -> str:
    """Return a name as DNS knows it. A name that cannot be written so stays as it is, and is refused then."""
    labels = _DOTS.split(unicodedata.normalize("NFKC", host).lower())
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels
    )


def _encoded(part: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=safe)


def _refused(why: str) -> FetchError:
    return FetchError(Trouble.ADDRESS, why)
