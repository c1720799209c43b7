"""Mutated input 变异输入: real and made sentences bent in every way, seeded, for a decoder.

`python -m tests.ingest.correctness.fuzz [COUNT] [SEED]` prints tried, rows, rejected and crashes.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.ingest.ais import Doubt, Stream
from tests.ingest.correctness.ours import Row, rows
from tests.ingest.oracle.bits import checksum, line, sentences, tagged
from tests.ingest.oracle.tables import AUXILIARY, TABLES
from tests.ingest.oracle.writing import encode
from tests.ingest.test_real import FOLDER

Mutation = Callable[[bytearray, random.Random], None]
SPICE = [
    b"\r\n", b"\n", b"\r", b"\0", b"!", b"$", b"\\", b"*", b",", b"!AIVDM", b"!AIVDM,1,1,,A,",
    b"\\s:x*4B\\", b"\\g:1-2-3*55\\", b"$PGHP,1,2013,3,18,9,11,19,0,219,2,2194,1,32*2E\r\n",
    b"1550303566;", b",1328133720012", b"# comment\n", b"\xff\xfe", b"!AIVDM,9,9,9,A,", b"w" * 70,
    b"*00", b"\\" * 5, b"!" * 5, b"0" * 300, b"\xe2\x80\xa8", b"\x0b\x0c\x1c\x85",
]  # fmt: skip


def flip(data: bytearray, rng: random.Random) -> None:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def put(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = rng.choice(SPICE)


def drop(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice([1, 1, 2, 5, 30])]


def repeat(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = data[at : at + rng.choice([1, 10, 60])]


def swap(data: bytearray, rng: random.Random) -> None:
    a, b = sorted(rng.sample(range(len(data) + 1), 2))
    data[a:b] = bytes(data[a:b])[::-1]


def number(data: bytearray, rng: random.Random) -> None:
    """Another digit where one was: counts, numbers, sequences, fill bits, groups and times."""
    places = [i for i, byte in enumerate(data) if 48 <= byte <= 57]
    if places:
        data[rng.choice(places)] = rng.choice(b"0123456789")


def seal(data: bytearray, rng: random.Random) -> None:
    """Right checksums again, so that what is behind the checksum is tried as well."""
    sealed = re.sub(
        rb"([!$])([^!$*\r\n\\]*)\*[0-9A-F]{2}",
        lambda m: m[1] + m[2] + b"*" + checksum(m[2]).encode(),
        bytes(data),
    )
    data[:] = sealed


MUTATIONS: tuple[Mutation, ...] = (flip, put, drop, repeat, swap, number, number)


def mutated(seeds: list[bytes], rng: random.Random) -> bytes:
    """Some lines of the seeds, mutated up to six times, half of them sealed again."""
    start = rng.randrange(len(seeds))
    end = b"\r\n" if rng.random() < 0.8 else rng.choice([b"\n", b"", b"\r"])
    data = bytearray(end.join(seeds[start : start + rng.choice([1, 1, 2, 4])]) + end)
    for _ in range(rng.randint(0, 6)):
        if data:
            rng.choice(MUTATIONS)(data, rng)
    if rng.random() < 0.5:
        seal(data, rng)
    return bytes(data)


def cuts(data: bytes, rng: random.Random) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = rng.choice([1, 2, 7, 40, 200, len(data)])
        yield data[at : at + size]
        at += size


def made_seeds(rng: random.Random) -> list[bytes]:
    """Messages of every type with random bits, plain, tagged, grouped, prefixed and suffixed."""
    out: list[bytes] = []
    for layout in [*TABLES, "24X"] * 8:
        rows = AUXILIARY if layout == "24X" else TABLES[layout]
        numbers = {r.name: rng.getrandbits(r.bits) for r in rows if r.kind not in ("spare", "text")}
        given = {
            **numbers,
            "mmsi": rng.randrange(1, 10**9),
            "type": 24,
            "part": int(layout != "24A"),
        }
        given = given if isinstance(layout, str) else {**given, "type": layout}
        lines = sentences(encode(layout, **given), sequence=rng.randrange(10))
        dress = rng.randrange(5)
        if dress == 1:
            lines = [tagged(f"g:{i}-{len(lines)}-77,s:st", x) for i, x in enumerate(lines, 1)]
        elif dress == 2:
            lines = [tagged("c:1700000000,s:st", x) for x in lines]
        elif dress == 3:
            lines = [b"1700000000;" + x for x in lines]
        elif dress == 4:
            lines = [x + b",rST,1700000000" for x in lines]
        out += lines
    kinds = [of for of in range(64) if of not in TABLES]
    out += [
        each
        for kind in kinds
        for each in sentences(f"{kind:06b}" + f"{rng.getrandbits(400):0400b}"[: rng.randrange(400)])
    ]
    return [*out, line("AIVDM,1,1,,A,,0"), b"$GPRMC,,V,,,,,,,,,,N*53", b"# comment"]


def real_seeds(folder: Path, rng: random.Random, most: int = 4000) -> list[bytes]:
    """Lines of all recordings, in runs as they stand, so that parts follow each other."""
    out: list[bytes] = []
    for path in sorted(folder.glob("*")):
        lines = path.read_bytes().splitlines()
        start = rng.randrange(max(1, len(lines) - 100))
        out += lines[start : start + 100]
    return out[:most]


@dataclass
class Result:
    tried: int = 0
    rows: int = 0
    rejected: int = 0
    crashes: int = 0


def whole_and_cut(data: bytes, rng: random.Random) -> tuple[list[Row], Counter[str]]:
    """What the decoder makes of it in one piece; it must be the same in any pieces."""
    whole, cut = Stream(), Stream()
    first = [whole.feed(data), whole.end()]
    second = [*(cut.feed(piece) for piece in cuts(data, rng)), cut.end()]
    rejects = [sum((m.tally.rejects for m in each), Counter()) for each in (first, second)]
    one, other = (repr(rows(*each)) for each in (first, second))
    assert one == other, (data, one, other)
    assert rejects[0] == rejects[1], (data, rejects)
    assert whole.residue() == cut.residue(), data
    return rows(*first), rejects[0]


VALID = re.compile(rb"!([A-Z][A-Z0-9]VD[MO],[^!$*\\\r\n]*)\*([0-9A-Fa-f]{2})")


def believable(found: list[Row], data: bytes) -> None:
    """No more messages than sentences with a right checksum; each value possible or flagged."""
    right = sum(checksum(m[1]) == m[2].decode().upper() for m in VALID.finditer(data))
    assert len(found) <= right, data
    for row in found:
        place = (row.fields.get("lon"), row.fields.get("lat"))
        for value, limit in zip(place, (180, 90), strict=True):
            if isinstance(value, float) and abs(value) > limit:
                assert row.doubt & Doubt.POSITION, (data, row)
        for name, most in (("sog", 1022), ("cog", 359.9), ("heading", 359), ("draught", 25.5)):
            value = row.fields.get(name)
            assert value is None or 0 <= float(value) <= most, (data, row)


def run(count: int, seed: int, seeds: list[bytes]) -> Result:
    """Crashes are counted, not raised, and printed with what caused them."""
    rng, result = random.Random(seed), Result()  # noqa: S311
    for _ in range(count):
        data = mutated(seeds, rng)
        result.tried += 1
        try:
            found, rejects = whole_and_cut(data, rng)
            believable(found, data)
        except Exception as error:  # noqa: BLE001 - the thing looked for
            result.crashes += 1
            print(f"seed {seed}, input {data!r}: {error!r}"[:2000])  # noqa: T201
        else:
            result.rows += len(found)
            result.rejected += rejects.total()
    return result


def main(count: int = 20_000, seed: int = 1) -> None:
    rng = random.Random(seed)  # noqa: S311
    seeds = made_seeds(rng)
    if FOLDER.is_dir():
        seeds += real_seeds(FOLDER, rng)
    print(run(count, seed, seeds))  # noqa: T201


if __name__ == "__main__":
    main(*(int(arg) for arg in sys.argv[1:]))
