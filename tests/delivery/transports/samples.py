"""Messages to send, and one way to send them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from publisher.delivery.transports.transport import Transport
from publisher.model.delivery import Message, Outcome

BODY = b"Subject: Grid batteries\r\nTo: <reader@example.org>\r\n\r\nFour hours are enough.\r\n"


def message(
    number: int = 1, *, to: str = "reader@example.org", sender: str = "m1@example.com", body: bytes = BODY
) -> Message:
    return Message(
        key=f"m1-d{number}",
        message_id=f"<m1-d{number}@example.com>",
        envelope_from=sender,
        envelope_to=to,
        body=body,
    )


def send(transport: Transport, *steps: Message | Callable[[], object]) -> list[Outcome]:
    """Send the messages one after the other over one connection and close it; call what is no message."""

    async def converse() -> list[Outcome]:
        outcomes = []
        try:
            for step in steps:
                if isinstance(step, Message):
                    outcomes.append(await transport.send(step))
                else:
                    await asyncio.to_thread(step)
        finally:
            await transport.close()
        return outcomes

    return asyncio.run(converse())
