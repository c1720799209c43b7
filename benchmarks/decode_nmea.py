"""Raw AIS to clean fixes (what the worker does with it), against pyais that only decodes.

A made-up mix of a busy shore station, in this one process: assembling, checksums, decoding, times
and cleaning on our side; assembling, checksums and decoding on the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pyais

from benchmarks._measure import Figure, Run, Way, clocked, rate
from fleet.ingest.formats.nmea import Decoder
from fleet.model import SECOND

MESSAGES = 20_000
NOW = 1_790_000_000 * SECOND
MIX = {1: 56, 3: 12, 18: 14, 5: 9, 24: 6, 4: 3}
"""Per cent of each type, as a busy shore station hears them."""


def sentences(messages: int) -> list[bytes]:
    dice = random.Random(7)  # noqa: S311 -- the same mix every time
    kinds = dice.choices(list(MIX), list(MIX.values()), k=messages)
    return [line for i, kind in enumerate(kinds) for line in _one(kind, i, dice)]


def _one(kind: int, number: int, dice: random.Random) -> list[bytes]:
    fields: dict[str, Any] = {
        "type": kind, "mmsi": str(412_000_000 + number % 3000), "lon": dice.uniform(108, 110),
        "lat": dice.uniform(17, 19), "speed": dice.uniform(0, 15), "course": dice.uniform(0, 359),
        "second": number // 50 % 60, "shipname": f"BOAT {number}", "ship_type": 30, "partno": 0,
        "year": 2026, "month": 9, "day": 21, "hour": 12, "minute": 53,
    }  # fmt: skip
    made = pyais.encode_dict(
        fields, talker_id="AI", sentence_type="VDM", radio_channel="A", seq_id=number % 10
    )
    return [line.encode() for line in made]


def theirs(lines: list[bytes]) -> int:
    """Decode every line with pyais; how many messages that made."""
    decoded = 0
    for sentence in pyais.IterMessages(lines):
        decoded += sentence.is_valid and sentence.decode() is not None
    return decoded


def ours(data: bytes, piece: int) -> int:
    """Feed it in pieces of so many bytes; how many messages that made."""
    decoder = Decoder()
    starts = range(0, len(data), piece)
    reports = [decoder.feed(data[i : i + piece], "", NOW) for i in starts]
    return sum(sum(r.types.values()) for r in reports)


def checked(number: int, wanted: int) -> None:
    """A way that is fast because it left messages out is none."""
    assert number == wanted, (number, wanted)


def feeding(data: bytes, piece: int, wanted: int) -> Way:
    return clocked(lambda _: checked(ours(data, piece), wanted))


def figures(run: Run) -> Iterator[Figure]:
    messages = MESSAGES // 10 if run.quick else MESSAGES
    lines = sentences(messages)
    data = b"\r\n".join(lines) + b"\r\n"
    pieces = {"whole": len(data), "in 64 KiB": 1 << 16, "in 4 KiB": 1 << 12, "in 80 bytes": 80}
    ways: dict[str, Way] = {"pyais": clocked(lambda _: checked(theirs(lines), messages))}
    ways |= {name: feeding(data, piece, messages) for name, piece in pieces.items()}
    took = run.interleaved(ways)
    for name in pieces:
        yield rate(
            f"to clean fixes, {name}", len(lines), "sentences/s", took[name],
            against="pyais", peer=took["pyais"],
        )  # fmt: skip
