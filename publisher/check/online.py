"""Group 4 as well: what became of asking for the links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof
from publisher.model.finding import Finding


def has_living_links(proof: Proof) -> Iterator[Finding]:
    """Each link that was asked for leads to a page, and to where the page is now."""
    for address, place in proof.addresses:
        answer = (proof.links or {}).get(address)
        if answer is None:
            continue
        if answer.trouble and answer.unsure:
            what = f"nobody knows whether {address} leads to a page: {answer.trouble}"
            yield Finding(code="I412", what=what, fix="open it yourself", place=place)
        elif answer.trouble:
            what = f"{address} leads to no page: {answer.trouble}"
            fix = "write an address that works, or allow: [W404] if readers will find a page there"
            yield Finding(code="W404", what=what, fix=fix, place=place)
        elif answer.moved_to:
            what = f"{address} has moved for good"
            yield Finding(code="I411", what=what, fix=f"write {answer.moved_to}", place=place)


CHECKS: Final = (has_living_links,)
