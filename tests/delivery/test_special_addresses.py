"""Offices and throw-away mailboxes are known, whatever stands around their names."""

from __future__ import annotations

import pytest

from publisher.delivery.addresses import parse
from publisher.delivery.special_addresses import is_disposable, is_role


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("info@example.org", True),
        ("INFO@example.org", True),
        ("info+weekly@example.org", True),
        ("postmaster@example.org", True),
        ("informatics@example.org", False),
        ("ann.info@example.org", False),
    ],
)
def test_an_office_is_told_from_a_person(address: str, *, role: bool) -> None:
    assert is_role(parse(address)) is role


@pytest.mark.parametrize(
    ("address", "disposable"),
    [
        ("ann@mailinator.com", True),
        ("ann@MAILINATOR.com", True),
        ("ann@team.mailinator.com", True),
        ("ann@notmailinator.com", False),
        ("ann@mailinator.com.example.org", False),
    ],
)
def test_a_mailbox_to_throw_away_is_known_by_its_domain(address: str, *, disposable: bool) -> None:
    assert is_disposable(parse(address)) is disposable
