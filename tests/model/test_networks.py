from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.networks import INSIDE_IPV4, INSIDE_IPV6, PUBLIC_IPV6, is_public

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8
192.0.0.9 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:93.184.215.14 ::ffff:0:10.0.0.1
64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::8.8.8.8 64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::1
100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1::1 2002:a00:1::1 2002:a9fe:a9fe::1 2002:808:808::1 3fff::1 5f00::1
2a00:1450:4003::5efe:10.0.0.1 2a00:1450:4003::200:5efe:192.168.0.1
fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%eth0 2a00:1450:4003::1%eth0 fec0::1 ff02::1 ff05::2
4000::1 a000::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0
192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255
203.0.114.0 223.255.255.255 2606:4700:4700::1111 2001:200::1 2001:4860:4860::8888 2003::1 2a00:1450:4003::200e
2620:fe::fe 2001:db7:ffff::1 2001:db9::1 3ffe:ffff::1 3fff:1000::1
"""

inside_ipv4 = st.sampled_from(INSIDE_IPV4).flatmap(
    lambda net: st.integers(int(net.network_address), int(net.broadcast_address)).map(IPv4Address)
)
inside_ipv6 = st.sampled_from(INSIDE_IPV6).flatmap(
    lambda net: st.integers(int(net.network_address), int(net.broadcast_address)).map(IPv6Address)
)
DISGUISES: tuple[Callable[[IPv4Address], int], ...] = (
    int,  # IPv4-compatible
    lambda ip: 0xFFFF << 32 | int(ip),  # IPv4-mapped
    lambda ip: 0xFFFF << 48 | int(ip),  # IPv4-translated
    lambda ip: 0x0064_FF9B << 96 | int(ip),  # NAT64
    lambda ip: 0x0064_FF9B_0001 << 80 | int(ip),  # NAT64 of one's own
    lambda ip: 0x2002 << 112 | int(ip) << 80,  # 6to4
    lambda ip: 0x2001_0000 << 96 | int(ip) << 64 | 0x1234,  # a Teredo server
    lambda ip: 0x2001_0000 << 96 | (int(ip) ^ 0xFFFF_FFFF),  # a Teredo client
    lambda ip: 0x2A00_1450_4003 << 80 | 0x5EFE << 32 | int(ip),  # ISATAP
)


@pytest.mark.parametrize("text", INSIDE.split())
def test_what_leads_inside_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC.split())
def test_the_public_internet_is_public_up_to_its_edges(text: str) -> None:
    assert is_public(ip_address(text))


@given(inside_ipv4)
def test_no_address_of_an_inside_network_is_public(address: IPv4Address) -> None:
    assert not is_public(address)


@given(inside_ipv6)
def test_no_ipv6_address_of_an_inside_network_is_public(address: IPv6Address) -> None:
    assert not is_public(address)


@given(inside_ipv4, st.sampled_from(DISGUISES))
def test_no_ipv6_address_that_carries_an_inside_address_is_public(
    address: IPv4Address, disguise: Callable[[IPv4Address], int]
) -> None:
    assert not is_public(IPv6Address(disguise(address)))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_only_global_unicast_is_public(address: IPv6Address) -> None:
    assert address in PUBLIC_IPV6 or not is_public(address)


@given(st.ip_addresses())
def test_what_python_calls_private_or_special_is_never_public(address: IPv4Address | IPv6Address) -> None:
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )

    assert not (special and is_public(address))


def test_every_inside_network_of_ipv6_is_a_part_of_the_public_one() -> None:
    assert all(isinstance(net, IPv6Network) and net.subnet_of(PUBLIC_IPV6) for net in INSIDE_IPV6)
