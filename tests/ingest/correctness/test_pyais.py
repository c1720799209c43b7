"""pyais beside us: equal where it is right, and each item of the list of where it is not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyais
import pytest
from pyais.stream import IterMessages

from fleet.ingest.ais import LAYOUTS, Messages, Stream
from tests.ingest.correctness.ours import Row, expected, rows
from tests.ingest.correctness.pyais_cases import ACCEPTED, LOST, WRONG, Accepted, Lost, Wrong
from tests.ingest.oracle.bits import armoured, checksum, sentences, to_number, unarmoured
from tests.ingest.oracle.others import ROWS, read_other
from tests.ingest.oracle.reading import layout, read
from tests.ingest.oracle.writing import encode
from tests.ingest.test_real import FILES

NAMES = {
    "sog": "speed", "cog": "course", "turn": "turn", "name": "shipname", "version": "ais_version",
    "eta_month": "month", "eta_day": "day", "eta_hour": "hour", "eta_minute": "minute",
    "altitude": "alt", "carrier_sense": "cs", "virtual": "virtual_aid", "part": "partno",
    "vendor": "vendorid", "mothership": "mothership_mmsi", "extension": "name_ext",
    "latency": "gnss",
}  # fmt: skip
"""Ours to pyais's, where they differ."""
NOT_READ = {"barometric", "aton_status", "long_range", "itdma", "turn", "rot"}
"""What pyais does not read, or not as the bits say: the list has them."""


RESERVED = {tens + one: tens + 5 for tens in (20, 40, 60, 70, 80, 90) for one in (6, 7, 8)} | {
    57: 56
}
"""Ship types that pyais takes for another."""


def whole(lines: tuple[bytes, ...]) -> str:
    """The bits of one message whose parts may stand in any order, tagged or not."""
    found = sorted(re.findall(rb"VD[MO],\d,(\d),\d?,[^,]*,([^,]*),(\d)", b"".join(lines)))
    payload = b"".join(payload for _, payload, _ in found).decode()
    return unarmoured(payload, int(found[-1][2])) or ""


def said(messages: Messages, field: str) -> Any:
    """What our decoder tells under the oracle's name, in a table or in a record."""
    found = rows(messages)
    if found:
        names = {"full_name": "name"}
        return found[0].fields.get(names.get(field, field), "absent")
    (record,) = messages.others
    own = {"text": record.text, "to": record.to, "app_id": record.dac << 6 | record.fi}
    return own[field] if field in own else record.fields.get(field, "absent")


def ours(lines: tuple[bytes, ...]) -> Messages:
    return Stream().feed(b"".join(each + b"\r\n" for each in lines))


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.key)
def test_what_pyais_says_wrong_we_say_right(case: Wrong) -> None:
    bits = whole(case.lines)
    oracle = read_other(bits) if to_number(bits[:6]) in ROWS else read(bits)
    assert getattr(pyais.decode(*case.lines), case.attribute, "absent") == case.pyais
    if case.right == "absent":
        assert case.field not in oracle
        assert len(ours(case.lines)) == 0
    else:
        assert oracle[case.field] == pytest.approx(case.right)
        assert said(ours(case.lines), case.field) == pytest.approx(case.right, nan_ok=True)


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.key)
def test_what_pyais_accepts_we_refuse(case: Accepted) -> None:
    assert getattr(pyais.decode(*case.lines), case.attribute) == case.pyais
    got = ours(case.lines)
    doubtful = [row for row in rows(got) if row.doubt]
    assert len(got) == len(doubtful)
    if case.reason and not doubtful:
        assert got.tally.rejects[case.reason] == 1


@pytest.mark.parametrize("case", LOST, ids=lambda case: case.key)
def test_what_pyais_loses_we_deliver(case: Lost) -> None:
    if case.strict:
        with pytest.raises(pyais.exceptions.InvalidNMEAChecksum):
            pyais.decode(*case.lines, error_if_checksum_invalid=True)
    else:
        assert tuple(m.decode().mmsi for m in IterMessages(case.lines)) == case.pyais
    assert tuple(row.fields["mmsi"] for row in rows(ours(case.lines))) == case.right


SENTENCE = re.compile(
    rb"!([A-Z]{2}VD[MO]),(\d),(\d),(\d?),([AB12]?),([0-W`-w]+),([0-5])(?:,\d?)?\*(..)"
)


def plain_messages(path: Path) -> Iterator[list[bytes]]:
    """The sentences of each message of a recording whose parts stand together, checksums right."""
    waiting: dict[tuple[bytes, ...], list[bytes]] = {}
    for found in SENTENCE.finditer(path.read_bytes()):
        sentence, count, number = found[0], int(found[2]), int(found[3])
        if checksum(sentence[1:-3]) != found[8].decode().upper():
            continue
        key = (found[1], found[2], found[4], found[5])
        parts = [sentence] if number == 1 else [*waiting.pop(key, []), sentence]
        if len(parts) == number == count:
            yield parts
        elif len(parts) == number:
            waiting[key] = parts


@pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
@pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
def test_equal_to_pyais_and_to_the_oracle_on_recordings(path: Path) -> None:
    """Each message of the file, through a stream in one piece; each of a kind once."""
    different: dict[bytes, list[bytes]] = {}
    for parts in plain_messages(path):
        different.setdefault(b"".join(p.split(b",")[5] for p in parts), parts)
    chosen = list(different.values())[:1500]
    for number, parts in enumerate(chosen):
        bits = whole(tuple(parts))
        got = ours(tuple(parts))
        for row in rows(got):
            assert row.layout == layout(bits)
            assert row.fields == expected(bits, row.layout)
            agree(row, pyais.decode(*parts), path.name, number)


def agree(row: Row, theirs: Any, *where: Any) -> None:
    for name, mine in row.fields.items():
        attribute = "name" if (row.layout, name) == (21, "name") else NAMES.get(name, name)
        if name in NOT_READ or not hasattr(theirs, attribute):
            continue
        their = getattr(theirs, attribute)
        assert listed(row, name, mine, their) or equal(mine, their), (*where, name, mine, their)


def equal(mine: Any, their: Any) -> bool:
    if isinstance(mine, float):
        return math.isclose(mine, their, abs_tol=5.1e-7)  # pyais rounds positions to 6 decimals
    return bool(mine == their)


def listed(row: Row, name: str, mine: Any, their: Any) -> bool:
    """Whether it is one of the differences that `docs/ais.md` lists."""
    if mine is None or (their is None and mine in (0, "")):
        return True
    if isinstance(mine, str):
        cut = their.split("@")[0].rstrip() if isinstance(their, str) else None
        short = name in ("destination", "extension") and cut is not None and cut.startswith(mine)
        return short or cut in (mine, mine.lstrip())
    if name == "ship_type" and mine in RESERVED:
        return bool(their == RESERVED[mine])
    if name in ("ship_type", "epfd"):
        return bool(their == 0)
    return name == "radio" and bool(their & 0x7FFFF == mine)


def test_equal_to_pyais_on_each_code_of_each_field() -> None:
    """Every bit of every type set alone: a field read one bit off would show."""
    for kind in (1, 2, 3, 4, 5, 9, 11, 18, 19, 21, "24A", "24B", "24X", 27):
        mmsi = 984_000_001 if kind == "24X" else 412_000_001
        base = encode(kind, mmsi=mmsi)
        for at in range(38, len(base)):
            if kind in ("24A", "24B", "24X") and at < 40:
                continue
            bits = base[:at] + ("0" if base[at] == "1" else "1") + base[at + 1 :]
            lines = sentences(bits)
            (row,) = rows(ours(tuple(lines)))
            assert row.fields == expected(bits, row.layout)
            agree(row, pyais.decode(*lines), kind, at)
    assert armoured("0" * 6) == ("0", 0)


LARGE = 400_000
"""Bytes of a file that is read: the largest has a million and a half of the same kind."""


@pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
@pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
def test_whole_recordings_in_columns_are_what_the_oracle_reads(path: Path) -> None:
    """Every message of one sentence, in order: none lost, none too many, each field."""
    data = path.read_bytes()[:LARGE]
    data = data[: data.rfind(b"\n") + 1]
    stream = Stream()
    found = [row for row in rows(stream.feed(data), stream.end()) if row.envelope["parts"] == 1]
    due = []
    for line in data.splitlines():
        for one in () if line.startswith(b"#") else SENTENCE.finditer(line):
            single = one[2] == one[3] == b"1"
            if single and checksum(one[0][1:-3]) == one[8].decode().upper():
                due.append(told(one[6], one[7]))
    assert [(row.layout, row.fields) for row in found] == [each for each in due if each]


@cache
def told(payload: bytes, fill: bytes) -> tuple[int | str, dict[str, Any]] | None:
    bits = unarmoured(payload.decode(), int(fill)) or ""
    name = layout(bits)
    long_enough = name is not None and len(bits) >= LAYOUTS[name].bits[0]
    return (name, expected(bits, name)) if name is not None and long_enough else None
