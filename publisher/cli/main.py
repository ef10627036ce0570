"""The command `publisher`: the table of its commands, and the one place where errors become sentences."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from publisher import __version__
from publisher.cli import (
    approve,
    archive,
    build,
    cancel,
    check,
    clicks,
    correct,
    demo,
    dkim,
    hold,
    import_,
    init,
    new,
    pause,
    preview,
    publish,
    purge,
    queue,
    release,
    report,
    resume,
    retry,
    segment,
    send_test,
    serve,
    status,
    subscribers,
    token,
    uncertain,
    unqueue,
    verify,
    withdraw,
    worker,
)
from publisher.errors import PublisherError

app = typer.Typer(
    name="publisher",
    help="Turn curated stories into a newsletter and feeds, on a schedule.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init.init,
    "new": new.new,
    "import": import_.import_,
    "check": check.check,
    "preview": preview.preview,
    "send-test": send_test.send_test,
    "approve": approve.approve,
    "queue": queue.queue,
    "unqueue": unqueue.unqueue,
    "hold": hold.hold,
    "release": release.release,
    "archive": archive.archive,
    "publish": publish.publish,
    "correct": correct.correct,
    "withdraw": withdraw.withdraw,
    "pause": pause.pause,
    "resume": resume.resume,
    "cancel": cancel.cancel,
    "uncertain": uncertain.uncertain,
    "retry": retry.retry,
    "report": report.report,
    "clicks": clicks.clicks,
    "segment": segment.segment,
    "status": status.status,
    "verify": verify.verify,
    "purge": purge.purge,
    "build": build.build,
    "dkim": dkim.dkim,
    "serve": serve.serve,
    "worker": worker.worker,
    "demo": demo.demo,
}
"""Every command, in the order in which the help shows them."""

for name, command in COMMANDS.items():
    app.command(name, short_help=(command.__doc__ or "").partition("\n")[0])(command)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(token.app, name="token")


def run() -> None:
    """Run the command line. Exit codes: 0 fine, 1 something the user can mend, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no terminal is too old for a title
    try:
        app(prog_name="publisher")
    except PublisherError as error:
        print(f"publisher: {error}", file=sys.stderr)  # noqa: T201 - before any console is set up
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)  # noqa: T201 - the answer to --version
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    newsroom: Annotated[
        Path | None,
        typer.Option("--newsroom", "-C", help="Folder of the newsroom; default: this one or one above it."),
    ] = None,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Turn curated stories into a newsletter and feeds, on a schedule."""
    del version  # answered by its callback
    context.obj = newsroom
