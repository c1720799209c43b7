"""Scenarios keep to physics, say the same twice, and their truth is what the tracks show."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely
from pyais import decode
from shapely.geometry import shape

from simulators import geo, places
from simulators.scoring import tolerance
from simulators.scoring.nouns import read_truth
from simulators.scoring.times import seconds, text
from simulators.sea import air, chart, facts, numbers, scenario, witness
from simulators.sea.cast import Actor, motion
from simulators.sea.plays import PLAYS
from simulators.sea.stage import Stage

ROOT = Path(__file__).parents[2]
COAST = shape(json.loads((Path(__file__).parent / "coast.json").read_text()))
DAYS = {
    "ordinary_day", "opening_day", "typhoon_recall", "receiver_outage", "pair_trawlers_night",
    "satellite_burst",
}  # fmt: skip
KINDS = [
    "distress", "mob", "gap", "terminal_off", "zone_enter", "zone_exit", "zone_dwell",
    "approach", "boundary", "moratorium", "fishing_like", "nav_area", "wind_limit", "recall",
    "collision", "drift", "anchor_drag", "grounding", "speed", "group_sep", "single_night",
    "overdue", "undeclared_departure", "encounter", "loiter", "spoof", "identity", "battery",
    "risk_zone", "port_crowding", "feed",
]  # fmt: skip
SHORT = sorted(set(scenario.names()) - DAYS)
SEED = int(os.environ.get("SIM_SEED", "7"))


@cache
def staged(name: str, seed: int = SEED) -> Stage:
    return scenario.staged(scenario.read(name), seed)


def made(name: str, folder: Path, seed: int = SEED) -> Path:
    scenario.run(scenario.read(name), seed, folder)
    return folder


def digest(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def incidents(
    name: str, kind: str, expect: str = "alert"
) -> Iterator[tuple[dict[str, Any], Actor]]:
    """Each incident of this kind with the actor it is about."""
    stage = staged(name)
    for i in stage.truth.incidents:
        if i["kind"] == kind and i["expect"] == expect:
            yield i, next(a for a in stage.actors if a.names == i["subject"])


# ── what ships ──
def test_there_is_a_scenario_for_every_kind() -> None:
    assert set(KINDS) == set(SHORT)
    assert set(scenario.names()) >= DAYS


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_has_cases_for_and_against(name: str) -> None:
    body = scenario.read(name)
    assert body.title
    assert body.judged == "all" or set(body.kinds) <= set(body.judged)
    if name in DAYS:
        return
    stage = staged(name)
    expect = Counter(i["expect"] for i in stage.truth.incidents if i["kind"] == name)
    assert expect["alert"], "somebody really does it"
    assert stage.truth.silent, "somebody only seems to"
    if name not in {"distress", "mob", "identity", "wind_limit", "overdue", "recall", "feed"} | {
        "spoof", "moratorium", "grounding", "undeclared_departure"
    }:  # fmt: skip
        assert expect["either"], "somebody is on the border"


# ── physics ──
@pytest.mark.parametrize("name", SHORT)
def test_nobody_is_faster_than_it_can_be_or_sails_over_land(name: str) -> None:
    for actor in staged(name).actors:
        track = actor.track
        assert all(a < b for a, b in pairwise(track.times)), actor.role
        assert witness.top_speed(track) < 26, actor.role
        if len(track.points) > 1:
            line = shapely.LineString(track.points)
            assert not COAST.intersects(line), (actor.role, actor.names)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DAYS))
def test_whole_days_keep_to_physics(name: str) -> None:
    for actor in scenario.staged(scenario.read(name), 3).actors:
        assert witness.top_speed(actor.track) < 26, actor.role
        if len(actor.track.points) > 1:
            assert not COAST.intersects(shapely.LineString(actor.track.points)), actor.role


@pytest.mark.parametrize("name", SHORT)
def test_nobody_shares_a_name_but_who_is_meant_to(name: str) -> None:
    actors = staged(name).actors
    mmsis = Counter(a.hull.boat.mmsi for a in actors if a.hull.boat.mmsi)
    twins = {a.hull.boat.mmsi for a in actors if a.hull.boat.number < 0}
    assert {m for m, n in mmsis.items() if n > 1} == twins
    terminals = Counter(a.hull.boat.terminal for a in actors if a.hull.boat.terminal)
    assert set(terminals.values()) <= {1}
    assert not {m for m in mmsis if 412_990_000 <= m < 413_000_000}, "the demonstration's own"


# ── the same again ──
def test_the_same_seed_writes_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    one = digest(made("mob", tmp_path / "one"))
    command = [sys.executable, "-m", "simulators", "run", "mob", "--seed", str(SEED)]
    env = {"PYTHONHASHSEED": "99", "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [*command, "--out", str(tmp_path / "two")], cwd=ROOT, env=env, check=True, timeout=100
    )
    assert digest(tmp_path / "two") == one
    other = digest(made("mob", tmp_path / "other", SEED + 1))
    for name in ("truth.json", "feeds/mqtt.jsonl", "feeds/ais-SY01.nmea", "facts/vessels.csv"):
        assert other[name] != one[name], name


# ── what is written ──
@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("gap", tmp_path_factory.mktemp("gap"))


def test_every_sentence_decodes_and_lies_where_the_boat_was(gap: Path) -> None:
    actors = {a.hull.boat.mmsi: a for a in staged("gap").actors}
    seen: Counter[int] = Counter()
    for path in sorted((gap / "feeds").glob("ais-*.nmea")):
        for raw in path.read_bytes().split(b"\r\n")[:1500]:
            if not raw or b"\\g:" in raw:
                continue
            tags, sentence = raw.split(b"\\")[1:3]
            message: dict[str, Any] = decode(sentence).asdict()
            seen[message["msg_type"]] += 1
            if message["msg_type"] in (1, 3, 18):
                second = int(tags.split(b"c:")[1].split(b"*")[0])
                track = actors[message["mmsi"]].track
                near = (track.at(t).point for t in (second - 1.0, second, second + 1.0))
                here = (message["lon"], message["lat"])
                assert min(geo.distance(p, here) for p in near) * 1852 < 40
    assert {1, 4, 18, 24} <= seen.keys()


def test_every_report_is_what_the_schema_asks_and_in_order(gap: Path) -> None:
    from fleet.ingest.formats.terminal import schema  # noqa: PLC0415 - the service's own word

    validator = jsonschema.Draft202012Validator(schema())
    received = []
    for line in (gap / "feeds" / "mqtt.jsonl").read_text().splitlines():
        message = json.loads(line)
        received.append(message["received"])
        payload = message["payload"]
        for report in payload if isinstance(payload, list) else [payload]:
            assert message["topic"] == f"fleet/v1/terminals/{report['terminal']}/report"
        if len(received) % 50 == 0 or isinstance(payload, list):
            validator.validate(payload)
    assert received == sorted(received)


@pytest.mark.parametrize("name", SHORT)
def test_facts_have_the_published_columns(name: str, tmp_path: Path) -> None:
    stage = staged(name)
    facts.write(tmp_path, stage.facts)
    readme = (ROOT / "simulators" / "README.md").read_text(encoding="utf-8")
    boats = {a.hull.boat.reg_no for a in stage.actors if a.hull.registered}
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert f"`{path.name}`" in readme
        assert all(column in readme for column in rows[0])
        if "reg_no" in rows[0]:
            assert {r["reg_no"] for r in rows} <= boats


@pytest.mark.parametrize("name", ["gap", "mob", "feed"])
def test_the_scorer_reads_the_truth(name: str, tmp_path: Path) -> None:
    truth = read_truth(made(name, tmp_path) / "truth.json")
    assert truth.incidents
    for i in truth.incidents:
        assert i.begins <= i.ends
        assert truth.begins - 86400 <= i.begins <= truth.ends
        assert i.kind in tolerance.TOLERANCES or tolerance.of(i.kind) == tolerance.DEFAULT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("title = 'x'", "KeyError"),
        ("title = 'x'\nstart = 'noon'\nhours = 1\nkinds = []\nrole = []", "ValueError"),
        ("titel = 'x'", "unknown titel"),
    ],
)
def test_a_scenario_of_ones_own_is_read_with_care(body: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(body)
    with pytest.raises(scenario.Mistake, match=said):
        scenario.read(path)


def test_a_play_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "title = 'x'\nstart = '2026-01-01T00:00:00Z'\nhours = 1\n"
        "kinds = []\n[[role]]\nplay = 'dance'"
    )
    with pytest.raises(scenario.Mistake, match="dance"):
        scenario.read(path)


# ── the truth, by brute force ──
def watched(i: dict[str, Any], step: float = 1.0, before: float = 1800) -> np.ndarray[Any, Any]:
    stop = seconds(i["ends"]) if i["ends"] else seconds(i["begins"]) + 7200
    return np.arange(seconds(i["begins"]) - before, stop + before, step)


def test_who_is_silent_sends_nothing_and_did_before_and_after() -> None:
    stage = staged("gap")
    for i, actor in incidents("gap", "gap"):
        since, until = seconds(i["begins"]), seconds(i["ends"])
        rng = np.random.default_rng(1)
        sent = air.report_times(actor, rng, stage.begin, stage.end)
        assert not ((sent >= since) & (sent < until)).any()
        assert (sent < since).any()
        assert (sent >= until).any()
        assert until - since > 1800
        assert actor.terminal_mute == actor.ais_mute


@pytest.mark.parametrize("kind", ["zone_enter", "zone_dwell", "risk_zone"])
def test_who_entered_was_inside_from_then_until_then(kind: str) -> None:
    for i, actor in incidents(kind, kind):
        if i["object"] == "CABLE-1":
            continue
        t = watched(i)
        m = motion(actor.track, t)
        span = witness.longest(t, chart.inside(i["object"], m.lon, m.lat))
        assert span is not None
        assert abs(span[0] - seconds(i["begins"])) < 3, i["role"]
        assert abs(span[1] - seconds(i["ends"])) < 3, i["role"]


def test_who_left_was_outside_and_who_hugged_never_inside() -> None:
    for i, actor in incidents("zone_exit", "zone_exit"):
        t = watched(i)
        m = motion(actor.track, t)
        span = witness.longest(t, ~chart.inside("KEEP-1", m.lon, m.lat))
        assert span is not None
        assert abs(span[0] - seconds(i["begins"])) < 3
    stage = staged("zone_enter")
    for actor in (a for a in stage.actors if a.role.startswith("along the edge")):
        t = np.arange(stage.begin, stage.end, 2.0)
        m = motion(actor.track, t)
        assert not chart.inside("MIL-1", m.lon, m.lat).any()


@pytest.mark.parametrize("expect", ["alert", "either"])
def test_the_cable_is_met_where_the_truth_says(expect: str) -> None:
    for i, actor in incidents("zone_enter", "zone_enter", expect):
        if i["object"] == "CABLE-1":
            t = watched(i, before=900)
            m = motion(actor.track, t)
            assert chart.inside("CABLE-1", m.lon, m.lat).any()


def to_line(p: geo.Point) -> float:
    """Signed: negative beyond the line (west of it here)."""
    foot = geo.foot(places.BEIBU_LINE, p)
    east = geo.plane(foot, p)[0]
    return math.copysign(geo.distance(foot, p), east)


def test_how_near_the_line_it_came_is_the_floor() -> None:
    steps = {"blue": (3, 5), "yellow": (1, 3), "orange": (0, 1), "red": (-9, 0)}
    for i, actor in incidents("boundary", "boundary"):
        nearest = min(to_line(p) for p in actor.track.points)
        low, high = steps[i["severity_floor"]]
        assert low < nearest < high, (i["role"], nearest)
    stage = staged("boundary")
    quiet = [s["subject"] for s in stage.truth.silent if s["kinds"] == ["boundary"]]
    for actor in stage.actors:
        if actor.names in quiet:
            assert min(to_line(p) for p in actor.track.points) > 8


def test_who_was_too_fast_was() -> None:
    for i, actor in incidents("speed", "speed"):
        t = np.arange(seconds(i["begins"]) + 1, seconds(i["ends"]) - 1, 1.0)
        limit = 5 if "harbour" in i["role"] else 18
        assert (motion(actor.track, t).sog > limit).all()
        assert t[-1] - t[0] > 120


def haversine(a: Actor, b: Actor, t: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An independent distance, nm, on a sphere of 3440.065 nm."""
    m, n = motion(a.track, t), motion(b.track, t)
    lat1, lat2 = np.radians(m.lat), np.radians(n.lat)
    h = np.sin((lat2 - lat1) / 2) ** 2
    h += np.cos(lat1) * np.cos(lat2) * np.sin(np.radians(n.lon - m.lon) / 2) ** 2
    found: np.ndarray[Any, Any] = 2 * 3440.065 * np.arcsin(np.sqrt(h))
    return found


def test_who_met_was_within_300_m_for_45_minutes() -> None:
    stage = staged("encounter")
    by_name = {json.dumps(a.names): a for a in stage.actors}
    for i, actor in incidents("encounter", "encounter"):
        other = by_name[json.dumps(i["object"])]
        t = np.arange(stage.begin, stage.end, 10.0)
        span = witness.longest(t, haversine(actor, other, t) * 1852 < 300)
        assert span is not None
        assert span[1] - span[0] > 45 * 60


def test_nobody_else_met() -> None:
    stage = staged("encounter")
    told = {frozenset((json.dumps(i["subject"]), json.dumps(i["object"])))
            for i in stage.truth.incidents if i["kind"] == "encounter"}  # fmt: skip
    groups: dict[str, set[str]] = {}
    for row in stage.facts["groups"]:
        groups.setdefault(row["group"], set()).add(row["reg_no"])
    t = np.arange(stage.begin, stage.end, 60.0)
    boats = [a for a in stage.actors if a.hull.kind == "fishing" and a.role != "moored"]
    for n, a in enumerate(boats):
        for b in boats[n + 1 :]:
            span = witness.longest(t, haversine(a, b, t) * 1852 < 320)
            if span is None or span[1] - span[0] < 36 * 60:
                continue
            pair = {a.hull.boat.reg_no, b.hull.boat.reg_no}
            known = frozenset((json.dumps(a.names), json.dumps(b.names))) in told
            assert known or any(pair <= members for members in groups.values()), pair


def test_who_passed_close_passed_close() -> None:
    stage = staged("collision")
    by_name = {json.dumps(a.names): a for a in stage.actors}
    assert len(list(incidents("collision", "collision"))) > 8
    for i, boat in incidents("collision", "collision"):
        ship = by_name[json.dumps(i["object"])]
        assert ship.hull.kind == "merchant"
        assert ship.hull.boat.length_m >= 50
        t = np.arange(seconds(i["begins"]) - 60, seconds(i["ends"]) + 1200, 2.0)
        ahead = haversine(ship, boat, t)
        assert ahead.min() < ahead[0], "they were closing"
    wide = [a for a in stage.actors if a.role == "a mile and a half" and a.hull.kind == "fishing"]
    assert wide


def test_the_closest_approach_is_what_a_slow_look_ahead_finds() -> None:
    stage = staged("collision")
    ship = next(
        a for a in stage.actors if a.role.startswith("a cable") and a.hull.kind == "merchant"
    )
    boat = next(
        a for a in stage.actors if a.role.startswith("a cable") and a.hull.kind == "fishing"
    )
    t = np.array([(ship.track.times[0] + ship.track.times[1]) / 2])
    a, b = motion(ship.track, t), motion(boat.track, t)
    _, cpa, tcpa, _ = witness.closest(a, b)
    ahead = np.arange(0, 7200, 1.0)

    def at(m: Any, s: Any) -> tuple[Any, Any]:
        east = m.sog * np.sin(np.radians(m.cog)) * s / 3600 / 60 / np.cos(np.radians(m.lat))
        return m.lon + east, m.lat + m.sog * np.cos(np.radians(m.cog)) * s / 3600 / 60

    (x1, y1), (x2, y2) = at(a, ahead), at(b, ahead)
    apart = np.hypot((x1 - x2) * np.cos(np.radians(18)), y1 - y2) * 60
    if tcpa[0] > 0:
        assert apart.min() == pytest.approx(cpa[0], abs=0.02)
        assert ahead[apart.argmin()] == pytest.approx(tcpa[0], abs=15)


def test_who_left_its_group_was_five_miles_from_the_nearest_for_a_quarter_of_an_hour() -> None:
    stage = staged("group_sep")
    for i, stray in incidents("group_sep", "group_sep"):
        names = {r["reg_no"] for r in stage.facts["groups"] if r["group"] == i["object"]}
        members = [a for a in stage.actors if a.hull.boat.reg_no in names and a is not stray]
        t = np.arange(stage.begin, stage.end, 10.0)
        nearest = np.min([haversine(stray, m, t) for m in members], axis=0)
        span = witness.longest(t, nearest > 5)
        assert span is not None
        assert span[1] - span[0] > 15 * 60


def test_who_was_alone_at_night_was_alone() -> None:
    stage = staged("single_night")
    fishing = [a for a in stage.actors if a.hull.kind == "fishing"]
    for i, actor in incidents("single_night", "single_night"):
        t = np.arange(seconds(i["begins"]), seconds(i["ends"]), 300.0)
        nearest = np.min([haversine(actor, b, t) for b in fishing if b is not actor], axis=0)
        assert nearest.min() > 8


def test_who_dragged_left_its_radius_and_who_swung_did_not() -> None:
    stage = staged("anchor_drag")
    dragged = {json.dumps(i["subject"]) for i, _ in incidents("anchor_drag", "anchor_drag")}
    for actor in stage.actors:
        t = np.arange(stage.begin, stage.end, 30.0)
        m = motion(actor.track, t)
        centre = (float(np.median(m.lon[:40])), float(np.median(m.lat[:40])))
        metres = max(geo.distance(centre, p) for p in zip(m.lon, m.lat, strict=True)) * 1852
        if json.dumps(actor.names) in dragged:
            assert metres > 300
        elif actor.role == "swings":
            assert metres < 80


def test_who_sailed_undeclared_was_out_for_half_an_hour() -> None:
    stage = staged("undeclared_departure")
    declared = {r["reg_no"] for r in stage.facts["trips"]}
    for i, actor in incidents("undeclared_departure", "undeclared_departure"):
        t = np.arange(stage.begin, stage.end, 10.0)
        m = motion(actor.track, t)
        span = witness.longest(t, ~chart.inside("YAZHOU", m.lon, m.lat))
        assert span is not None
        assert span[1] - span[0] > 30 * 60
        assert abs(span[0] - seconds(i["begins"])) < 15
        assert actor.hull.boat.reg_no not in declared


def test_who_is_overdue_is_at_sea_after_its_declared_return() -> None:
    stage = staged("overdue")
    returns = {r["reg_no"]: seconds(r["returns"]) for r in stage.facts["trips"]}
    for i, actor in incidents("overdue", "overdue"):
        assert returns[actor.hull.boat.reg_no] == seconds(i["begins"])
        assert stage.end - seconds(i["begins"]) > 2 * 3600
        assert not chart.holds("YAZHOU", actor.track.at(stage.end).point)


def test_who_is_beyond_its_area_is() -> None:
    stage = staged("nav_area")
    areas = {r["reg_no"]: float(r["value"]) for r in stage.facts["certificates"]}
    for i, actor in incidents("nav_area", "nav_area"):
        t = np.arange(seconds(i["begins"]) + 30, seconds(i["ends"]) - 30, 30.0)
        m = motion(actor.track, t)
        assert (chart.off_coast_nm(m.lon, m.lat) > areas[actor.hull.boat.reg_no]).all()
        assert t[-1] - t[0] > 600


def test_who_is_recalled_and_not_home_is_not_home() -> None:
    stage = staged("recall")
    deadline = seconds(stage.facts["orders"][0]["deadline"])
    told = {json.dumps(i["subject"]) for i in stage.truth.incidents if i["kind"] == "recall"}
    answered = {r["reg_no"] for r in stage.facts["order_status"]}
    for actor in stage.actors:
        home = any(chart.holds(p, actor.track.at(deadline).point) for p in places.PORTS)
        small = actor.hull.boat.length_m < 12
        if not home and not small and actor.hull.boat.reg_no not in answered:
            assert json.dumps(actor.names) in told, actor.role


def test_a_port_is_as_full_as_the_truth_says() -> None:
    stage = staged("port_crowding")
    capacity = {r["port"]: int(r["capacity"]) for r in stage.facts["ports"]}
    for i in stage.truth.incidents:
        port = i["subject"]["zone"]
        now = [a.track.at(stage.end).point for a in stage.actors]
        share = sum(chart.holds(port, p) for p in now) / capacity[port]
        assert share >= 0.9, port
        if i["expect"] == "alert" and i["begins"] != text(stage.begin):
            before = [a.track.at(seconds(i["begins"]) - 60).point for a in stage.actors]
            assert sum(chart.holds(port, p) for p in before) / capacity[port] < 0.9


def test_batteries_fall_when_the_truth_says() -> None:
    for i, actor in incidents("battery", "battery"):
        begins = seconds(i["begins"])
        if len(actor.power) == 1 and actor.power[0][0] == begins:
            continue  # the supply fails, whatever the charge
        (_, _), (t, high), (until, low), (_, _) = actor.battery
        charge = float(np.interp(begins, (t, until), (high, low)))
        hours = charge * (until - t) / 3600 / (high - low)
        way = chart.to_port_nm(*(np.array([x]) for x in actor.track.at(begins).point))
        home = hours * numbers.HOME_KN == pytest.approx(float(way[0]), rel=0.1)
        assert home or charge == pytest.approx(20, abs=1), "too little, or too little for the way"


def test_who_jumps_could_not_have_sailed_there() -> None:
    for _, actor in incidents("spoof", "spoof"):
        if not actor.lies:
            continue
        (lie,) = actor.lies
        t = np.arange(lie.since, lie.since + 360, 30.0)
        m = air.seen(actor, t, np.random.default_rng(1))
        steps = [geo.distance(a, b) for a, b in pairwise(zip(m.lon, m.lat, strict=True))]
        assert sum(s / 30 * 3600 > 60 for s in steps) >= 2


def test_who_leaves_the_network_sends_it_all_in_a_burst_when_back(gap: Path) -> None:
    stage = staged("gap")
    away = [a for a in stage.actors if a.role.startswith("beyond its network")]
    bursts: dict[str, list[int]] = {}
    for line in (gap / "feeds" / "mqtt.jsonl").read_text().splitlines():
        message = json.loads(line)
        if isinstance(message["payload"], list):
            name = message["payload"][0]["terminal"]
            bursts.setdefault(name, []).append(message["received"])
            late = message["received"] / 1e6 - seconds(message["payload"][0]["t"])
            assert late > 0
    assert away
    for actor in away:
        (since, until) = actor.held[0]
        middle = actor.track.at((since + until) / 2).point
        far = chart.off_coast_nm(np.array([middle[0]]), np.array([middle[1]]))
        assert far[0] > 26
        assert all(at / 1e6 > until for at in bursts[actor.hull.boat.terminal])


def test_the_readme_names_every_play_and_column() -> None:
    text_of = (ROOT / "simulators" / "README.md").read_text(encoding="utf-8")
    assert not [name for name in PLAYS if f"| `{name}` |" not in text_of]
    for name, columns in facts.COLUMNS.items():
        assert f"`{name}.csv`" in text_of
        assert not [c for c in columns if c not in text_of]


def test_a_scenario_as_the_readme_shows_it_can_be_run(tmp_path: Path) -> None:
    readme = (ROOT / "simulators" / "README.md").read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(readme.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    counts = scenario.run(scenario.read(mine), 1, tmp_path / "out")
    assert counts["boats"] == 3
    assert counts["incidents"] == 2
