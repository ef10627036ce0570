"""What came back for the deliveries of a mailing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from publisher.model.reports import ReportKind
from publisher.store.schema_sending import reports


def counts(db: Connection, mailing: int) -> Mapping[ReportKind, int]:
    """Return how many reports there are of a mailing, by kind; a kind without any is left out."""
    rows = db.execute(
        select(reports.c.kind, func.count()).where(reports.c.mailing == mailing).group_by(reports.c.kind)
    )
    return {ReportKind(kind): count for kind, count in rows}
