from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import reduce
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais import decode

from simulators import ais, radio, terminals
from simulators.geo import HOUR, MINUTE, Motion
from simulators.register import Boat
from simulators.world import Run, World
from tests.simulators.conftest import AUTUMN

TAGGED = re.compile(rb"\\([^*\\]+)\*([0-9A-F]{2})\\(!AIVDM,[^\r]+)\r\n")


def xor(text: bytes) -> int:
    return reduce(lambda a, b: a ^ b, text, 0)


@pytest.fixture(scope="module")
def air(few: tuple[Boat, ...]) -> list[tuple[radio.Radio, list[radio.Heard]]]:
    world = World(2, few, (Run(AUTUMN),))
    sent = radio.sent(world, AUTUMN, AUTUMN + 12 * MINUTE)
    return [(r, radio.heard(r, n)) for n, r in enumerate(sent) if isinstance(r, radio.Radio)]


@pytest.fixture
def reports(few: tuple[Boat, ...]) -> list[radio.Report]:
    world = World(2, few, (Run(AUTUMN),))
    sent = radio.sent(world, AUTUMN, AUTUMN + 12 * MINUTE)
    return [r for r in sent if isinstance(r, radio.Report)]


def test_pyais_reads_back_what_was_meant(
    air: list[tuple[radio.Radio, list[radio.Heard]]],
) -> None:
    seen: Counter[int] = Counter()
    for sent, heard in air:
        for h in heard:
            lines = [found[2] for found in TAGGED.findall(h.lines)]
            message: dict[str, Any] = decode(*lines).asdict()
            seen[message["msg_type"]] += 1
            assert message["mmsi"] == sent.message["mmsi"]
            if message["msg_type"] in (1, 3, 18):
                assert abs(message["lon"] - sent.at[0]) < 1e-5
                assert abs(message["lat"] - sent.at[1]) < 1e-5
                assert message["second"] == int(sent.t) % 60
    assert {1, 3, 4, 5, 14, 18, 21, 24} <= seen.keys()


def test_lines_are_what_a_receiver_sends(
    air: list[tuple[radio.Radio, list[radio.Heard]]],
) -> None:
    for sent, heard in air:
        for h in heard:
            found = TAGGED.findall(h.lines)
            assert b"".join(b"\\%s*%s\\%s\r\n" % f for f in found) == h.lines
            assert len(found) == (2 if sent.message["msg_type"] == 5 else 1)
            for tags, checksum, line in found:
                assert xor(tags) == int(checksum, 16)
                assert xor(line[1:-3]) == int(line[-2:], 16)
                assert len(line) <= 82
            assert f"s:{h.station},c:{int(h.received)}".encode() in found[0][0]
            assert 0 < h.received - sent.t < 1


def test_several_stations_hear_some_and_none_hears_all(
    air: list[tuple[radio.Radio, list[radio.Heard]]],
) -> None:
    heard_by = Counter(len(heard) for _, heard in air)
    assert heard_by[0]
    assert heard_by[1]
    assert heard_by[2]


def test_a_beacon_bursts_eight_times_a_minute(few: tuple[Boat, ...]) -> None:
    world = World(2, few, (Run(AUTUMN),))
    (cue,) = [i for i in world.incidents(AUTUMN + 200) if i.kind == "mob"]
    sent = [
        s
        for s in radio.sent(world, cue.t, cue.t + 60)
        if isinstance(s, radio.Radio) and s.message["mmsi"] == cue.mmsi
    ]
    assert str(cue.mmsi).startswith("972")
    assert Counter(s.message["msg_type"] for s in sent) == {1: 7, 14: 1}
    assert {s.message["status"] for s in sent if "status" in s.message} == {14}


def test_who_is_silent_is_silent_on_every_channel(boats: tuple[Boat, ...]) -> None:
    world = World(2, boats, (Run(AUTUMN),))
    world.extend(AUTUMN)
    gap = next(s for s in world.scripts if s.mute[1])
    boat = world.boats[gap.boat]
    said = [
        s.t
        for s in radio.sent(world, gap.mute[0] - 600, gap.mute[1] + 600)
        if (
            s.terminal == boat.terminal
            if isinstance(s, radio.Report)
            else s.message["mmsi"] == boat.mmsi
        )
    ]
    assert [t for t in said if t < gap.mute[0]]
    assert [t for t in said if t >= gap.mute[1]]
    assert not [t for t in said if gap.mute[0] <= t < gap.mute[1]]


def test_sos_is_sent_at_once_and_repeated(boats: tuple[Boat, ...]) -> None:
    world = World(2, boats, (Run(AUTUMN),))
    (cue,) = [i for i in world.incidents(AUTUMN + 60) if i.detail.startswith("SOS")]
    calls = [
        s.t
        for s in radio.sent(world, cue.t - 60, cue.t + 600)
        if isinstance(s, radio.Report) and s.body.get("sos")
    ]
    assert calls[0] == cue.t
    assert len(calls) >= 8


def test_reports_come_at_their_interval(few: tuple[Boat, ...]) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for sent in radio.sent(World(2, few), AUTUMN, AUTUMN + 12 * MINUTE):
        if isinstance(sent, radio.Report):
            times[sent.terminal].append(sent.t)
    for boat in few:
        at = times[boat.terminal]
        assert len(at) == 12 * MINUTE / boat.interval
        assert {b - a for a, b in pairwise(at)} == {boat.interval}


def test_a_report_says_what_the_contract_asks(reports: list[radio.Report]) -> None:
    for report in reports:
        body = json.loads(json.dumps(report.body))
        assert body["v"] == 1
        assert body["t"].endswith("Z")
        assert body["terminal"] == report.terminal
        assert 107 < body["lon"] < 111
        assert 17 < body["lat"] < 19
        assert 0 <= body["sog_kn"] < 30
        assert 0 <= body.get("cog_deg", 0) < 360
        assert 0 <= body["battery_pct"] <= 100


def test_some_terminals_lose_the_network_for_less_than_the_gap_takes(
    boats: tuple[Boat, ...],
) -> None:
    waits = [
        terminals.due(2, boat, AUTUMN + t) - (AUTUMN + t)
        for boat in boats
        for t in range(0, int(6 * HOUR), 60)
    ]
    assert 0 < sum(w > 0 for w in waits) < len(waits) / 100
    assert max(waits) <= 18 * MINUTE
    assert min(waits) == 0


@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(0, 60),
    st.floats(0, 360),
    st.integers(0, 15),
)
def test_any_motion_can_be_encoded(
    lon: float, lat: float, sog: float, cog: float, status: int
) -> None:
    m = Motion(lon, lat, sog, cog)
    for message in (ais.class_a(412990001, m, AUTUMN, status), ais.class_b(412990001, m, AUTUMN)):
        (line,) = ais.sentences(message, "A", 1)
        back: dict[str, Any] = decode(line).asdict()
        assert back["lat"] == pytest.approx(lat, abs=2e-6)
        assert back["lon"] == pytest.approx(lon, abs=2e-6)
        assert back["speed"] == pytest.approx(sog, abs=0.11)
