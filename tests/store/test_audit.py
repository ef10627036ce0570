"""The audit."""

from __future__ import annotations

from datetime import timedelta

from publisher.model.records import AuditRow
from publisher.store import audit
from publisher.store.database import Database
from tests.databases import NOW


def test_a_row_tells_who_did_what_to_what_and_when(database: Database) -> None:
    with database.begin() as db:
        audit.write(
            db,
            at=NOW,
            actor="anna",
            verb="hold",
            subject="energy",
            from_state="queued",
            to_state="held",
            detail={"difference": ["-a", "+ü"], "late": 3},
        )
        audit.write(db, at=NOW, actor="policy", verb="approve", subject="chips")

        assert audit.listed(db, subject="energy") == [
            AuditRow(
                at=NOW,
                actor="anna",
                verb="hold",
                subject="energy",
                from_state="queued",
                to_state="held",
                detail={"difference": ["-a", "+ü"], "late": 3},
            )
        ]
        assert audit.listed(db, subject="chips")[0].detail == {}


def test_the_newest_rows_come_first_and_only_so_many(database: Database) -> None:
    with database.begin() as db:
        for number in range(5):
            moment = NOW - timedelta(hours=number)
            audit.write(db, at=moment, actor="anna", verb="test", subject=str(number))

        assert [row.subject for row in audit.listed(db, limit=3)] == ["4", "3", "2"]
