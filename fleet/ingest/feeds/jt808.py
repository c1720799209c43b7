"""JT/T 808 terminals that connect to us: answered as the standard demands, positions once stored.

A position stays in its terminal's memory until its 0x8001 says that it is committed; what a killed
worker had read and not committed is sent again. So this feed acknowledges, and needs no spool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import Networks, received_now
from fleet.ingest.feeds.tcp_listener import TcpListener
from fleet.ingest.format import Format
from fleet.ingest.jt808.dialogue import Dialogue, Piece, Registered
from fleet.ingest.jt808.policy import Policy
from fleet.ingest.tally import Tally

CHUNK = 4096
GREETING_S = 30.0
"""A connection that has not said one whole message by then is no terminal's."""
UNDONE = 64
"""Frames of one connection that may wait for their commit; beyond it, it is not read."""
UNSENT = 64 << 10
"""Bytes of answers that a terminal leaves unread; beyond it, it is let go."""
WAITING_PACKETS = 64 << 20
"""Bytes of incomplete messages, over all connections."""


@dataclass(eq=False, slots=True)
class Connection:
    """One connection and how it stands with it."""

    writer: asyncio.StreamWriter
    dialogue: Dialogue
    size: int = 0  #: bytes of its incomplete messages
    room: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, answers: bytes) -> None:
        """Never waits: a terminal that does not read its answers is cut off instead."""
        if not answers or self.writer.is_closing():
            return
        self.writer.write(answers)
        if self.writer.transport.get_write_buffer_size() > UNSENT:
            self.writer.transport.abort()

    def done(self, piece: Piece) -> None:
        self.send(self.dialogue.done(piece))
        if self.dialogue.waiting < UNDONE:
            self.room.set()


class Jt808(TcpListener):
    acks = True

    def __init__(
        self,
        name: str,
        address: tuple[str, int],
        form: Format,
        policy: Policy,
        *,
        forms: Mapping[str, str] | None = None,
        allow: Networks = (),
        greeting_s: float = GREETING_S,
    ) -> None:
        """`forms`: the key of the format by the name of a terminal's model."""
        limits = {"idle_s": policy.idle_s, "connections": policy.connections}
        super().__init__(name, address, form, allow=allow, **limits)  # type: ignore[arg-type]
        self.policy, self.forms, self.greeting_s = policy, forms or {}, greeting_s
        self.registered: Registered = lambda _: None  #: told by who has the register
        self._packets = 0  #: bytes of incomplete messages

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Answer what is committed; who is gone meanwhile sends it again."""
        for delivery in deliveries:
            connection, piece = delivery.handle
            connection.done(piece)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer, Dialogue(self.policy, self.registered))
        try:
            with suppress(OSError, TimeoutError):
                await self._talk(reader, connection)
        finally:
            self._weigh(connection, 0)
            self._count(connection.dialogue)

    async def _talk(self, reader: asyncio.StreamReader, connection: Connection) -> None:
        """Until it ends, falls silent, or asks for more memory than there is. Only whole messages
        count as said: who sends a byte a minute is silent.
        """
        dialogue, clock = connection.dialogue, asyncio.get_running_loop().time
        due = clock() + self.greeting_s
        while True:
            async with asyncio.timeout_at(due):
                chunk = await reader.read(CHUNK)
            if not chunk:
                return
            said = dialogue.messages
            async with asyncio.timeout(self.idle_s):  # nothing can be stored; who is still there?
                await self._hear(connection, chunk)
            if dialogue.messages > said:
                due = clock() + self.idle_s
            if not self._weigh(connection, dialogue.size):
                self.counts["packets: no memory left"] += 1
                return

    async def _hear(self, connection: Connection, chunk: bytes) -> None:
        now = received_now()
        heard = connection.dialogue.feed(chunk, now)
        self._count(connection.dialogue)
        connection.send(heard.answers)
        for piece in heard.pieces:
            form = self.forms.get(piece.model, self.form.key)
            handle = (connection, piece)
            await self._queue.put(
                Delivery(self.name, piece.terminal, form, piece.payload, now, handle=handle)
            )
        if connection.dialogue.waiting >= UNDONE:
            connection.room.clear()
            await connection.room.wait()

    def _weigh(self, connection: Connection, size: int) -> bool:
        """Whether there is room for what this connection's incomplete messages have become."""
        self._packets += size - connection.size
        connection.size = size
        return self._packets <= WAITING_PACKETS

    def _count(self, dialogue: Dialogue) -> None:
        """What it could not take, added to the rejects of the feed."""
        self.counts += dialogue.tally.rejects
        dialogue.tally = Tally()
