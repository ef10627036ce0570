"""The section of `publisher.toml` that says how long is kept what belongs to a reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from publisher.settings_types import FOREVER, Kept, Section


def _at_least(days: int) -> AfterValidator:
    def check(value: timedelta) -> timedelta:
        if value < timedelta(days=days):
            raise ValueError(f"this cannot be shorter than {days} day{'' if days == 1 else 's'}")
        return value

    return AfterValidator(check)


class PrivacySettings(Section):
    """How long is kept what belongs to a reader. What is older is removed once a day, in the night.

    A time, or "forever".
    """

    pending: Annotated[Kept, _at_least(1)] = timedelta(days=30)
    """Addresses of which nobody has confirmed that they want mail."""
    links: Kept = timedelta(days=7)
    """Links that confirm, change or erase something (their hashes), after their use or their time."""
    notices: Kept = timedelta(days=30)
    """Single mails about somebody's own affairs, such as a confirmation, after the last word of them."""
    words: Annotated[Kept, _at_least(1)] = timedelta(days=180)
    """What mail servers said about single readers; the code of a refusal stays."""
    requests: Annotated[Kept, _at_least(1)] = timedelta(days=1)
    """Answers of the API, in case a program asks again with the same idempotency key."""
    deliveries: Annotated[Kept, _at_least(7)] = FOREVER
    """Which reader got which issue, after its mailing has ended; how many got it stays."""
    audit: Annotated[Kept, _at_least(7)] = FOREVER
    """Who did what; readers are numbers in it. The approval of an issue is kept until that has gone out."""
