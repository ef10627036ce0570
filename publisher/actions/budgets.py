"""Budgets of what strangers may ask for: they are kept in the database, and nothing in them can be read."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from publisher.delivery.pace import interval_of
from publisher.model.pace import Gate, admit, us_of
from publisher.settings_joining import JoiningSettings
from publisher.store import rates

BUDGETS: Final = "join "
"""How the names of these rates begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Whether somebody may be served: not before `retry_at` if that is set.

    Whoever `has_mail` has been served before, and gets no further mail just now.
    """

    retry_at: datetime | None = None
    has_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, from where: what budgets are kept for. `address_key` is the same for all spellings.

    `block` is the larger network of `network`; both are empty for somebody who is known by a link.
    """

    address_key: str
    domain: str
    network: str = ""
    block: str = ""


def refused_until(
    db: Connection, settings: JoiningSettings, asker: Asker, *, secret: bytes, now: datetime
) -> datetime | None:
    """Return until when a budget is empty, None if none is. Nothing is taken: a flood costs one look each."""
    return rates.refused_until(db, _everybodys(settings, asker, secret), now=now)


def spend(db: Connection, settings: JoiningSettings, asker: Asker, *, secret: bytes, now: datetime) -> Spent:
    """Take one mail to somebody out of all budgets.

    Where a budget is empty nothing is taken from the others; that of one address alone may be empty unseen.
    """
    (retry_at,) = rates.take_for_each(db, [_everybodys(settings, asker, secret)], now=now)
    if retry_at is not None:
        return Spent(retry_at=retry_at)
    own = _gates(secret, {f"address {asker.address_key}": settings.per_address})
    (again_at,) = rates.take_for_each(db, [own], now=now)
    return Spent(has_mail=again_at is not None)


def empty(db: Connection, settings: JoiningSettings, *, now: datetime) -> dict[str, int]:
    """Return which budgets that strangers share are empty, by their settings, and how many of each."""
    shared = {"per_domain": ("domain", settings.per_domain), "in_all": ("all", settings.in_all)}
    found = {}
    for setting, (kind, rate) in shared.items():
        gate = budget(kind, rate)
        kept = rates.beginning(db, f"{BUDGETS}{kind} ") if gate else {}
        found[setting] = sum(
            gate is not None and not admit(next_at_us, us_of(now), gate.interval_us, 1, gate.burst).count
            for next_at_us in kept.values()
        )
    return {setting: count for setting, count in found.items() if count}


def budget(name: str, rate: str) -> Gate | None:
    """Return the gate that lets through as many as `rate` says in any time of that length, half at once.

    None if there is no limit ("").
    """
    interval_us = interval_of(rate)
    if interval_us is None:
        return None
    count = int(rate.partition("/")[0])
    burst = (count + 1) // 2
    return Gate(name=name, interval_us=-(-interval_us * count // (count + 1 - burst)), burst=burst)


def _everybodys(settings: JoiningSettings, asker: Asker, secret: bytes) -> list[Gate]:
    limits = {
        f"network {asker.network}": settings.per_network if asker.network else "",
        f"block {asker.block}": settings.per_block if asker.block else "",
        f"domain {asker.domain}": settings.per_domain,
        "all": settings.in_all,
    }
    return _gates(secret, limits)


def _gates(secret: bytes, limits: Mapping[str, str]) -> list[Gate]:
    """Return the gates of some limits; a name tells nobody whose address or network it is."""
    found = (budget(_name(secret, what), rate) for what, rate in limits.items())
    return [gate for gate in found if gate is not None]


def _name(secret: bytes, what: str) -> str:
    kind, _, whose = what.partition(" ")
    mac = hmac.new(secret, f"budget {whose}".encode(errors="surrogatepass"), sha256).hexdigest()
    return f"{BUDGETS}{kind} {mac[:32]}"
