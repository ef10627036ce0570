"""What `publisher correct` and `publisher withdraw` ask and print."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import typer

from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add
from publisher.cli import asking
from publisher.model.states import IssueState
from tests.cli.conftest import Types
from tests.newsrooms import Newsroom, record_of
from tests.public_issues import Folder


@pytest.fixture
def heat(newsroom: Newsroom) -> Folder:
    folder = Folder(newsroom).has("one", "two", "three")
    with newsroom.opened() as publisher:
        add(publisher, "ben@example.net")
        publish_now(publisher, "heat")
    return folder


def test_a_correction_names_what_it_changes(types: Types, heat: Folder) -> None:
    heat.has("two", "three", "four").says("two", "it shrank", slug="zwei")

    shown = types("correct", "heat", "--note", "Made up.", "--dry-run").out
    done = types("correct", "heat", "--note", "Made up.").out

    listed = (
        "  changed: “The story of two” (issues/heat/01-two.md)\n"
        "  added: “The story of four” (issues/heat/03-four.md)\n"
        "  withdrawn: “The story of one” (Made up.)\n"
        "  moved: /stories/two/ to /stories/zwei/\n"
    )
    assert shown.endswith(f"\nheat would change:\n{listed}")
    assert done.endswith(f"\nheat is corrected; its pages and feeds tell that it was corrected.\n{listed}")
    assert "\n-First point: it grew.\n" in done
    assert "+First point: it shrank.\n" in done


def test_another_order_is_shown_and_told_to_nobody(types: Types, heat: Folder) -> None:
    heat.has("three", "one", "two")

    shown = types("correct", "heat", "--dry-run").out
    done = types("correct", "heat").out

    assert shown.endswith("\nheat would change:\n  the stories stand in another order\n")
    assert done.endswith("\nheat is corrected; nobody is told.\n  the stories stand in another order\n")


def test_a_minor_correction_says_that_its_note_is_not_told(types: Types, heat: Folder) -> None:
    heat.says("two", "it shrank")

    said = types("correct", "heat", "--minor", "--note", "A slip.").out

    assert "heat is corrected; nobody is told.\n" in said
    assert said.endswith("The note stands in the audit only: a minor correction has none.\n")


@pytest.mark.usefixtures("heat")
def test_nothing_to_correct_is_one_sentence(types: Types) -> None:
    assert types("correct", "heat").out == (
        "heat says in public what its files say: there is nothing to correct.\n"
    )


@pytest.mark.usefixtures("heat")
def test_a_withdrawal_needs_a_reason(types: Types) -> None:
    assert "--reason" in types("withdraw", "heat", code=2).err
    assert "a withdrawal needs a reason" in types("withdraw", "heat", "--reason", " ", "--yes", code=1).err


@pytest.mark.usefixtures("heat")
def test_where_nobody_can_be_asked_nothing_is_withdrawn_without_a_yes(
    newsroom: Newsroom, types: Types
) -> None:
    refused = types("withdraw", "heat", "--reason", "Made up.", code=1)

    with newsroom.opened() as publisher:
        assert record_of(publisher, "heat").state is IssueState.PUBLISHED
    assert refused.err == (
        "publisher: nothing was withdrawn, because nobody can be asked here (write --yes)\n"
    )


@pytest.mark.usefixtures("heat")
def test_the_status_of_a_withdrawn_issue_accounts_for_its_mailing(types: Types) -> None:
    types("withdraw", "heat", "--reason", "Made up.", "--yes")

    told = types("status").out
    (mailing,) = (issue["mailing"] for issue in types("status", "--json").json["issues"])

    assert "cancelled: 2 not sent; reason: Made up." in told
    assert mailing["finished"] is not None


def test_an_issue_is_known_by_the_name_in_its_address_and_by_those_it_had(types: Types, heat: Folder) -> None:
    heat.fields["slug"] = "hot-week"
    heat.saves()
    types("correct", "heat")
    heat.fields["slug"] = "cool-week"
    heat.saves()

    done = types("correct", "hot-week").out

    assert "moved: /issues/hot-week/ to /issues/cool-week/" in done
    assert types("correct", "cool-week").out.startswith("heat says in public what its files say")
    assert "there is no issue 'warm-week'" in types("correct", "warm-week", code=1).err


@pytest.mark.parametrize("verb", [("correct",), ("withdraw", "--reason", "Made up.", "--yes")])
def test_of_what_is_not_public_that_is_said(newsroom: Newsroom, types: Types, verb: tuple[str, ...]) -> None:
    newsroom.writes("about", status="draft")

    said = types(*verb, "about", code=1).err

    assert f"cannot {verb[0]} issue 'about': it is draft" in said
    assert f"(it is not public: there is nothing to {verb[0]})" in said


@pytest.mark.usefixtures("heat")
def test_at_a_terminal_a_withdrawal_asks_once_and_tells_who_has_the_mail(
    newsroom: Newsroom, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(typer, "confirm", answer)
    somebody = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(asking, "sys", somebody)
    refused = types("withdraw", "heat", "--reason", "Made up.", code=1)
    with newsroom.opened() as publisher:
        before = record_of(publisher, "heat").state
    done = types("withdraw", "heat", "--reason", "Made up.")

    assert "nothing was withdrawn" in refused.err
    assert before is IssueState.PUBLISHED
    assert asked[0] == (
        "Withdraw issue 1 “All about heat”? Its pages will say that it was withdrawn and why. "
        "0 of 2 readers have the mail; the others will not get it."
    )
    assert done.out.endswith("0 of 2 readers have the mail; its mailing is cancelled.\n")
