"""The kill sweep: a sender that mails 40 readers is killed at one point after the other, and goes on.

    with Sweep(folder) as sweep:
        for point in sweep.points()[::5]:
            assert sweep.killed_at(point).faults == ()

A point is the moment just before a thread of the sender makes its Nth system call of a kind that changes
the world outside: it writes, flushes or sends. They are found by tracing a run that nobody kills. Where
`strace` is missing or not allowed, a point is the Nth call of a function of the publisher instead.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from publisher.actions.approve import approve
from publisher.actions.mailing import decide_uncertain, uncertain_of
from publisher.actions.scan import scan
from publisher.actions.subscribe import add_from_file
from publisher.actions.verify import verify
from publisher.app import Publisher
from publisher.model.delivery import DeliveryState, MailingState, Stage, UncertainPolicy
from tests.newsrooms import PATIENCE, Newsroom, mailing_of, relay_at
from tests.sender_process import LONGEST, SLUG, SenderProcess, calls_of, now, send
from tests.smtp_memory import Received, Rule
from tests.smtp_process import SmtpProcess

AUDIENCE = 40
CONNECTIONS = 4
CALLS = "write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync"
SETTLED = timedelta(minutes=11)
"""After this time a message that is uncertain is sent again, if that is the policy."""

_AT_ONCE = 2
_SLOW = Rule(stage=Stage.DOT, delay=0.01)
"""The relay keeps each message for a moment before it answers, so that kills meet open ones."""

_MESSAGES = ("writev",)
"""How the bytes of a message leave; nothing else does so."""

_READERS = tuple(f"reader{number}@example.net" for number in range(AUDIENCE))
_CALL = re.compile(r"(\d+) +(\w+)\(")


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Just before the Nth system call of this kind in a thread, or without a kind the Nth function call."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind or 'function'} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a kill at one point has come to, once everything was sent; `faults` are broken promises."""

    point: Point
    was_killed: bool
    lost: int
    second_copies: int
    uncertain: int
    faults: tuple[str, ...]


def spread(points: Sequence[Point], number: int) -> list[Point]:
    """Return so many points, spread evenly over all of them."""
    return [points[(2 * each + 1) * len(points) // (2 * number)] for each in range(number)]


def in_mid_send(points: Sequence[Point]) -> Sequence[Point]:
    """Return the points from the first message that leaves to the last one."""
    messages = [number for number, point in enumerate(points) if point.kind in _MESSAGES]
    return points[messages[0] : messages[-1]] if messages else points


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """A newsroom that is ready to publish, to be copied for each run; `url` is empty on SQLite."""

    root: Path
    url: str = ""


class Sweep:
    """A relay and newsrooms to kill in; a context manager. Several threads may use it at once.

    `server` is the address of a PostgreSQL server, empty for SQLite.
    """

    def __init__(self, folder: Path, *, server: str = "") -> None:
        self._folder = folder
        self._server = make_url(server).set(drivername="postgresql+psycopg") if server else None
        self._relay = SmtpProcess(folder / "taken", rules=[_SLOW])
        self._numbers = count()
        self._idle: list[SenderProcess] = []
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._templates: dict[UncertainPolicy, _Template] = {}

    def __enter__(self) -> Self:
        self._stack.enter_context(self._relay)
        self._templates = {policy: self._prepared(policy) for policy in UncertainPolicy}
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def points(self) -> list[Point]:
        """Return every point of a run, in order."""
        found = self._traced_points() if shutil.which("strace") else []
        return found or self._called_points()

    def killed_at(self, point: Point) -> Found:
        """Kill a sender at this point, let others go on until all is sent, and look what came of it."""
        policy = list(UncertainPolicy)[point.number % 2] if self._server is None else UncertainPolicy.HOLD
        root, mark = self._copied(policy)
        was_killed = self._kill(root, point)
        with Newsroom(root).opened(clock=now) as publisher:
            found = _Aftermath(publisher, point, lambda: self._taken(mark)).found(was_killed=was_killed)
        shutil.rmtree(root)
        return found

    def _prepared(self, policy: UncertainPolicy) -> _Template:
        """Write a newsroom with readers and an issue that is printed, in a database of its own."""
        template = _Template(root=self._folder / policy, url=self._new_database())
        newsroom = Newsroom(template.root)
        newsroom.issues.mkdir(parents=True)
        more = f'uncertain = "{policy}"\nconnections = {CONNECTIONS}\nlease = "1s"'
        newsroom.sets(_settings(relay_at(self._relay.port, more=more), template.url, mark="template"))
        newsroom.writes(SLUG)
        with newsroom.opened(clock=now) as publisher:
            add_from_file(publisher, "\n".join(_READERS), path="readers.txt")
            scan(publisher, patient=False)
            approve(publisher, SLUG)
        return template

    def _copied(self, policy: UncertainPolicy) -> tuple[Path, str]:
        """Return a copy of the newsroom, and the mark by which the relay's messages of it are known."""
        template, mark = self._templates[policy], f"run{next(self._numbers)}"
        root = self._folder / mark
        shutil.copytree(template.root, root)
        settings = (root / "publisher.toml").read_text().replace("@template.", f"@{mark}.")
        if template.url:
            settings = settings.replace(template.url, self._new_database(template.url))
        (root / "publisher.toml").write_text(settings)
        return root, mark

    def _new_database(self, template: str = "") -> str:
        """Return the address of a new database on the server, a copy of `template` if there is one."""
        if self._server is None:
            return ""
        name = f"sweep_{secrets.token_hex(6)}"
        of = f" TEMPLATE {make_url(template).database}" if template else ""
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            db.execute(text(f"CREATE DATABASE {name}{of}"))
        engine.dispose()
        return self._server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def killed_at_each(self, points: Sequence[Point]) -> list[Found]:
        """Kill a sender at each of the points, two at a time."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.killed_at, points))

    def _kill(self, root: Path, point: Point) -> bool:
        """Let a sender work in the newsroom until it dies at the point; False if it never got there."""
        with self._sender() as sender:
            if point.kind:
                run = sender.begin(root, traced=True)
                with _strace(run.pid, f"--inject={point.kind}:signal=KILL:when={point.number}"):
                    code = run.ended()
            else:
                code = sender.begin(root, dies_at=point.number).ended()
        assert code in (0, -signal.SIGKILL), f"a sender that was to die at {point} ended with {code}"
        return code != 0

    def _traced_points(self) -> list[Point]:
        """Return the system calls of a run, each number once, in order; none if nobody may trace it."""
        root, _ = self._copied(UncertainPolicy.HOLD)
        log = root / "calls.txt"
        with self._sender() as sender:
            run = sender.begin(root, traced=True)
            with _strace(run.pid, f"--output={log}") as tracer:
                if tracer.wait(LONGEST):
                    with suppress(ProcessLookupError):
                        os.kill(run.pid, signal.SIGKILL)
                run.ended()
        seen: Counter[tuple[str, ...]] = Counter()
        points: dict[Point, None] = {}
        for line in log.read_text().splitlines() if log.exists() else ():
            if call := _CALL.match(line):
                seen[call.groups()] += 1
                points[Point(call[2], seen[call.groups()])] = None
        return list(points)

    def _called_points(self) -> list[Point]:
        """Return the calls of functions of the publisher in a run."""
        root, _ = self._copied(UncertainPolicy.HOLD)
        return [Point("", number) for number in range(calls_of(root))]

    @contextmanager
    def _sender(self) -> Iterator[SenderProcess]:
        """Yield a process that is ready to send, and that nobody else uses meanwhile."""
        with self._lock:
            sender = self._idle.pop() if self._idle else None
        if sender is None:
            sender = self._stack.enter_context(SenderProcess())
        yield sender
        self._idle.append(sender)

    def _taken(self, mark: str) -> list[Received]:
        """Return what the relay took from one copy of the newsroom."""
        return [each for each in self._relay.messages if each.envelope_from.endswith(f"@{mark}.example.net")]


class _Aftermath:
    """What comes after a kill, in the newsroom where it happened."""

    def __init__(self, publisher: Publisher, point: Point, taken: Callable[[], list[Received]]) -> None:
        self._publisher = publisher
        self._point = point
        self._taken = taken
        self._faults: list[str] = []

    def found(self, *, was_killed: bool) -> Found:
        """Let others go on, first with what is certain, and return what has become of everybody."""
        self._verify("after the kill")
        self._go_on()
        once = self._copies()
        uncertain = {each.address for each in uncertain_of(self._publisher, SLUG)}
        lost = set(_READERS) - set(once) - uncertain
        self._look_at_the_first_copies(once, uncertain, lost)
        self._resend(uncertain)
        self._look_at_the_second_copies(uncertain)
        copies = self._copies()
        return Found(
            point=self._point,
            was_killed=was_killed,
            lost=len(lost) + len(set(_READERS) - set(copies)),
            second_copies=copies.total() - len(copies),
            uncertain=len(uncertain),
            faults=tuple(self._faults),
        )

    def _look_at_the_first_copies(self, once: Counter[str], uncertain: set[str], lost: set[str]) -> None:
        mailing = mailing_of(self._publisher, SLUG)
        self._must(not lost, f"lost: {sorted(lost)}")
        self._must(max(once.values()) == 1, f"doubled without need: {once.most_common(3)}")
        self._must(len(uncertain) <= CONNECTIONS, f"{len(uncertain)} are uncertain")
        self._must(mailing.audience == AUDIENCE == sum(mailing.counts.values()), f"counts: {mailing.counts}")
        self._must(mailing.counts[DeliveryState.UNCERTAIN] == len(uncertain), "not all uncertain are named")
        self._must(
            mailing.counts[DeliveryState.ACCEPTED] == AUDIENCE - len(uncertain), f"counts: {mailing.counts}"
        )
        self._verify("when the others had gone on")

    def _look_at_the_second_copies(self, uncertain: set[str]) -> None:
        mailing, messages = mailing_of(self._publisher, SLUG), self._taken()
        copies = self._copies()
        twice = {reader for reader, number in copies.items() if number > 1}
        identities = {(each.envelope_to[0], _message_id(each.body)) for each in messages}
        self._must(set(copies) == set(_READERS), f"lost: {sorted(set(_READERS) - set(copies))}")
        self._must(twice <= uncertain, f"doubled although certain: {sorted(twice - uncertain)}")
        self._must(max(copies.values()) <= 2, f"more than two copies: {copies.most_common(3)}")
        self._must(len(identities) == AUDIENCE, "a second copy has another Message-ID")
        self._must(mailing.counts[DeliveryState.ACCEPTED] == AUDIENCE, f"counts: {mailing.counts}")
        self._must(mailing.state is MailingState.SENT, f"the mailing is {mailing.state}")
        self._verify("at the end")

    def _go_on(self) -> None:
        """Send until nothing is left; leases of a dead worker on a server have to end first."""
        deadline = time.monotonic() + PATIENCE
        send(self._publisher)
        while self._is_open():
            assert time.monotonic() < deadline, f"it does not go on after {self._point}"
            time.sleep(0.1)
            send(self._publisher)

    def _is_open(self) -> bool:
        counts = mailing_of(self._publisher, SLUG).counts
        return bool(counts[DeliveryState.PENDING] + counts[DeliveryState.SENDING])

    def _resend(self, uncertain: set[str]) -> None:
        """Send the uncertain again: by the policy when it is time, or because an editor says so."""
        if not uncertain:
            return
        if mailing_of(self._publisher, SLUG).next_try is None:
            decide_uncertain(self._publisher, SLUG, resend=True)
            send(self._publisher)
            return
        with Newsroom(self._publisher.settings.root).opened(clock=lambda: now() + SETTLED) as later:
            send(later)

    def _verify(self, when: str) -> None:
        for verdict in verify(self._publisher).verdicts:
            self._faults += [f"{verdict.code} {when}: {fault}" for fault in verdict.faults]

    def _copies(self) -> Counter[str]:
        return Counter(each.envelope_to[0] for each in self._taken())

    def _must(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition, as of an assert
        if not holds:
            self._faults.append(otherwise)


@contextmanager
def _strace(pid: int, what: str) -> Iterator[subprocess.Popen[bytes]]:
    """Trace the calls of a process and its threads until it ends."""
    command = ["strace", "--follow-forks", "-qqq", f"--attach={pid}", f"--trace={CALLS}", what]
    if "--output" not in what:
        command.append("--output=/dev/null")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as tracer:
        yield tracer


def _settings(relay: str, url: str, *, mark: str) -> str:
    database = f'[database]\nurl = "{url}"\n' if url else ""
    return f'{relay}\n[reports]\nreturn_path = "bounces@{mark}.example.net"\n{database}'


def _message_id(body: bytes) -> str:
    return next(line for line in body.decode().splitlines() if line.startswith("Message-ID:"))
