"""What came back, how fast relays may be used, who was told what, and how far the ledger has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables and columns, in place."""
    op.add_column("site", sa.Column("steps", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("subscribers", sa.Column("score", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("subscribers", sa.Column("scored_at", _moment()))
    op.add_column("suppressions", sa.Column("probe_at", _moment()))
    op.add_column("suppressions", sa.Column("probed_at", _moment()))
    op.add_column("suppressions", sa.Column("probed_by", sa.Integer))
    op.add_column("mailings", sa.Column("rate", sa.Integer))
    op.add_column("mailings", sa.Column("rate_at", _moment()))
    op.add_column("notices", sa.Column("key", sa.Text))
    op.create_index("ix_notices_key", "notices", ["key"], unique=True)
    _relays()
    _reports()
    _accounts()
    op.execute("UPDATE batches SET lease_until = lease_until * 1000000")  # they end to the microsecond now


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _relays() -> None:
    op.create_table(
        "relays",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("works", sa.Boolean, nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("interval_us", sa.BigInteger),
        sa.Column("changed_at", _moment()),
    )


def _reports() -> None:
    kinds = ("hard bounce", "soft bounce", "complaint", "delayed", "delivered", "auto-reply")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, sa.CheckConstraint(f"kind IN ({listed})", name="kind"), nullable=False),
        sa.Column("mailing", sa.Integer, nullable=False),
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_mailing", "reports", ["mailing", "kind"])
    op.create_index("ix_reports_subscriber", "reports", ["subscriber"])
    _report_mailboxes()


def _accounts() -> None:
    counts = ("pending", "sending", "accepted", "deferred", "rejected", "suppressed", "uncertain")
    op.create_table(
        "accounts",
        sa.Column("mailing", sa.Integer, sa.ForeignKey("mailings.id"), primary_key=True),
        *(sa.Column(count, sa.Integer, nullable=False) for count in counts),
    )
    op.create_table(
        "audiences",
        sa.Column("list", sa.Text, primary_key=True),
        sa.Column("readers", sa.Integer, nullable=False),
        sa.Column("counted_at", _moment(), nullable=False),
    )
    ended = "SELECT id FROM mailings WHERE finished_at IS NOT NULL"
    sums = ", ".join(f"sum({count})" for count in counts)
    op.execute(
        f"INSERT INTO accounts (mailing, {', '.join(counts)}) SELECT mailing, {sums} FROM batches "  # noqa: S608 - names that stand above
        f"WHERE mailing IN ({ended}) GROUP BY mailing"
    )


def _report_mailboxes() -> None:
    op.create_table(
        "report_mailboxes",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("validity", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
