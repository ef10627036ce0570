"""Why a delivery was rejected, in words that an editor understands; pure."""

from __future__ import annotations

from typing import Final

REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("5.1.", "there is no such mailbox"),
    ("5.2.1", "the mailbox is closed"),
    ("5.2.2", "the mailbox is full"),
    ("5.2.3", "the mail is too large for the mailbox"),
    ("5.2.", "the mailbox takes no mail"),
    ("5.3.4", "the mail is too large"),
    ("5.4.", "the mail provider cannot be reached"),
    ("5.6.", "the mail provider does not take the content"),
    ("5.7.", "the mail provider's rules forbid it"),
)
"""What enhanced codes (RFC 3463) that begin so mean; the first that fits."""

_IMPOSSIBLE: Final = "the address cannot be written to"
_NEVER_TAKEN: Final = "it could not be handed over"
_GAVE_UP: Final = "tried for 48 hours"
_OTHER: Final = "the mail provider refuses it"


def reason(code: int | None, enhanced: str) -> str:
    """Return what a rejection with these codes means, and the codes that say so; without a code nobody did.

    A delivery that was only ever deferred is rejected in the end: its code still begins with 4.
    """
    if code is None:
        return _IMPOSSIBLE if enhanced else _NEVER_TAKEN
    what = _GAVE_UP
    if code >= 500:
        what = next((words for start, words in REASONS if enhanced.startswith(start)), _OTHER)
    codes = f"{code} {enhanced}".strip()
    return f"{what} ({codes})"
