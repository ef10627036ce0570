"""What can be searched for: the pages, and what each database has of its own to find words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables, empty; `serve` and `build` put what is public already into them."""
    op.create_table(
        "search",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("dir", sa.Text, nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.UniqueConstraint("edition", "key"),
    )
    for statement in _OWN[op.get_bind().dialect.name]:
        op.execute(statement)


_OWN = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5(title, lead, body, tokenize = 'ascii', prefix = '1 3')",
        (
            "CREATE TRIGGER search_words_go AFTER DELETE ON search"
            " BEGIN DELETE FROM search_words WHERE rowid = old.id; END"
        ),
    ),
    "postgresql": (
        "ALTER TABLE search ADD COLUMN head tsvector NOT NULL",
        "ALTER TABLE search ADD COLUMN words tsvector NOT NULL",
        "CREATE INDEX ix_search_head ON search USING gin (head)",
        "CREATE INDEX ix_search_words ON search USING gin (words)",
    ),
}
"""Words come folded and separated by spaces, so that both databases find the same: the tokenizer `ascii`
parts them there and nowhere else, and a `tsvector` is written out. Beginnings of one letter are what single
letters of scripts without spaces are found by, those of three the shortest that people may look for."""
