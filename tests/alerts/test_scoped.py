"""Overrides: who gets which numbers, which wins, and that what is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults
from fleet.alerts.rule import Rule
from fleet.alerts.scoped import scoped
from fleet.alerts.scopes import MOST, BadScope, Place, calendar, checked
from fleet.geo import Zone
from fleet.model import DAY, HOUR, MINUTE, SECOND, Act, Batch, Change, VesselClass
from fleet.vessels import Vessels
from tests.alerts.test_engine import inputs, streams
from tests.alerts.track import DAY0, batch, boundary, clock, engine, fix, zone

KINDS = {rule.key: rule for rule in RULES}
SPEED, GAP, ENTER = KINDS["speed"], KINDS["gap"], KINDS["zone_enter"]
OTHER = zone(id=8, code="other", geometry=zone().geometry.buffer(0.2))
OUTSIDE = shapely.box(108.9, 18.0, 108.95, 18.1)
PORT = zone(id=12, code="P1", kind="port", rule="area", limit_kn=5.0, geometry=OUTSIDE)


def over(params: Mapping[str, float], **where: str) -> dict[str, Any]:
    return {**where, "params": params}


def judged(
    rules: Sequence[Rule], raw: dict[str, list[dict[str, Any]]], zones: Sequence[Zone] = ()
) -> Engine:
    """An engine with these overrides by kind."""
    plain = engine(rules, zones)
    found = {k: scoped(KINDS[k], defaults()[k].values, r, zones) for k, r in raw.items()}
    return replace(plain, scoped={k: s for k, s in found.items() if s})


def fleet(*length_m: float, cls: VesselClass = VesselClass.FISHING) -> Vessels:
    """Registered boats 1, 2, … of these lengths."""
    n = len(length_m) + 1
    known = Vessels.empty(n)
    known.cls[1:], known.registered[1:], known.length_m[1:] = int(cls), True, length_m
    return known


def at(vessel: int, t: int, lon: float = 109.5, lat: float = 17.0) -> Batch:
    return batch([fix("00:00 out") | {"vessel": vessel, "t": t, "lon": lon, "lat": lat}])


def numbers(
    kind: str, raw: list[dict[str, Any]], known: Vessels, fixes: Batch, zones: Sequence[Zone] = ()
) -> list[Any]:
    """The numbers that each fix is judged by."""
    found = scoped(KINDS[kind], defaults()[kind].values, raw, zones)
    assert found
    return [found.params(int(m)) for m in found.marks(fixes, known).rows()]


def test_length_bands_are_those_of_the_register() -> None:
    raw = [
        over({"fishing_kn": 10}, **{"class": "fishing_small"}),
        over({"fishing_kn": 12}, **{"class": "fishing_medium"}),
        over({"fishing_kn": 14}, **{"class": "fishing_large"}),
        over({"fishing_kn": 16}, **{"class": "fishing"}),
    ]
    known = fleet(11.9, 12.0, 23.9, 24.0, np.nan)
    fixes = Batch.concat([at(v, DAY0) for v in range(1, 6)])
    found = [p.fishing_kn for p in numbers("speed", raw, known, fixes)]
    assert found == [10, 12, 12, 14, 16], "a length that nobody knows is of no band"


def test_the_most_specific_wins_number_by_number() -> None:
    """DAY0 is 14 November, in the season of the monsoon."""
    raw = [
        over({"warning_min": 11}, **{"class": "fishing", "zone": "box"}),
        over({"warning_min": 12, "alarm_min": 62}, zone="box"),
        over({"warning_min": 13, "alarm_min": 63, "emergency_min": 123}, season="monsoon"),
        over(
            {"warning_min": 14, "alarm_min": 64, "emergency_min": 124, "port_h": 4},
            **{"class": "fishing"},
        ),
    ]
    fixes = Batch.concat([at(1, DAY0, 109.05, 18.05), at(1, DAY0), at(2, DAY0)])
    known = fleet(20.0, 20.0)
    known.cls[2] = int(VesselClass.MERCHANT)
    inside, outside, ship = numbers("gap", raw, known, fixes, [zone()])
    got = (inside.warning_min, inside.alarm_min, inside.emergency_min, inside.port_h)
    assert got == (11, 62, 123, 4)
    assert (outside.warning_min, outside.port_h) == (13, 4)
    assert (ship.warning_min, ship.port_h) == (13, 60)


def test_of_two_zones_the_later_in_the_list_wins() -> None:
    raw = [over({"fishing_kn": 7}, zone="box"), over({"fishing_kn": 8}, zone="other")]
    there = at(1, DAY0, 109.05, 18.05)
    for order, expected in ((raw, 8), (raw[::-1], 7)):
        (found,) = numbers("speed", order, fleet(20.0), there, [zone(), OTHER])
        assert found.fishing_kn == expected


def test_a_zone_that_has_ended_concerns_nobody() -> None:
    raw = [over({"fishing_kn": 7}, zone="box"), over({"fishing_kn": 8}, season="box")]
    (found,) = numbers("speed", raw, fleet(20.0), at(1, DAY0, 109.05, 18.05), [])
    assert found.fishing_kn == 18


def test_a_season_is_one_of_the_calendar_or_of_a_zone() -> None:
    mine = zone(code="notice", seasons=((DAY0, DAY0 + DAY),))
    raw = [over({"fishing_kn": 7}, season="notice"), over({"fishing_kn": 9}, season="typhoon")]
    august = DAY0 - 100 * DAY
    fixes = Batch.concat([at(1, t) for t in (august, DAY0, DAY0 + 30 * DAY)])
    found = [p.fishing_kn for p in numbers("speed", raw, fleet(20.0), fixes, [mine])]
    assert found == [9, 9, 18], "14 November is in both, and the later in the list wins"


def rows(boat: int, track: str) -> list[dict[str, Any]]:
    return [fix(line) | {"vessel": boat} for line in track.split(" | ")]


def said(by: Engine, fixes: list[dict[str, Any]], cut: int = 0) -> list[Change]:
    """What is said of these fixes, fed at once or in pieces."""
    state, out = State.empty(8, by.rules), []
    ordered = sorted(fixes, key=lambda r: (r["received"], r["vessel"]))
    parts = [ordered[i : i + cut] for i in range(0, len(ordered), cut)] if cut else [ordered]
    for part in parts:
        state, more = feed(by, State.unpack(state.pack()), Inputs(batch(part)), 0)
        out += more
        state, more = tick(by, state, ordered[-1]["t"] + HOUR)
        out += more
    return out


FAST = "00:00 out sog=10 | 00:01 out sog=10 | 00:02 out sog=10 | 00:03 out sog=10"


def test_one_boat_in_its_band_is_too_fast_and_the_alert_says_by_which_numbers() -> None:
    by = judged([SPEED], {"speed": [over({"fishing_kn": 9}, **{"class": "fishing_small"})]})
    known = by.vessels.updated(np.array([1, 3]), by.vessels.take(np.array([1, 1])))
    known.length_m[[1, 3]] = 10.0, 20.0
    found = said(replace(by, vessels=known), rows(1, FAST) + rows(3, FAST))
    assert [(c.vessel, c.act, c.evidence["scope"]) for c in found] == [
        (1, Act.OPEN, ["class=fishing_small"])
    ]
    assert "scope" not in said(engine([SPEED], []), rows(1, FAST.replace("=10", "=19")))[0].evidence


def test_a_zone_has_a_debounce_of_its_own() -> None:
    """Two zones around the same boat: the one asks for ten fixes, the other for two."""
    by = judged([ENTER], {"zone_enter": [over({"fixes": 4}, zone="box")]}, [zone(), OTHER])
    track = "00:00 out | 00:05 in | 00:06 in | 00:07 in | 00:08 in | 00:09 in"
    found = [(c.other, c.t, c.evidence.get("scope")) for c in said(by, rows(1, track))]
    opened = {other: (t, scope) for other, t, scope in found}
    assert opened[7] == (clock("00:08"), ["zone=box"])
    assert opened[8][1] is None
    assert opened[8][0] < clock("00:08")


def test_a_silence_is_judged_where_the_boat_was_last_heard() -> None:
    raw = {"gap": [over({"warning_min": 12}, zone="other")]}
    by = judged([GAP], raw, [OTHER])
    track = "00:00 in | 00:01 in"
    beside = [fix(f"00:{m:02} out") | {"vessel": 2} for m in range(25)]
    found = said(by, rows(1, track) + beside)
    assert [(c.vessel, c.t - clock("00:01"), c.evidence["scope"]) for c in found] == [
        (1, 12 * MINUTE, ["zone=other"])
    ]
    assert said(engine([GAP], [OTHER]), rows(1, track) + beside) == []


def test_how_the_stream_is_cut_changes_nothing() -> None:
    """Every kind with overrides; state packed and unpacked at every cut."""
    raw = {
        "speed": [over({"lasting_min": 1}, zone="P1"), over({"fishing_kn": 6}, season="monsoon")],
        "zone_enter": [over({"fixes": 3}, zone="box", **{"class": "fishing"})],
        "boundary": [over({"info_nm": 3}, zone="line"), over({"back_min": 5}, season="monsoon")],
        "gap": [over({"warning_min": 10}, zone="box")],
    }
    by = judged(RULES, raw, [zone(), PORT, boundary()])
    track = (
        "00:00 out sog=8 | 00:01 out sog=8 | 00:02 out sog=8 | 00:05 in sog=8"
        " | 00:06 in sog=8 | 00:07 in sog=3 | 00:40 in sog=3"
        " | 00:50 line=6 sog=8 | 01:00 line=4 sog=8 | 01:10 line=2.5 sog=8 | 01:20 line=-1 sog=8"
        " | 01:25 line=-1 sog=8 | 01:40 line=3 sog=8 | 01:50 line=8 sog=8 | 02:10 line=8 sog=8"
    )
    both = rows(1, track) + [fix(f"{m // 60:02}:{m % 60:02} out") | {"vessel": 2}
                             for m in range(0, 131, 5)]  # fmt: skip
    whole = ended(said(by, both))
    assert any(c.evidence.get("scope") for c in said(by, both))
    assert {key[0] for key in whole} >= {"speed", "zone_enter", "boundary", "gap"}
    for cut in (1, 2, 3, 7):
        assert ended(said(by, both, cut)) == whole


def ended(changes: list[Change]) -> dict[Any, Any]:
    out: dict[Any, Any] = {}
    for c in changes:
        if c.act == Act.RETRACT:
            out.pop(c.key, None)
        else:
            out[c.key] = (c.act == Act.CLEAR and c.t, c.severity)
    return out


def test_without_overrides_nothing_is_made() -> None:
    assert scoped(SPEED, defaults()["speed"].values, [], []) is None


PLACES = {"box": Place(line=False, seasonal=False), "line": Place(line=True, seasonal=True)}
FASTER = {"fishing_kn": 9}


@pytest.mark.parametrize(
    ("kind", "raw", "key", "words"),
    [
        ("speed", {}, "scopes", "a list"),
        ("speed", ["x"], "scopes.0", "an object"),
        ("speed", [over(FASTER)], "scopes.0", "names none of class, zone, season"),
        ("speed", [over(FASTER, **{"class": "trawler"})], "scopes.0.class", "'trawler' is no"),
        ("speed", [over(FASTER, zone="nowhere")], "scopes.0.zone", "'nowhere' is no area"),
        ("gap", [over({"port_h": 2}, zone="line")], "scopes.0.zone", "'line' is no area"),
        ("speed", [over(FASTER, season="box")], "scopes.0.season", "typhoon"),
        ("speed", [over(FASTER, season=7)], "scopes.0.season", "text"),  # type: ignore[arg-type]
        ("speed", [over(FASTER, gear="trawl")], "scopes.0.gear", "unknown"),
        ("speed", [over({}, zone="box")], "scopes.0.params", "at least one"),
        ("speed", [over({"knots": 9}, zone="box")], "scopes.0.params.knots", "unknown"),
        ("speed", [over({"fishing_kn": -9}, zone="box")], "scopes.0.params.fishing_kn", "-9 is"),
        ("zone_enter", [over({"exit_margin_m": 9}, zone="box")],
         "scopes.0.params.exit_margin_m", "whole fleet"),
        ("speed", [over(FASTER, zone="box"), over(FASTER, zone="box")], "scopes.1", "scopes.0"),
        ("speed", [over(FASTER, zone="box")] * (MOST + 1), "scopes", "at most"),
        ("distress", [over({"session_gap_min": 9}, zone="box")], "scopes", "everybody"),
        ("feed", [over({"silent_min": 9}, zone="box")], "scopes.0.zone", "takes season"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(kind: str, raw: Any, key: str, words: str) -> None:
    with pytest.raises(BadScope) as error:
        checked(KINDS[kind], defaults()[kind].values, raw, PLACES)
    assert error.value.key == key
    assert words in error.value.why


def test_a_line_has_numbers_of_its_own_where_the_kind_is_about_lines() -> None:
    raw = [over({"info_nm": 3}, zone="line"), over({"info_nm": 4}, season="line")]
    found = checked(KINDS["boundary"], defaults()["boundary"].values, raw, PLACES)
    assert [s.label for s in found] == ["season=line", "zone=line"]


def test_the_calendar_has_a_source_for_every_season() -> None:
    assert calendar().keys() == {"moratorium", "typhoon", "monsoon"}
    noon = 1_714_536_000 * SECOND  # 1 May 2024 12:00 in Hainan
    edges = calendar()["moratorium"]
    assert any(start == noon for start, _ in edges)


OTHERS: dict[str, dict[str, float]] = {
    "speed": {"fishing_kn": 5, "lasting_min": 1, "clear_min": 2},
    "gap": {"warning_min": 12, "alarm_min": 20, "default_interval_s": 120},
    "zone_enter": {"fixes": 3, "lasting_s": 30, "exit_fixes": 1},
    "zone_exit": {"fixes": 1, "lasting_s": 0, "edge_margin_m": 300},
    "boundary": {"info_nm": 7, "crossed_nm": 1, "back_nm": 0.2, "back_min": 3, "window_min": 60},
    "fishing": {"window_min": 8, "least_fixes": 2, "clear_min": 5},
}
"""Other numbers for kinds that count, remember and wait."""
JUDGED = [KINDS[kind] for kind in ("port_visit", *OTHERS)]
SEA = [zone(), zone(id=11, code="fence", rule="keep_in"), PORT, boundary()]


def numbered(by: Engine) -> Engine:
    """The same engine with OTHERS as everybody's numbers."""
    params = {k: replace(p, **OTHERS.get(k, {})) for k, p in by.params.items()}
    return replace(by, params=params)


def heard(by: Engine, parts: list[Inputs]) -> dict[Any, Any]:
    state, out = State.empty(8, by.rules), []
    for part in parts:
        state, changes = feed(by, state, part, 0)
        state, more = tick(by, state, DAY0 + DAY)
        out += [*changes, *more]
    return ended(out)


@given(streams())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_each_boat_is_judged_as_if_its_numbers_were_everybodys(stream: list[Any]) -> None:
    """Boat 1 is small and has other numbers: so it goes as where all have them."""
    raw = {k: [over(p, **{"class": "fishing_small"})] for k, p in OTHERS.items()}
    mixed, plain = judged(JUDGED, raw, SEA), engine(JUDGED, SEA)
    mixed.vessels.length_m[1] = 10
    parts = [inputs(stream[i : i + 5]) for i in range(0, len(stream), 5)]
    found, usual, others = (heard(e, parts) for e in (mixed, plain, numbered(plain)))
    assert {k: v for k, v in found.items() if k[1] == 1} == {
        k: v for k, v in others.items() if k[1] == 1
    }
    assert {k: v for k, v in found.items() if k[1] != 1} == {
        k: v for k, v in usual.items() if k[1] != 1
    }


@given(streams())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_line_is_watched_as_if_its_numbers_were_every_lines(stream: list[Any]) -> None:
    """What a boat's way to a line is remembered by is the line's numbers, wherever the boat is."""
    rule, over_line = [KINDS["boundary"]], over(OTHERS["boundary"], zone="line")
    inside = over({"info_min": 1}, **{"class": "merchant"})  # nobody: but two sets to choose from
    mixed = judged(rule, {"boundary": [over_line, inside]}, SEA)
    parts = [inputs(stream[i : i + 5]) for i in range(0, len(stream), 5)]
    assert heard(mixed, parts) == heard(numbered(engine(rule, SEA)), parts)
