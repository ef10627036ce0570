"""Checking: everything that the linter wants to know is gathered here, and approval asks it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.actions.facts import facts_of, known_facts, rules_of
from publisher.actions.newsroom import Found, find_issue, find_issues, read, reading
from publisher.actions.printing import Print, press_issue, render
from publisher.actions.twins import ids_by_file
from publisher.app import Publisher
from publisher.check.all import check
from publisher.errors import ContentError, NotFoundError, Place, PublisherError, ThemeError
from publisher.model.finding import Finding, Severity, in_order
from publisher.model.issue import Issue, Reading
from publisher.model.links import LinkAnswer
from publisher.model.states import Verb
from publisher.outputs.all import OUTPUTS, TEMPLATED
from publisher.settings import Settings
from publisher.theme import Theme

_MAIL = ("email",)
_HOW_TO_ALLOW = "acknowledge warnings: `publisher {} ISSUE --allow CODE`, or allow: [CODE] in the file"


class CheckFailedError(PublisherError):
    """The check finds something that blocks; `findings` are all that do.

    `command` is the one that takes acknowledgements: the one that was run, if it does.
    """

    def __init__(self, slug: str, findings: Sequence[Finding], *, command: Verb = Verb.APPROVE) -> None:
        count = len(findings)
        errors = any(finding.severity is Severity.ERROR for finding in findings)
        lines = "".join(f"\n  {finding}" for finding in findings)
        super().__init__(
            f"issue '{slug}' does not pass the check, {count} finding{'' if count == 1 else 's'}:{lines}",
            fix=_HOW_TO_ALLOW.format(command) if findings and not errors else None,
        )
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An issue with all that the check says, and the print that it is about unless there cannot be one."""

    slug: str
    issue: Issue | None
    printed: Print | None
    findings: tuple[Finding, ...]

    def blocking(self, *, allow: Collection[str] = (), warnings_block: bool = True) -> tuple[Finding, ...]:
        """Return the findings that keep the issue from going out, without the warnings that `allow` names."""
        return tuple(
            finding
            for finding in self.findings
            if finding.blocks
            and finding.code not in {code for code in allow if code.startswith(Severity.WARNING)}
            and (warnings_block or finding.severity is Severity.ERROR)
        )

    def acknowledged(self, allow: Collection[str] = ()) -> tuple[str, ...]:
        """Return the codes that somebody answers for: those of `allow`, and what the files allow and has."""
        own = {finding.code for finding in self.findings if finding.allowed}
        return tuple(sorted({*allow, *own}))

    def to_print(
        self,
        allow: Collection[str] = (),
        *,
        warnings_block: bool = True,
        command: Verb = Verb.APPROVE,
    ) -> Print:
        """Return the print of an issue that may go out; `command` is what can acknowledge warnings.

        Raises:
            CheckFailedError: something blocks.
        """
        found = self.blocking(allow=allow, warnings_block=warnings_block)
        if found or self.printed is None:
            raise CheckFailedError(self.slug, found, command=command)
        return self.printed


Ask = Callable[[Iterable[Issue]], Mapping[str, LinkAnswer]]
"""Asks the web for the links of issues."""


def check_issues(
    settings: Settings, theme: Theme, names: Sequence[str], *, ask: Ask | None = None
) -> list[Checked]:
    """Check the issues of these slugs or paths, or all; needs no database. With `ask`, their links as well.

    What comes back is printed as far as the check looks at it: as a mail. Text mail and pages are made of the
    first issue only, which shows whether their templates work.

    Raises:
        NotFoundError: one of them is not there.
        SettingsError: `[check]` switches off what cannot be.
    """
    rules_of(settings)
    found = [_named(settings, name) for name in names] if names else find_issues(settings)
    every = {each: reading(settings, each) for each in found}
    ids = ids_by_file(settings, every)
    links = ask(result.issue for result in every.values() if result.issue) if ask else None
    first = next((each for each, result in every.items() if result.issue), None)
    spare = _spare(theme)
    return [
        check_found(
            settings,
            theme,
            each,
            ids=ids,
            links=links,
            result=replace(result, findings=(*result.findings, *spare)),
            only=TEMPLATED if each is first else _MAIL,
        )
        for each, result in every.items()
    ]


def check_for_approval(publisher: Publisher, slug: str) -> Checked:
    """Check an issue with all that the database knows as well.

    Raises:
        NotFoundError: its files are not there.
        ThemeError: a template cannot be rendered.
    """
    found = _named(publisher.settings, slug)
    return check_found(publisher.settings, publisher.theme, found, publisher=publisher)


def check_issue(settings: Settings, theme: Theme, name: str) -> Checked:
    """Check one issue; needs no database.

    Raises:
        NotFoundError: its files are not there.
    """
    found = _named(settings, name)
    result = reading(settings, found)
    ids = ids_by_file(settings, {found: result})
    result = replace(result, findings=(*result.findings, *_spare(theme)))
    return check_found(settings, theme, found, ids=ids, result=result)


def check_found(  # noqa: PLR0913 (each is one thing that is known already)
    settings: Settings,
    theme: Theme,
    found: Found,
    *,
    publisher: Publisher | None = None,
    ids: Mapping[str, str] | None = None,
    links: Mapping[str, LinkAnswer] | None = None,
    result: Reading | None = None,
    only: Collection[str] = tuple(OUTPUTS),
) -> Checked:
    """Read, press, render and check one issue; trouble on the way is a finding, not an exception.

    What the database knows is checked where there is a `publisher`, and a template that does not work stops
    whoever would approve; without one, it is a finding as well, and `ids` are those of files.
    `result` is what reading the files gave, if somebody has read them already; `only` these outputs are made.

    Raises:
        ThemeError: there is a `publisher`, and a template cannot be rendered.
    """
    result = result or reading(settings, found)
    issue, printed, trouble = result.issue, None, None
    if issue is not None:
        try:
            printed = render(press_issue(settings, issue), theme, only=only)
        except ContentError as error:
            trouble = _trouble("E500", error, issue)
        except ThemeError as error:
            if publisher is not None:
                raise  # it is no fault of the issue: nothing is decided about it until it can be printed
            trouble = _trouble("E035", error, issue)
    facts = known_facts(publisher, found, issue) if publisher and issue else None
    findings = check(
        issue,
        found=result.findings,
        rules=rules_of(settings),
        edition=printed.edition if printed else None,
        rendered=printed.whole("email") if printed else None,
        facts=facts or (replace(facts_of(settings, issue), ids=ids or {}) if issue else None),
        links=links,
    )
    if trouble is not None and not (trouble.code == "E500" and _tells_of_pictures(findings)):
        findings = in_order((*findings, trouble))
    return Checked(slug=found.slug, issue=issue, printed=printed, findings=findings)


def print_unchecked(publisher: Publisher, slug: str) -> Print:
    """Print an issue that nobody will be mailed, whatever the check says.

    Raises:
        ContentError: its files cannot be understood.
        NotFoundError: they are not there.
    """
    issue, _ = read(publisher.settings, _named(publisher.settings, slug))
    return render(press_issue(publisher.settings, issue), publisher.theme)


def _named(settings: Settings, name: str) -> Found:
    found = find_issue(settings, name)
    if found is None:
        raise NotFoundError(f"there is no issue '{name}' in '{settings.issues}'", fix="name a slug or a path")
    return found


def _tells_of_pictures(findings: Iterable[Finding]) -> bool:
    """Return whether a finding says already why a picture cannot be printed."""
    return any(each.code.startswith("E5") for each in findings)


def _spare(theme: Theme) -> tuple[Finding, ...]:
    """Return what is to be said of the newsroom's own templates that nothing asks for."""
    return tuple(
        Finding(
            code="I037",
            what="nothing uses this template",
            fix=f"did you mean {near}?" if near else "docs/how-to/own-templates.md names those there are",
            place=Place(path=path),
        )
        for path, near in theme.unused()
    )


def _trouble(code: str, error: ContentError | ThemeError, issue: Issue) -> Finding:
    """Turn what stopped the press, or a template, into a finding."""
    return Finding(code=code, what=error.what, fix=error.fix or "mend it", place=error.place or issue.place)
