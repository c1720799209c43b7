"""What receivers ashore make of what is on the air: range, loss, duplicates, skew, outages.

Each writes its own file in the order of arrival; one whose clock is not the time of arrival
(skewed, or a satellite that downloads later) comes by MQTT, where that time stands beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
import shapely.geometry

from simulators import ais, places
from simulators.geo import Point, distance
from simulators.sea import air, chart, wire
from simulators.sea.air import Reports, Spoken
from simulators.sea.cast import Span, distance_nm, during
from simulators.sea.chart import Floats

GOOD = 0.6
"""Share of a receiver's range within which it hears every second report of class B or more."""
BASE_S = 30.0
LOSS_AT = 2.5
CERTAIN = 0.97
"""A message is heard with min(0.97, 2.5 × the share of the range left): near boats nearly always,
at 60 % of the range all but surely, then ever less."""


@dataclass(frozen=True, slots=True)
class Station:
    name: str  #: four characters
    at: Point
    range_nm: float
    mmsi: int  #: of its base station; 0: none
    outages: tuple[Span, ...] = ()
    skew_s: float = 0.0  #: of its clock
    skewed: Span = (-np.inf, np.inf)
    again: float = 0.002  #: share of messages it passes on twice
    passes: tuple[float, ...] = field(default=())  #: a satellite hands over at these times only

    @property
    def by_mqtt(self) -> bool:
        return bool(self.skew_s or self.passes)


STATIONS = {
    **{r.station: Station(r.station, r.at, r.range_nm, r.mmsi) for r in places.RECEIVERS},
    "DF01": Station("DF01", (108.66, 19.08), 30, 4129904),
    "LS01": Station("LS01", (110.02, 18.43), 32, 4129905),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One or two sentences with their tag blocks, and when they arrived."""

    arrived: float
    lines: bytes


def heard(station: Station, reports: Reports, spoken: Sequence[Spoken], seed: int) -> list[Line]:
    """Everything the station passes on, in order of arrival."""
    rng = air.rng_of(seed, "station", station.name)
    found = [*_positions(station, reports, rng), *_others(station, spoken, rng)]
    return sorted(found, key=lambda line: line.arrived)


def _positions(station: Station, r: Reports, rng: np.random.Generator) -> Iterator[Line]:
    far = distance_nm(r.lon, r.lat, station.at) / (station.range_nm * r.reach)
    kept = rng.random(len(r.t)) < np.minimum(CERTAIN, (1 - far) * LOSS_AT)
    kept &= ~during(station.outages, r.t)
    (rows,) = np.nonzero(kept)
    rows = np.sort(np.concatenate([rows, rows[rng.random(len(rows)) < station.again]]))
    at = r.t[rows] + rng.uniform(0.05, 0.6, len(rows))
    clock = (at + _skew(station, at)).astype(np.int64)
    lines = wire.lines(r.payload[rows], r.channel[rows], station.name, clock)
    for arrived, line in zip(arrivals(station, at).tolist(), lines, strict=True):
        if np.isfinite(arrived):
            yield Line(arrived, line)


def _others(station: Station, spoken: Iterable[Spoken], rng: np.random.Generator) -> Iterator[Line]:
    for number, s in enumerate(spoken):
        if s.station:
            hears = s.station == station.name
        else:
            far = distance(station.at, s.at) / (station.range_nm * s.reach)
            hears = rng.random() < min(CERTAIN, (1 - far) * LOSS_AT)
        if not hears or any(a <= s.t < b for a, b in station.outages):
            continue
        at = np.array([s.t + rng.uniform(0.05, 0.6)])
        (arrived,) = arrivals(station, at).tolist()
        if np.isfinite(arrived):
            clock = float((at + _skew(station, at))[0])
            tagged = ais.tagged(list(s.sentences), station.name, clock, number % 9999 + 1)
            yield Line(arrived, tagged)


def _skew(station: Station, at: Floats) -> Floats:
    found: Floats = during((station.skewed,), at) * np.float64(station.skew_s)
    return found


def arrivals(station: Station, at: Floats) -> Floats:
    """When what was received then is handed over: at once, or at a satellite's next pass."""
    if not station.passes:
        return at
    passes: Floats = np.array([*station.passes, np.inf])
    found: Floats = passes[np.searchsorted(passes, at, side="left")]
    return found


def bases(stations: Iterable[Station], begin: float, end: float) -> Iterator[Spoken]:
    """The receivers' own base stations: a sign of life each half minute."""
    for station in stations:
        if station.mmsi:
            for t in np.arange(begin + station.mmsi % BASE_S, end, BASE_S).tolist():
                message = ais.base_station(station.mmsi, *station.at, t)
                lines = tuple(ais.sentences(message, "A", 0))
                yield Spoken(t, station.at, 1.0, lines, station.name)


def coverage(stations: Iterable[Station]) -> chart.Feature:
    """Where the shore hears well: a zone of kind `coverage`, circles about the receivers."""
    scale = float(np.cos(np.radians(18.2)))
    circles = [
        shapely.Point(s.at[0] * scale, s.at[1]).buffer(GOOD * s.range_nm / 60, quad_segs=12)
        for s in stations
        if s.mmsi
    ]
    flat = shapely.transform(shapely.union_all(circles), lambda p: p / [scale, 1.0])
    return {
        "type": "Feature",
        "properties": {
            "code": "COVERAGE-AIS", "kind": "coverage", "name": "岸基AIS良好覆盖区（模拟）",
            "name_en": "Good shore AIS coverage, simulated", "rule": "area", "severity": 1,
            "season": None, "classes": [], "limit_kn": None,
        },
        "geometry": shapely.geometry.mapping(shapely.set_precision(flat, 1e-6)),
    }  # fmt: skip


def write(folder: Path, station: Station, lines: Sequence[Line]) -> int:
    """The station's file; the number of sentences."""
    data = b"".join(line.lines for line in lines)
    (folder / f"ais-{station.name}.nmea").write_bytes(data)
    return data.count(b"\n")


def as_mqtt(station: Station, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """The same as MQTT messages: (µs of arrival, line of mqtt.jsonl). A pass comes in pieces."""
    topic = f"fleet/v1/receivers/{station.name}/nmea"
    step = 200 if station.passes else 1
    for start in range(0, len(lines), step):
        part = lines[start : start + step]
        arrived = int(part[-1].arrived * 1e6)
        text = "".join(line.lines.decode() for line in part)
        body = {"received": arrived, "topic": topic, "payload": text}
        yield arrived, json.dumps(body, separators=(",", ":"))
