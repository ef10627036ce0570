"""`publisher subscribers suppress`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say, warn
from publisher.cli.several import each
from publisher.model.subscriber import SuppressionReason


class Reason(StrEnum):
    """The reasons that an editor may give."""

    BY_HAND = "by-hand"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard-bounce"


_MEANT = {
    Reason.BY_HAND: SuppressionReason.BY_HAND,
    Reason.COMPLAINT: SuppressionReason.COMPLAINT,
    Reason.HARD_BOUNCE: SuppressionReason.HARD_BOUNCE,
}


def suppress(
    context: typer.Context,
    addresses: Annotated[list[str] | None, typer.Argument(help="Addresses that must not be mailed.")] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", help="File of addresses: CSV with a column `email`, or one a line."),
    ] = None,
    reason: Annotated[Reason, typer.Option("--reason", help="Why they must not be.")] = Reason.BY_HAND,
    *,
    lift: Annotated[
        bool, typer.Option("--lift", help="Mail them again; not after a complaint, a move or an erasure.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mail addresses no more, on any list, or lift that again.

    Only a hash of an address is kept, so it need not be a subscriber's.
    """
    from publisher.actions.suppress import lift as act_lift
    from publisher.actions.suppress import suppress as act

    if bool(addresses) == bool(file) or (lift and file):
        raise typer.BadParameter("write addresses, or a file of addresses to suppress")
    if file:
        _suppress_file(context, file, _MEANT[reason], as_json=as_json)
        return
    with opened(context) as publisher:
        done, troubles = each(
            addresses or [],
            lambda one: (
                (one, f"may be mailed again (it was: {act_lift(publisher, one)})")
                if lift
                else (one, _ANSWERS[act(publisher, one, reason=_MEANT[reason])])
            ),
        )
    if as_json:
        emit({"answers": dict(done), "troubles": troubles})
    else:
        for one, answer in done:
            say(f"{one}: {answer}")
    if troubles:
        raise typer.Exit(1)


_ANSWERS = {True: "is not mailed any more", False: "was suppressed before"}


def _suppress_file(context: typer.Context, file: str, reason: SuppressionReason, *, as_json: bool) -> None:
    from publisher.actions.suppress import suppress_file
    from publisher.cli.subscribers_files import SHOWN, given

    with given(file) as (stream, name), opened(context) as publisher:
        new, known, refused = suppress_file(publisher, stream, name=name, reason=reason)
    if as_json:
        emit({"suppressed": new, "before": known, "refused": [str(each.why) for each in refused]})
    else:
        for each_ in refused[:SHOWN]:
            warn(f"publisher: {each_.why}")
        say(f"{new} suppressed, {known} suppressed before, {len(refused)} refused")
    if refused:
        raise typer.Exit(1)
