"""Why readers leave, if they want to say so."""

from __future__ import annotations

from enum import StrEnum


class LeavingReason(StrEnum):
    """The reasons that a reader can choose from."""

    TOO_MANY = "too many"
    NOT_EXPECTED = "not expected"
    NOT_ASKED = "not asked"
    ELSEWHERE = "elsewhere"
    OTHER = "other"
