from __future__ import annotations

from itertools import product

import pytest

from publisher.errors import TransitionError
from publisher.model.states import TRANSITIONS, IssueState, Verb, move

PUBLIC = {IssueState.PUBLISHED, IssueState.WITHDRAWN, IssueState.ARCHIVED}
REFUSED = sorted(set(product(IssueState, Verb)) - set(TRANSITIONS))


def reachable(start: IssueState) -> set[IssueState]:
    """Return the states that any number of verbs can lead to."""
    found, waiting = set[IssueState](), [start]
    while waiting:
        state = waiting.pop()
        after = {to for (before, _), to in TRANSITIONS.items() if before is state} - found
        found |= after
        waiting += after
    return found


@pytest.mark.parametrize(("state", "verb"), TRANSITIONS)
def test_a_move_of_the_table_leads_where_the_table_says(state: IssueState, verb: Verb) -> None:
    assert move("heat", state, verb) is TRANSITIONS[state, verb]


@pytest.mark.parametrize(("state", "verb"), REFUSED)
def test_any_other_move_is_refused_in_one_sentence_with_a_cure(state: IssueState, verb: Verb) -> None:
    with pytest.raises(TransitionError) as refused:
        move("heat", state, verb)

    assert refused.value.what == f"cannot {verb} issue 'heat': it is {state}"
    assert refused.value.fix
    assert "\n" not in str(refused.value)


def test_a_draft_can_come_to_every_state() -> None:
    assert reachable(IssueState.DRAFT) == set(IssueState)


@pytest.mark.parametrize("state", sorted(PUBLIC))
def test_what_is_or_was_public_never_comes_back_to_the_queue(state: IssueState) -> None:
    assert reachable(state) <= PUBLIC


@pytest.mark.parametrize("state", sorted(set(IssueState) - PUBLIC))
def test_every_unpublished_issue_can_be_archived_and_only_a_queued_one_published(state: IssueState) -> None:
    assert TRANSITIONS[state, Verb.ARCHIVE] is IssueState.ARCHIVED
    assert ((state, Verb.PUBLISH) in TRANSITIONS) == (state is IssueState.QUEUED)


def test_only_what_was_approved_or_printed_before_comes_into_the_queue() -> None:
    before = {state for (state, _), to in TRANSITIONS.items() if to is IssueState.QUEUED}

    assert before == {IssueState.APPROVED, IssueState.QUEUED, IssueState.HELD}


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_can_be_done_in_some_state(verb: Verb) -> None:
    assert any(each is verb for _, each in TRANSITIONS)
