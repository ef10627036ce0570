"""The address to which bounces come: it names a delivery, and nobody else can make one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.reports.return_path import read_return_path, return_path

MAILBOX = "Bounces@news.example.com"
KEY, OTHER = b"k" * 32, b"o" * 32
IDS = st.integers(1, 10**15)


@given(mailing=IDS, subscriber=IDS)
def test_a_return_path_names_its_delivery_in_any_capitals(mailing: int, subscriber: int) -> None:
    address = return_path(KEY, MAILBOX, mailing=mailing, subscriber=subscriber)

    for spelling in (address, address.upper(), address.lower()):
        assert read_return_path(spelling, MAILBOX, [OTHER, KEY]) == (mailing, subscriber)


@given(mailing=IDS, subscriber=IDS)
def test_a_return_path_is_worth_nothing_without_the_key(mailing: int, subscriber: int) -> None:
    address = return_path(KEY, MAILBOX, mailing=mailing, subscriber=subscriber)

    assert read_return_path(address, MAILBOX, [OTHER]) is None
    assert read_return_path(address, MAILBOX, []) is None


def test_a_local_part_of_a_return_path_fits_into_64_octets() -> None:
    address = return_path(KEY, MAILBOX, mailing=999_999_999, subscriber=999_999_999)

    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "address",
    [
        "bounces@news.example.com",
        "bounces+m1-d2-aaaaaaaaaaaaaaaa@news.example.com",
        "other+m1-d2-aaaaaaaaaaaaaaaa@news.example.com",
        "",
        "@",
        "bounces+@news.example.com",
        "bounces+m1-d2-@news.example.com",
        "é" * 100 + "@news.example.com",
        "bounces+m1-d1-\u017faaaaaaaaaaaaaaa@news.example.com",
        "bounces+m1-d1-\u212aaaaaaaaaaaaaaaa@news.example.com",
        "bounces+m\u0661-d1-aaaaaaaaaaaaaaaa@news.example.com",
    ],
)
def test_what_is_no_return_path_of_ours_names_nothing(address: str) -> None:
    assert read_return_path(address, MAILBOX, [KEY]) is None


def test_a_return_path_in_another_mailbox_names_nothing() -> None:
    address = return_path(KEY, "bounces@elsewhere.example", mailing=1, subscriber=2)

    assert read_return_path(address, MAILBOX, [KEY]) is None
