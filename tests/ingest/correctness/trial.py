"""The interleaving trial 多站交错: many vessels' two-part messages heard by ten receivers, merged.

Each receiver numbers its messages 0-9 by itself, so that the same number on the same channel means
different vessels a moment apart; sentences arrive jittered one by one, some twice, some never.
`python -m tests.ingest.correctness.trial` prints our decoder beside pyais over the same stream.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyais.stream import IterMessages

from fleet.ingest.ais import Stream
from fleet.model import SECOND
from tests.ingest.correctness.ours import rows
from tests.ingest.oracle.bits import armoured, line, tagged
from tests.ingest.oracle.reading import read
from tests.ingest.oracle.writing import encode

Told = tuple[object, ...]
TELLING = ("mmsi", "imo", "callsign", "name", "ship_type", "draught", "destination", "eta_day")
"""What is compared: each field tells the vessel, and they lie in both parts."""

RECEIVERS = 10
COUNT = 400
HEARD = 0.6  #: the part of all messages that one receiver hears
PER_SECOND = 4  #: messages in the air: some 1,400 class A ships, one each six minutes
START = 1_700_000_000
FIRST_PART = 58 * 6  #: bits; the other 76 hold draught, most of the destination, so all can mix
TAGS = ("none", "s", "g", "sg", "first", "clash")
"""none: bare lines; s: the source on each line; g: an aggregator's group on each line, its source
on the first alone; sg: source and the receiver's own group on each; first: the source on the first
line alone, no group; clash: the receivers' own groups, numbered alike, without a source."""
KNOWN = ("s", "g", "sg")
"""Where the source of every part is known."""


@dataclass(frozen=True)
class Line:
    at: float  #: arrival, seconds
    data: bytes


@dataclass
class Air:
    """What arrived, in the order of arrival, and what could be made of it."""

    sent: Mapping[str, Told]  #: what each message says, by its armoured bits
    lines: list[Line] = field(default_factory=list)
    possible: Counter[Told] = field(default_factory=Counter)  #: heard whole, by each receiver


@dataclass(frozen=True)
class Score:
    possible: int
    right: int
    mixed: int  #: records that no vessel sent
    more: int  #: records beyond what a receiver heard whole

    def __str__(self) -> str:
        share = 100 * self.right / max(self.possible, 1)
        return f"delivered {self.right}/{self.possible} ({share:.1f} %), mixed {self.mixed}"


def made_up(count: int, rng: random.Random) -> list[str]:
    """Voyages whose every field tells the vessel, so that no mixture passes for another's."""
    return [
        encode(
            5, mmsi=200_000_000 + n, imo=9_000_000 + n, callsign=f"C{n}", name=f"VESSEL {n}",
            ship_type=n % 100, to_bow=n % 500, draught=1 + n % 255, destination=f"TO {n} OF {n}",
            eta_month=1 + n % 12, eta_day=1 + n % 28,
        )
        for n in rng.sample(range(1, 9000), count)
    ]  # fmt: skip


def told(bits: str) -> Told:
    fields = read(bits)
    return tuple(fields[name] for name in TELLING)


def simulate(
    messages: Sequence[str],
    jitter: float,
    tags: str,
    rng: random.Random,
    *,
    lost: float = 0.0,
    twice: float = 0.0,
) -> Air:
    air = Air({armoured(bits)[0]: told(bits) for bits in messages})
    sequences = [rng.randrange(10) for _ in range(RECEIVERS)]
    groups, own = 0, [0] * RECEIVERS
    for number, bits in enumerate(messages):
        sent, channel = START + number / PER_SECOND, rng.choice("AB")
        for receiver in range(RECEIVERS):
            if rng.random() >= HEARD:
                continue
            sequences[receiver] = (sequences[receiver] + 1) % 10
            groups += 1
            own[receiver] += 1
            group = groups if tags == "g" else own[receiver] % 100
            parts = _parts(bits, sequences[receiver], channel)
            kept = [part for part in parts if rng.random() >= lost]
            if len(kept) == 2:
                air.possible[air.sent[armoured(bits)[0]]] += 1
            for part in kept:
                data = _tagged(part, parts.index(part) + 1, tags, receiver, group, int(sent))
                for _ in range(1 + (rng.random() < twice)):
                    air.lines.append(Line(sent + rng.uniform(0, jitter), data))
    air.lines.sort(key=lambda one: one.at)
    return air


def _parts(bits: str, sequence: int, channel: str) -> tuple[bytes, bytes]:
    first, _ = armoured(bits[:FIRST_PART])
    second, fill = armoured(bits[FIRST_PART:])
    return (
        line(f"AIVDM,2,1,{sequence},{channel},{first},0"),
        line(f"AIVDM,2,2,{sequence},{channel},{second},{fill}"),
    )


def _tagged(part: bytes, number: int, tags: str, receiver: int, group: int, at: int) -> bytes:
    source = f"s:r{receiver}"
    texts = {
        "none": "",
        "s": f"{source},c:{at}",
        "g": f"g:{number}-2-{group}" + (f",{source},c:{at}" if number == 1 else ""),
        "sg": f"g:{number}-2-{group},{source},c:{at}",
        "first": f"{source},c:{at}" if number == 1 else "",
        "clash": f"g:{number}-2-{group}",
    }
    return tagged(texts[tags], part) if texts[tags] else part


def ours(air: Air, *, live: bool) -> Score:
    """`live`: each line by itself with the time it came; else the whole as one recording."""
    stream = Stream()
    if live:
        got = [stream.feed(one.data + b"\r\n", int(one.at * SECOND)) for one in air.lines]
    else:
        got = [stream.feed(b"".join(one.data + b"\r\n" for one in air.lines))]
    found = rows(*got, stream.end())
    return score(air, [tuple(row.fields.get(name) for name in TELLING) for row in found])


def theirs(air: Air) -> Score:
    """The same lines through pyais; its payloads are judged, not yet what it reads in them."""
    stream = IterMessages([one.data for one in air.lines])
    return score(air, [air.sent.get(m.payload.decode(), ("mixed",)) for m in stream])


def score(air: Air, got: Sequence[Told]) -> Score:
    found = Counter(got)
    right = sum(min(count, air.possible[what]) for what, count in found.items())
    mixed = sum(count for what, count in found.items() if what not in set(air.sent.values()))
    return Score(air.possible.total(), right, mixed, found.total() - right - mixed)


def main() -> None:
    print(f"{RECEIVERS} receivers, {COUNT} messages of two parts, {PER_SECOND}/s")  # noqa: T201
    messages = made_up(COUNT, random.Random(1))  # noqa: S311
    for jitter in (0.2, 1.0):
        for tags in TAGS:
            for lost, twice in ((0.0, 0.0), (0.05, 0.05)):
                rng = random.Random(2)  # noqa: S311
                air = simulate(messages, jitter, tags, rng, lost=lost, twice=twice)
                what = f"jitter {jitter} s, tags {tags:5}, lost {lost:.0%}, twice {twice:.0%}"
                live, whole = ours(air, live=True), ours(air, live=False)
                told = f"{what}: live {live} | file {whole} | pyais {theirs(air)}"
                print(told, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
