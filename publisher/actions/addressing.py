"""Addressing: from the frozen message of a mailing to the mail of one recipient."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.message import delivery_key, message_id
from publisher.delivery.mime import mailto
from publisher.delivery.template import MimeTemplate, Slots
from publisher.errors import NotFoundError
from publisher.model.delivery import Message, Recipient, UncertainPolicy
from publisher.store import editions, keys, mailings


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelopes:
    """Everything that the messages of one mailing have in common."""

    mailing: int
    kid: str
    secret: bytes
    suppression_secret: bytes
    sender: str
    reply_to: str
    home_url: str
    started_at: datetime | None
    uncertain: UncertainPolicy
    templates: Mapping[str, MimeTemplate]

    def message(self, recipient: Recipient) -> Message:
        """Return the mail of `recipient`: the same bytes on every attempt."""
        token = tokens.make(
            self.secret,
            kid=self.kid,
            public_id=recipient.public_id,
            list=recipient.list,
        )
        identity = message_id(
            self.secret,
            mailing=self.mailing,
            subscriber=recipient.subscriber,
            domain=self.sender.rpartition("@")[2],
        )
        slots = Slots(
            to=recipient.address,
            message_id=identity,
            unsubscribe=page_to_leave(self.home_url, token),
            unsubscribe_mail=mailto(self.reply_to, f"unsubscribe {recipient.list}"),
        )
        return Message(
            key=delivery_key(self.mailing, recipient.subscriber),
            message_id=identity,
            envelope_from=self.sender,
            envelope_to=recipient.address,
            body=self.templates[recipient.list].fill(slots),
        )

    def suppressed_hash(self, address_key: str) -> str:
        """Return the keyed hash under which an address stands among the suppressions, if it does."""
        return address_hash(self.suppression_secret, address_key)


def envelopes_of(publisher: Publisher, mailing: int) -> Envelopes:
    """Read what the messages of a mailing have in common; all of it is frozen, no setting can change it.

    Raises:
        NotFoundError: there is no such mailing.
    """
    with publisher.database.read() as db:
        record = mailings.find(db, mailing)
        edition = editions.find(db, record.edition) if record else None
        if record is None or edition is None:
            raise NotFoundError(f"there is no mailing {mailing}")
        templates = mailings.templates(db, mailing)
        secrets = keys.every(db)
    masthead = edition.masthead
    return Envelopes(
        mailing=mailing,
        kid=str(record.kid),
        secret=secrets[record.kid],
        suppression_secret=suppression_secret(secrets),
        sender=masthead.sender_address,
        reply_to=masthead.reply_to,
        home_url=masthead.home_url,
        started_at=record.started_at,
        uncertain=record.uncertain,
        templates={each.list: MimeTemplate.from_bytes(each.template) for each in templates},
    )


def page_to_leave(home_url: str, token: str) -> str:
    """Return the address of the page on which the owner of `token` leaves."""
    return f"{home_url}/unsubscribe/{token}"


def address_hash(secret: bytes, address_key: str) -> str:
    """Return the keyed hash of an address, given as the key that all its spellings share."""
    return hmac.new(secret, address_key.encode(), sha256).hexdigest()


def suppression_secret(secrets: Mapping[int, bytes]) -> bytes:
    """Return the key of all suppressions: the first there was, because their hashes cannot be made anew."""
    return secrets[min(secrets)]
