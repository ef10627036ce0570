"""`publisher demo`: the main job on the sample newsroom, from the queue to the mailbox, in about a minute."""

from __future__ import annotations

import logging
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from publisher.cli.newsroom import now, whoami
from publisher.cli.output import clock_text, counted, say
from publisher.errors import PublisherError

if TYPE_CHECKING:
    import threading
    from datetime import datetime

    from starlette.types import ASGIApp

    from publisher.app import Publisher

ISSUE = "borrowed-power"
"""The ready issue of the sample newsroom."""

HOST = "127.0.0.1"
_LEAST_NOTICE = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=30)

READERS = [
    *("ada", "bruno", "chiara", "dmitri", "elena", "farid", "greta", "hiro", "ines", "jonas", "kavya"),
    *("lucia", "marek", "noor", "olga", "pablo", "quinn", "rosa", "sami", "tara", "umberto", "vera"),
    *("wanda", "ximena", "yusuf"),
]
"""Twenty-five made-up people at example.org."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where to look: the public site, and what is shown beside it; without slashes at their ends."""

    front: str
    beside: str


def demo() -> None:
    """Show the main job: queue a sample issue for the next minute, publish it on schedule, deliver it.

    Works in a temporary copy with a database of its own; nothing here is changed. With a terminal it goes on
    serving until Ctrl-C; without one it ends when the mails are delivered.
    """
    root = Path(tempfile.mkdtemp(prefix="publisher-demo-"))
    attended = sys.stdin.isatty()
    try:
        _run(root, attended=attended)
    finally:
        if attended:
            shutil.rmtree(root, ignore_errors=True)


def _run(root: Path, *, attended: bool) -> None:
    from publisher.actions.init import init_newsroom
    from publisher.actions.transport import mail_folder
    from publisher.app import open_publisher
    from publisher.cli.running import running, until_stopped
    from publisher.logs import configure_logs
    from publisher.settings_file import load_settings
    from publisher.web.looking import looking

    configure_logs(level=logging.WARNING)
    port = _free_port()
    init_newsroom(root, home_url=f"http://{HOST}:{port}", clock=now, actor=whoami())
    with ExitStack() as stack:
        publisher = open_publisher(load_settings(root), clock=now, actor=whoami())
        stack.callback(publisher.close)
        stopped = stack.enter_context(until_stopped())
        work = stack.enter_context(running(publisher, host=HOST, port=port))
        addresses = Addresses(
            front=work.url,
            beside=stack.enter_context(_served(looking(root, mail=mail_folder(publisher.settings)))),
        )
        _show(publisher, stopped, addresses)
        if attended:
            say("Ctrl-C ends the demo.")
            stopped.wait()
    if not attended:
        say(f"The servers have ended, as there is no terminal; the newsroom stays in {root}")


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    """Serve `app` on a free port and yield its address."""
    from publisher.web.server import Server

    server = Server(app, host=HOST, port=0)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _show(publisher: Publisher, stopped: threading.Event, at: Addresses) -> None:
    """Do the main job and tell where to look."""
    from publisher.actions.queue import Place, queue
    from publisher.actions.subscribe import add

    for name in READERS:
        add(publisher, f"{name}@example.org")
    record = queue(publisher, ISSUE, Place(at=_next_minute(now()).isoformat()))
    zone = publisher.settings.publication.timezone
    say(f"Newsroom    {publisher.settings.root}")
    say(f"Readers     {len(READERS)}, made up")
    say(f"Queued      '{record.title}' for {clock_text(record.due_at, zone)} ({zone})")
    say()
    say(f"Front page  {at.front}/")
    say(f"Feeds       {at.front}/feed.rss  {at.front}/feed.atom  {at.front}/feed.json")
    say(f"Preview     {at.beside}/preview/")
    say(f"Mails       {at.beside}/mails/")
    say()
    say("Waiting for the clock …")
    _wait_for_delivery(publisher, stopped)
    if not stopped.is_set():
        file = publisher.settings.issues / ISSUE / "issue.md"
        say()
        say(f"Now change the title in {file}")
        say(f"and look at {at.beside}/preview/{ISSUE}/")


def _wait_for_delivery(publisher: Publisher, stopped: threading.Event) -> None:
    """Wait until the issue's mailing is sent, or somebody stops us.

    Raises:
        PublisherError: it takes far too long.
    """
    from publisher.actions.status import status

    until = _next_minute(now()) + timedelta(minutes=1) + _PATIENCE
    zone, told = ZoneInfo(publisher.settings.publication.timezone), False
    while not stopped.wait(0.1):
        mailing = status(publisher, slots_each=0).mailings.get(ISSUE)
        if mailing and not told:
            readers = counted(mailing.audience, "reader")
            say(f"Published   {mailing.created_at.astimezone(zone):%H:%M:%S}, to {readers}")
            told = True
        if mailing and mailing.finished_at:
            counts = ", ".join(f"{count} {state}" for state, count in mailing.counts.items() if count)
            say(f"Delivered   {mailing.finished_at.astimezone(zone):%H:%M:%S}: {counts}")
            return
        if now() > until:
            raise PublisherError("the sample issue was not delivered in time", fix="see the lines above")


def _next_minute(moment: datetime) -> datetime:
    full = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return full if full - moment >= _LEAST_NOTICE else full + timedelta(minutes=1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
