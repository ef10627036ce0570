"""Ahead: mails that are made before their deliveries are handed out, so that no connection waits for them.

Nothing depends on them, and nothing is marked for them. One goes out only if all that it was made of is what
the hand-over finds in its transaction; otherwise the mail is made anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

from publisher.actions.addressing import Envelopes
from publisher.actions.held import Handed, Held
from publisher.model.delivery import Message, Outcome, Recipient

MOST: Final = 32
"""So many mails are kept ahead at the most: some 3 MB."""

_LOW: Final = MOST // 2

Mail: TypeAlias = Message | Outcome
"""The mail of a delivery, or the refusal if it cannot be made."""

_Name: TypeAlias = tuple[int, int]
"""Mailing and subscriber of a delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Subscribers of one mailing who are next, in order."""

    envelopes: Envelopes
    subscribers: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A delivery as it would be handed out now, and its mail once that is made."""

    recipient: Recipient
    envelopes: Envelopes
    mail: Mail | None = None

    def is_true_of(self, handed: Handed) -> bool:
        """Return whether all of which its mail is made is that of the delivery that was handed out."""
        return self.envelopes is handed.envelopes and self.recipient == handed.recipient


class Ahead:
    """What is foreseen of the next in line, and what is made of it; safe to share between threads.

    As many mails may be made ahead as are handed out, and `MOST` more: so a line that changes again and again
    while few of it may go, as under a slow pace, costs no more than their own mails once more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed = MOST
        self._looked_at: frozenset[_Name] = frozenset()
        self._foreseen: dict[_Name, Foreseen] = {}
        self._made: dict[_Name, Foreseen] = {}

    @property
    def is_low(self) -> bool:
        """Whether more of the line should be looked at."""
        return self._allowed > 0 and len(self._foreseen) + len(self._made) < _LOW

    @property
    def has_work(self) -> bool:
        """Whether there is a mail to make."""
        return self._allowed > 0 and bool(self._foreseen)

    def allow(self, count: int) -> None:
        """Allow so many more mails to be made ahead, because so many deliveries were handed out."""
        with self._lock:
            self._allowed = min(self._allowed + count, MOST)

    def take(self, handed: Handed) -> Mail | None:
        """Return the mail of a delivery that was handed out, if it is there and true; never twice."""
        name = (handed.recipient.mailing, handed.recipient.subscriber)
        with self._lock:
            self._foreseen.pop(name, None)
            made = self._made.pop(name, None)
        return made.mail if made and made.is_true_of(handed) else None

    def look(self, lines: Iterable[Line]) -> list[Line]:
        """Forget who is not next any more; return those of whom nothing has been asked since they are."""
        lines = list(lines)
        with self._lock:
            before = self._looked_at
            self._looked_at = now = frozenset(name for line in lines for name in _names(line))
            for known in (self._foreseen, self._made):
                for name in known.keys() - now:
                    del known[name]
        return [new for line in lines if (new := _without(line, before)).subscribers]

    def foresee(self, envelopes: Envelopes, recipients: Iterable[Recipient]) -> None:
        """Let the mails of these be made, in order."""
        with self._lock:
            for each in recipients:
                name = (each.mailing, each.subscriber)
                self._foreseen[name] = Foreseen(recipient=each, envelopes=envelopes)

    def next(self) -> Foreseen | None:
        """Return whose mail is to be made now; it counts as made."""
        with self._lock:
            if not self.has_work:
                return None
            self._allowed -= 1
            return self._foreseen.pop(next(iter(self._foreseen)))

    def keep(self, foreseen: Foreseen, mail: Mail) -> None:
        """Keep a mail until its delivery is handed out, or is not next any more."""
        with self._lock:
            name = (foreseen.recipient.mailing, foreseen.recipient.subscriber)
            self._made[name] = replace(foreseen, mail=mail)


def next_in_line(held: Iterable[Held], *, most: int = MOST) -> list[Line]:
    """Return who is handed out next, if everybody may go."""
    lines: list[Line] = []
    for each in held:
        some = tuple(islice(each.queue, most))
        most -= len(some)
        if some:
            lines.append(Line(envelopes=each.envelopes, subscribers=some))
    return lines


def _names(line: Line) -> Iterable[_Name]:
    return ((line.envelopes.mailing, each) for each in line.subscribers)


def _without(line: Line, known: frozenset[_Name]) -> Line:
    return replace(
        line, subscribers=[each for each in line.subscribers if (line.envelopes.mailing, each) not in known]
    )
