"""The columns say what the scalar reader says, bit for bit, wherever the stream is cut."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.ais import ENVELOPE, Messages, Stream
from fleet.ingest.framing import LINE as LONGEST_LINE
from fleet.ingest.framing import checksum
from fleet.model import SECOND
from tests.ingest.wire import NOW, ais, at, named, tag

FOLDER = (
    Path(os.environ.get("FLEET_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data")
    / "nmea"
)
FILES = sorted(FOLDER.glob("*")) if FOLDER.is_dir() else []
COLUMNS, SCALAR = 0, 1 << 60
"""Below this many bytes a piece is read message by message."""


def plain(pieces: list[Messages]) -> dict[str, Any]:
    """Everything that was read, in order of arrival; a float by its bits."""
    rows: dict[Any, list[Any]] = {}
    for m in pieces:
        for name, table in m.tables.items():
            assert list(table) == [*ENVELOPE, *(f.name for f in table.layout.fields)]
            columns = [_exact(table[column]) for column in table]
            assert {len(c) for c in columns} == {table.rows}
            rows.setdefault(name, []).extend(zip(*columns, strict=True))
    return {
        "rows": {str(name): rows[name] for name in sorted(rows, key=str)},
        "others": [(r, dict(r.fields)) for m in pieces for r in m.others],
        "envelopes": [row for m in pieces for row in m.envelopes],
        "types": sum((m.tally.types for m in pieces), start=type(pieces[0].tally.types)()),
        "rejects": sum((m.tally.rejects for m in pieces), start=type(pieces[0].tally.types)()),
        "samples": {reason for m in pieces for reason in m.tally.samples},
        "sentences": sum(m.tally.sentences for m in pieces),
    }


def _exact(column: Any) -> list[Any]:
    if column.dtype.kind == "f":
        known = np.where(np.isnan(column), np.nan, column)  # one NaN
        return list(known.view(np.int64).tolist())
    return list(column.tolist())


def read(
    data: bytes, received: int, few: int, cuts: list[int], at_once: int = 1 << 60
) -> tuple[dict[str, Any], bytes]:
    """`few` bytes are read one by one; up to `at_once` messages by slots, more by layout."""
    stream, out = Stream(), []
    with (
        patch("fleet.ingest.ais.stream.SMALL", few),
        patch("fleet.ingest.ais.columns.FEW", at_once),
        patch("fleet.ingest.ais.stamped.FEW_LINES", at_once),
    ):
        for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
            out.append(stream.feed(data[start:stop], received))
    return plain(out), stream.residue()


def agree(data: bytes, received: int, cuts: list[int]) -> None:
    wanted = read(data, received, SCALAR, [])
    assert read(data, received, COLUMNS, []) == wanted
    assert read(data, received, COLUMNS, [], at_once=-1) == wanted
    assert read(data, received, COLUMNS, cuts) == wanted
    assert read(data, received, 300, cuts) == wanted


@pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
@pytest.mark.parametrize("received", [0, NOW])
@pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
def test_real_files(path: Path, received: int) -> None:
    data = path.read_bytes()[:300_000]
    rng = random.Random(path.name)  # noqa: S311
    cuts = sorted(rng.randrange(len(data)) for _ in range(len(data) // 3000))
    agree(data, received, cuts)


BOAT = 412000001
PGHP = b"$PGHP,1,2023,11,14,22,13,%d,500,219,,2190067,1,%s"
LINES = [
    *(at(BOAT + i, second=i * 7 % 64) for i in range(4)),
    ais(18, BOAT, lon=1, lat=2, second=33)[0],
    ais(4, 4121234, lon=109, lat=18, year=2023, month=11, day=14, hour=22, minute=13, second=20)[0],
    ais(9, 111412001, lon=109, lat=18, second=5)[0],
    ais(24, BOAT, partno=0, shipname="GY-0731-85%")[0],
    ais(24, BOAT, partno=1, ship_type=37, callsign="BX1", to_bow=5)[0],
    ais(24, 984121234, partno=1, mothership_mmsi=BOAT)[0],
    ais(27, BOAT, lon=1, lat=2)[0],
    ais(14, 970123456, text="SART ACTIVE")[0],
    *ais(21, 994121234, lon=109, lat=18, name="A NAME THAT IS MUCH TOO LONG", second=61),
    *ais(19, BOAT, lon=1, lat=2, shipname="B" * 20, second=4),
    *named(BOAT, "ALPHA"),
    *named(BOAT + 1, "BRAVO", seq=2),
    ais(8, BOAT, dac=1, fid=11, data=b"\x12\x34")[0],
    b"!AIVDM,1,1,,B,,0*25",
    b"!AIVDM,1,2,,A,5,0*10",
    b"!AIVDM,1,1,,A,13aI8e?P00PGpU:NR6s00?vT2000,0,0*1C",
    b"$GPRMC,1,2*00",
    b"# a comment",
    b"#!AIVDM,1,1,,B,,0*25",
    b"noise",
    b"",
]
WHOLE = [
    named(BOAT, "ALPHA"),
    named(BOAT + 1, "BRAVO", seq=2),
    named(BOAT + 2, "CHARLIE", seq=2),
    ais(21, 994121234, lon=109, lat=18, name="A NAME THAT IS MUCH TOO LONG", second=61),
    [b"!AIVDM,2,1,3,A,55?MbV02;H,0*21", b"!AIVDM,2,2,3,A,88888888880,2*27"],
    [b"!AIVDM,2,1,3,,55?MbV02;H,2*62", b"!AIVDM,2,2,3,,8880,2*5E"],
]
"""Messages of two parts, side by side."""
FRONT = [
    b"",
    b"9 ",
    b"1550303566167726840 ",
    b"99999999999999999999;",
    b"1700000000;",
    b"2023-11-14 22:13:20;",
    b",",
    b"1700000000123 ",
    b"\\x",
    b"#",
]
BEHIND = [
    b"",
    b",1700000000",
    b",r003,1700000001",
    b" 1700000000",
    b",1700000000123",
    b",1700000005",
    b",1550303566167726840",
    b",9999999999",
    b"\\",
    b",x!",
]
TAGS = [
    "s:a", "s:b,c:1700000000", "c:1700000000123", "g:1-2-77", "g:2-2-77,s:a", "q:u,s:,c:x", "c",
    "n:3", "fk:1700000000000000", "si:AISD", "s:" + "long" * 10, "c:1,c:1700000002",
    "x:" + "y" * 99,
    "",
]  # fmt: skip


@st.composite
def sentence(draw: st.DrawFn) -> bytes:
    line: bytes = draw(st.sampled_from(LINES))
    if draw(st.integers(0, 9)) == 0 and line:
        place = draw(st.integers(0, len(line) - 1))
        line = line[:place] + bytes([draw(st.integers(0, 255))]) + line[place + 1 :]
    if draw(st.booleans()):
        return line
    line = draw(st.sampled_from(FRONT)) + line + draw(st.sampled_from(BEHIND))
    for body in draw(st.lists(st.sampled_from(TAGS), max_size=2)):
        block = tag(body)
        line = (block if draw(st.integers(0, 5)) else block[:-3] + b"00\\") + line
    return line


@st.composite
def both(draw: st.DrawFn) -> bytes:
    """The parts of a message in a row; now and then one is changed, told again or turned about."""
    parts = list(draw(st.sampled_from(WHOLE)))
    change = draw(st.integers(0, 9))
    if change == 0:
        parts.reverse()
    elif change == 1:
        parts *= 2
    elif change == 2:
        place = draw(st.integers(0, len(parts[0]) - 1))
        parts[0] = parts[0][:place] + bytes([draw(st.integers(0, 255))]) + parts[0][place + 1 :]
    behind = draw(st.sampled_from(BEHIND))
    return b"\n".join(part + behind for part in parts)


@st.composite
def pghp(draw: st.DrawFn) -> bytes:
    body = PGHP % (draw(st.integers(0, 70)), draw(st.sampled_from([b"", b"4B", b"zz", b"1"])))
    return tag(body[1:].decode()).replace(b"\\", b"").join((b"$", b"")) or body


LINE = (
    sentence() | both() | pghp() | st.sampled_from([tag(b) for b in TAGS]) | st.binary(max_size=12)
)
ENDS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\n\n"])


@given(lines=st.lists(st.tuples(LINE, ENDS), max_size=40), data=st.data())
def test_generated_streams(lines: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    stream = b"".join(line + end for line, end in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    agree(stream, data.draw(st.sampled_from([0, NOW, NOW + 90_000 * SECOND])), cuts)


@given(st.lists(st.binary(max_size=200) | LINE, max_size=12), st.sampled_from([0, NOW]))
def test_any_bytes(pieces: list[bytes], received: int) -> None:
    stream = b"".join(pieces)
    agree(stream, received, [len(stream) // 2])


ILLEGAL = b"!AIVDM,1,1,,A,168rO0OP0j7kJq0:%sN:`3Q001P000,0*"


@pytest.mark.parametrize("wrong", [b"X", b"XYZ", b"\xff", b"x", b" ", b"XYXY"])
@pytest.mark.parametrize("few", [COLUMNS, SCALAR])
def test_an_illegal_character_is_counted_and_costs_one_message(wrong: bytes, few: int) -> None:
    body = ILLEGAL % wrong
    bad = body + b"%02X\r\n" % checksum(body[1:-1])
    good = at(BOAT) + b"\r\n"
    said, _ = read(good + bad + good, NOW, few, [])
    assert (len(said["rows"]["1"]), said["rejects"], said["sentences"]) == (2, {"malformed": 1}, 3)


@pytest.mark.parametrize("received", [0, NOW])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "junk", [b"x" * 5000, b"$" * 3000, b"\xff!" * 2500, b"\\" * 4000, b"#" * 9000]
)
def test_lines_that_are_too_long(junk: bytes, end: bytes, received: int) -> None:
    good = at(BOAT) + b"\r\n"
    stream = good * 20 + junk + at(BOAT + 1) + junk + end + good * 20 + junk + tag("s:a", at(BOAT))
    agree(stream, received, [10, 1500, 3000, 4000, 9000])


@given(st.integers(0, 3000), st.data())
def test_memory_is_bounded_whatever_comes(size: int, data: st.DataObject) -> None:
    junk = data.draw(st.sampled_from([b"x", b"!", b"\\", b"!AIVDM,2,1,%d,A,55,0*", b"$PGHP,1,"]))
    stream = Stream()
    for number in range(40):
        piece = junk % number if b"%" in junk else junk
        stream.feed(piece * (size // len(piece) + 1), NOW)
        assert len(stream.framer.rest) <= 2 * LONGEST_LINE
    assert len(stream.residue()) < 10_000
