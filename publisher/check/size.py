"""Group 6: the size of the mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof
from publisher.model.finding import Finding


def fits_a_mail(proof: Proof) -> Iterator[Finding]:
    """The HTML is small enough to be shown whole, so that the unsubscribe link is seen."""
    if proof.mail is not None and proof.mail.longest > proof.rules.mail_bytes:
        what = f"the mail has {proof.mail.longest:,} bytes, more than {proof.rules.mail_bytes:,}"
        fix = "shorten it, or make two issues of it"
        yield Finding(code="E610", what=what, fix=fix, place=proof.at_issue("title"))


CHECKS: Final = (fits_a_mail,)
