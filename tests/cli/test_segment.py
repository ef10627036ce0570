from __future__ import annotations

from publisher.actions.subscribe import add
from publisher.store.schema_readers import topics
from tests.cli.conftest import Types
from tests.newsrooms import Newsroom

FANS = "[segments]\nfans = 'domain:example.org'\n"


def test_a_filter_is_tried_on_each_list(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets(FANS)
    with newsroom.opened() as publisher:
        add(publisher, "ben@example.org", lists=["weekly", "extra"])

    said = types("segment", "domain:example.org AND NOT role")

    assert said.out.splitlines() == [
        "domain:example.org AND NOT role",
        "  1 of 2 readers of The Weekly",
        "  1 of 1 reader of extra",
        "  1 reader in all",
    ]
    assert types("segment", "--list", "weekly").out.splitlines() == [
        "fans: domain:example.org",
        "  1 of 2 readers of The Weekly",
    ]
    assert types("segment", "fans", "--json").json["shares"] == [
        {"list": "weekly", "readers": 1, "of": 2},
        {"list": "extra", "readers": 1, "of": 1},
    ]
    assert [each["filter"] for each in types("segment", "--json").json] == ["domain:example.org"]


def test_what_cannot_be_tried_is_told_in_a_sentence(types: Types) -> None:
    wrong = types("segment", "tga:energy", code=1)

    assert wrong.err == ("publisher: 'tga' has no meaning, in column 1 of the filter (did you mean tag:…?)\n")
    assert 'is it one topic? write tag:"heat pumps"' in types("segment", "tag:heat pumps", code=1).err
    assert "(write one of them)" in types("segment", "tag:heat list:weekly", code=1).err
    assert "There are no segments in publisher.toml" in types("segment").out


def test_a_topic_that_nobody_has_chosen_is_told(newsroom: Newsroom, types: Types) -> None:
    with newsroom.opened() as publisher, publisher.database.begin() as db:
        db.execute(topics.insert().values(subscriber=1, topic="heat-pumps"))

    said = types("segment", 'tag:"Heat Pumps" OR NOT tag:nosuchtag').out.splitlines()

    assert said[-2:] == ["  nobody has chosen the topic 'nosuchtag'", "  1 reader in all"]
    assert not [line for line in said if "Heat Pumps'" in line]


def test_who_approves_and_queues_is_told_whom_the_issue_goes_to(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat", segment="domain:example.net")

    approved = types("approve", "heat")
    shown = types("status")
    queued = types("queue", "heat")
    document = types("status", "--json").json

    whom = "1 reader of The Weekly (only: domain:example.net)"
    assert f"As of now it goes to {whom}." in approved.out
    assert "1 reader (only: domain:example.net)" in " ".join(shown.out.split())
    assert f"When it was approved it had {whom}." in queued.out
    (issue,) = document["issues"]
    assert (issue["segment"], issue["audience"]) == ("domain:example.net", 1)


def test_who_approves_is_told_how_many_chose_other_topics(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat", tags="[energy]")
    with newsroom.opened() as publisher:
        add(publisher, "ben@example.org")
        with publisher.database.begin() as db:
            db.execute(topics.insert().values(subscriber=1, topic="rain"))

    approved, queued = types("approve", "heat"), types("queue", "heat", "--json")

    assert "As of now it goes to 1 reader of The Weekly; 1 more chose other topics." in approved.out
    assert (queued.json["audience"], queued.json["other_topics"]) == (1, 1)


def test_programs_are_told_it_too(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.writes("page", lists="[]", title="For pages alone")

    approved, queued = types("approve", "heat", "--json").json, types("queue", "heat", "--json").json

    assert (approved["slug"], approved["audience"], approved["segment"]) == ("heat", 1, None)
    assert queued["audience"] == 1
    assert types("approve", "page").out == "page is approved. Next: publisher queue page\n"
