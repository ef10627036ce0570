"""Shelves of feeds, what was corrected and withdrawn, compressed bytes, and hubs to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns; `serve` and `build` put what is public already on its shelves."""
    _columns()
    _shelves()
    _hubs()


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _columns() -> None:
    """Add columns in place: to make a table anew would, in SQLite, delete what refers to its rows."""
    op.add_column("editions", sa.Column("corrections", sa.JSON))
    op.add_column("issues", sa.Column("withdrawn_at", _moment()))
    op.add_column("artefacts", sa.Column("status", sa.SmallInteger, nullable=False, server_default="200"))
    op.add_column("artefacts", sa.Column("location", sa.Text))
    op.add_column("artefacts", sa.Column("link", sa.Text))
    op.add_column("artefacts", sa.Column("gzip", sa.LargeBinary))
    op.add_column("artefacts", sa.Column("brotli", sa.LargeBinary))
    op.create_index("ix_artefacts_sheet", "artefacts", ["path", "etag", "generation", "status", "location"])
    untried = sa.text("brotli IS NULL")
    op.create_index(
        "ix_artefacts_unsqueezed",
        "artefacts",
        ["generation", "path"],
        sqlite_where=untried,
        postgresql_where=untried,
    )


def _shelves() -> None:
    op.create_table(
        "shelves",
        sa.Column("shelf", sa.Text, primary_key=True),
        sa.Column("entry", sa.Text, primary_key=True, index=True),
        sa.Column(
            "edition",
            sa.Integer,
            sa.ForeignKey("editions.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("published", _moment(), nullable=False),
        sa.Column("updated", _moment(), nullable=False),
        sa.Column("leaves_at", _moment()),
    )
    op.create_index("ix_shelves_published", "shelves", ["shelf", "month", "published"])
    op.create_index("ix_shelves_updated", "shelves", ["shelf", "updated"])
    op.create_index("ix_shelves_titles", "shelves", ["shelf", "title"])
    op.create_index("ix_shelves_leaves_at", "shelves", ["leaves_at"])


def _hubs() -> None:
    op.create_table(
        "hubs",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("works", sa.Boolean, nullable=False),
        sa.Column("since", _moment(), nullable=False),
    )
    op.create_table(
        "pings",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
    )
