"""Addressing: from the frozen message of a mailing to the mail of one recipient."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.message import MimeTemplate, Slots, delivery_key, message_id
from publisher.errors import NotFoundError
from publisher.model.delivery import Message, Recipient, UncertainPolicy
from publisher.model.records import MailingRecord
from publisher.store import keys, mailings
