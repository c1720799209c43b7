from __future__ import annotations

import math
import struct
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.api.geojson import Refused, features
from fleet.api.live.table import Table, View
from fleet.api.schemas.base import masked, printable
from fleet.api.track import keep
from fleet.model import SECOND
from fleet.telemetry import Family, blank, exposition

RECORD = struct.Struct("<IiiHHHBB")
NOW = 1_800_000_000 * SECOND
FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)
BOATS = st.dictionaries(
    st.integers(1, 300),
    st.fixed_dictionaries(
        {
            "t": st.integers(NOW - 200_000 * SECOND, NOW + 200_000 * SECOND),
            "lon": st.floats(-180, 180),
            "lat": st.floats(-90, 90),
            "sog": FLOATS,
            "cog": FLOATS,
            "flags": st.integers(0, 63),
            "seq": st.integers(1, 20),
            "class": st.integers(0, 22),
            "registered": st.booleans(),
        }
    ),
)


def records(frame: bytes) -> dict[int, tuple[int, ...]]:
    count = struct.unpack_from("<I", frame, 12)[0]
    assert len(frame) == 16 + RECORD.size * count
    return {r[0]: r[1:] for r in RECORD.iter_unpack(frame[16:])}


def rows(boats: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"vessel": v, **boat} for v, boat in boats.items()]


@given(BOATS)
def test_what_a_record_says_is_what_the_row_says(boats: dict[int, dict[str, Any]]) -> None:
    table = Table()
    table.put(rows(boats))
    found = records(table.encode(View(everything=True), None, NOW))
    assert set(found) == set(boats)
    for number, (lon, lat, cog, sog, age, cls, flags) in found.items():
        boat = boats[number]
        assert abs(lon / 1e6 - boat["lon"]) <= 5.1e-7
        assert abs(lat / 1e6 - boat["lat"]) <= 5.1e-7
        assert cls == boat["class"]
        assert bool(flags & 4) == boat["registered"]
        assert bool(flags & 1) == bool(boat["flags"] & 4)
        assert bool(flags & 2) == bool(boat["flags"] & 3)
        assert age == min(max((NOW - boat["t"]) // SECOND, 0), 65535)
        assert cog < 3600 or cog == 65535
        if math.isfinite(boat["sog"]) and 0 <= boat["sog"] < 6553:
            assert abs(sog / 10 - boat["sog"]) <= 0.0501
        else:
            assert sog == 65535


@given(BOATS, st.integers(0, 20), st.sets(st.integers(1, 300)), st.sets(st.integers(1, 300)))
def test_a_view_gets_its_own_and_what_is_newer(
    boats: dict[int, dict[str, Any]], since: int, seen: set[int], own: set[int]
) -> None:
    table, view = Table(), View()
    table.put(rows(boats))
    view.assign(sorted(seen | own), sorted(own), table.tick)
    found = records(table.encode(view, since, NOW))
    assert set(found) == {v for v, b in boats.items() if b["seq"] > since} & (seen | own)
    assert {v for v, r in found.items() if r[6] & 8} == set(found) & own


@given(BOATS)
def test_a_view_that_nobody_assigned_shows_nothing(boats: dict[int, dict[str, Any]]) -> None:
    table = Table()
    table.put(rows(boats))
    assert records(table.encode(View(), None, NOW)) == {}


@given(st.lists(BOATS, max_size=5))
def test_the_table_keeps_the_last_row_of_each(batches: list[dict[int, dict[str, Any]]]) -> None:
    table, last = Table(), dict[int, dict[str, Any]]()
    for batch in batches:
        table.put(rows(batch))
        last |= batch
    found = records(table.encode(View(everything=True), None, NOW))
    assert {v: r[5] for v, r in found.items()} == {v: b["class"] for v, b in last.items()}


@given(
    st.lists(st.tuples(st.floats(108, 110), st.floats(17, 19)), min_size=2, max_size=60),
    st.floats(0, 5000),
)
def test_no_dropped_fix_is_farther_than_the_tolerance(
    points: list[tuple[float, float]], tolerance_m: float
) -> None:
    lon, lat = np.array(points).T
    kept = keep(lon, lat, tolerance_m)
    assert kept[0] == 0
    assert kept[-1] == len(points) - 1
    assert list(kept) == sorted(set(kept))
    for a, b in pairwise(kept):
        for i in range(a, b + 1):
            assert away_m(lon, lat, i, a, b) <= tolerance_m + 0.01


def away_m(lon: Any, lat: Any, i: int, a: int, b: int) -> float:
    """Metres from fix i to the straight line between fixes a and b, worked out by hand."""
    scale = math.cos(math.radians(float(lat.mean()))) * 111_120
    px, py = (lon[i] - lon[a]) * scale, (lat[i] - lat[a]) * 111_120
    dx, dy = (lon[b] - lon[a]) * scale, (lat[b] - lat[a]) * 111_120
    long = dx * dx + dy * dy
    along = 0.0 if long == 0 else min(max((px * dx + py * dy) / long, 0), 1)
    return math.hypot(px - along * dx, py - along * dy)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "geometry",
                    "coordinates",
                    "properties",
                    "features",
                    "crs",
                    "code",
                    "season",
                ]
            ),
            inner | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "LineString"]),
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["type", "geometry", "properties", "features"]), JUNK))
def test_any_document_is_either_zones_or_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        features(document)
    assert refused.value.errors


def nested(depth: int) -> Any:
    inner: Any = []
    for _ in range(depth):
        inner = [inner]
    return inner


def test_deep_nesting_is_refused() -> None:
    geometry = {"type": "MultiPolygon", "coordinates": nested(900)}
    with pytest.raises(Refused):
        features({"type": "Feature", "properties": {}, "geometry": geometry})


@given(st.text(st.characters()))
def test_printable_text_can_be_stored(text: str) -> None:
    try:
        printable(text)
    except ValueError:
        return
    assert "\0" not in text
    text.encode()


def test_phones_are_masked() -> None:
    assert [masked(p) for p in ("13812341234", "12395", "", None)] == [
        "138****1234",
        "****",
        "",
        "",
    ]


def test_exposition_is_prometheus_text() -> None:
    family = Family("fleet_x", "What", "counter", ("feed",), [(("a\n\"b'",), 1.0)])
    text = exposition([family]).decode()
    assert "# TYPE fleet_x_total counter" in text
    assert 'fleet_x_total{feed="a\\n\\"b\'"} 1.0' in text


def test_logs_hold_no_secret() -> None:
    event = {"event": "x", "password": "p", "api_token": "t", "owner_phone": "1", "n": 1}
    assert blank(None, "", event) == {
        "event": "x", "password": "…", "api_token": "…", "owner_phone": "…", "n": 1
    }  # fmt: skip
