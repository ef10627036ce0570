"""The tables of what is printed, public and known of readers.

`schema_sending` has those of mail on its way, `schema_readers` what readers chose and which doors they have.

Ids that a mail or a ledger row may mention are never given out a second time.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
)

from publisher.model.states import IssueState
from publisher.model.subscriber import SubscriptionState
from publisher.store.columns import Moment, one_of
from publisher.store.columns import metadata as metadata  # noqa: PLC0414 - the tables are its own
from publisher.store.schema_readers import READERS as READERS  # noqa: PLC0414 - same, from their first moment on
from publisher.store.schema_sending import SENDING as SENDING  # noqa: PLC0414 - same

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every schema there has been, oldest first, by the names of their migrations; the last one is this one."""

site = Table(
    "site",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("first_scan_at", Moment),
    Column("ticked_at", Moment),
    Column("purged_at", Moment),
    Column("steps", BigInteger, nullable=False, server_default="0"),
)
"""One row: the publication's own facts. `generation` rises by one with every change of what is public,
`steps` with every group that a sender writes on SQLite. `purged_at` is when a purge last began."""

keys = Table(
    "keys",
    metadata,
    Column("kid", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issue", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("printed_at", Moment, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("dir", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("number", Integer),
    Column("lists", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("stories", JSON, nullable=False),
    Column("masthead", JSON, nullable=False),
    Column("published_at", Moment),
    Column("updated_at", Moment),
    Column("fillins", JSON),
    Column("corrections", JSON),
    Column("segment", Text),
    Index(None, "issue"),
    Index(None, "published_at"),
    sqlite_autoincrement=True,
)
"""Frozen prints. `stories` holds what a card says of each story, `masthead` who spoke when it was printed;
`published_at` and `fillins` are set once, when the edition becomes public; `corrections` tells how it differs
from earlier ones."""

parts = Table(
    "parts",
    metadata,
    Column("edition", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("output", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("path", Text),
    Column("body", LargeBinary, nullable=False),
)

pictures = Table(
    "pictures",
    metadata,
    Column("name", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("public", Boolean, nullable=False, default=False),
)

edition_pictures = Table(
    "edition_pictures",
    metadata,
    Column("edition", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", ForeignKey("pictures.name"), primary_key=True),
)

issues = Table(
    "issues",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("id", Text, unique=True),
    Column("title", Text, nullable=False),
    Column("state", Text, one_of("state", IssueState), nullable=False),
    Column("reason", Text),
    Column("first_seen_at", Moment, nullable=False),
    Column("signature", Text, nullable=False),
    Column("seen_hash", Text),
    Column("asked_for", Text),
    Column("lists", JSON, nullable=False),
    Column("edition", ForeignKey("editions.id")),
    Column("approved_hash", Text),
    Column("approved_by", Text),
    Column("approved_at", Moment),
    Column("due_at", Moment),
    Column("number", Integer, unique=True),
    Column("published_at", Moment),
    Column("withdrawn_at", Moment),
    CheckConstraint("state <> 'queued' OR (due_at IS NOT NULL AND edition IS NOT NULL)", name="queued"),
    CheckConstraint("state NOT IN ('published', 'archived') OR edition IS NOT NULL", name="public"),
    CheckConstraint("state <> 'held' OR reason IS NOT NULL", name="held"),
    Index("ix_issues_due", "state", "due_at"),
)
"""Facts about issues that a file cannot know. `signature` and `seen_hash` are of the files as last read,
`asked_for` the date that the file asks for (ISO 8601), `approved_hash` what an approval covers."""

occurrences = Table(
    "occurrences",
    metadata,
    Column("timetable", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("hour", Time, primary_key=True),
    Column("issue", ForeignKey("issues.slug"), nullable=False, unique=True),
)
"""Which issue has which slot: a slot has one issue, an issue one slot."""

artefacts = Table(
    "artefacts",
    metadata,
    Column("path", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("etag", Text, nullable=False),
    Column("modified_at", Moment, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("issue", Text),
    Column("status", SmallInteger, nullable=False, server_default="200"),
    Column("location", Text),
    Column("link", Text),
    Column("gzip", LargeBinary),
    Column("brotli", LargeBinary),
    Index(None, "generation"),
    Index("ix_artefacts_sheet", "path", "etag", "generation", "status", "location"),
    Index(
        "ix_artefacts_unsqueezed",
        "generation",
        "path",
        sqlite_where=text("brotli IS NULL"),
        postgresql_where=text("brotli IS NULL"),
    ),
)
"""What the public may fetch, exactly as it is served. `issue` is set on pages of one issue, `status` is 410
for what was withdrawn, 301 for what has moved to `location`. `brotli` is NULL until somebody has tried, and
empty where it is no smaller than `gzip`. The index of five columns tells of a row without its bytes."""

shelves = Table(
    "shelves",
    metadata,
    Column("shelf", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("edition", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("leaves_at", Moment),
    Index("ix_shelves_published", "shelf", "month", "published"),
    Index("ix_shelves_updated", "shelf", "updated"),
    Index("ix_shelves_titles", "shelf", "title"),
    Index(None, "entry"),
    Index(None, "leaves_at"),
    Index(None, "edition"),
)
"""Which entries stand in which feeds: `shelf` is the key of a `model.shelves.Shelf`, `entry` the id that
feeds tell, `key` that of its parts in `edition`. A story that runs in two issues stands once."""

search = Table(
    "search",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("edition", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("dir", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("tags", JSON, nullable=False),
    UniqueConstraint("edition", "key"),
)
"""The pages that can be found, `id` in order of publication; each database keeps the words in its own way."""

hubs = Table(
    "hubs",
    metadata,
    Column("url", Text, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
)
"""Whether each WebSub hub took what it was last told, since when."""

pings = Table(
    "pings",
    metadata,
    Column("hub", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
)
"""Which hub has still to be told that the feed at `path` has changed."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text),
    Column("detail", JSON, nullable=False),
    Index(None, "subject"),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True),
    Column("lang", Text),
    Column("created_at", Moment, nullable=False),
    Column("score", SmallInteger, nullable=False, server_default="0"),
    Column("scored_at", Moment),
    Column("is_role", Boolean, nullable=False, server_default=false()),
    Column("is_disposable", Boolean, nullable=False, server_default=false()),
    Column("counts_clicks", Boolean, nullable=False, server_default=false()),
    Column("bounced_at", Moment),
    Column("complained_at", Moment),
    sqlite_autoincrement=True,
)
"""`score` counts what came back lately without being final, `scored_at` is when it last changed. The address
may be an office's (`is_role`) or made to be thrown away; `counts_clicks` is what the reader agreed to."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("list", Text, primary_key=True),
    Column("state", Text, one_of("state", SubscriptionState), nullable=False),
    Column("since", Moment, nullable=False),
    Column("consent", Text, nullable=False),
    Column("resumes_at", Moment),
    Column("before", Text),
    Index("ix_subscriptions_audience", "list", "state", "subscriber"),
    Index(
        "ix_subscriptions_resumes_at",
        "resumes_at",
        sqlite_where=text("resumes_at IS NOT NULL"),
        postgresql_where=text("resumes_at IS NOT NULL"),
    ),
)
"""`consent` says how the subscription came about, in words: "added by hand"; `before` in which state its
reader ended it."""
