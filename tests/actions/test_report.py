"""Taking reports: what is believed, what follows for the reader, and that each counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from publisher.actions.asking_readers import ask_to_change_address
from publisher.actions.change_address import change_address
from publisher.actions.mailing import decide_uncertain
from publisher.actions.report import Came, Effect, Taken, take, take_by_hand
from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery.reports.policy import MOST_POINTS, PROBE_AFTER
from publisher.delivery.reports.return_path import return_path
from publisher.errors import SettingsError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import choices, keys, schema
from publisher.store import schema_sending as sending
from tests.delivery.reports import samples
from tests.newsrooms import READER, HandClock, Newsroom, history_of, mailing_of
from tests.reports import MAILBOX, RETURN_PATH, path_of, reports_of, send, suppressed, take_one
from tests.web.readers import mailed

HARD, COMPLAINT = SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    """Open a newsroom with a return path, of which one issue was sent to two readers."""
    newsroom.sets(RETURN_PATH)
    with newsroom.opened() as opened:
        add(opened, "ben@example.net")
        send(opened)
        yield opened


def states(publisher: Publisher) -> set[DeliveryState]:
    """Return the states of all deliveries."""
    with publisher.database.read() as db:
        return set(db.execute(select(sending.deliveries.c.state)).scalars())


def make_uncertain(publisher: Publisher) -> None:
    """Make the accepted deliveries of the mailing ones of which nobody knows."""
    with publisher.database.begin() as db:
        db.execute(sending.deliveries.update().values(state=DeliveryState.UNCERTAIN))
        batch = {"accepted": 0, "uncertain": sending.batches.c.accepted}
        db.execute(sending.batches.update().values(batch))


def everything(publisher: Publisher) -> list[object]:
    """Return all that a report could change."""
    tables = (
        sending.reports,
        sending.suppressions,
        sending.deliveries,
        sending.batches,
        schema.subscribers,
        schema.subscriptions,
        schema.audit,
    )
    with publisher.database.read() as db:
        return [tuple(row) for table in tables for row in db.execute(select(table)).all()]


def test_a_hard_bounce_leaves_its_address_alone_and_no_other(publisher: Publisher) -> None:
    taken = take_one(publisher, samples.postfix(path_of(publisher, READER)))

    assert (taken.came, taken.issue, taken.effects) == (Came.RECORDED, "heat", (Effect.SUSPENDED,))
    assert suppressed(publisher, READER) is HARD
    assert suppressed(publisher, "ben@example.net") is None
    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}


def test_the_delivery_of_a_bounce_stays_accepted(publisher: Publisher) -> None:
    take_one(publisher, samples.postfix(path_of(publisher, READER)))

    assert states(publisher) == {DeliveryState.ACCEPTED}


def test_a_report_says_what_it_changed_in_the_audit(publisher: Publisher) -> None:
    take_one(publisher, samples.postfix(path_of(publisher, READER)))

    row = history_of(publisher, "heat")[-1]
    assert (row.actor, row.verb) == ("report", "hard bounce")
    assert row.detail == {"subscriber": 1, "code": "5.1.1", "source": "test", "effects": ["suspended"]}


@pytest.mark.parametrize("sample", samples.BOUNCES.values(), ids=samples.BOUNCES)
def test_a_report_that_comes_again_changes_nothing(
    publisher: Publisher, sample: Callable[[str], bytes]
) -> None:
    raw = sample(path_of(publisher, READER))
    take(publisher, raw, source="imap")
    before = everything(publisher)

    again = take(publisher, b"Received: on another way\r\n" + raw, source="command")

    assert again.came is Came.AGAIN
    assert everything(publisher) == before


def test_the_report_that_settles_the_last_open_delivery_ends_the_mailing(publisher: Publisher) -> None:
    make_uncertain(publisher)
    decide_uncertain(publisher, "heat", resend=True)
    open_again = mailing_of(publisher, "heat").state

    take_one(publisher, samples.postfix(path_of(publisher, READER)))
    half = mailing_of(publisher, "heat").state
    take_one(publisher, samples.postfix(path_of(publisher, "ben@example.net")))

    assert open_again is half is MailingState.SENDING
    assert mailing_of(publisher, "heat").state is MailingState.SENT


def test_a_complaint_ends_the_subscription_and_is_for_ever(publisher: Publisher) -> None:
    taken = take_one(publisher, samples.yahoo(path_of(publisher, READER)))

    assert taken.effects == (Effect.SUPPRESSED, Effect.UNSUBSCRIBED)
    assert suppressed(publisher, READER) is COMPLAINT
    ended = {each.address: each.state for each in everybody(publisher)}
    assert ended == {READER: SubscriptionState.UNSUBSCRIBED, "ben@example.net": SubscriptionState.ACTIVE}


def test_a_complaint_after_a_bounce_is_for_ever(publisher: Publisher, clock: HandClock) -> None:
    path = path_of(publisher, READER)
    take_one(publisher, samples.postfix(path))

    take_one(publisher, samples.yahoo(path))

    clock.passes(days=400)
    assert suppressed(publisher, READER, mailing=99) is COMPLAINT


@pytest.mark.parametrize("sample", [samples.gmail, samples.delivered, samples.refused_by_policy])
def test_what_is_not_about_the_reader_is_only_kept(
    publisher: Publisher, sample: Callable[[str], bytes]
) -> None:
    taken = take_one(publisher, sample(path_of(publisher, READER)))

    assert (taken.came, taken.effects) == (Came.RECORDED, ())
    assert suppressed(publisher, READER) is None
    assert sum(reports_of(publisher, "heat").values()) == 1


def test_an_answer_of_a_machine_is_only_kept(publisher: Publisher) -> None:
    raw = samples.auto_reply(path_of(publisher, READER), more="Auto-Submitted: auto-replied\n")

    assert take_one(publisher, raw).effects == ()
    assert reports_of(publisher, "heat") == {ReportKind.AUTO_REPLY: 1}
    assert suppressed(publisher, READER) is None


def test_soft_bounces_of_one_delivery_count_once(publisher: Publisher) -> None:
    for number in range(MOST_POINTS + 1):
        raw = samples.full_mailbox(path_of(publisher, READER))
        take_one(publisher, raw.replace(b"<20261006", f"<{number}.20261006".encode()))

    assert reports_of(publisher, "heat") == {ReportKind.SOFT_BOUNCE: 1}
    assert suppressed(publisher, READER) is None


def test_a_mailbox_that_stays_full_is_left_alone(publisher: Publisher, clock: HandClock) -> None:
    effects = []
    for number in range(MOST_POINTS):
        send(publisher, f"heat-{number}")
        raw = samples.full_mailbox(path_of(publisher, READER, issue=f"heat-{number}"))
        effects.append(take_one(publisher, raw).effects)
        clock.passes(days=1)

    assert effects == [()] * (MOST_POINTS - 1) + [(Effect.SUSPENDED,)]
    assert suppressed(publisher, READER) is HARD


def test_a_probe_that_comes_back_is_the_last(publisher: Publisher, clock: HandClock) -> None:
    mailing = mailing_of(publisher, "heat").id
    take_one(publisher, samples.postfix(path_of(publisher, READER)))
    clock.passes(days=PROBE_AFTER.days)
    assert suppressed(publisher, READER, mailing=mailing) is None

    again = samples.exim(path_of(publisher, READER))

    assert take_one(publisher, again).effects == (Effect.SUPPRESSED,)
    clock.passes(days=400)
    assert suppressed(publisher, READER, mailing=99) is HARD


def test_another_bounce_that_was_on_its_way_does_not_end_the_probe(
    publisher: Publisher, clock: HandClock
) -> None:
    take_one(publisher, samples.postfix(path_of(publisher, READER)))
    clock.passes(days=PROBE_AFTER.days)
    assert suppressed(publisher, READER, mailing=99) is None

    assert take_one(publisher, samples.exim(path_of(publisher, READER))).effects == ()
    assert suppressed(publisher, READER, mailing=99) is None


@pytest.mark.parametrize(
    "raw_of",
    [samples.delivered, samples.postfix, samples.full_mailbox, samples.gmail, samples.yahoo],
)
def test_whatever_comes_back_settles_an_uncertain_delivery(
    publisher: Publisher, raw_of: Callable[[str], bytes]
) -> None:
    make_uncertain(publisher)

    taken = take_one(publisher, raw_of(path_of(publisher, READER)))

    assert Effect.SETTLED in taken.effects
    counted = mailing_of(publisher, "heat").counts
    assert (counted[DeliveryState.ACCEPTED], counted[DeliveryState.UNCERTAIN]) == (1, 1)


def test_a_report_on_what_was_never_handed_over_changes_nothing(publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        db.execute(sending.deliveries.update().values(attempts=0))
    before = everything(publisher)

    assert take_one(publisher, samples.postfix(path_of(publisher, READER))).came is Came.FOREIGN
    assert take_one(publisher, samples.postfix(path_of(publisher, READER, mailing=99))).came is Came.FOREIGN
    assert everything(publisher) == before


def test_a_bounce_of_an_erased_reader_is_only_kept(publisher: Publisher) -> None:
    path = path_of(publisher, READER)
    with publisher.database.begin() as db:
        db.execute(schema.subscribers.delete().where(schema.subscribers.c.address == READER))

    assert take_one(publisher, samples.postfix(path)).effects == ()
    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}


def test_what_comes_back_from_an_address_that_a_reader_has_left_says_nothing_of_the_new_one(
    publisher: Publisher, clock: HandClock
) -> None:
    bounce, complaint = samples.postfix(path_of(publisher, READER)), samples.yahoo(path_of(publisher, READER))
    clock.passes(days=1)
    with publisher.database.read() as db:
        number = choices.number_of(db, READER)
        found = choices.of(db, number) if number else None
    assert found is not None
    assert ask_to_change_address(publisher, found, "new@x.example")
    for _, _, path in mailed(publisher):
        change_address(publisher, path.rpartition("/")[2])

    bounced = take_one(publisher, bounce)
    reason = suppressed(publisher, "new@x.example")
    complained = take_one(publisher, complaint)

    assert (bounced.came, bounced.effects, reason) == (Came.RECORDED, (), None)
    assert complained.effects == (Effect.UNSUBSCRIBED,)
    assert suppressed(publisher, "new@x.example") is None


def test_reports_that_come_at_the_same_moment_count_once(newsroom: Newsroom, postgresql_url: str) -> None:
    newsroom.sets(f'{RETURN_PATH}[database]\nurl = "{postgresql_url}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        send(publisher)
        one = samples.full_mailbox(path_of(publisher, READER))
        others = [one.replace(b"<20261006", f"<{number}.20261006".encode()) for number in range(4)]

        with ThreadPoolExecutor(8) as threads:
            came = [taken.came for taken in threads.map(partial(take_one, publisher), [one] * 4 + others)]

        assert Counter(came) == {Came.RECORDED: 5, Came.AGAIN: 3}
        with publisher.database.read() as db:
            assert db.execute(select(schema.subscribers.c.score)).scalars().all() == [1]


def forged(publisher: Publisher) -> list[bytes]:
    """Return reports of somebody who knows all but the key."""
    path = path_of(publisher, READER)
    with publisher.database.read() as db:
        _, secret = keys.current(db)
    others = [
        "bounces@news.example.net",
        path.replace("d1-", "d2-"),
        path.replace("@news.", "@other."),
        return_path(b"o" * 32, MAILBOX, mailing=1, subscriber=1),
        return_path(secret, "else@news.example.net", mailing=1, subscriber=1),
    ]
    every = [*samples.BOUNCES.values(), samples.yahoo, samples.qmail, samples.letter]
    quoted = samples.letter("desk@news.example.net") + samples.postfix(path)
    return [sample(other) for sample in every for other in others] + [quoted]


def test_forged_reports_change_nothing(publisher: Publisher) -> None:
    before = everything(publisher)

    assert {take_one(publisher, raw).came for raw in forged(publisher)} == {Came.FOREIGN}
    assert everything(publisher) == before


def test_a_letter_and_a_bounce_in_prose_change_nothing_even_at_the_right_address(
    publisher: Publisher,
) -> None:
    path, before = path_of(publisher, READER), everything(publisher)

    assert take_one(publisher, samples.letter(path)).came is Came.FOREIGN
    assert take_one(publisher, samples.qmail(path)).came is Came.FOREIGN
    assert everything(publisher) == before


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_report_never_fails_and_never_touches_another_reader(
    publisher: Publisher, data: st.DataObject
) -> None:
    path = path_of(publisher, READER)
    raw = bytearray(data.draw(st.sampled_from([*samples.BOUNCES.values(), samples.yahoo]))(path))
    start = data.draw(st.integers(0, len(raw)))
    raw[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))

    taken = take(publisher, bytes(raw), source="test")

    assert taken.report is None or taken.report.subscriber == 1
    assert suppressed(publisher, "ben@example.net") is None


def test_without_a_return_path_no_report_is_ours(newsroom: Newsroom, publisher: Publisher) -> None:
    raw = samples.postfix(path_of(publisher, READER))
    newsroom.sets()

    with newsroom.opened() as other:
        assert take(other, raw, source="test") == Taken(came=Came.FOREIGN)
        with pytest.raises(SettingsError, match=r"no return path .* \(write return_path = "):
            take_by_hand(other, raw)
