"""The tables of sending: who must not be mailed, mailings and their ledger, what came back, notices, pace.

The large tables keep moments as whole seconds and states as small numbers; see `columns`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from publisher.store.columns import (
    DELIVERY_CODES,
    DeliveryCode,
    Microseconds,
    Moment,
    Seconds,
    metadata,
    one_of,
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", Text, primary_key=True),
    Column("reason", Text, one_of("reason", SuppressionReason), nullable=False),
    Column("since", Moment, nullable=False),
    Column("probe_at", Moment),
    Column("probed_at", Moment),
    Column("probed_by", Integer),
)
"""`address_hash` is keyed. From `probe_at` on one mailing may try the address once more: it is `probed_by`,
and tried at `probed_at`. Without `probe_at` the suppression is for good."""

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
    Column("rate", Integer),
    Column("rate_at", Moment),
    Column("readers", Integer),
    Column("forgotten_at", Moment),
    CheckConstraint("state <> 'paused' OR reason IS NOT NULL", name="paused"),
    CheckConstraint("state <> 'sent' OR finished_at IS NOT NULL", name="sent"),
    CheckConstraint("audience >= 0", name="audience"),
    sqlite_autoincrement=True,
)
"""`rate` is how many messages of it a sender handed over in a thousand seconds, as of `rate_at`. `readers`
is how many its lists had when it started, of whom its segment and topics may have chosen some only. From
`forgotten_at` on nobody knows any more who got it: its counts alone are kept."""

accounts = Table(
    "accounts",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    *(Column(state.value, Integer, nullable=False) for state in DeliveryState),
)
"""The counts of each mailing that has ended, so that nobody has to add them up again."""

audiences = Table(
    "audiences",
    metadata,
    Column("list", Text, primary_key=True),
    Column("readers", Integer, nullable=False),
    Column("counted_at", Moment, nullable=False),
)
"""How many active readers each list had when a server last counted them."""

mailing_templates = Table(
    "mailing_templates",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("list", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("template", LargeBinary, nullable=False),
    Column("counting", LargeBinary),
    UniqueConstraint("mailing", "list"),
)
"""The message of a mailing for each of its lists; `position` is what `deliveries.list` refers to. `counting`
is the same message with links that count clicks, for readers who agreed to that."""

batches = Table(
    "batches",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_subscriber", Integer, nullable=False),
    Column("last_subscriber", Integer, nullable=False),
    Column("parked", Boolean, nullable=False, default=False),
    Column("due_at", Seconds),
    Column("lease_until", Microseconds),
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
"""When the next message may go: one row for a relay, one for a domain at a relay; microseconds since 1970."""

relays = Table(
    "relays",
    metadata,
    Column("name", Text, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
    Column("said", Text, nullable=False),
    Column("interval_us", BigInteger),
    Column("changed_at", Moment),
)
"""Whether each relay can be reached, since when, and its last complaint. `interval_us` is the pace to which
it has slowed us down, NULL if it has not, `changed_at` when that was last changed."""

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, one_of("kind", ReportKind), nullable=False),
    Column("mailing", Integer, nullable=False),
    Column("subscriber", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_reports_mailing", "mailing", "kind"),
    Index(None, "subscriber"),
    sqlite_autoincrement=True,
)
"""Bounces, complaints and the like, which came back for a delivery; `key` makes each count once."""

report_mailboxes = Table(
    "report_mailboxes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Column("validity", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
)
"""How far each mailbox of reports was read: of its UIDs (RFC 9051), as long as their `validity` stays, those
up to `seen`. `due_at` is when it is read again, `said` the trouble with it, empty if there is none."""

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
    Column("key", Text),
    Column("subscriber", Integer),
    Column("address_key", Text),
    Index(None, "due_at"),
    Index(None, "key", unique=True),
    Index(None, "subscriber"),
    Index(None, "address_key"),
    sqlite_autoincrement=True,
)
"""Mails about somebody's own affairs. What has a `key` is told once. One to a reader has the reader's number,
if there is one, and the key of the address to which it goes: so it is forgotten with either."""

SENDING = (
    suppressions,
    mailings,
    accounts,
    audiences,
    mailing_templates,
    batches,
    deliveries,
    delivery_errors,
    rates,
    relays,
    reports,
    report_mailboxes,
    notices,
)
"""All tables of this module."""
