"""What connections to relays hand in: answers about deliveries, without relays."""

from __future__ import annotations

from publisher.actions.addressing import Envelopes
from publisher.actions.held import Answer, Handed
from publisher.actions.relays import Relays
from publisher.delivery.replies import judge, lost
from publisher.model.delivery import Batch, Outcome, Recipient, Stage, UncertainPolicy
from tests.databases import NOW

TAKEN = judge(Stage.REPLY, 250, "2.0.0 taken")
DOWN = lost(Stage.CONNECT, "connection refused")
THROTTLED = judge(Stage.REPLY, 454, "4.7.0 Throttling failure")
REFUSED = judge(Stage.DATA, 554, "5.7.1 we do not like your face")
NO_ENTRY = judge(Stage.AUTH, 535, "5.7.8 wrong name or password")
GREYLISTED = judge(Stage.RCPT, 450, "4.2.1 greylisted")

ENVELOPES = Envelopes(
    mailing=1,
    kid="1",
    secret=b"",
    suppression_secret=b"",
    sender="heat@example.net",
    home_url="https://news.example.net",
    started_at=NOW,
    uncertain=UncertainPolicy.RESEND,
    bounces="",
    mails={},
    leave_by_mail={},
)


class Seconds:
    """A clock that never goes back."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def recipient(address: str = "ada@example.net", *, subscriber: int = 1, mailing: int = 1) -> Recipient:
    return Recipient(
        mailing=mailing, subscriber=subscriber, public_id="ada", address=address, list="weekly", attempts=0
    )


def answer(relays: Relays, outcome: Outcome, relay: str = "smtp", *, mailing: int = 1) -> Answer:
    """Let a delivery be handed over to a relay, and return what came of it."""
    batch = Batch(mailing=mailing, number=0, first_subscriber=1, last_subscriber=9, fence=1, lease_until=NOW)
    handed = Handed(
        batch=batch,
        recipient=recipient(mailing=mailing),
        envelopes=ENVELOPES,
        relay=relay,
        turn=relays.turn(relay),
    )
    relays.served(relay)
    return Answer(handed=handed, outcome=outcome)
