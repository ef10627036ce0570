"""From where a request comes: a proxy is believed only if it is one of ours."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from publisher.web.network import Origin, networks, origin_of

TRUSTED = networks(["127.0.0.1", "10.0.0.0/8", "::1"])


def asked(client: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return Request({"type": "http", "headers": headers, "client": (client, 1) if client else None})


@pytest.mark.parametrize(
    ("client", "forwarded", "budget", "kept"),
    [
        ("198.51.100.7", (), "198.51.100.7", "198.51.100.0/24"),
        ("198.51.100.7", ("203.0.113.9",), "198.51.100.7", "198.51.100.0/24"),
        ("127.0.0.1", ("203.0.113.9",), "203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.1", ("192.0.2.66, 203.0.113.9, 10.1.2.3",), "203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.1", ("192.0.2.66", "203.0.113.9"), "203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.1", ("<script>",), "127.0.0.1", "127.0.0.0/24"),
        ("127.0.0.1", (), "127.0.0.1", "127.0.0.0/24"),
        ("::1", ("2001:db8:1:2:3::4",), "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:198.51.100.7", (), "198.51.100.7", "198.51.100.0/24"),
        ("", ("203.0.113.9",), "", ""),
        ("unix", (), "", ""),
    ],
)
def test_where_a_request_comes_from(client: str, forwarded: tuple[str, ...], budget: str, kept: str) -> None:
    assert origin_of(asked(client, *forwarded), TRUSTED) == Origin(budget=budget, kept=kept)
