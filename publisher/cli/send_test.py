"""`publisher send-test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say, warn

if TYPE_CHECKING:
    from publisher.actions.send_test import Answer, SentTest


def send_test(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue, in any state.")],
    addresses: Annotated[list[str], typer.Argument(help="Addresses of those who look at it.")],
    name: Annotated[
        str | None,
        typer.Option("--list", help="List whose mail it is; default: the issue's first."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send an issue to a few people who are not counted; the links to leave act on nobody.

    Exit code 1 if a mail was not accepted.
    """
    from publisher.actions.send_test import send_test as act

    with opened(context) as publisher:
        sent = act(publisher, issue, addresses, list=name)
        folder = publisher.settings.folder.path
        is_kept = publisher.settings.delivery.transport == "folder"
    if as_json:
        emit(_document(sent))
    else:
        for answer in sent.answers:
            say(_line(answer))
        what = "as it was printed" if sent.frozen else "as its files are now"
        say(f"{sent.issue} {what}, list {sent.list}" + (f"; the mail is in {folder}" if is_kept else ""))
        for finding in sent.findings:
            warn(f"the check: {finding}")
        if sent.hidden_pictures:
            warn(f"{counted(sent.hidden_pictures, 'picture')} will be seen once the issue is public")
    if not sent.is_accepted:
        raise typer.Exit(1)


def _document(sent: SentTest) -> dict[str, object]:
    return {
        "issue": sent.issue,
        "list": sent.list,
        "subject": sent.subject,
        "frozen": sent.frozen,
        "hidden_pictures": sent.hidden_pictures,
        "findings": [str(finding) for finding in sent.findings],
        "sent": [
            {
                "address": answer.address,
                "state": answer.outcome.state,
                "code": answer.outcome.code,
                "text": answer.outcome.text,
            }
            for answer in sent.answers
        ],
    }


def _line(answer: Answer) -> str:
    """Return what became of a mail; where it was not accepted, in the words of the relay."""
    outcome = answer.outcome
    said = " ".join(str(word) for word in (outcome.code, outcome.text) if word)
    is_fine = outcome.state == "accepted"
    return f"{answer.address}: {outcome.state}" + ("" if is_fine or not said else f": {said}")
