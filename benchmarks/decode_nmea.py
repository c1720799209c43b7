"""Raw AIS to columns, against pyais alone: assembling and decoding, without columns or cleaning.

    python -m benchmarks.decode_nmea [MESSAGES]

CPU microseconds a sentence, the best of the rounds: other work on the machine does not count.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pyais

from fleet.ingest.formats.nmea import Decoder
from fleet.model import SECOND

ROUNDS, MESSAGES = 5, 5_000
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
    decoded = 0
    for sentence in pyais.IterMessages(lines):
        decoded += sentence.is_valid and sentence.decode() is not None
    return decoded


def ours(data: bytes, piece: int) -> int:
    decoder = Decoder()
    starts = range(0, len(data), piece)
    reports = [decoder.feed(data[i : i + piece], "", NOW) for i in starts]
    return sum(sum(r.types.values()) for r in reports)


def best(work: Callable[[], int], wanted: int) -> float:
    """Seconds of CPU; every round must have decoded everything."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        decoded = work()
        times.append(time.process_time() - began)
        assert decoded == wanted, (decoded, wanted)
    return min(times)


def main() -> None:
    messages = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else MESSAGES
    lines = sentences(messages)
    data = b"\r\n".join(lines) + b"\r\n"
    peer = best(partial(theirs, lines), messages) / len(lines)
    print(f"{'pyais, checksums on':32} {peer * 1e6:6.1f} µs a sentence")
    for name, piece in {"whole": len(data), "in 4 KiB": 4096, "in 80 bytes": 80}.items():
        took = best(partial(ours, data, piece), messages) / len(lines)
        print(f"{'to clean columns, ' + name:32} {took * 1e6:6.1f} µs, {peer / took:.2f} x")


if __name__ == "__main__":
    main()
