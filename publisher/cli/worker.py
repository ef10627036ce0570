"""`publisher worker`."""

from __future__ import annotations

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import say
from publisher.errors import PublisherError, StoreError


def worker(context: typer.Context) -> None:
    """Send mail from a PostgreSQL database beside others that do; ends with Ctrl-C or SIGTERM."""
    from publisher.actions.send_now import sender_for
    from publisher.cli.running import settle, until_stopped
    from publisher.logs import configure_logs

    configure_logs()
    with opened(context) as publisher, until_stopped() as stopped:
        if publisher.database.is_sqlite:
            raise StoreError(
                "several can send from PostgreSQL only; this newsroom is on SQLite",
                fix="`publisher serve` sends by itself; [database] url names a PostgreSQL database",
            )
        settle()
        sender = sender_for(publisher, until_idle=False)
        if sender is None:
            raise StoreError("another process has the right to send")
        say(f"Sending for {publisher.settings.publication.title} (stop with Ctrl-C)")
        try:
            while not stopped.wait(1):
                if not sender.is_alive:
                    raise PublisherError(f"the sender has ended: {sender.complaint}", fix="start it again")
        finally:
            sender.close()
        say("Stopped: what was on its way is finished.")
