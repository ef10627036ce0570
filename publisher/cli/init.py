"""`publisher init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.newsroom import now, whoami
from publisher.cli.output import AsJson, emit, say


def init(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the new newsroom; it must be empty or not exist.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a newsroom that works at once: settings, sample issues, a database, a Maildir for the mails."""
    from publisher.actions.init import init_newsroom

    issues = init_newsroom(folder, clock=now, actor=whoami())
    if as_json:
        emit({"newsroom": folder.resolve(), "issues": issues})
        return
    say(f"A newsroom with {len(issues)} sample issues is in {folder}. Next:")
    say(f"  cd {folder}")
    say("  edit publisher.toml                      your name, address and home_url")
    say("  publisher check                          what an editor should mend")
    say("  publisher preview                        look at everything before it goes out")
    say("  publisher subscribers add you@example.org")
    say(f"  publisher publish {_READY} --now    publish a sample; its mails go to var/mail")


_READY = "borrowed-power"
