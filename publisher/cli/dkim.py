"""`publisher dkim`."""

from __future__ import annotations

import typer

from publisher.cli.newsroom import settings_of
from publisher.cli.output import AsJson, emit, say
from publisher.errors import SettingsError


def dkim(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show the DNS record with which receivers verify the signatures of mails."""
    from publisher.actions.signing import signer_of

    settings = settings_of(context)
    signer = signer_of(settings)
    if signer is None:
        raise SettingsError(
            "no mail is signed: [dkim] has no key_file",
            fix="make a key, as docs/how-to/sign-your-mail.md says",
        )
    if as_json:
        emit({"name": signer.record_name, "type": "TXT", "value": signer.record})
    else:
        say(f"name:  {signer.record_name}\ntype:  TXT\nvalue: {signer.record}")
