"""What readers chose and agreed to, links that open doors, imports, the API, and clicks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables and columns, in place."""
    for name in ("is_role", "is_disposable", "counts_clicks"):
        op.add_column("subscribers", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("subscribers", sa.Column("bounced_at", _moment()))
    op.add_column("subscribers", sa.Column("complained_at", _moment()))
    op.add_column("subscriptions", sa.Column("before", sa.Text))
    op.create_index(
        "ix_subscriptions_resumes_at",
        "subscriptions",
        ["resumes_at"],
        sqlite_where=sa.text("resumes_at IS NOT NULL"),
        postgresql_where=sa.text("resumes_at IS NOT NULL"),
    )
    op.add_column("editions", sa.Column("segment", sa.Text))
    op.add_column("site", sa.Column("purged_at", _moment()))
    op.add_column("mailings", sa.Column("forgotten_at", _moment()))
    op.add_column("mailings", sa.Column("readers", sa.Integer))
    op.add_column("mailing_templates", sa.Column("counting", sa.LargeBinary))
    _suppressions()
    _notices()
    _choices()
    _consents()
    _tokens()
    _imports()
    _api()
    _links()


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _subscriber(*, is_key: bool = False, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("subscribers.id", ondelete="CASCADE")
    return sa.Column("subscriber", sa.Integer, key, primary_key=is_key, nullable=nullable)


def _suppressions() -> None:
    """Let an editor be the reason of a suppression; SQLite cannot change the rule of a column in place."""
    reasons = ("complaint", "hard bounce", "erased", "by hand", "moved")
    rule = f"reason IN ({', '.join(repr(reason) for reason in reasons)})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_suppressions_reason"), "suppressions", type_="check")
        op.create_check_constraint(op.f("ck_suppressions_reason"), "suppressions", rule)
        return
    op.rename_table("suppressions", "suppressions_before")
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, sa.CheckConstraint(rule, name="reason"), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("probe_at", _moment()),
        sa.Column("probed_at", _moment()),
        sa.Column("probed_by", sa.Integer),
    )
    op.execute("INSERT INTO suppressions SELECT * FROM suppressions_before")
    op.drop_table("suppressions_before")


def _notices() -> None:
    for name, kind in (("subscriber", sa.Integer), ("address_key", sa.Text)):
        op.add_column("notices", sa.Column(name, kind))
        op.create_index(f"ix_notices_{name}", "notices", [name])


def _choices() -> None:
    op.create_table("topics", _subscriber(is_key=True), sa.Column("topic", sa.Text, primary_key=True))
    op.create_index("ix_topics_readers", "topics", ["topic", "subscriber"])


def _consents() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _subscriber(),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("version", sa.Text, sa.ForeignKey("consent_texts.version"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_subscriber", "consents", ["subscriber"])


def _tokens() -> None:
    purposes = ("confirm", "change address", "erase", "own data", "feed")
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    op.create_table(
        "reader_tokens",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column(
            "purpose", sa.Text, sa.CheckConstraint(f"purpose IN ({listed})", name="purpose"), nullable=False
        ),
        _subscriber(nullable=True),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("address_key", sa.Text),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment()),
        sa.Column("used_at", _moment()),
    )
    op.create_index("ix_reader_tokens_subscriber", "reader_tokens", ["subscriber"])
    op.create_index("ix_reader_tokens_address_key", "reader_tokens", ["address_key"])
    op.create_index("ix_reader_tokens_expires_at", "reader_tokens", ["expires_at"])
    op.create_table(
        "former_ids",
        sa.Column("public_id", sa.Text, primary_key=True),
        _subscriber(),
        sa.Column("at", _moment(), nullable=False),
    )
    op.create_index("ix_former_ids_subscriber", "former_ids", ["subscriber"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("lists", sa.JSON, nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment()),
        sa.Column("bytes_done", sa.BigInteger, nullable=False),
        sa.Column("rows_done", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )


def _api() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at", _moment()),
        sa.Column("used_at", _moment()),
        sa.Column("revoked_at", _moment()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "requests",
        sa.Column("token", sa.Integer, sa.ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("headers", sa.JSON),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("ix_requests_created_at", "requests", ["created_at"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("mailing", sa.Integer, sa.ForeignKey("mailings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("clicks", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("mailing", "url"),
    )
