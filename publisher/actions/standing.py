"""The shelves as they will stand once some issues are released, seen before it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from publisher.model.shelves import DOCUMENT, Filed, Volume, volumes
from publisher.store import shelves


class Standing:
    """What stands on each shelf with `new` on it, instead of all that was there of `issues`.

    Withdrawn entries are gone once their time is over `now`, or when they come back with another issue.
    """

    def __init__(
        self, db: Connection, new: Iterable[Filed], *, issues: Collection[str], now: datetime
    ) -> None:
        self._db = db
        self.new: dict[str, list[Filed]] = {}
        self.gone: dict[str, list[Filed]] = {}
        coming = [filed for filed in new if filed.leaves_at is None or filed.leaves_at > now]
        back = {filed.entry for filed in coming if filed.leaves_at is None}
        going = (
            *shelves.of_issues(db, issues),
            *shelves.leaving(db, now),
            *shelves.withdrawn(db, back),
        )
        for filed in coming:
            self.new.setdefault(filed.shelf, []).append(filed)
        for filed in dict.fromkeys(going):
            self.gone.setdefault(filed.shelf, []).append(filed)

    @property
    def touched(self) -> frozenset[str]:
        """The keys of the shelves that change."""
        return frozenset(self.new) | frozenset(self.gone)

    def changed(self, shelf: str) -> list[Filed]:
        """Return what comes to a shelf and what leaves it."""
        return [*self.new.get(shelf, ()), *self.gone.get(shelf, ())]

    def newest(self, shelf: str, *, most: int) -> list[Filed]:
        """Return the entries that changed last, newest first, at most so many."""
        stored = shelves.newest(self._db, shelf, most=most + len(self.gone.get(shelf, ())))
        return newest_first(self._merged(shelf, stored))[:most]

    def months(self, shelf: str) -> dict[str, int]:
        """Return how many entries each month has, oldest month first."""
        counts = shelves.months(self._db, shelf)
        for month in {each.month for each in self.changed(shelf)}:
            counts[month] = len(self.of_month(shelf, month))
        return {month: counts[month] for month in sorted(counts) if counts[month]}

    def of_month(self, shelf: str, month: str) -> list[Filed]:
        """Return the entries that were published in a month, oldest first."""
        merged = self._merged(shelf, shelves.of_month(self._db, shelf, month), month=month)
        return sorted(merged, key=_by_publication)

    def newest_besides(self, shelf: str, shown: Collection[str]) -> Filed | None:
        """Return the entry that was published last among those that are not `shown`, by their ids."""
        for month in reversed(self.months(shelf)):
            for filed in reversed(self.of_month(shelf, month)):
                if filed.entry not in shown:
                    return filed
        return None

    def volume_of(self, filed: Filed) -> Volume:
        """Return the archive document in which an entry stands."""
        place = self.of_month(filed.shelf, filed.month).index(filed)
        return Volume(filed.month, place // DOCUMENT + 1)

    def chain(self, shelf: str) -> list[Volume]:
        """Return all archive documents, oldest first."""
        return [each for month, count in self.months(shelf).items() for each in volumes(month, count)]

    def chain_before(self, shelf: str) -> list[Volume]:
        """Return all archive documents as they are without the change, oldest first."""
        counts = shelves.months(self._db, shelf)
        return [each for month in sorted(counts) for each in volumes(month, counts[month])]

    def lasting(self, shelf: str) -> list[Filed]:
        """Return the entries of pages, oldest first: all that were not withdrawn."""
        stored = shelves.oldest(self._db, shelf)
        return sorted(
            (each for each in self._merged(shelf, stored) if each.leaves_at is None), key=_by_publication
        )

    def lasting_before(self, shelf: str) -> int:
        """Return how many entries pages have without the change."""
        return sum(each.leaves_at is None for each in shelves.oldest(self._db, shelf))

    def _merged(self, shelf: str, stored: Sequence[Filed], *, month: str = "") -> list[Filed]:
        gone = {each.entry for each in self.gone.get(shelf, ())}
        new = [each for each in self.new.get(shelf, ()) if not month or each.month == month]
        return [*(each for each in stored if each.entry not in gone), *new]


def newest_first(filed: Iterable[Filed]) -> list[Filed]:
    """Return entries as they stand in a document: what changed last comes first."""
    return sorted(sorted(filed, key=lambda each: each.entry), key=lambda each: each.updated, reverse=True)


def _by_publication(filed: Filed) -> tuple[datetime, str]:
    return filed.published, filed.entry
