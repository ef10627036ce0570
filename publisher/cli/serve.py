"""`publisher serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import say
from publisher.errors import PublisherError


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; default: from [web].")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one; default: from [web]."),
    ] = None,
) -> None:
    """Serve pages and feeds, publish on schedule and deliver mail, until Ctrl-C or SIGTERM."""
    from publisher.cli.running import running, until_stopped
    from publisher.logs import configure_logs

    configure_logs()
    with opened(context) as publisher, until_stopped() as stopped:
        web = publisher.settings.web
        with running(publisher, host=host or web.host, port=web.port if port is None else port) as work:
            say(f"Serving {publisher.settings.publication.title} on {work.url}/ (stop with Ctrl-C)")
            while not stopped.wait(1):
                if not work.is_whole:
                    raise PublisherError(
                        "a part of the server has ended by itself", fix="see the log; start it again"
                    )
            say("Stopping: what is on its way is finished first.")
