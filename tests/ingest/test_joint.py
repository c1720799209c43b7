"""Many payloads at once are what they are one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fleet.ingest.format import Joint
from fleet.ingest.formats import FORMATS
from fleet.ingest.formats.terminal import BURST
from fleet.ingest.joint import joined
from fleet.ingest.moments import FEW, moment, moments
from fleet.model import DAY, HOUR, MINUTE, SECOND, IdentityKind
from tests.ingest.wire import NOW, plain

TEXTS = st.sampled_from(["", "Z", "z", "+08:00", "-00:30"])


class Payload(NamedTuple):
    payload: bytes
    station: str
    received: int


@st.composite
def written(draw: st.DrawFn) -> str:
    """Times that are mostly right, and all of one length now and then."""
    date = draw(
        st.sampled_from(["2023-11-14", "2023-02-30", "2024-02-29", "1999-12-31", "0000-01-01"])
    )
    clock = draw(st.sampled_from(["22:13:20", "24:00:00", "23:59:60", "07:60:00", "00:00:00"]))
    fraction = draw(st.one_of(st.just(""), st.from_regex(r"\.[0-9]{0,10}", fullmatch=True)))
    return f"{date}{draw(st.sampled_from('TTTt '))}{clock}{fraction}{draw(TEXTS)}"


@given(st.lists(st.one_of(written(), st.integers(-1, 2 * NOW // 1000), st.text(max_size=24))))
def test_a_column_of_times_is_what_each_is(values: list[str | int]) -> None:
    assert moments(values).tolist() == [moment(value) for value in values]


@given(st.lists(written(), min_size=1, max_size=3))
def test_many_times_of_one_length(values: list[str]) -> None:
    many = values * FEW
    assert moments(many).tolist() == [moment(value) for value in many]


@pytest.mark.parametrize("text", ["2023-11-14T22:13:2٣Z", "2023-11-14T22:13:20:Z"])
def test_what_only_looks_like_digits(text: str) -> None:
    assert moments([text] * FEW).tolist() == [moment(text)] * FEW == [0] * FEW


GOOD: dict[str, Any] = {"v": 1, "t": NOW // 1000, "lon": 109.1, "lat": 18.3, "cog_deg": 359.9}
ODD = st.sampled_from(
    [
        {"sos": True}, {"mob": True}, {"terminal": "T1"}, {"terminal": "other"}, {"lon": None},
        {"lon": 0, "lat": 0}, {"lon": 0, "lat": -0.0}, {"cog_deg": 360}, {"heading_deg": -0.0},
        {"lat": 99}, {"t": "later"}, {"t": (NOW + HOUR) // 1000}, {"t": (NOW - 40 * DAY) // 1000},
        {"t": "2023-11-14T22:13:20.5Z"}, {"battery_pct": 50, "sog_kn": 3, "sos": False},
        {"sos": 1, "lat": 99}, {"t": (NOW + MINUTE) // 1000},
    ]
)  # fmt: skip


@st.composite
def payloads(draw: st.DrawFn) -> Payload:
    body: Any = {**GOOD, **draw(st.one_of(st.just({}), ODD))}
    raw = json.dumps(body).encode()
    rare = st.sampled_from(
        [b"", b" ", b"{", b"[]", b"7", b"[" + raw + b"," + raw + b"]", b'{"sos":1']
    )
    chunk = draw(st.one_of(st.just(raw), st.just(raw), rare, st.binary(max_size=8)))
    station = draw(st.sampled_from(["T1", "T2", "T3", "", "a b"]))
    return Payload(chunk, station, draw(st.sampled_from([NOW, NOW + SECOND, 0])))


def facts(found: Joint) -> dict[str, Any]:
    """Everything, with names in place of the numbers of a table."""
    r = found.reports
    names = np.array([*r.names, ""])
    told = plain(replace(r, fixes=replace(r.fixes, key=np.zeros(len(r.fixes), np.int64)), calls=()))
    calls = [(r.names[c.key], str(replace(c, key=0))) for c in r.calls]
    bits = [getattr(r.fixes, name).tobytes() for name in ("lon", "lat", "cog", "heading")]
    whose = names[r.fixes.key].tolist()
    return {**told, "names": sorted(r.names), "whose": whose, "calls": calls, "bits": bits,
            "origin": found.origin.tolist()}  # fmt: skip


def one_by_one(pieces: Sequence[Payload]) -> Joint:
    decoder = FORMATS["terminal"].decoder()
    return joined([decoder.feed(p.payload, p.station, p.received) for p in pieces])


@given(st.lists(payloads(), min_size=1, max_size=2 * FEW))
@example([Payload(json.dumps(GOOD).encode(), f"T{i % 5}", NOW) for i in range(FEW)])
def test_many_terminals_at_once(pieces: list[Payload]) -> None:
    many = FORMATS["terminal"].many
    assert many
    assert facts(many(pieces)) == facts(one_by_one(pieces))


def test_a_burst_among_ordinary_reports_stays_in_its_place() -> None:
    many = FORMATS["terminal"].many
    assert many
    burst = json.dumps([{**GOOD, "t": (NOW - i * MINUTE) // 1000} for i in range(BURST + 2)])
    one = Payload(json.dumps(GOOD).encode(), "T1", NOW)
    pieces = [one] * FEW + [Payload(burst.encode(), "T2", NOW)] + [one] * FEW
    found = many(pieces)
    assert facts(found) == facts(one_by_one(pieces))
    assert np.bincount(found.origin).tolist() == [1] * FEW + [BURST] + [1] * FEW


def test_formats_that_take_many_keep_nothing_between_payloads() -> None:
    for form in (f for f in FORMATS.values() if f.many):
        assert form.datagram
        assert form.kind != IdentityKind.MMSI
        assert form.decoder().residue() == {}
