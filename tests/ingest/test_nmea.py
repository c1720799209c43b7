"""What AIS messages say, and every trap of the library that reads their bits."""

from __future__ import annotations

from math import isnan
from typing import Any

import pyais
import pytest

from fleet.ingest.format import Call, Fixes, Reports
from fleet.ingest.formats.nmea import STATIONS, Decoder
from fleet.ingest.framing import checksum
from fleet.model import DAY, SECOND, Flag, SignalKind, VesselClass
from tests.ingest.wire import NOW, ais, at, lines, read, statics, tag

BOAT = 412000001
SIXBIT = "".join(chr(v + 48 if v < 40 else v + 56) for v in range(64))


def heard(*sentences: bytes, received: int = NOW) -> Reports:
    return read(Decoder(), [lines(*sentences)], received)


def fix(*sentences: bytes) -> dict[str, Any]:
    fixes = heard(*sentences).fixes
    assert len(fixes) == 1
    return {name: getattr(fixes, name)[0].item() for name in Fixes.__slots__}


def one_call(*sentences: bytes) -> Call:
    (call,) = heard(*sentences).calls
    return call


def raw(bits: str) -> bytes:
    """A sentence of these bits."""
    fill = -len(bits) % 6
    padded = bits + "0" * fill
    payload = "".join(SIXBIT[int(padded[i : i + 6], 2)] for i in range(0, len(padded), 6))
    body = f"AIVDM,1,1,,A,{payload},{fill}".encode()
    return b"!%s*%02X" % (body, checksum(body))


def bits_of(sentence: bytes) -> str:
    payload, fill = sentence.split(b",")[5].decode(), int(sentence[-4:-3])
    text = "".join(f"{SIXBIT.index(c):06b}" for c in payload)
    return text[: len(text) - fill]


def test_a_class_a_position() -> None:
    f = fix(at(BOAT, second=20, heading=91, status=7))
    assert f["key"] == BOAT
    assert (f["lon"], f["lat"]) == pytest.approx((109.1, 18.3), abs=1e-6)
    assert (f["sog"], f["cog"], f["heading"], f["status"]) == (5.0, 90.0, 91.0, 7)
    assert (f["t"], f["received"], f["flags"]) == (NOW, NOW, 0)  # NOW is a second 20


@pytest.mark.parametrize("kind", [1, 2, 3, 18, 19, 27])
def test_every_position_type(kind: int) -> None:
    f = fix(*ais(kind, BOAT, lon=109.1, lat=-18.3, speed=5, course=90, second=10))
    assert (f["lon"], f["lat"]) == pytest.approx((109.1, -18.3), abs=1e-3)
    assert (f["sog"], f["cog"]) == (5, 90)
    assert f["t"] == (NOW if kind == 27 else NOW - 10 * SECOND)
    assert f["flags"] == (Flag.NO_CLOCK if kind == 27 else 0)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (1, {"lon": 181, "lat": 91, "speed": 102.3, "course": 360, "heading": 511}),
        (18, {"lon": 181, "lat": 91, "speed": 102.3, "course": 360, "heading": 511}),
        (27, {"lon": 181, "lat": 91, "speed": 63, "course": 511}),
        (9, {"lon": 181, "lat": 91, "speed": 1023, "course": 360}),
        (1, {"lon": 0, "lat": 0, "speed": 102.3, "course": 400, "heading": 400}),
    ],
)
def test_not_available_is_nan(kind: int, fields: dict[str, Any]) -> None:
    f = fix(*ais(kind, BOAT, **fields))
    assert all(isnan(f[name]) for name in ("lon", "lat", "sog", "cog", "heading"))


def test_a_fast_but_possible_speed_is_kept() -> None:
    assert fix(at(BOAT, speed=102.2))["sog"] == 102.2
    assert fix(*ais(9, 111412001, lon=109, lat=18, speed=300))["sog"] == 300


def test_a_position_that_cannot_be_is_refused() -> None:
    r = heard(at(BOAT, lat=100.0))
    assert (len(r.fixes), r.rejects) == (0, {"position out of range": 1})


def test_names_end_at_the_first_at_sign_which_pyais_leaves_in() -> None:
    sentences = ais(5, BOAT, shipname="HAI YAN@@ABC", callsign="BX@12", destination="SANYA@OLD")
    theirs: Any = pyais.decode(*sentences)
    assert theirs.shipname == "HAI YAN@@ABC"
    (static,) = statics(heard(*sentences))
    assert (static.name, static.callsign, static.destination) == ("HAI YAN", "BX", "SANYA")


def test_voyage_and_class() -> None:
    sentences = ais(
        5, BOAT, imo=9876543, callsign="BRQK", shipname="QIONG SANYA 1", ship_type=30,
        to_bow=20, to_stern=12, to_port=3, to_starboard=4, draught=3.2, destination="YAZHOU",
    )  # fmt: skip
    r = heard(*sentences)
    (s,) = statics(r)
    assert (s.key, s.t, s.imo, s.callsign, s.name) == (BOAT, NOW, 9876543, "BRQK", "QIONG SANYA 1")
    assert (s.ship_type, s.length_m, s.beam_m, s.draught_m) == (30, 32, 7, 3.2)
    assert r.classes == {BOAT: VesselClass.FISHING}


def test_a_ship_type_that_pyais_does_not_know_is_kept_as_it_is() -> None:
    sentences = ais(5, BOAT, shipname="X", ship_type=0)
    bits = "".join(bits_of(s) for s in sentences)
    changed = raw(bits[:232] + f"{199:08b}" + bits[240:])
    theirs: Any = pyais.decode(changed)
    assert theirs.ship_type == 0
    assert statics(heard(changed))[0].ship_type == 199


def test_unknown_sizes_are_nan() -> None:
    (s,) = statics(heard(*ais(5, BOAT, shipname="X")))
    assert isnan(s.length_m)
    assert isnan(s.beam_m)
    assert isnan(s.draught_m)


def test_class_b_statics() -> None:
    a = statics(heard(*ais(24, BOAT, partno=0, shipname="LITTLE BOAT@@")))[0]
    assert (a.name, a.ship_type, a.callsign) == ("LITTLE BOAT", -1, "")
    half = ais(24, BOAT, partno=1, ship_type=37, callsign="BX1", to_bow=5, to_stern=4, to_port=1)
    b = statics(heard(*half))[0]
    assert (b.name, b.ship_type, b.callsign, b.length_m, b.beam_m) == ("", 37, "BX1", 9, 1)


def test_an_auxiliary_craft_has_no_size_but_a_mother_ship() -> None:
    r = heard(*ais(24, 984121234, partno=1, ship_type=37, callsign="BX1", mothership_mmsi=BOAT))
    assert isnan(statics(r)[0].length_m)
    assert r.classes == {984121234: VesselClass.SERVICE}


def test_objects_are_not_vessels() -> None:
    def classes(*sentences: bytes) -> list[VesselClass]:
        return list(heard(*sentences).classes.values())

    now: dict[str, Any] = {
        "year": 2023,
        "month": 11,
        "day": 14,
        "hour": 22,
        "minute": 13,
        "second": 20,
    }
    assert classes(*ais(4, 4121234, lon=109, lat=18, **now)) == [VesselClass.BASE]
    answer = bits_of(*ais(4, BOAT, lon=109, lat=18, **now))
    assert classes(raw(f"{11:06b}" + answer[6:])) == []
    assert classes(*ais(9, 111412001, lon=109, lat=18)) == [VesselClass.AIRCRAFT]
    assert classes(*ais(21, 994121234, lon=109, lat=18, aid_type=5)) == [VesselClass.BASE]
    assert classes(*ais(21, 994121234, lon=109, lat=18, aid_type=30)) == [VesselClass.BEACON]
    called = ais(24, BOAT, partno=0, shipname="GY-0731-85%")
    typed = ais(24, BOAT, partno=1, ship_type=30)
    for halves in (called, called + typed, typed + called):
        assert classes(*halves) == [VesselClass.BEACON]


@pytest.mark.parametrize(
    ("name", "rest", "whole"),
    [
        ("YAZHOU BAY EAST CARD", "INAL BUOY 3", "YAZHOU BAY EAST CARDINAL BUOY 3"),
        ("YAZHOU BAY EAST CARD", "", "YAZHOU BAY EAST CARD"),
        ("YAZHOU 3", "NOISE", "YAZHOU 3"),
    ],
)
def test_a_long_name_of_an_aid_to_navigation_is_whole(name: str, rest: str, whole: str) -> None:
    r = heard(*ais(21, 994121234, lon=109, lat=18, aid_type=30, name=name, name_ext=rest))
    assert r.statics.name.tolist() == [whole]


def test_type_17_is_no_position() -> None:
    r = heard(*ais(17, 4121234, lon=109, lat=18, data=b"\x12\x34"))
    assert (len(r.fixes), r.types) == (0, {"17": 1})


@pytest.mark.parametrize("kind", [1, 4, 5, 9, 18, 19, 21, 24])
def test_a_message_cut_short_is_refused_where_pyais_completes_it(kind: int) -> None:
    fields: dict[str, Any] = {"lon": 109.1, "lat": 18.3, "shipname": "X", "name": "X", "partno": 0}
    bits = "".join(bits_of(s) for s in ais(kind, BOAT, **fields))
    r = heard(raw(bits[:90]))
    assert (len(r.fixes), len(r.statics), r.rejects) == (0, 0, {"message length": 1})


def test_second_part_alone_is_no_message() -> None:
    """`pyais.decode(part2, part1)` answers something plausible and wrong."""
    first, second = ais(5, BOAT, shipname="ALPHA", destination="YAZHOU")
    assert len(heard(second).statics) == 0
    (s,) = statics(heard(second, first))
    assert (s.key, s.name, s.destination) == (BOAT, "ALPHA", "YAZHOU")


@pytest.mark.parametrize("mmsi", [0, 1_000_000_000, (1 << 30) - 1])
def test_impossible_numbers(mmsi: int) -> None:
    bits = bits_of(at(BOAT))
    r = heard(raw(bits[:8] + f"{mmsi:030b}" + bits[38:]))
    assert (len(r.fixes), r.rejects) == (0, {"mmsi": 1})


@pytest.mark.parametrize("kind", [0, 29, 63])
def test_impossible_types(kind: int) -> None:
    assert heard(raw(f"{kind:06b}" + "0" * 162)).rejects == {"message type": 1}


@pytest.mark.parametrize(
    ("mmsi", "how", "kind"),
    [
        (970123456, "sart", SignalKind.DISTRESS),
        (972123456, "mob", SignalKind.MOB),
        (974123456, "epirb", SignalKind.DISTRESS),
    ],
)
def test_beacons_call_with_and_without_a_position(mmsi: int, how: str, kind: SignalKind) -> None:
    call = one_call(at(mmsi, status=14))
    assert (call.kind, call.how, call.key, call.t) == (kind, how, mmsi, NOW)
    assert call.lon == pytest.approx(109.1)
    lost = one_call(at(mmsi, status=14, lon=181, lat=91))
    assert (lost.kind, lost.how) == (kind, how)
    assert isnan(lost.lon)
    assert one_call(at(mmsi, status=14, lat=100.0)).kind == kind  # heard, though it cannot be
    assert one_call(at(mmsi, status=15)).kind == SignalKind.TEST
    assert one_call(*ais(14, mmsi, text="ANY TEXT")).kind == kind
    assert one_call(*ais(14, mmsi, text=f"{how.upper()} TEST")).kind == SignalKind.TEST


def test_status_14_is_a_call_and_15_of_an_ordinary_ship_is_none() -> None:
    call = one_call(at(BOAT, status=14))
    assert (call.kind, call.how) == (SignalKind.DISTRESS, "status14")
    assert not heard(at(BOAT, status=15)).calls


@pytest.mark.parametrize(
    ("said", "kind", "how"),
    [
        ("SART ACTIVE", SignalKind.DISTRESS, "text"),
        ("EPIRB ACTIVE", SignalKind.DISTRESS, "text"),
        ("MOB ACTIVE", SignalKind.MOB, "mob"),
        ("MOB TEST", SignalKind.TEST, "mob"),
        ("SART TEST 123", SignalKind.TEST, "text"),
    ],
)
@pytest.mark.parametrize("kind_of_message", [12, 14])
def test_safety_text(said: str, kind: SignalKind, how: str, kind_of_message: int) -> None:
    call = one_call(*ais(kind_of_message, BOAT, text=said, dest_mmsi=412000009))
    assert (call.kind, call.how, call.text) == (kind, how, said)


@pytest.mark.parametrize("said", ["VTS TEST", "MOBILE ACTIVE", "SART INACTIVE", "GALE WARNING", ""])
def test_other_safety_text_is_no_call(said: str) -> None:
    assert not heard(*ais(14, BOAT, text=said)).calls


def test_a_receiver_with_a_wrong_clock_is_not_believed() -> None:
    wrong = NOW // SECOND - 2 * 86_400
    r = heard(tag(f"c:{wrong}", at(BOAT)))
    assert r.fixes.t.tolist() == [NOW]
    assert r.types["source time ignored"] == 1


def test_what_a_broker_kept_has_its_own_time() -> None:
    kept = NOW - 6 * 3600 * SECOND
    r = heard(tag(f"c:{kept // SECOND}", at(BOAT)))
    assert (r.fixes.t.tolist(), r.fixes.received.tolist()) == ([kept], [NOW])


def test_a_base_station_sets_the_clock_of_a_recording_without_one() -> None:
    utc: dict[str, Any] = {"year": 2019, "month": 5, "day": 4, "hour": 3, "minute": 2, "second": 1}
    r = heard(*ais(4, 4121234, lon=109, lat=18, **utc), at(BOAT, second=10), received=0)
    assert r.fixes.t.tolist() == [1556938921 * SECOND, 1556938930 * SECOND]
    assert r.fixes.flags.tolist() == [0, 0]
    stuck: dict[str, Any] = {**utc, "year": 2012}
    r = heard(tag("c:1556938921", at(BOAT)), *ais(4, 4121235, lon=109, lat=18, **stuck), received=0)
    assert r.fixes.t[1] >= r.fixes.t[0] - DAY


def test_the_longest_silent_station_is_forgotten_first() -> None:
    decoder = Decoder()
    for i in range(STATIONS + 10):
        decoder.feed(b"!AIVDM", f"s{i}", NOW)
    waiting = decoder.residue()
    assert len(waiting) == STATIONS
    assert "s0" not in waiting
