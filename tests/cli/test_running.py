from __future__ import annotations

from publisher.actions.approve import approve
from publisher.app import Publisher
from publisher.cli.running import running
from publisher.model.reader_token import TokenPurpose
from publisher.store import editions, reader_tokens, schema_readers
from tests.newsrooms import REQUIRED, Newsroom, record_of, until


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


def test_a_server_purges_by_itself_what_is_older_than_it_may_be(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        with publisher.database.begin() as db:
            now = publisher.now(db)
            reader_tokens.keep(db, "t" * 22, purpose=TokenPurpose.ERASE, subscriber=1, payload={}, now=now)
        newsroom.clock.passes(days=60)

        with running(publisher, host="127.0.0.1", port=0):
            until(lambda: _tokens(publisher) == 0)


def _tokens(publisher: Publisher) -> int:
    with publisher.database.read() as db:
        return len(db.execute(schema_readers.reader_tokens.select()).all())
