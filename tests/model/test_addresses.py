"""Addresses: what in them only watches readers, and when two lead to one page."""

from __future__ import annotations

import pytest

from publisher.model.addresses import bare, can_be_mended, same_page, tracking


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
        ("https://a.example/x?pk_price=20&mtm_width=3&hsa_size=4&utm_zone=5&cmpid=6&sc_cid=7", ()),
        ("https://web.archive.org/web/2020/https://a.example/?utm_source=a", ()),
        ("https://a.example/?to=https://b.example/?c=1&utm_source=a", ()),
        ("https://a.example/?to=https://b.example/&utm_source=a", ("utm_source",)),
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


def test_what_watches_cannot_go_with_parentheses_of_the_rest() -> None:
    assert can_be_mended("https://a.example/?b=(1)&utm_source=(2)")
    assert not can_be_mended("https://a.example/?b=(1&utm_source=2)")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://a.example/x_(y).", [(4, "https://a.example/x_(y)")]),
        ("(See https://a.example/x.)", [(5, "https://a.example/x")]),
        ("(See https://a.example/x_(y))", [(5, "https://a.example/x_(y)")]),
        ("**http://a.example/**, https://b.example!", [(2, "http://a.example/"), (23, "https://b.example")]),
    ],
)
def test_a_bare_address_ends_before_the_marks_of_its_sentence(
    text: str, addresses: list[tuple[int, str]]
) -> None:
    assert list(bare(text)) == addresses
