"""Which rates a message must keep on its way out: the relay's, and that of the reader's domain there; pure.

How a rate is kept, and how the pace gives way to a relay, stands in `model/pace`, since the store applies it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from publisher.delivery import addresses
from publisher.errors import Place, SettingsError
from publisher.model.pace import Gate, Pace, gate, interval_now

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_MICROSECONDS = 1_000_000


def interval_of(rate: str) -> int | None:
    """Return the microseconds between two messages at a rate such as "14/s", or None for "", no rate.

    It is rounded up, so that the rate is never exceeded: a message comes at most a microsecond late.
    """
    if not rate:
        return None
    count, _, unit = rate.partition("/")
    return -(-_SECONDS[unit] * _MICROSECONDS // int(count))


def domain_of(address: str) -> str:
    """Return the domain of a mail address in small letters and ASCII (RFC 5890).

    Raises:
        AddressError: nobody can write to this address.
    """
    return addresses.parse(address).domain


def domain_intervals(rates: Mapping[str, str]) -> dict[str, int]:
    """Return the interval for each domain of the setting `domain_rates`, by the spelling of `domain_of`.

    A domain that stands there in two spellings has the slower rate.

    Raises:
        SettingsError: one of them is not a domain.
    """
    intervals: dict[str, int] = {}
    for written, rate in rates.items():
        domain, interval = _domain(written), interval_of(rate)
        if interval is not None:
            intervals[domain] = max(interval, intervals.get(domain, 0))
    return intervals


def relay_gate(relay: str, pace: Pace, *, configured_us: int | None) -> Gate | None:
    """Return the gate that all messages to a relay pass now, or None if they may go as they come."""
    interval_us = interval_now(pace, configured_us)
    return None if interval_us is None else gate(f"relay:{relay}", interval_us)


def domain_gate(relay: str, address: str, intervals: Mapping[str, int]) -> Gate | None:
    """Return the gate that a message to `address` passes besides, or None if its domain has no rate.

    A domain's rate is for each relay, and for that very domain without those below it. An address that
    nobody can write to has none: the transport refuses it.
    """
    if not intervals:
        return None
    try:
        domain = domain_of(address)
    except addresses.AddressError:
        return None
    interval_us = intervals.get(domain)
    return None if interval_us is None else gate(f"domain:{relay}:{domain}", interval_us)


def gate_names(relay: str, pace: Pace, domains: Collection[str], *, configured_us: int | None) -> set[str]:
    """Return the names of all gates that a message to a relay may have to pass now."""
    own = relay_gate(relay, pace, configured_us=configured_us)
    return {f"domain:{relay}:{domain}" for domain in domains} | ({own.name} if own else set())


def _domain(written: str) -> str:
    try:
        return domain_of(f"reader@{written}")
    except addresses.AddressError:
        raise SettingsError(
            f"'{written}' in domain_rates is not a domain",
            place=Place(path="publisher.toml"),
            fix='write what stands after the @ of readers: {"example.com" = "20/s"}',
        ) from None
