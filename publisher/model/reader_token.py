"""What the random tokens of links to readers are good for, each for one thing alone."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final


class TokenPurpose(StrEnum):
    """What a link does once its button is pressed; `FEED` is the address of a reader's own feed."""

    CONFIRM = "confirm"
    CHANGE_ADDRESS = "change address"
    ERASE = "erase"
    OWN_DATA = "own data"
    FEED = "feed"
    REMOVE_FEED = "remove feed"
    COUNT_CLICKS = "count clicks"


LIFETIMES: Final[dict[TokenPurpose, timedelta | None]] = {
    TokenPurpose.CONFIRM: timedelta(hours=24),
    TokenPurpose.CHANGE_ADDRESS: timedelta(hours=24),
    TokenPurpose.ERASE: timedelta(hours=24),
    TokenPurpose.OWN_DATA: timedelta(hours=24),
    TokenPurpose.FEED: None,
    TokenPurpose.REMOVE_FEED: timedelta(hours=24),
    TokenPurpose.COUNT_CLICKS: timedelta(hours=24),
}
"""How long each may be used; None: until it is revoked."""
