"""Gathering what the check cannot know from one issue: from settings, other files, and the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from urllib.parse import urlsplit

from publisher.actions.audience import chosen_in
from publisher.actions.newsroom import Found
from publisher.app import Publisher
from publisher.check.codes import CODES
from publisher.check.facts import Facts
from publisher.check.rules import ALWAYS_ON, Rules, nearest_code
from publisher.errors import Place, SettingsError
from publisher.model.edition import Masthead
from publisher.model.issue import Issue
from publisher.model.moments import moment_of
from publisher.model.records import LastMail, PublicStory
from publisher.settings import SAMPLE_POSTAL_ADDRESS, Settings, is_of_sample
from publisher.store import issues, mailings

ONLY_HERE = ("localhost", "127.0.0.1", "::1")
"""Hosts that only this machine knows."""


def rules_of(settings: Settings) -> Rules:
    """Return the limits that the newsroom sets, and the codes it does not want to hear of.

    Raises:
        SettingsError: a code does not exist, or is one that keeps readers safe.
    """
    wanted = settings.check
    for code in wanted.off:
        if code not in CODES:
            close = nearest_code(code, CODES)
            guess = f"did you mean {close}?" if close else "docs/reference/checks.md lists the codes"
            raise SettingsError(f"[check] off: there is no code '{code}'", place=_off(settings), fix=guess)
        if code.startswith(ALWAYS_ON):
            what = f"[check] off: {code} cannot be switched off"
            fix = "mend what it finds: errors of the groups 0 and 1 keep readers safe"
            raise SettingsError(what, place=_off(settings), fix=fix)
    return Rules(
        off=frozenset(wanted.off),
        mail_bytes=wanted.max_mail_bytes,
        picture_bytes=wanted.max_picture_bytes,
        picture_width=wanted.max_picture_width,
        subject_min=wanted.min_subject,
        subject_max=wanted.max_subject,
        lead_paragraphs=wanted.max_lead_paragraphs,
        takeaway_words=wanted.max_takeaway_words,
    )


def facts_of(settings: Settings, issue: Issue) -> Facts:
    """Return what the settings know about an issue."""
    return Facts(
        transport=settings.delivery.transport,
        sender=settings.sender_address,
        postal_address=settings.publication.postal_address,
        samples=samples_in(settings.masthead()),
        timezone=settings.publication.timezone,
        usual_hour=_usual_hour(settings, issue),
        lists=frozenset(settings.lists),
        segments=settings.segments,
    )


def known_facts(publisher: Publisher, found: Found, issue: Issue) -> Facts:
    """Return what the settings and the database know about an issue."""
    settings = publisher.settings
    lists = _lists(settings, issue)
    with publisher.database.read() as db:
        taken = issues.taken(db, besides=found.slug)
        wanted = chosen_in(settings, issue)
        readers = mailings.audience_of(db, lists)
        chosen = mailings.audience_of(db, lists, wanted.whatever_topics()) if wanted.segment else readers
        audience = mailings.audience_of(db, lists, wanted) if wanted.topics else chosen
        earlier = [each for each in mailings.latest(db) if each.issue != found.slug]
        moments = issues.moments(db)
        public = tuple(_own(each, found, issue) for each in issues.public_stories(db))
    timetable = settings.timetable((*lists, *settings.default_lists)[0])
    near = (each.subject for each in earlier if set(each.lists) & set(lists))
    return replace(
        facts_of(settings, issue),
        audience=audience,
        readers=readers,
        chosen=chosen,
        last_chosen=_chosen_by_last(earlier, lists, str(wanted.segment) if wanted.segment else None),
        last_subject=next(near, None),
        moment=moment_of(issue.when, timetable, zone=issue.timezone) if issue.when else None,
        gap=timetable.smallest_gap,
        neighbours={
            slug: moment
            for slug, (theirs, moment) in moments.items()
            if slug != found.slug and set(theirs) & set(lists)
        },
        public=public,
        ids=taken.ids,
        slugs={**taken.stories, **taken.pages},
        story_ids={slug: id_ for slug, id_ in taken.story_ids.items() if slug not in taken.pages},
        numbers=taken.numbers,
        contents=taken.content,
    )


def _chosen_by_last(earlier: Sequence[LastMail], lists: Sequence[str], segment: str | None) -> int | None:
    """Return for how many readers the last mailing was with which one to these lists can be compared.

    Those with another segment are other audiences; but an issue for all that follows on issues for some only
    is compared with these, because a segment is soon forgotten.
    """
    same = [each for each in earlier if set(each.lists) == set(lists)]
    alike = [each for each in same if each.segment == segment] or ([] if segment else same)
    return next((each.readers for each in alike), None)


def _own(story: PublicStory, found: Found, issue: Issue) -> PublicStory:
    """Call the issue of a public story as its file does, if that gives it another name in its address."""
    return replace(story, issue=issue.slug) if story.issue == found.slug else story


def _off(settings: Settings) -> Place:
    """Return where codes are switched off."""
    text = (settings.root / settings.FILE).read_text(encoding="utf-8-sig")
    before = re.search(r"^[ \t]*off[ \t]*=", text, re.MULTILINE)
    return Place(path=settings.FILE, line=text.count("\n", 0, before.start()) + 1 if before else None)


def samples_in(masthead: Masthead) -> tuple[str, ...]:
    """Return the settings that still say what the sample newsroom's say, or that no reader could reach."""
    still = {
        "sender": is_of_sample(masthead.sender_address),
        "postal_address": SAMPLE_POSTAL_ADDRESS in masthead.postal_address,
        "home_url": urlsplit(masthead.home_url).hostname in ONLY_HERE,
    }
    return tuple(name for name, is_sample in still.items() if is_sample)


def _usual_hour(settings: Settings, issue: Issue) -> time | None:
    """Return the hour that an issue's date without a time means."""
    if issue.when is None or isinstance(issue.when, datetime):
        return None
    return settings.timetable((*_lists(settings, issue), *settings.default_lists)[0]).hour_on(issue.when)


def _lists(settings: Settings, issue: Issue) -> tuple[str, ...]:
    return settings.default_lists if issue.lists is None else issue.lists
