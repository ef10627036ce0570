from __future__ import annotations

from publisher.actions.check import check_issue
from publisher.actions.printing import Print
from publisher.actions.proof import message_template, sample_message, sample_slots
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.subscribe import unsubscribe
from publisher.app import Publisher
from publisher.store import mailings
from tests.newsrooms import TUESDAY, HandClock, Newsroom, token_of


def print_of(publisher: Publisher, slug: str) -> Print:
    printed = check_issue(publisher.settings, publisher.theme, slug).printed
    assert printed is not None
    return printed


def test_a_proof_is_byte_for_byte_what_publishing_sends_but_for_the_nonce_of_the_print(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    newsroom.writes("heat", title="Wärme & 熱")
    printed = print_of(publisher, "heat")
    queue(publisher, "heat", Place())
    clock.moment = TUESDAY

    mailing = publish(publisher, "heat")

    assert mailing is not None
    with publisher.database.read() as db:
        (sent,) = mailings.templates(db, mailing.id)
    proof = message_template(printed, publisher.settings, name="weekly", now=TUESDAY).to_bytes()
    nonce = sent.template.partition(b"boundary=")[2].partition(b"=_")[2][:16]
    assert proof.count(printed.ink.nonce.encode()) == sent.template.count(nonce) > 0
    assert proof.replace(printed.ink.nonce.encode(), nonce) == sent.template


def test_the_way_out_of_a_proof_has_the_form_of_a_readers_and_unsubscribes_nobody(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat")
    slots = sample_slots(publisher.settings, "weekly")
    token = slots.unsubscribe.rpartition("/")[2]

    mail = sample_message(print_of(publisher, "heat"), publisher.settings, name="weekly", now=TUESDAY)

    assert token.encode() in mail
    assert len(token) == len(token_of(publisher, "ada@example.net"))
    assert unsubscribe(publisher, token) is None
