"""Group 1: who speaks, to whom, under which names, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo

from publisher.check.codes import CODES
from publisher.check.proof import Proof, at
from publisher.check.rules import nearest_code
from publisher.errors import Place
from publisher.model.edition import DEFAULT_THEME
from publisher.model.filters import lists_in
from publisher.model.finding import Finding
from publisher.model.segment import FilterError, resolved
from publisher.model.timetable import Clock, instant


def has_ids(proof: Proof) -> Iterator[Finding]:
    """Issue and stories have ids of their own, which no other file uses."""
    issue, others = proof.issue, (proof.facts.ids if proof.facts else {})
    named = [(issue.id, proof.at_issue("id"))]
    if not issue.single:
        named += [(story.id, at(story, "id")) for story in issue.stories]
    times = Counter(id_ for id_, _ in named if id_)
    for id_, place in named:
        if id_ is None:
            yield Finding(code="E113", what="there is no id", fix="run `publisher check --fix`", place=place)
        elif times[id_] > 1 or others.get(id_, place.path) != place.path:
            where = f"in {others[id_]}" if id_ in others else "twice in this issue"
            fix = "`publisher check --fix` gives the newer file an id of its own"
            yield Finding(code="E105", what=f"the id {id_} is used {where}", fix=fix, place=place)


def has_free_names(proof: Proof) -> Iterator[Finding]:
    """No other issue has the slug or the number; a story has the same slug wherever it runs."""
    issue, facts = proof.issue, proof.facts
    if facts is None:
        return
    printed = {story.slug: story.id for story in proof.edition.stories} if proof.edition else {}
    slugs = [(issue.slug, proof.at_issue("slug"))]
    if not issue.single:
        slugs += [(story.slug, at(story, "slug")) for story in issue.stories]
    for slug, place in slugs:
        is_the_same = slug in printed and facts.story_ids.get(slug) == printed[slug]
        if facts.slugs.get(slug, place.path) != place.path and not is_the_same:
            what = f"the slug '{slug}' is used by {facts.slugs[slug]}"
            yield Finding(code="E106", what=what, fix="write another one: slug: …", place=place)
    if issue.number is not None and facts.numbers.get(issue.number, issue.place.path) != issue.place.path:
        what = f"the number {issue.number} is used by {facts.numbers[issue.number]}"
        fix = "take the number away; the next free one is given at publication"
        yield Finding(code="E107", what=what, fix=fix, place=proof.at_issue("number"))


def is_new(proof: Proof) -> Iterator[Finding]:
    """The same content has not been mailed before."""
    if proof.facts is None or proof.edition is None:
        return
    other = proof.facts.contents.get(proof.edition.content_hash)
    if other is not None and other != proof.issue.slug:
        what = f"exactly this has been sent as issue '{other}'"
        fix = "change it, or archive it if it was imported by mistake"
        yield Finding(code="E108", what=what, fix=fix, place=proof.at_issue("title"))


def has_sender(proof: Proof) -> Iterator[Finding]:
    """The mail says who sends it and where they live, and it is not the sample newsroom."""
    facts, place = proof.facts, Place(path="publisher.toml")
    if facts is None:
        return
    if facts.postal_address is not None and not facts.postal_address.strip():
        fix = 'write postal_address = "…" under [publication]; the law wants it in every mail'
        yield Finding(code="E101", what="there is no postal address", fix=fix, place=place)
    if proof.edition and facts.sender is not None and proof.edition.masthead.sender_address != facts.sender:
        what = f"the print is from {proof.edition.masthead.sender_address}, not from {facts.sender}"
        yield Finding(code="E102", what=what, fix="reprint the issue", place=proof.at_issue("title"))
    if facts.transport != "folder":
        for name in facts.samples:
            what = f"{name} is still the sample newsroom's"
            yield Finding(
                code="E104", what=what, fix=f"write your own {name} under [publication]", place=place
            )


def has_audience(proof: Proof) -> Iterator[Finding]:
    """The lists exist, and somebody is on them."""
    issue, facts = proof.issue, proof.facts
    if facts is None:
        return
    known = sorted(facts.lists or ())
    for name in issue.lists or ():
        if facts.lists is not None and name not in known:
            yield _unknown_list(name, known, proof.at_issue("lists"))
    if facts.audience == 0 and issue.lists != ():
        field, fix = "lists", "add subscribers; pages and feeds go out all the same"
        if facts.readers:
            field, fix = "segment", "no reader of its lists is in its segment and wants one of its topics"
        yield Finding(code="W103", what="nobody would get this mail", fix=fix, place=proof.at_issue(field))


def has_readable_segment(proof: Proof) -> Iterator[Finding]:
    """The segment is a filter or the name of one, and names lists that exist."""
    facts, text, place = proof.facts, proof.issue.segment, proof.at_issue("segment")
    if text is None or facts is None or facts.segments is None:
        return
    try:
        named = sorted(set(lists_in(resolved(text, facts.segments))))
    except FilterError as error:
        yield Finding(code="E115", what=error.what, fix=error.fix or "mend it", place=place)
        return
    for name in named:
        if facts.lists is not None and name not in facts.lists:
            yield _unknown_list(name, sorted(facts.lists), place)


def has_clear_date(proof: Proof) -> Iterator[Finding]:
    """The wall clock shows the date's hour exactly once."""
    issue, facts = proof.issue, proof.facts
    zone = issue.timezone or (facts.timezone if facts else None)
    local = _wall_clock(proof)
    if zone is None or local is None:
        return
    clock = instant(local.date(), local.time(), zone)[1]
    first, second = (_shown_with(local, zone, fold) for fold in (0, 1))
    if clock is Clock.GAP:
        what = f"{local:%Y-%m-%dT%H:%M} does not exist in {zone}: the clocks go forward"
        fix = f"write {second:%Y-%m-%dT%H:%M} or {first:%Y-%m-%dT%H:%M}"
        yield Finding(code="E109", what=what, fix=fix, place=proof.at_issue("date"))
    elif clock is Clock.FOLD:
        what = f"{local:%Y-%m-%dT%H:%M} comes twice in {zone}; the first one is meant"
        fix = f"write {first.isoformat(timespec='minutes')} or {second.isoformat(timespec='minutes')}"
        yield Finding(code="W112", what=what, fix=fix, place=proof.at_issue("date"))


def has_the_usual_audience(proof: Proof) -> Iterator[Finding]:
    """It is for about as many readers as the last issue like it; topics, which change each time, aside."""
    facts = proof.facts
    if facts is None or not proof.is_mailed or not facts.chosen or not facts.last_chosen:
        return
    change = facts.chosen - facts.last_chosen
    if abs(change) >= _MANY_READERS and abs(change) > _UNUSUAL * facts.last_chosen:
        what = (
            f"it is for {facts.chosen:,} readers, {abs(change):,} {'more' if change > 0 else 'fewer'} than "
            f"the last issue for its lists{' and segment' if proof.issue.segment else ''}"
        )
        fix = "look whether lists and segment are right, and whether an import or a mistake has changed them"
        yield Finding(code="W110", what=what, fix=fix, place=proof.at_issue("lists"))


def keeps_its_distance(proof: Proof) -> Iterator[Finding]:
    """Readers do not get two issues at nearly the same time."""
    facts = proof.facts
    if facts is None or not proof.is_mailed or facts.moment is None or facts.gap is None:
        return
    for slug, moment in facts.neighbours.items():
        apart = abs(moment - facts.moment)
        if apart < facts.gap / 2:
            usual = _span(facts.gap)
            what = f"only {_span(apart)} lie between this and '{slug}' on one list, {usual} between slots"
            fix = "choose another date, or take the date away: the next free slot is far enough"
            yield Finding(code="W111", what=what, fix=fix, place=proof.at_issue("date"))


def allows_what_there_is(proof: Proof) -> Iterator[Finding]:
    """Each code that a file allows is a warning: nothing else can be allowed."""
    issue = proof.issue
    named = [(code, proof.at_issue("allow")) for code in issue.allow]
    if not issue.single:
        named += [(code, at(story, "allow")) for story in issue.stories for code in story.allow]
    for code, place in named:
        if code not in CODES:
            close = nearest_code(code, CODES)
            what, fix = (
                f"there is no code {code} to allow",
                f"did you mean {close}?" if close else "delete it",
            )
        elif code.startswith("W"):
            continue
        else:
            what = (
                f"{code} is {'an error' if code.startswith('E') else 'a remark'}; only warnings are allowed"
            )
            fix = "mend what it finds, and delete it here" if code.startswith("E") else "delete it"
        yield Finding(code="I309", what=what, fix=fix, place=place)


def has_known_theme(proof: Proof) -> Iterator[Finding]:
    """There is one theme."""
    if proof.issue.theme not in (None, DEFAULT_THEME):
        what = f"there is no theme '{proof.issue.theme}'; it is printed with the default one"
        yield Finding(code="I036", what=what, fix="delete the field", place=proof.at_issue("theme"))


CHECKS: Final = (
    has_known_theme,
    has_ids,
    has_free_names,
    is_new,
    has_sender,
    has_audience,
    has_readable_segment,
    has_clear_date,
    has_the_usual_audience,
    keeps_its_distance,
    allows_what_there_is,
)

_MANY_READERS: Final = 10
"""A change of fewer is no sign of a mistake, however small the list."""

_UNUSUAL: Final = 0.2


def _unknown_list(name: str, known: Sequence[str], place: Place) -> Finding:
    close = get_close_matches(name, known, n=1)
    fix = f"did you mean {close[0]}?" if close else f"the lists are {', '.join(known)}"
    return Finding(code="E114", what=f"there is no list '{name}'", fix=fix, place=place)


def _span(time: timedelta) -> str:
    """Return a span of time in hours, or in days where there are many."""
    hours = time / timedelta(hours=1)
    return f"{hours / 24:.3g} days" if hours >= 48 else f"{hours:.2g} hours"


def _wall_clock(proof: Proof) -> datetime | None:
    """Return the local time that the file asks for, None if it names an instant or no time at all."""
    when = proof.issue.when
    if isinstance(when, datetime):
        return when if when.tzinfo is None else None
    hour: time | None = proof.facts.usual_hour if proof.facts else None
    return None if when is None or hour is None else datetime.combine(when, hour)


def _shown_with(local: datetime, zone: str, fold: int) -> datetime:
    """Return what a clock in `zone` shows at `local` by the offset before (0) or after (1) a change."""
    place = ZoneInfo(zone)
    return local.replace(tzinfo=place, fold=fold).astimezone(UTC).astimezone(place)
