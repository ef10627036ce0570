"""The table of checks, and the check of an issue by all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from publisher.check import (
    accessibility,
    feeds,
    identity,
    links,
    online,
    pictures,
    size,
    structure,
    style,
    subject,
    unfinished,
)
from publisher.check.facts import Facts
from publisher.check.proof import Proof
from publisher.check.rules import Rules
from publisher.model.edition import Edition
from publisher.model.finding import Finding, Severity, in_order
from publisher.model.issue import Intent, Issue
from publisher.model.links import LinkAnswer
from publisher.model.rendered import Part

Check = Callable[[Proof], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    *identity.CHECKS,
    *subject.CHECKS,
    *unfinished.CHECKS,
    *links.CHECKS,
    *online.CHECKS,
    *pictures.CHECKS,
    *size.CHECKS,
    *accessibility.CHECKS,
    *structure.CHECKS,
    *style.CHECKS,
    *feeds.CHECKS,
)

_OF_PAGES: Final = ("W404", "W405", "W409")
"""Warnings about links that whoever reads the page of an old issue still follows."""


def check(  # noqa: PLR0913 (each is one thing to look at)
    issue: Issue | None,
    *,
    found: Iterable[Finding] = (),
    rules: Rules | None = None,
    facts: Facts | None = None,
    edition: Edition | None = None,
    rendered: Part | None = None,
    links: Mapping[str, LinkAnswer] | None = None,
) -> tuple[Finding, ...]:
    """Return what an editor should know about an issue, in the order of its files.

    `found` is what reading it found: it is judged by the same rules, and all there is of an unreadable issue
    (None). `rendered` is the HTML of the mail, `links` what became of asking for links, by address. What
    needs facts, edition, mail or links is checked where they are given. A warning that the file's `allow`
    names comes back as allowed. Of an archived issue no remark is told, nor what matters for a mail alone.
    """
    rules = rules or Rules()
    findings = list(found)
    if issue is not None:
        proof = Proof(issue=issue, rules=rules, facts=facts, edition=edition, mail=rendered, links=links)
        moved = {issue.place.path: issue.moved} | {each.place.path: each.moved for each in issue.stories}
        told = (finding for each in CHECKS for finding in each(proof))
        findings += [each.on_lines(moved.get(each.place.path, {})) for each in told]
        findings = [_acknowledged(finding, issue) for finding in findings]
    wanted = (finding for finding in findings if rules.wants(finding.code))
    return in_order(each for each in wanted if issue is None or not _is_past(each.code, issue))


def _is_past(code: str, issue: Issue) -> bool:
    """Return whether a finding is of no use any more: of an archived issue only pages and feeds are left."""
    if issue.status is not Intent.ARCHIVED or code.startswith("E"):
        return False
    return code.startswith(("I", "W2")) or (code.startswith("W4") and code not in _OF_PAGES)


def _acknowledged(finding: Finding, issue: Issue) -> Finding:
    """Mark a warning that the issue's file, or the file it is in, allows."""
    own = [story.allow for story in issue.stories if story.place.path == finding.place.path]
    if finding.severity is not Severity.WARNING:
        return finding
    allowed = finding.code in issue.allow or any(finding.code in codes for codes in own)
    return replace(finding, allowed=True) if allowed else finding
