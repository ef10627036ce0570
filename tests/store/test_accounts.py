"""What a database of an earlier schema gets: the counts of the mailings that it has ended."""

from __future__ import annotations

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from publisher.store import mailings
from publisher.store.database import open_database
from publisher.store.migrations import upgrade
from tests.databases import FixedClock
from tests.ledgers import counts

ENDED = """
    INSERT INTO mailings (issue, edition, state, uncertain, kid, audience, created_at, not_before,
        finished_at)
    VALUES ('old', 1, 'sent', 'hold', 1, 3, '2026-01-01 00:00:00', '2026-01-01 00:00:00',
        '2026-01-01 00:00:00')
"""
BATCH = """
    INSERT INTO batches (mailing, number, first_subscriber, last_subscriber, parked, fence, takeovers,
        pending, sending, accepted, deferred, rejected, suppressed, uncertain)
    VALUES (1, :number, :number, :number, 0, 1, 0, 0, 0, 1, 0, :number, 0, 0)
"""


def test_mailings_that_ended_under_an_earlier_schema_have_their_counts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite3"
    engine = create_engine(url)
    with engine.begin() as db:
        scripts, context = ScriptDirectory(upgrade.FOLDER), MigrationContext.configure(db)
        with Operations.context(context):
            for step in reversed(list(scripts.iterate_revisions("0003", "base"))):
                step.module.upgrade()
        context.stamp(scripts, "0003")
        db.execute(text(ENDED))
        db.execute(text(BATCH), [{"number": 0}, {"number": 1}])
    engine.dispose()

    with open_database(url, clock=FixedClock()) as database, database.begin() as db:
        db.execute(text("DELETE FROM batches"))
        (mailing,) = mailings.listed(db)

    assert counts(mailing) == {"accepted": 2, "rejected": 1}
