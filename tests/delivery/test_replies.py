from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.replies import LONGEST_TEXT, judge, lost, throttles, words
from publisher.model.delivery import DeliveryState, Stage

ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED
REJECTED, UNCERTAIN = DeliveryState.REJECTED, DeliveryState.UNCERTAIN


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        (Stage.CONNECT, 554, "5.7.1 your address is on a list", (DEFERRED, True)),
        (Stage.HELO, 421, "4.3.2 later", (DEFERRED, True)),
        (Stage.AUTH, 535, "5.7.8 wrong password", (DEFERRED, True)),
        (Stage.MAIL, 550, "5.1.8 no such sender", (DEFERRED, True)),
        (Stage.MAIL, 451, "4.3.0 later", (DEFERRED, True)),
        (Stage.RCPT, 450, "4.2.0 greylisted", (DEFERRED, False)),
        (Stage.RCPT, 421, "4.3.2 going down", (DEFERRED, True)),
        (Stage.RCPT, 550, "5.1.1 no such user", (REJECTED, False)),
        (Stage.RCPT, 552, "5.2.2 mailbox full", (REJECTED, False)),
        (Stage.RCPT, 550, "no such user", (REJECTED, False)),
        (Stage.RCPT, 554, "5.7.1 relaying denied", (REJECTED, True)),
        (Stage.RCPT, 530, "authentication required", (REJECTED, True)),
        (Stage.RCPT, 550, "5.1.8 bad sender", (REJECTED, True)),
        (Stage.DATA, 554, "5.5.1 no valid recipients", (DEFERRED, True)),
        (Stage.DATA, 451, "4.3.0 later", (DEFERRED, False)),
        (Stage.REPLY, 250, "2.0.0 queued", (ACCEPTED, False)),
        (Stage.REPLY, 454, "4.7.0 throttled", (DEFERRED, False)),
        (Stage.REPLY, 550, "5.7.1 this looks like spam", (REJECTED, True)),
        (Stage.REPLY, 554, "no", (REJECTED, True)),
        (Stage.REPLY, 552, "5.2.2 mailbox full", (REJECTED, False)),
        (Stage.REPLY, 354, "go on", (UNCERTAIN, True)),
    ],
)
def test_a_reply_means_what_its_stage_makes_of_it(
    stage: Stage, code: int, text: str, verdict: tuple[DeliveryState, bool]
) -> None:
    outcome = judge(stage, code, text)

    assert (outcome.state, outcome.relay_fault) == verdict
    assert (outcome.stage, outcome.code, outcome.text) == (stage, code, text)


@given(stage=st.sampled_from(Stage), code=st.integers(200, 599), text=st.text())
def test_only_the_reply_to_a_whole_message_accepts_and_only_two_stages_reject(
    stage: Stage, code: int, text: str
) -> None:
    outcome = judge(stage, code, text)

    assert (outcome.state is ACCEPTED) == (stage is Stage.REPLY and 200 <= code < 300)
    if outcome.state is REJECTED:
        assert stage in {Stage.RCPT, Stage.REPLY}
        assert code >= 500


@pytest.mark.parametrize(
    ("code", "text", "enhanced"),
    [
        (550, "5.1.1 no such user", "5.1.1"),
        (550, "5.1.1", "5.1.1"),
        (550, "the user said 5.1.1", ""),
        (450, "5.1.1 contradiction", ""),
        (550, "5.1.1.1 is an address of another kind", ""),
    ],
)
def test_an_enhanced_code_is_believed_only_where_it_belongs(code: int, text: str, enhanced: str) -> None:
    assert judge(Stage.RCPT, code, text).enhanced == enhanced


@pytest.mark.parametrize("stage", Stage)
def test_a_lost_connection_is_uncertain_after_the_final_dot_and_only_then(stage: Stage) -> None:
    outcome = lost(stage, "it hung up")

    assert outcome.state is (UNCERTAIN if stage in {Stage.DOT, Stage.REPLY} else DEFERRED)
    assert outcome.relay_fault


@pytest.mark.parametrize(
    ("stage", "code", "text", "is_throttling"),
    [
        (Stage.CONNECT, 421, "4.3.2 too many connections", True),
        (Stage.RCPT, 421, "go away", True),
        (Stage.CONNECT, 554, "5.7.1 too many complaints", False),
        (Stage.MAIL, 450, "4.7.1 you are sending too fast", True),
        (Stage.MAIL, 451, "4.3.2 system not accepting messages", True),
        (Stage.MAIL, 452, "4.5.3 too many recipients", True),
        (Stage.MAIL, 451, "please try again later", True),
        (Stage.MAIL, 451, "4.3.0 database is down", False),
        (Stage.MAIL, 550, "5.7.1 rate limit exceeded", False),
        (Stage.RCPT, 451, "4.4.5 congested", True),
        (Stage.RCPT, 450, "4.2.0 try again later", False),
        (Stage.RCPT, 450, "4.7.1 greylisted for 300 seconds", False),
        (Stage.RCPT, 451, "4.7.1 Graylisting in action", False),
        (Stage.RCPT, 450, "4.2.1 mailbox receives mail at too high a rate", True),
        (Stage.RCPT, 452, "4.2.2 mailbox full at Corporate Ltd", False),
        (Stage.REPLY, 454, "Throttling failure: Maximum sending rate exceeded.", True),
        (Stage.REPLY, 451, "4.7.500 server busy", True),
        (Stage.REPLY, 451, "4.3.0 try again later", False),
        (Stage.REPLY, 250, "2.0.0 taken at a good rate", False),
    ],
)
def test_a_relay_that_wants_less_mail_is_told_from_one_that_does_not_want_this_one(
    stage: Stage, code: int, text: str, *, is_throttling: bool
) -> None:
    assert throttles(judge(stage, code, text)) == is_throttling


def test_a_lost_connection_asks_for_nothing() -> None:
    assert not throttles(lost(Stage.CONNECT, "too many"))


@given(text=st.text(max_size=2000))
def test_a_strangers_words_become_one_short_printable_line(text: str) -> None:
    line = words(text)

    assert line.isprintable()
    assert len(line) <= LONGEST_TEXT
