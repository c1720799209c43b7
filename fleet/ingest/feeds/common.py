"""What feeds share: the time of receipt, pauses between attempts, whole lines, who may send."""

from __future__ import annotations

import ipaddress
import random
import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from fleet.ingest.format import Format

Networks: TypeAlias = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]

END = b"\n"
"""Given for a line that was cut off, so that what follows does not continue it."""


class FeedError(ValueError):
    """A feed is configured in a way that cannot work."""


@dataclass(slots=True)
class Link:
    """How a feed is doing, as it is shown."""

    state: str = "connecting"  #: connecting, up, down
    detail: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    """What it could not take, by reason, since it was made: added to the rejects of the feed."""

    def up(self, detail: str = "") -> None:
        self.state, self.detail = "up", detail

    def down(self, why: object) -> None:
        self.state, self.detail = "down", (str(why) or type(why).__name__)[:200]


class Backoff:
    """Seconds to wait before the next attempt: doubling, with jitter, so that a hundred clients
    of one server that came back do not all call in the same second.
    """

    def __init__(self, first: float = 0.5, most: float = 30.0) -> None:
        self.first, self.most = first, most
        self._next = first

    def reset(self) -> None:
        self._next = self.first

    def rest(self) -> None:
        """The next pause is the longest."""
        self._next = self.most

    def pause(self) -> float:
        pause, self._next = self._next, min(self._next * 2, self.most)
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def received_now() -> int:
    return time.time_ns() // 1000


def host_port(address: str) -> tuple[str, int]:
    """`host:port`, `[v6]:port`; `:port` and `*:port` are every address of this machine."""
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if port is None:
        raise FeedError(f"address {address!r} must be host:port")
    return ("" if host == "*" else host), port


def whole(payload: bytes, form: Format) -> bytes:
    """A datagram or message as lines: it ends where it ends, whether it says so or not."""
    if form.page:
        return payload + form.page
    return payload if form.datagram or payload.endswith(END) else payload + END


def networks(allow: Sequence[str]) -> Networks:
    try:
        return [ipaddress.ip_network(text, strict=False) for text in allow]
    except ValueError as wrong:
        raise FeedError(f"allow: {wrong}") from None


def allowed(host: str, among: Networks) -> bool:
    """Empty: everybody."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return not among or any(address in network for network in among)


class Stations:
    """Names for peers: the address, with `#2` for a second sender behind the same address.

    Ports change with every connection and would make a new station each time; two senders under
    one name would mix their lines. Bounded: past `most` senders the last name is shared.
    """

    def __init__(self, *, hosts: int = 4096, most: int = 16, quiet_s: float = 60) -> None:
        self.hosts, self.most, self.quiet_s = hosts, most, quiet_s
        self._of: OrderedDict[str, dict[int, tuple[int, float]]] = OrderedDict()

    def name(self, host: str, port: int, now: float) -> str:
        """The name of this sender, kept while it sends; taken over when it was quiet."""
        slots = self._of.setdefault(host, {})
        self._of.move_to_end(host)
        if len(self._of) > self.hosts:
            self._of.popitem(last=False)
        number = next((n for n, (p, _) in slots.items() if p == port), 0)
        if not number:
            free = (n for n in range(1, self.most) if self._free(slots.get(n), now))
            number = next(free, self.most)
        slots[number] = (port, now)
        return host if number == 1 else f"{host}#{number}"

    def leave(self, host: str, port: int) -> None:
        slots = self._of.get(host, {})
        for number in [n for n, (p, _) in slots.items() if p == port]:
            del slots[number]

    def _free(self, slot: tuple[int, float] | None, now: float) -> bool:
        return slot is None or now - slot[1] > self.quiet_s
