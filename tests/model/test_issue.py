from __future__ import annotations

import pytest

from publisher.errors import Place
from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.issue import Issue
from publisher.model.records import MailingRecord
from publisher.model.story import Fact, Passage, Role, Section, Story, Takeaway
from tests.newsrooms import MONDAY

ONE = Takeaway(lead="One", colon=":", text="this", line=5)
TWO = Takeaway(lead="", colon="", text="that", line=9)
STORY = Story(
    place=Place(path="issues/heat/a.md", line=1),
    folder="heat",
    slug="a",
    title="A",
    sections=(
        Section(role=Role.KEY_TAKEAWAYS, heading="Key Takeaways", line=4, takeaways=(ONE,)),
        Section(role=Role.DID_YOU_KNOW, heading="Did You Know?", line=7, facts=(Fact(text="x", line=8),)),
        Section(role=Role.KEY_TAKEAWAYS, heading="Key Takeaways", line=8, takeaways=(TWO,)),
    ),
    lines={"title": 2},
)


def test_takeaways_and_facts_of_all_sections_belong_to_the_story() -> None:
    assert STORY.takeaways == (ONE, TWO)
    assert [fact.line for fact in STORY.facts] == [8]
    assert [section.line for section in STORY.parts(Role.KEY_TAKEAWAYS)] == [4, 8]
    assert STORY.parts(Role.CLOSING) == ()


def test_a_field_that_was_not_given_stands_where_the_file_begins() -> None:
    issue = Issue(place=STORY.place, slug="heat", title="Heat", lines={"date": 3})

    assert (STORY.line_of("title"), STORY.line_of("link")) == (2, 1)
    assert (issue.line_of("date"), issue.line_of("lists")) == (3, 1)


@pytest.mark.parametrize(("markdown", "says"), [("", False), (" \n\t", False), ("x", True)])
def test_a_passage_of_blanks_says_nothing(markdown: str, *, says: bool) -> None:
    assert bool(Passage(markdown=markdown)) is says


def test_what_is_done_of_a_mailing_is_what_nobody_waits_for_any_more() -> None:
    mailing = MailingRecord(
        id=1,
        issue="heat",
        edition=1,
        state=MailingState.SENDING,
        reason=None,
        uncertain=UncertainPolicy.RESEND,
        kid=1,
        audience=21,
        created_at=MONDAY,
        not_before=MONDAY,
        started_at=None,
        finished_at=None,
        counts={state: number for number, state in enumerate(DeliveryState)},
        next_try=None,
    )
    still_open = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.DEFERRED)

    assert sum(mailing.counts.values()) == mailing.audience
    assert mailing.done == mailing.audience - sum(mailing.counts[state] for state in still_open)
