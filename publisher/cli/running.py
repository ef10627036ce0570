"""A publisher at work in this process: pages and feeds, the clock, and the sender."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.cli.output import warn
from publisher.errors import StoreError

if TYPE_CHECKING:
    from types import FrameType

    from publisher.actions.deliver import Sender
    from publisher.app import Publisher
    from publisher.web.server import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What is at work: the web server and the sender."""

    server: Server
    sender: Sender

    @property
    def url(self) -> str:
        """Where a person on this machine reaches the front page, without a slash at its end."""
        return self.server.url

    @property
    def is_whole(self) -> bool:
        """Whether everything is still at work; if not, a restart is better than serving without sending."""
        return self.server.is_alive and self.sender.is_alive


@contextmanager
def running(publisher: Publisher, *, host: str, port: int) -> Iterator[Running]:
    """Serve, keep the timetable and send, until the block ends; then finish what is on its way.

    The port is bound before anything else starts, so a second server on it sends nothing.

    Raises:
        PublisherError: the port is in use.
        StoreError: another process has the right to send.
    """
    from publisher.actions.hubs import tell_hubs
    from publisher.actions.masthead import follow_masthead
    from publisher.actions.printing import discard_unused
    from publisher.actions.purge import purge_nightly
    from publisher.actions.readers import count_readers
    from publisher.actions.report_mailbox import read_reports
    from publisher.actions.scan import queue_waiting
    from publisher.actions.send_now import sender_for
    from publisher.actions.squeeze import squeeze
    from publisher.schedule.clock import Clock
    from publisher.web.routes import site
    from publisher.web.server import Server

    server = Server(site(publisher), host=host, port=port)
    settle()
    try:
        sender = sender_for(publisher, until_idle=False)
        if sender is None:
            raise StoreError(
                "another `publisher` process is sending from this database",
                fix="stop it first, or use PostgreSQL to run several",
            )
        clock = Clock(publisher, beside=(squeeze, tell_hubs, count_readers, read_reports, purge_nightly))
        try:
            server.start()
            discard_unused(publisher)
            for trouble in (*follow_masthead(publisher), *queue_waiting(publisher)):
                warn(f"publisher: {trouble}")
            clock.start()
            yield Running(server=server, sender=sender)
        finally:
            clock.stop()
            sender.close()
    finally:
        server.stop()


def settle() -> None:
    """Let the garbage collector leave alone what is there by now: programs and settings, which are to stay.

    Else it looks at all of it again and again while thousands of mails come and go.
    """
    gc.freeze()


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set, instead of ending the process at once."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
