"""Every table of the database, with the rules that the database itself keeps.

The large tables of the ledger keep moments as whole seconds and states as small numbers; see `columns`.
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
    text,
)

from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.states import IssueState
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store.columns import DELIVERY_CODES, DeliveryCode, Moment, Seconds, one_of
from publisher.store.columns import metadata as metadata  # noqa: PLC0414 - the tables are its own

REVISIONS = ("0001", "0002", "0003")
"""Every schema there has been, oldest first, by the names of their migrations; the last one is this one."""

site = Table(
    "site",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("first_scan_at", Moment),
    Column("ticked_at", Moment),
)
"""One row: the publication's own facts. `generation` rises by one with every change of what is public."""

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
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("list", Text, primary_key=True),
    Column("state", Text, one_of("state", SubscriptionState), nullable=False),
    Column("since", Moment, nullable=False),
    Column("consent", Text, nullable=False),
    Column("resumes_at", Moment),
    Index("ix_subscriptions_audience", "list", "state", "subscriber"),
)
"""`consent` says how the subscription came about, in words: "added by hand"."""

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", Text, primary_key=True),
    Column("reason", Text, one_of("reason", SuppressionReason), nullable=False),
    Column("since", Moment, nullable=False),
)

mailings = Table(
    "mailings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issue", ForeignKey("issues.slug"), nullable=False, unique=True),
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("state", Text, one_of("state", MailingState), nullable=False),
    Column("reason", Text),
    Column("uncertain", Text, one_of("uncertain", UncertainPolicy), nullable=False),
    Column("kid", ForeignKey("keys.kid"), nullable=False),
    Column("audience", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    CheckConstraint("state <> 'paused' OR reason IS NOT NULL", name="paused"),
    CheckConstraint("state <> 'sent' OR finished_at IS NOT NULL", name="sent"),
    CheckConstraint("audience >= 0", name="audience"),
    sqlite_autoincrement=True,
)

mailing_templates = Table(
    "mailing_templates",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("list", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("template", LargeBinary, nullable=False),
    UniqueConstraint("mailing", "list"),
)
"""The message of a mailing for each of its lists; `position` is what `deliveries.list` refers to."""

batches = Table(
    "batches",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_subscriber", Integer, nullable=False),
    Column("last_subscriber", Integer, nullable=False),
    Column("parked", Boolean, nullable=False, default=False),
    Column("due_at", Seconds),
    Column("lease_until", Seconds),
    Column("worker", Text),
    Column("fence", Integer, nullable=False, default=0),
    Column("takeovers", Integer, nullable=False, default=0),
    *(Column(state.value, Integer, nullable=False, default=0) for state in DeliveryState),
    *(CheckConstraint(f"{state.value} >= 0", name=state.value) for state in DeliveryState),
    CheckConstraint("first_subscriber <= last_subscriber", name="range"),
    Index("ix_batches_due", "due_at"),
    postgresql_with={"fillfactor": 50},
)
"""Ranges of a mailing's deliveries. `due_at` is the earliest moment at which something in it can be sent,
NULL when nothing is left; the seven counts change in the same transaction as the deliveries."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("mailing", Integer, primary_key=True, autoincrement=False),
    Column("subscriber", Integer, primary_key=True, autoincrement=False),
    Column("list", SmallInteger, nullable=False),
    Column("state", DeliveryCode, CheckConstraint("state BETWEEN 0 AND 6", name="state"), nullable=False),
    Column("attempts", SmallInteger, CheckConstraint("attempts >= 0", name="attempts"), nullable=False),
    Column("done_at", Seconds),
    Column("due_at", Seconds),
    CheckConstraint(
        f"state = {DELIVERY_CODES[DeliveryState.UNCERTAIN]}"
        f" OR (state = {DELIVERY_CODES[DeliveryState.DEFERRED]}) = (due_at IS NOT NULL)",
        name="due",
    ),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 45},
)
"""The ledger. No second index: batches are ranges of the primary key. `done_at` is the last change,
`due_at` the next try of a row that is deferred or uncertain."""

delivery_errors = Table(
    "delivery_errors",
    metadata,
    Column("mailing", Integer, primary_key=True, autoincrement=False),
    Column("subscriber", Integer, primary_key=True, autoincrement=False),
    Column("at", Seconds, primary_key=True, autoincrement=False),
    Column("state", DeliveryCode, nullable=False),
    Column("code", SmallInteger),
    Column("enhanced", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

rates = Table(
    "rates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at_us", BigInteger, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("state", DeliveryCode, CheckConstraint("state BETWEEN 0 AND 6", name="state"), nullable=False),
    Column("attempts", SmallInteger, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Seconds),
    Column("done_at", Seconds),
    Column("payload", JSON, nullable=False),
    Index(None, "due_at"),
    sqlite_autoincrement=True,
)
