"""What a feed is: something that delivers pieces of bytes and may be told they are safe.

A delivery is acknowledged only after the commit that holds it. Feeds that cannot be told
(UDP, TCP) have `acks = False`; their deliveries go to the disk spool when the store is away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from fleet.ingest.format import Reports
from fleet.ingest.told import tell
from fleet.model import IdentityKind, Source


@dataclass(frozen=True, slots=True)
class Delivery:
    feed: str  #: name of the feed in the configuration
    station: str  #: who heard it: receiver, peer address, terminal topic
    format: str  #: key of the Format
    payload: bytes
    received: int  #: UTC microseconds
    sequence: int | None = None  #: the broker's, where it has one
    handle: Any = None  #: the feed's own, needed to acknowledge
    topic: str = ""  #: for formats that say half of what they mean in it
    kind: IdentityKind | None = None  #: what the names are, where the configuration says
    source: Source | None = None  #: likewise

    @property
    def speaker(self) -> str:
        """What its decoder is given as `station`."""
        return tell(self.station, self.topic) if self.topic else self.station

    def claimed(self, reports: Reports) -> Reports:
        """Its reports as the configuration takes them."""
        if self.kind is None and self.source is None:
            return reports
        kind = reports.kind if reports.kind == IdentityKind.MMSI else self.kind or reports.kind
        return replace(reports, kind=kind, source=self.source or reports.source)


class Feed(Protocol):
    name: str
    acks: bool

    def deliveries(self) -> AsyncIterator[Delivery]:
        """Endless; reconnects by itself with back-off; reads no faster than it is asked."""

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """These are committed. Called in order; a no-op where `acks` is False."""
