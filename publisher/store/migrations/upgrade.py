"""Bringing a database from the schema it has to the one that this program needs."""

from __future__ import annotations

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from publisher.store.schema import metadata

FOLDER = Path(__file__).parent


def upgrade(db: Connection, revision: str | None) -> None:
    """Do every migration after `revision` (None: all of them) within the transaction of `db`."""
    scripts = ScriptDirectory(FOLDER)
    context = MigrationContext.configure(db, opts={"target_metadata": metadata})
    steps = reversed(list(scripts.iterate_revisions("heads", revision or "base")))
    with Operations.context(context):
        for step in steps:
            step.module.upgrade()
    context.stamp(scripts, "heads")
