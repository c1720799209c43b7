"""One receiver's bytes to messages: framing, assembly, reading, and the clock of a recording.

What comes out depends on the bytes alone, never on how they were cut, nor on which way they took.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fleet.ingest.ais.columns import messages
from fleet.ingest.ais.frames import frame
from fleet.ingest.ais.messages import Messages
from fleet.ingest.ais.reader import Reader
from fleet.ingest.clean import Clock
from fleet.ingest.framing import LINE, Framer
from fleet.ingest.tally import Tally

SMALL = 1500
"""Fewer bytes are read one by one, and a line that does not end."""


@dataclass(slots=True)
class Stream:
    """The state of one stream: bounded, and small."""

    framer: Framer = field(default_factory=Framer)
    clock: Clock = field(default_factory=Clock)

    def feed(self, chunk: bytes, received: int = 0) -> Messages:
        """What the next piece completes; `received` in UTC microseconds, 0 for a recording."""
        tally = Tally()
        data = self.framer.rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if end < SMALL or len(data) - end > LINE:
            return self._few(chunk, received, tally)
        self.framer.rest = b""
        found = frame(self.framer, data[:end], received, tally)
        self.framer.rest = data[end:]
        return messages(found, self.clock, received, tally)

    def _few(self, chunk: bytes, received: int, tally: Tally) -> Messages:
        reader = Reader(self.clock, received, tally)
        for message in self.framer.feed(chunk, received, reader.tally):
            reader.read(message)
        return reader.messages()

    def end(self) -> Messages:
        """What an unfinished last line holds, at the end of a file."""
        return self.feed(b"\n")

    def residue(self) -> bytes:
        """Bytes that `restore` a fresh stream to this state; b"" where nothing waits."""
        return self.framer.residue(self.clock.last)

    def restore(self, residue: bytes) -> None:
        self.clock.tell(self.framer.restore(residue))
