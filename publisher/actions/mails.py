"""The mails of the mailings that a sender works on, each prepared once."""

from __future__ import annotations

from publisher.actions.addressing import Envelopes, envelopes_of
from publisher.app import Publisher
from publisher.delivery.dkim import Signer

_MOST = 4


class Mails:
    """Remembers what the messages of the last few mailings have in common."""

    def __init__(self, publisher: Publisher, signer: Signer | None) -> None:
        self._publisher = publisher
        self._signer = signer
        self._known: dict[int, Envelopes] = {}

    def of(self, mailing: int) -> Envelopes:
        """Return what the messages of a mailing have in common.

        Raises:
            PublisherError: they cannot be made.
        """
        found = self._known.pop(mailing, None)
        if found is None or found.started_at is None:
            found = envelopes_of(self._publisher, mailing, signer=self._signer)
        self._known[mailing] = found
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return found
