"""`publisher preview`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import root_of
from publisher.cli.output import say


def preview(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8001,
) -> None:
    """Show every output of every issue as it would go out, and again whenever a file is saved."""
    from publisher.cli.running import until_stopped
    from publisher.settings_file import load_settings
    from publisher.web.preview import preview as pages
    from publisher.web.server import Server

    root = root_of(context)
    load_settings(root)
    with until_stopped() as stopped:
        server = Server(pages(root), host="127.0.0.1", port=port)
        server.start()
        try:
            say(f"Preview on {server.url}/ (stop with Ctrl-C)")
            stopped.wait()
        finally:
            server.stop()
