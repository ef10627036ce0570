"""Counting the readers of each list now and then, so that a status need not."""

from __future__ import annotations

from datetime import timedelta

from publisher.app import Publisher
from publisher.store import audiences, mailings

EVERY = timedelta(minutes=1)


def count_readers(publisher: Publisher) -> int:
    """Count and keep the readers of the lists that nobody has counted for a minute; return how many lists."""
    with publisher.database.read() as db:
        now = publisher.now(db)
        counted = {name: audiences.counted_at(db, name) for name in publisher.settings.lists}
        due = [name for name, moment in counted.items() if moment is None or abs(now - moment) >= EVERY]
        found = {name: mailings.audience_of(db, (name,)) for name in due}
    if found:
        with publisher.database.begin() as db:
            for name, readers in found.items():
                audiences.keep(db, name, readers, now)
    return len(found)
