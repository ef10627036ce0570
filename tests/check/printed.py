"""Issues that are checked together with their print, as before they are approved."""

from __future__ import annotations

from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.edition.press import press
from publisher.model.edition import Edition
from publisher.model.finding import Finding
from publisher.model.issue import Issue, Reading
from publisher.model.rendered import Part
from publisher.outputs.all import render_all
from tests.editions import MASTHEAD
from tests.sites import INK, theme


def edition_of(issue: Issue | None) -> Edition:
    """Return the print of an issue."""
    assert issue is not None
    return press(issue, MASTHEAD, default_lists=("weekly",))


def mail_of(edition: Edition) -> Part:
    """Return the HTML of the mail of a print."""
    parts = render_all(edition, theme=theme(), ink=INK)
    return next(part for part in parts if (part.output, part.key) == ("email", ""))


def proofread(
    reading: Reading, *, rules: Rules | None = None, facts: Facts | None = None, mail: bool = False
) -> tuple[Finding, ...]:
    """Return all that the check says of an issue and its print."""
    edition = edition_of(reading.issue)
    rendered = mail_of(edition) if mail else None
    return check(
        reading.issue, found=reading.findings, rules=rules, facts=facts, edition=edition, rendered=rendered
    )


def codes(findings: tuple[Finding, ...], *, besides: str = "I807") -> list[str]:
    """Return the codes of findings; the length of an issue is told each time and left out here."""
    return [finding.code for finding in findings if finding.code not in besides]
