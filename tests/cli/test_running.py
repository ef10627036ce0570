from __future__ import annotations

from publisher.actions.approve import approve
from publisher.cli.running import running
from publisher.store import editions
from tests.newsrooms import REQUIRED, Newsroom, record_of


def test_a_server_that_starts_discards_old_prints_that_nothing_uses(newsroom: Newsroom) -> None:
    newsroom.sets(REQUIRED)
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        old = approve(publisher, "heat").edition
        newsroom.edits("heat", "it grew", "it shrank")
        fresh = approve(publisher, "heat").edition
        assert old is not None
        assert fresh is not None
        found = []
        for days in (0, 2):
            newsroom.clock.passes(days=days)
            with running(publisher, host="127.0.0.1", port=0), publisher.database.read() as db:
                found.append((editions.find(db, old) is not None, editions.find(db, fresh) is not None))

        assert found == [(True, True), (False, True)]
        assert record_of(publisher, "heat").edition == fresh
