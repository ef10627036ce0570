"""Which addresses are on the public internet, and which lead inside."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Address = IPv4Address | IPv6Address

INSIDE_IPV4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # carriers' shared addresses, and a cloud's metadata (RFC 6598)
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # a cloud's own services for its machines
        "169.254.0.0/16",  # this link, and clouds' metadata (RFC 3927)
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments, and a cloud's metadata (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays, given up (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # measuring (RFC 2544)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)
"""Networks that nobody may be led into. Written out, because `is_global` differs between Pythons."""

PUBLIC_IPV6: Final = IPv6Network("2000::/3")
"""Global unicast. All else is local, mapped (`::ffff:`), translated (`64:ff9b::`), multicast or free."""

INSIDE_IPV6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4: an IPv4 address in disguise (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Networks within `PUBLIC_IPV6` that are not public, or that carry an IPv4 address which may not be."""

_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)
"""What stands before an IPv4 address in an interface of a tunnel (RFC 5214 section 6.1)."""


def is_public(address: Address) -> bool:
    """Return whether everybody on the internet means the same machine by that address.

    An IPv6 address that carries an IPv4 one is never public: the plain one is there to be used.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in INSIDE_IPV4)
    return (
        address.scope_id is None
        and address in PUBLIC_IPV6
        and not any(address in network for network in INSIDE_IPV6)
        and (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP
    )
