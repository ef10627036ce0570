"""The first schema: issues and their prints, what is public, subscribers, and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _site()
    _editions()
    _issues()
    _public()
    _subscribers()
    _mailings()
    _ledger()
    _notices()


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _one_of(column: str, *names: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{name}'" for name in names)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def _site() -> None:
    op.create_table(
        "site",
        sa.Column(
            "id",
            sa.Integer,
            sa.CheckConstraint("id = 1", name="single"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("first_scan_at", _moment()),
        sa.Column("ticked_at", _moment()),
    )
    op.create_table(
        "keys",
        sa.Column("kid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
    )


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("issue", sa.Text, nullable=False, index=True),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("printed_at", _moment(), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("dir", sa.Text, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("lists", sa.JSON, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("stories", sa.JSON, nullable=False),
        sa.Column("masthead", sa.JSON, nullable=False),
        sa.Column("published_at", _moment(), index=True),
        sa.Column("updated_at", _moment()),
        sa.Column("fillins", sa.JSON),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "parts",
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("output", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("path", sa.Text),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "pictures",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
    )
    op.create_table(
        "edition_pictures",
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, sa.ForeignKey("pictures.name"), primary_key=True),
    )


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("slug", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column(
            "state",
            sa.Text,
            _one_of(
                "state", "draft", "ready", "approved", "queued", "held", "published", "withdrawn", "archived"
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text),
        sa.Column("first_seen_at", _moment(), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("seen_hash", sa.Text),
        sa.Column("asked_for", sa.Text),
        sa.Column("lists", sa.JSON, nullable=False),
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.id")),
        sa.Column("approved_hash", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", _moment()),
        sa.Column("due_at", _moment()),
        sa.Column("number", sa.Integer, unique=True),
        sa.Column("published_at", _moment()),
        sa.CheckConstraint(
            "state <> 'queued' OR (due_at IS NOT NULL AND edition IS NOT NULL)", name="queued"
        ),
        sa.CheckConstraint("state NOT IN ('published', 'archived') OR edition IS NOT NULL", name="public"),
        sa.CheckConstraint("state <> 'held' OR reason IS NOT NULL", name="held"),
    )
    op.create_index("ix_issues_due", "issues", ["state", "due_at"])
    op.create_table(
        "occurrences",
        sa.Column("timetable", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("hour", sa.Time, primary_key=True),
        sa.Column("issue", sa.Text, sa.ForeignKey("issues.slug"), nullable=False, unique=True),
    )


def _public() -> None:
    op.create_table(
        "artefacts",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("modified_at", _moment(), nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False, index=True),
        sa.Column("issue", sa.Text),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("from_state", sa.Text),
        sa.Column("to_state", sa.Text),
        sa.Column("detail", sa.JSON, nullable=False),
    )


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("public_id", sa.Text, nullable=False, unique=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("address_key", sa.Text, nullable=False, unique=True),
        sa.Column("lang", sa.Text),
        sa.Column("created_at", _moment(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscriptions",
        sa.Column(
            "subscriber", sa.Integer, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("list", sa.Text, primary_key=True),
        sa.Column(
            "state",
            sa.Text,
            _one_of("state", "pending", "active", "paused", "unsubscribed"),
            nullable=False,
        ),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("resumes_at", _moment()),
    )
    op.create_index("ix_subscriptions_audience", "subscriptions", ["list", "state", "subscriber"])
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.Text, primary_key=True),
        sa.Column(
            "reason",
            sa.Text,
            _one_of("reason", "complaint", "hard bounce", "erased"),
            nullable=False,
        ),
        sa.Column("since", _moment(), nullable=False),
    )


def _mailings() -> None:
    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("issue", sa.Text, sa.ForeignKey("issues.slug"), nullable=False, unique=True),
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.id"), nullable=False),
        sa.Column(
            "state",
            sa.Text,
            _one_of("state", "sending", "paused", "sent", "cancelled"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text),
        sa.Column(
            "uncertain",
            sa.Text,
            _one_of("uncertain", "resend", "hold"),
            nullable=False,
        ),
        sa.Column("kid", sa.Integer, sa.ForeignKey("keys.kid"), nullable=False),
        sa.Column("audience", sa.Integer, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("not_before", _moment(), nullable=False),
        sa.Column("started_at", _moment()),
        sa.Column("finished_at", _moment()),
        sa.CheckConstraint("state <> 'paused' OR reason IS NOT NULL", name="paused"),
        sa.CheckConstraint("state <> 'sent' OR finished_at IS NOT NULL", name="sent"),
        sa.CheckConstraint("audience >= 0", name="audience"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailing_templates",
        sa.Column("mailing", sa.Integer, sa.ForeignKey("mailings.id"), primary_key=True),
        sa.Column("position", sa.SmallInteger, primary_key=True),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("template", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("mailing", "list"),
    )


def _ledger() -> None:
    states = ("pending", "sending", "accepted", "deferred", "rejected", "suppressed", "uncertain")
    op.create_table(
        "batches",
        sa.Column("mailing", sa.Integer, sa.ForeignKey("mailings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("first_subscriber", sa.Integer, nullable=False),
        sa.Column("last_subscriber", sa.Integer, nullable=False),
        sa.Column("parked", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("worker", sa.Text),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("takeovers", sa.Integer, nullable=False),
        *(sa.Column(state, sa.Integer, nullable=False) for state in states),
        *(sa.CheckConstraint(f"{state} >= 0", name=state) for state in states),
        sa.CheckConstraint("first_subscriber <= last_subscriber", name="range"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index("ix_batches_due", "batches", ["due_at"])
    op.create_table(
        "deliveries",
        sa.Column("mailing", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subscriber", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("list", sa.SmallInteger, nullable=False),
        sa.Column(
            "state",
            sa.SmallInteger,
            sa.CheckConstraint("state BETWEEN 0 AND 6", name="state"),
            nullable=False,
        ),
        sa.Column(
            "attempts", sa.SmallInteger, sa.CheckConstraint("attempts >= 0", name="attempts"), nullable=False
        ),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.CheckConstraint("state = 6 OR (state = 2) = (due_at IS NOT NULL)", name="due"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 45},
    )
    op.create_table(
        "delivery_errors",
        sa.Column("mailing", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subscriber", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("code", sa.SmallInteger),
        sa.Column("enhanced", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rates",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("next_at_us", sa.BigInteger, nullable=False),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column(
            "state",
            sa.SmallInteger,
            sa.CheckConstraint("state BETWEEN 0 AND 6", name="state"),
            nullable=False,
        ),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("due_at", sa.BigInteger, index=True),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("payload", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
