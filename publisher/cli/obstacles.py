"""What keeps mail from going out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.cli.output import clock_text

if TYPE_CHECKING:
    from publisher.model.records import MailingRecord
    from publisher.store.obstacles import RelayTrouble


def relay_down(relay: RelayTrouble, zone: str) -> str:
    """Return since when a relay has not worked, and what it said."""
    return f"Relay {relay.name} has not worked since {clock_text(relay.since, zone)}: {relay.said}"


def why_paused(mailing: MailingRecord) -> str:
    """Return why a mailing is paused, and what ends that."""
    return f"{mailing.reason}; `publisher resume {mailing.issue}` goes on"
