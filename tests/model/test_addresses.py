"""Addresses: what in them only watches readers, and when two lead to one page."""

from __future__ import annotations

import pytest

from publisher.model.addresses import same_page, tracking


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://a.example/x", ()),
        ("https://a.example/x?id=1", ()),
        ("https://a.example/x?utm_source=a&id=1&UTM_MEDIUM=b&utm_source=c", ("utm_source", "UTM_MEDIUM")),
        ("https://a.example/x?fbclid", ("fbclid",)),
        ("https://a.example/x?a=1&amp;gclid=2", ("gclid",)),
        ("https://a.example/x#?utm_source=a", ()),
        ("https://a.example/x?q=utm_source=a", ()),
        ("https://a.example/x?utm=a&utmost_x=b&mutm_source=c", ()),
    ],
)
def test_what_watches_readers_is_known_by_its_name(address: str, names: tuple[str, ...]) -> None:
    assert tracking(address) == names


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example/x",
        "https://www.a.example/x/",
        "https://A.Example/x#part",
        "https://a.example:443/x",
        "https://a.example/x?utm_source=y",
    ],
)
def test_two_ways_to_write_an_address_lead_to_one_page(address: str) -> None:
    assert same_page(address) == same_page("https://a.example/x")


@pytest.mark.parametrize(
    "address", ["https://a.example/X", "https://a.example/x?id=1", "https://b.example/x", "https://a.example"]
)
def test_another_address_leads_to_another_page(address: str) -> None:
    assert same_page(address) != same_page("https://a.example/x")


def test_what_is_no_address_is_like_itself_only() -> None:
    assert same_page("https://[x") == "https://[x"
