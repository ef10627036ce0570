"""What a reader agreed to, and how that came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One yes of a reader, by the press that confirmed it, to `text` as it stood at the form.

    `source` is the page of ours or the site with the form, `network` the reader's network (without the part
    that tells a machine), or empty.
    """

    list: str
    at: datetime
    text: str
    version: str
    source: str
    network: str
