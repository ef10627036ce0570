"""What a relay's answer, or its silence, means for one delivery; pure."""

from __future__ import annotations

import re

from publisher.model.delivery import DeliveryState, Outcome, Stage

LONGEST_TEXT = 500
"""Characters of a relay's words that are kept."""

CLOSING = 421
"""The reply, at any stage, of a relay that is about to hang up."""

_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")
_OF_ONE_MESSAGE = frozenset({Stage.RCPT, Stage.DATA, Stage.REPLY})
_AFTER_THE_DOT = frozenset({Stage.DOT, Stage.REPLY})

_CODES_ABOUT_US = frozenset({500, 502, 503, 504, 530, 555})
"""To RCPT they mean: we said it wrongly, or should have authenticated first."""

_ABOUT_US = re.compile(r"5\.7\.|5\.1\.[78]$")
"""Policy, and our own address as the sender."""

_ABOUT_THE_READER = re.compile(r"5\.1\.(?![78]$)|5\.2\.")
"""The reader's address, and the state of the reader's mailbox."""

_UNAVAILABLE_NOW = frozenset({450, 451, 452, 454})
_BEFORE_ANY_READER = frozenset({Stage.CONNECT, Stage.HELO, Stage.MAIL})

_OF_RATE = re.compile(r"4\.7\.\d+$|4\.3\.2$|4\.4\.5$|4\.5\.3$")
"""Policy, system not accepting messages now, congestion, too many recipients (RFC 3463)."""

_WORDS_OF_RATE = re.compile(
    r"throttl|too (?:many|much|fast)|\brate\b|rate.?limit|slow down|limit exceeded|quota exceeded",
    re.IGNORECASE,
)
_WORDS_OF_DELAY = re.compile(r"try (?:again|later)|temporarily|busy|unavailable", re.IGNORECASE)
_WORDS_OF_GREYLISTING = re.compile(r"gr[ae]y.?list", re.IGNORECASE)


def judge(stage: Stage, code: int, text: str) -> Outcome:
    """Turn the reply that ended a conversation at `stage` into an outcome (RFC 5321, RFC 3463).

    Only the replies to RCPT and to the whole message (stage REPLY) can refuse a reader. Anywhere else a relay
    speaks about itself or about us, and the delivery stays open.
    """
    enhanced = _enhanced(code, text)
    state, relay_fault = _verdict(stage, code, enhanced)
    return Outcome(
        state=state, code=code, enhanced=enhanced, text=words(text), stage=stage, relay_fault=relay_fault
    )


def lost(stage: Stage, text: str) -> Outcome:
    """Return the outcome of a conversation that broke off at `stage`: after the final dot nobody knows."""
    state = DeliveryState.UNCERTAIN if stage in _AFTER_THE_DOT else DeliveryState.DEFERRED
    return Outcome(state=state, text=words(text), stage=stage, relay_fault=True)


def throttles(outcome: Outcome) -> bool:
    """Tell whether a relay asks us to send more slowly: by 421, or by a temporary no that speaks of the rate.

    "Try again later" means that only before any reader was named; to RCPT it is greylisting, which passes by
    itself.
    """
    if outcome.code == CLOSING:
        return True
    if outcome.code not in _UNAVAILABLE_NOW or _WORDS_OF_GREYLISTING.search(outcome.text):
        return False
    return (
        _OF_RATE.match(outcome.enhanced) is not None
        or _WORDS_OF_RATE.search(outcome.text) is not None
        or (outcome.stage in _BEFORE_ANY_READER and _WORDS_OF_DELAY.search(outcome.text) is not None)
    )


def words(text: str) -> str:
    """Return a stranger's words as one short line that is safe in logs and on a terminal."""
    line = text
    if not text.isprintable():
        line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:LONGEST_TEXT]


def _enhanced(code: int, text: str) -> str:
    """Return the code at the start of a reply if it has one, and if both codes are of one class."""
    match = _ENHANCED.match(text)
    return match[0] if match and match[1] == str(code)[0] else ""


def _verdict(stage: Stage, code: int, enhanced: str) -> tuple[DeliveryState, bool]:
    """Return the state and whether it is the relay's or our fault."""
    kind = code // 100
    if stage is Stage.REPLY and kind == 2:
        return DeliveryState.ACCEPTED, False
    if stage is Stage.REPLY and kind not in {4, 5}:
        return DeliveryState.UNCERTAIN, True
    if stage in _OF_ONE_MESSAGE and kind == 4:
        return DeliveryState.DEFERRED, code == CLOSING
    if stage is Stage.REPLY:
        return DeliveryState.REJECTED, _ABOUT_THE_READER.match(enhanced) is None
    if stage is Stage.RCPT and kind == 5:
        return DeliveryState.REJECTED, code in _CODES_ABOUT_US or _ABOUT_US.match(enhanced) is not None
    return DeliveryState.DEFERRED, True
