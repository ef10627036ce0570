"""Rates as they are written, and the gates that a message passes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.addresses import AddressError
from publisher.delivery.pace import domain_gate, domain_intervals, domain_of, interval_of, relay_gate
from publisher.errors import SettingsError
from publisher.model.pace import Gate, Pace

NOW = datetime(2026, 10, 6, 6, 30, tzinfo=UTC)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@pytest.mark.parametrize(
    ("rate", "interval"),
    [
        ("14/s", 71_429),
        ("600/m", 100_000),
        ("9000/h", 400_000),
        ("50000/d", 1_728_000),
        ("1/d", 86_400_000_000),
        ("999999/s", 2),
        ("", None),
    ],
)
def test_a_rate_is_an_interval_in_microseconds(rate: str, interval: int | None) -> None:
    assert interval_of(rate) == interval


@given(count=st.integers(1, 999_999), unit=st.sampled_from("smhd"))
def test_no_interval_lets_more_through_than_the_rate_says_and_none_is_a_microsecond_too_long(
    count: int, unit: str
) -> None:
    interval = interval_of(f"{count}/{unit}")

    assert interval is not None
    assert (interval - 1) * count < SECONDS[unit] * 1_000_000 <= interval * count


def test_a_domain_is_known_by_one_spelling() -> None:
    assert domain_of("Ann@Mail.EXAMPLE.com") == "mail.example.com"
    assert domain_of("ann@Bücher.example") == "xn--bcher-kva.example"
    with pytest.raises(AddressError, match="has no @"):
        domain_of("example.com")


def test_rates_of_domains_may_be_written_in_any_spelling_and_the_slower_one_holds() -> None:
    rates = {
        "Example.COM": "20/s",
        "bücher.example": "1/s",
        "xn--bcher-kva.example": "5/s",
        "free.example": "",
    }

    assert domain_intervals(rates) == {"example.com": 50_000, "xn--bcher-kva.example": 1_000_000}


@pytest.mark.parametrize("written", ["reader@example.com", "example", "exa mple.com", "*.example.com", ""])
def test_a_rate_for_what_is_no_domain_says_what_to_write(written: str) -> None:
    with pytest.raises(SettingsError) as error:
        domain_intervals({written: "20/s"})

    assert str(error.value) == (
        f"publisher.toml: '{written}' in domain_rates is not a domain"
        ' (write what stands after the @ of readers: {"example.com" = "20/s"})'
    )


def test_a_message_passes_the_gate_of_its_relay_and_that_of_its_domain_there() -> None:
    intervals = domain_intervals({"example.com": "20/s"})

    relay = relay_gate("smtp", Pace(), configured_us=interval_of("14/s"))
    domain = domain_gate("smtp", "ann@EXAMPLE.com", intervals)

    assert relay == Gate(name="relay:smtp", interval_us=71_429, burst=2)
    assert domain == Gate(name="domain:smtp:example.com", interval_us=50_000, burst=2)


def test_a_relay_that_complained_has_a_gate_also_without_a_rate() -> None:
    slow = Pace(interval_us=1_000_000, changed_at=NOW)

    assert relay_gate("spare", slow, configured_us=None) == Gate(
        name="relay:spare", interval_us=1_000_000, burst=1
    )
    assert relay_gate("spare", Pace(), configured_us=None) is None


def test_other_domains_those_below_and_addresses_that_are_none_have_no_gate() -> None:
    intervals = domain_intervals({"example.com": "20/s"})

    others = ["ann@example.org", "ann@mail.example.com", "ann@notexample.com", "example.com"]
    gates = [domain_gate("smtp", address, intervals) for address in others]

    assert gates == [None] * 4
    assert domain_gate("smtp", "ann@example.com", {}) is None
