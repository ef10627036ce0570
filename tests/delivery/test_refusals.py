from __future__ import annotations

import pytest

from publisher.delivery.refusals import reason


@pytest.mark.parametrize(
    ("code", "enhanced", "said"),
    [
        (550, "5.1.1", "there is no such mailbox (550 5.1.1)"),
        (552, "5.2.2", "the mailbox is full (552 5.2.2)"),
        (550, "5.2.9", "the mailbox takes no mail (550 5.2.9)"),
        (554, "5.7.26", "the mail provider's rules forbid it (554 5.7.26)"),
        (550, "", "the mail provider refuses it (550)"),
        (550, "5.9.1", "the mail provider refuses it (550 5.9.1)"),
        (451, "4.7.1", "tried for 48 hours (451 4.7.1)"),
        (None, "5.1.3", "the address cannot be written to"),
        (None, "", "it could not be handed over"),
    ],
)
def test_a_rejection_is_told_in_words_and_codes(code: int | None, enhanced: str, said: str) -> None:
    assert reason(code, enhanced) == said
