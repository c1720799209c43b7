"""The simulators' own encoder and receivers: what pyais reads is what was meant."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais import decode, encode_dict

from simulators.geo import HOUR, Pen
from simulators.sea import air, shore, wire
from simulators.sea.cast import Actor, Burst, Lie, motion
from simulators.sea.shore import STATIONS
from simulators.sea.stage import Stage

T0 = 1_791_936_000.0
TAGGED = re.compile(rb"\\([^*\\]+)\*([0-9A-F]{2})\\(!AIVDM,[^\r]+)\r\n")


def xor(text: bytes) -> int:
    return reduce(lambda a, b: a ^ b, text, 0)


@given(
    lon=st.floats(-180, 180), lat=st.floats(-90, 90), sog=st.floats(0, 102),
    cog=st.floats(0, 359.9),
    status=st.integers(0, 15), second=st.integers(0, 59), mmsi=st.integers(1, 999_999_999),
    heading=st.integers(0, 359),
)  # fmt: skip
def test_every_field_is_read_back(
    lon: float,
    lat: float,
    sog: float,
    cog: float,
    status: int,
    second: int,
    mmsi: int,
    heading: int,
) -> None:
    fields = wire.units(*(np.array([v]) for v in (lon, lat, sog, cog)))
    fields |= {
        "mmsi": np.array([mmsi]),
        "second": np.array([second]),
        "heading": np.array([heading]),
    }
    for kind, layout in ((1, wire.CLASS_A), (3, wire.CLASS_A), (18, wire.CLASS_B)):
        said = {"type": np.array([kind]), "status": np.array([status]), "turn": np.array([128])}
        payload = wire.payloads({**fields, **said}, layout)
        (line,) = wire.lines(payload, np.array([65], np.uint8), "YZ01", np.array([int(T0)]))
        back: dict[str, Any] = decode(TAGGED.fullmatch(line)[3]).asdict()  # type: ignore[index]
        assert (back["msg_type"], back["mmsi"], back["second"]) == (kind, mmsi, second)
        assert back["lon"] == pytest.approx(lon, abs=1.5e-6)
        assert back["lat"] == pytest.approx(lat, abs=1.5e-6)
        assert back["speed"] == pytest.approx(sog, abs=0.051)
        moving = round(sog * 10) > 3
        assert back["course"] == pytest.approx(round(cog * 10) % 3600 / 10 if moving else 360.0)
        assert back["heading"] == heading
        if kind != 18:
            assert back["status"] == status


def test_bit_for_bit_as_pyais_encodes_it() -> None:
    """All fields of type 18 that the layout fixes, against another encoder."""
    fields = wire.units(*(np.array([v]) for v in (109.5, 18.2, 6.3, 211.4)))
    fields |= {"type": np.array([18]), "mmsi": np.array([412800001]), "second": np.array([17])}
    fields |= {"heading": np.array([511])}
    ours = wire.payloads(fields, wire.CLASS_B).tobytes().decode()
    message: dict[str, str | int | float | bytes | bool] = {
        "msg_type": 18, "mmsi": 412800001, "lon": 109.5, "lat": 18.2, "speed": 6.3, "course": 211.4,
        "heading": 511, "second": 17, "accuracy": 1, "cs": 1, "dsc": 1, "band": 1, "msg22": 1,
    }  # fmt: skip
    assert encode_dict(message)[0].split(",")[5] == ours


def stage(hours: float = 2) -> Stage:
    return Stage("test", 1, T0, T0 + hours * HOUR, [STATIONS["YZ01"]])


def boat(s: Stage, gear: str = "trawl", kn: float = 4.0, **how: Any) -> Actor:
    hull = s.hull(s.rng("boat", s.hulls), gear, length=how.pop("length", 20.0))
    pen = Pen(T0, (109.2, 18.25))
    pen.drift(s.end - T0, 180, kn)
    return s.sail(hull, pen.track(), "boat", **how)


def times(actor: Actor, s: Stage) -> np.ndarray[Any, Any]:
    return air.report_times(actor, np.random.default_rng(1), s.begin, s.end)


def test_lines_carry_good_checksums_and_their_station() -> None:
    s = stage()
    boat(s)
    found = shore.heard(s.stations[0], air.reports(s.actors, 1, s.begin, s.end), [], 1)
    assert len(found) > 50
    assert [line.arrived for line in found] == sorted(line.arrived for line in found)
    for line in found:
        tags, checksum, sentence = TAGGED.fullmatch(line.lines).groups()  # type: ignore[union-attr]
        assert xor(tags) == int(checksum, 16)
        assert xor(sentence[1:-3]) == int(sentence[-2:], 16)
        assert tags == b"s:YZ01,c:%d" % int(line.arrived)


def test_under_way_at_its_interval_and_slow_each_three_minutes() -> None:
    s = stage()
    fast, slow = times(boat(s, ais_every=20.0), s), times(boat(s, kn=1.0, ais_every=20.0), s)
    assert set(np.diff(fast).round()) == {20}
    assert set(np.diff(slow).round()) == {180}


def test_a_beacon_bursts_eight_times_a_minute() -> None:
    s = stage(0.1)
    pen = Pen(T0 + 60, (109.2, 18.2))
    pen.drift(180, 200, 0.8)
    sart = s.play(Actor(s.device(970), pen.track(), "sart", burst=Burst()))
    reports = air.reports([sart], 1, s.begin, s.end)
    texts = list(air.spoken([sart], 1, s.begin, s.end, 360))
    assert (len(reports.t), len(texts)) == (21, 3)
    first: dict[str, Any] = decode(
        wire.lines(reports.payload[:1], reports.channel[:1], "YZ01", np.array([1]))[0].split(b"\\")[
            2
        ]
    ).asdict()
    assert (first["status"], str(first["mmsi"])[:3]) == (14, "970")


def test_range_and_outage() -> None:
    s = stage()
    reports = air.reports([boat(s)], 1, s.begin, s.end)
    near = STATIONS["YZ01"]
    far = shore.Station("FAR1", (112.0, 18.0), 35, 0)
    out = shore.Station("OUT1", near.at, 35, 0, outages=((T0 + 600, T0 + 1800),))
    assert not shore.heard(far, reports, [], 1)
    arrived = [line.arrived for line in shore.heard(out, reports, [], 1)]
    assert arrived
    assert not [t for t in arrived if T0 + 601 < t < T0 + 1799]


def test_a_satellite_hands_over_at_its_pass_and_keeps_the_time() -> None:
    s = stage()
    reports = air.reports([boat(s)], 1, s.begin, s.end)
    sat = shore.Station("SAT1", (109.2, 18.2), 300, 0, passes=(T0 + 5400,))
    lines = shore.heard(sat, reports, [], 1)
    assert {line.arrived for line in lines} == {T0 + 5400}
    stamps = [int(re.search(rb"c:(\d+)", line.lines)[1]) for line in lines]  # type: ignore[index]
    assert min(stamps) < T0 + 120
    received = [at for at, _ in shore.as_mqtt(sat, lines)]
    assert set(received) == {int((T0 + 5400) * 1e6)}


def test_a_lie_is_told_from_and_until() -> None:
    s = stage()
    actor = boat(s, lies=(Lie(T0 + 600, T0 + 1200, (0.5, 0.0)),))
    t = np.arange(T0, T0 + 1800, 30.0)
    m, truth = air.seen(actor, t, np.random.default_rng(1)), motion(actor.track, t)
    off = np.abs(m.lon - truth.lon) > 0.4
    assert off.tolist() == ((t >= T0 + 600) & (t < T0 + 1200)).tolist()


def test_motion_is_what_the_track_says() -> None:
    s = stage()
    track = boat(s).track
    t = np.linspace(T0 - 100, s.end + 100, 50)
    m = motion(track, t)
    for n, at in enumerate(t.tolist()):
        slow = track.at(at)
        assert m.lon[n] == pytest.approx(slow.lon, abs=1e-9)
        assert m.sog[n] == pytest.approx(slow.sog, abs=1e-6)
        assert m.cog[n] == pytest.approx(slow.cog, abs=1e-6)
