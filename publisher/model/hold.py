"""Why the publisher itself holds an issue back. Editors may give any other reason."""

from __future__ import annotations

from enum import StrEnum

from publisher.model.records import IssueRecord
from publisher.model.states import IssueState


class HoldReason(StrEnum):
    """A reason that the publisher found by itself."""

    HEAP = "first seen together with others; release or archive it"
    PAST = "its date was past when it was first seen; release or archive it"
    EDITED = "its files changed after they were printed; release it as printed, or with --reprint"
    LATE = "it was too late to send; release or archive it"
    RESTORED = "the database is an older copy, and it may have gone out since; release or archive it"
    UNPRINTABLE = "its files changed and no longer pass the check; mend them and release it with --reprint"


UNQUEUED = "taken out of the queue by hand"
"""Why an issue that could be queued is not: the publisher must not queue it again by itself."""

CHANGED = "its files changed after {by} approved them; approve it again"
"""Why an approved issue is ready again where somebody has to approve; `by` is who did."""


def undecided(record: IssueRecord) -> bool:
    """Return whether an issue is held only because nobody had named it when it was first seen.

    Naming a single issue in a command is the decision that first sight was waiting for.
    """
    return record.state is IssueState.HELD and record.reason in (HoldReason.HEAP, HoldReason.PAST)
