"""The repository is the sample newsroom, and a good example."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from publisher import data_files
from publisher.actions.check import Checked, check_issues
from publisher.model.issue import Intent, Issue
from publisher.settings_file import load_settings
from publisher.theme import open_theme

LONG_AGO = date(2026, 1, 1)
"""No sample may depend on a day to come; this one is past for whoever runs the tests."""


@pytest.fixture(scope="module")
def checked() -> list[Checked]:
    """The sample issues with what the check says of them."""
    return check_issues(load_settings(data_files.sample_newsroom()), open_theme(None), ())


@pytest.fixture(scope="module")
def issues(checked: list[Checked]) -> dict[str, Issue]:
    """The sample issues by slug."""
    return {each.slug: each.issue for each in checked if each.issue}


def test_no_sample_has_anything_to_mend(checked: list[Checked]) -> None:
    findings = [str(finding) for each in checked for finding in each.findings if finding.severity != "I"]

    assert len(checked) == 3
    assert findings == []


def test_one_sample_is_ready_and_waits_for_nothing(issues: dict[str, Issue]) -> None:
    ready = [issue for issue in issues.values() if issue.status is Intent.READY]

    assert [(issue.slug, issue.when, len(issue.stories)) for issue in ready] == [("borrowed-power", None, 3)]


def test_archived_samples_lie_in_the_past_so_that_pages_and_feeds_are_never_empty(
    issues: dict[str, Issue],
) -> None:
    archived = {issue.slug: issue.when for issue in issues.values() if issue.status is Intent.ARCHIVED}

    days = [when.date() if isinstance(when, datetime) else when for when in archived.values()]

    assert set(archived) == {"kazan", "mizu"}
    assert all(day is not None and day < LONG_AGO for day in days)


def test_samples_show_one_file_a_folder_and_three_scripts(issues: dict[str, Issue]) -> None:
    languages = {story.lang or issue.lang for issue in issues.values() for story in issue.stories}

    assert languages == {"en", "ja", "ar"}
    assert issues["kazan"].single
    assert not issues["borrowed-power"].single


def test_every_text_has_an_id_of_its_own(issues: dict[str, Issue]) -> None:
    stories = [story.id for issue in issues.values() for story in issue.stories if not issue.single]
    ids = [*(issue.id for issue in issues.values()), *stories]

    assert all(ids)
    assert len(set(ids)) == len(ids)
