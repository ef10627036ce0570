"""The tables of readers beside their addresses: what they agreed to and chose, their links, imports, the API.

Everything that is one reader's goes with the reader. Whatever opens a door is kept as a hash.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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

from publisher.model.reader_token import TokenPurpose
from publisher.store.columns import Moment, metadata, one_of

topics = Table(
    "topics",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Index("ix_topics_readers", "topic", "subscriber"),
)
"""What a reader wants to read about: names of tags (see `model.shelves.tag_name`). Without any: all."""

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("version", Text, primary_key=True),
    Column("text", Text, nullable=False),
)
"""What readers agreed to, word for word; `version` is made of the text."""

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("list", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("version", ForeignKey("consent_texts.version"), nullable=False),
    Column("source", Text, nullable=False),
    Column("network", Text, nullable=False),
    Index(None, "subscriber"),
    sqlite_autoincrement=True,
)
"""Each time a reader said yes: to which list, when (by the confirming press), to which text, on which page,
from which network (its address without the part that tells one machine from another; empty if not known)."""

reader_tokens = Table(
    "reader_tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("purpose", Text, one_of("purpose", TokenPurpose), nullable=False),
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE")),
    Column("payload", JSON, nullable=False),
    Column("address_key", Text),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("used_at", Moment),
    Index(None, "subscriber"),
    Index(None, "address_key"),
    Index(None, "expires_at"),
)
"""Random tokens of links that open a door, by their hash. `payload` is what the link will do, `address_key`
the key of an address in it."""

former_ids = Table(
    "former_ids",
    metadata,
    Column("public_id", Text, primary_key=True),
    Column("subscriber", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "subscriber"),
)
"""What links in mails to an earlier address call a reader, until which moment: good for leaving alone."""

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("lists", JSON, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("bytes_done", BigInteger, nullable=False),
    Column("rows_done", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Files of addresses: how far each has been read, in the transaction that added its readers: so many octets,
rows and lines. `key` is made of the file's bytes and of what was asked to be done with them."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    sqlite_autoincrement=True,
)
"""Who may use the API, and for what."""

requests = Table(
    "requests",
    metadata,
    Column("token", ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSON),
    Column("body", LargeBinary),
    Index(None, "created_at"),
)
"""Requests to the API with an idempotency key, and what was answered; no `status` while one is being done."""

links = Table(
    "links",
    metadata,
    Column("mailing", ForeignKey("mailings.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("clicks", Integer, nullable=False, server_default="0"),
    UniqueConstraint("mailing", "url"),
)
"""The links of a mailing whose readers agreed to have clicks counted: how often, never by whom."""

READERS = (topics, consents, reader_tokens, former_ids, imports, api_tokens, requests, links)
"""Known together with the others from their first moment on."""
