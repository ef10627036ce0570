"""Every operation of the API, in the order of its page."""

from __future__ import annotations

from typing import Final

from publisher.web.api.issues import ISSUES
from publisher.web.api.lists import LISTS
from publisher.web.api.mailings import MAILINGS
from publisher.web.api.operation import Operation
from publisher.web.api.subscribers import SUBSCRIBERS

OPERATIONS: Final[dict[str, tuple[Operation, ...]]] = {
    "Subscribers": SUBSCRIBERS,
    "Lists": LISTS,
    "Issues": ISSUES,
    "Mailings": MAILINGS,
}
