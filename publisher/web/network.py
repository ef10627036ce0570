"""From where a request comes, and how much of that may be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from starlette.requests import Request

Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]

_KEPT: Final = {4: 24, 6: 48}
"""Bits of an address that are kept: they tell a network, and no machine in it."""

_HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that one customer of a provider has for all machines together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from. `budget` is what budgets count by, `kept` may be kept.

    Of `budget` a keyed hash is kept, with the database's own key, until the budget is full again: whoever has
    the database could find the network by trying. Both are empty where it is not known.
    """

    budget: str = ""
    kept: str = ""


def networks(names: Sequence[str]) -> Networks:
    """Return the networks that are named, such as "10.0.0.0/8" or "::1".

    Raises:
        ValueError: one of them is none.
    """
    return [ip_network(name, strict=False) for name in names]


def origin_of(request: Request, trusted: Networks) -> Origin:
    """Return where a request comes from.

    What a proxy says in `X-Forwarded-For` counts only if its own address is among those `trusted`; of several
    proxies in a row, the first from the right that is not trusted is the reader.
    """
    found = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while _is_trusted(found, trusted) and forwarded:
        nearest = forwarded.pop().strip()
        if _address(nearest) is None:
            break
        found = nearest
    address = _address(found)
    if address is None:
        return Origin()
    kept = ip_network((address, _KEPT[address.version]), strict=False)
    if isinstance(address, IPv6Address):
        household = ip_network((address, _HOUSEHOLD), strict=False)
        return Origin(budget=str(household), kept=str(kept))
    return Origin(budget=str(address), kept=str(kept))


def has_strange_proxy(request: Request, trusted: Networks) -> bool:
    """Tell whether a request names in `X-Forwarded-For` for whom it is, and nobody trusts whoever says so."""
    found = request.client.host if request.client else ""
    return "x-forwarded-for" in request.headers and not _is_trusted(found, trusted)


def _is_trusted(text: str, trusted: Networks) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
