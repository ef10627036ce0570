"""Addressing: from the frozen message of a mailing to the mail of one recipient."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from publisher.actions.signing import read_signer
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.dkim import Signer
from publisher.delivery.message import delivery_key, message_id
from publisher.delivery.mime import mailto
from publisher.delivery.prepared import PreparedMail, prepared
from publisher.delivery.reports.return_path import return_path
from publisher.delivery.template import MimeTemplate, Slots
from publisher.errors import NotFoundError
from publisher.model.delivery import Message, Recipient, UncertainPolicy
from publisher.store import editions, keys, mailings

_BLOCK: Final = 64
"""Octets of a block of SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelopes:
    """Everything that the messages of one mailing have in common.

    `bounces` is the mailbox for reports, or empty: then they come to the sender, and nobody reads them.
    `mails` and `leave_by_mail`, the addresses of mails with which readers leave if nobody but people reads
    those, are by list, and so are the mails whose links are `counting` clicks.
    """

    mailing: int
    kid: str
    secret: bytes
    suppression_secret: bytes
    sender: str
    home_url: str
    started_at: datetime | None
    uncertain: UncertainPolicy
    bounces: str
    mails: Mapping[str, PreparedMail]
    leave_by_mail: Mapping[str, str]
    counting: Mapping[str, PreparedMail] = field(default_factory=dict)

    def message(self, recipient: Recipient) -> Message:
        """Return the mail of `recipient`: the same bytes on every attempt.

        Unless the reader has changed meanwhile whether clicks may be counted: that holds at once.

        Raises:
            MessageError: what we know of the recipient cannot stand in a mail.
        """
        leave, choose = (
            tokens.make(
                self.secret,
                kid=self.kid,
                public_id=recipient.public_id,
                list=recipient.list,
                purpose=purpose,
            )
            for purpose in (tokens.UNSUBSCRIBE, tokens.PREFERENCES)
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
            unsubscribe=page_to_leave(self.home_url, leave),
            preferences=page_to_choose(self.home_url, choose),
            unsubscribe_mail=self._mail_to_leave(recipient, leave),
        )
        return Message(
            key=delivery_key(self.mailing, recipient.subscriber),
            message_id=identity,
            envelope_from=self.return_path(recipient.subscriber),
            envelope_to=recipient.address,
            body=self._mail(recipient).fill(slots),
            is_clean=recipient.address.isascii(),
        )

    def return_path(self, subscriber: int) -> str:
        """Return where reports about the mail to this subscriber come to (RFC 5321 section 4.4)."""
        if not self.bounces:
            return self.sender
        return return_path(self.secret, self.bounces, mailing=self.mailing, subscriber=subscriber)

    def suppressed_hash(self, address_key: str) -> str:
        """Return the keyed hash under which an address stands among the suppressions, if it does."""
        return address_hash(self.suppression_secret, address_key)

    def _mail(self, recipient: Recipient) -> PreparedMail:
        plain = self.mails[recipient.list]
        return self.counting.get(recipient.list, plain) if recipient.counts_clicks else plain

    def _mail_to_leave(self, recipient: Recipient, token: str) -> str:
        if not self.bounces:
            return self.leave_by_mail[recipient.list]
        return mail_to_leave(self.bounces, token)


def envelopes_of(publisher: Publisher, mailing: int, *, signer: Signer | None = None) -> Envelopes:
    """Read what the messages of a mailing have in common.

    What readers see of it is frozen. Who signs and where bounces come to is as it is set now; to read a key
    takes long, so `signer` may be the one that `signer_of` gave before.

    Raises:
        NotFoundError: there is no such mailing.
        SettingsError: the key that signs cannot be used.
        MessageError: the stored message is not fit to be sent.
    """
    with publisher.database.read() as db:
        record = mailings.find(db, mailing)
        edition = editions.find(db, record.edition) if record else None
        if record is None or edition is None:
            raise NotFoundError(f"there is no mailing {mailing}")
        templates = mailings.templates(db, mailing)
        secrets = keys.every(db)
    masthead, signer = edition.masthead, signer or read_signer(publisher.settings)

    def ready(template: bytes) -> PreparedMail:
        return prepared(MimeTemplate.from_bytes(template), signer=signer, moment=record.created_at)

    return Envelopes(
        mailing=mailing,
        kid=str(record.kid),
        secret=secrets[record.kid],
        suppression_secret=suppression_secret(secrets),
        sender=masthead.sender_address,
        home_url=masthead.home_url,
        started_at=record.started_at,
        uncertain=record.uncertain,
        bounces=publisher.settings.reports.return_path,
        mails={each.list: ready(each.template) for each in templates},
        counting={each.list: ready(each.counting) for each in templates if each.counting is not None},
        leave_by_mail={
            each.list: mailto(masthead.reply_to, f"unsubscribe {each.list}") for each in templates
        },
    )


def page_to_leave(home_url: str, token: str) -> str:
    """Return the address of the page on which the owner of `token` leaves."""
    return f"{home_url}/unsubscribe/{token}"


def page_to_choose(home_url: str, token: str) -> str:
    """Return the address of the page on which the owner of `token` chooses what comes."""
    return f"{home_url}/preferences/{token}"


def mail_to_leave(mailbox: str, token: str) -> str:
    """Return the URL of a mail to the mailbox of reports with which the owner of `token` leaves."""
    return mailto(mailbox, f"unsubscribe {token}")


def address_hash(secret: bytes, address_key: str) -> str:
    """Return the keyed hash of an address, given as the key that all its spellings share."""
    return hmac.digest(secret, address_key.encode(), "sha256").hex()


def address_hasher(secret: bytes) -> Callable[[str], str]:
    """Return what does as `address_hash`, for very many addresses: the key is taken in once (RFC 2104)."""
    key = (secret if len(secret) <= _BLOCK else sha256(secret).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (sha256(bytes(octet ^ pad for octet in key)) for pad in (0x36, 0x5C))

    def hashed(address_key: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(address_key.encode())
        second.update(first.digest())
        return second.hexdigest()

    return hashed


def suppression_secret(secrets: Mapping[int, bytes]) -> bytes:
    """Return the key of all suppressions: the first there was, because their hashes cannot be made anew."""
    return secrets[min(secrets)]
