"""A scenario folder is played by the times of arrival, and judged by what was known then."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.columns import from_datetime
from fleet.commands.importing.facts import read_folder
from fleet.commands.importing.problem import DataError
from fleet.commands.outside import Outside
from simulators.scoring.nouns import read_alerts, read_truth
from simulators.sea import scenario

from .conftest import Cli

OWN = """
title = "one boat falls silent, another calls"
start = "2026-10-14T08:00:00+08:00"
hours = 1.5
kinds = ["gap"]
judged = ["gap", "distress"]

[[role]]
play = "silence"
at_min = 10
minutes = 50

[[role]]
play = "call"
at_min = 20
for_min = 3

[[role]]
play = "working"
"""


@pytest.fixture(scope="module")
def sea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenario")
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    scenario.run(scenario.read(str(folder / "own.toml")), 1, folder / "own")
    return folder / "own"


def facts(folder: Path, **tables: str) -> Path:
    """A folder of facts with these tables, and two boats."""
    folder.mkdir()
    tables["vessels"] = "reg_no,name,length_m\nA,a,20\nB,b,8\n"
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def outside(folder: Path) -> Outside:
    return Outside(read_folder(folder), {"A": 1, "B": 2}, {"HERE": 7})


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_the_scorer_reads_what_was_raised(cli: Cli, sea: Path, tmp_path: Path) -> None:
    result = cli("replay", sea, "--alerts", "a.jsonl", "--json")
    assert result.status == 0, result.err
    assert json.loads(result.out)["rejected"] == {}
    told = {a.kind: a for a in read_alerts(tmp_path / "a.jsonl")}
    true = {i.kind: i for i in read_truth(sea / "truth.json").incidents}
    assert true.keys() == {"gap", "distress"} <= told.keys()
    for kind, incident in true.items():
        assert told[kind].subject.items() >= {("reg_no", incident.subject["reg_no"])}
    assert 0 <= told["gap"].raised_at - true["gap"].due < 120
    assert 0 <= told["distress"].raised_at - true["distress"].due < 30


def test_nothing_is_known_before_it_arrived(cli: Cli, sea: Path, tmp_path: Path) -> None:
    assert cli("replay", sea, "--alerts", "a.jsonl").status == 0
    for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines():
        alert = json.loads(line)
        assert alert["raised_at"] >= alert["opened"], alert


def test_several_one_after_the_other(cli: Cli, sea: Path, tmp_path: Path) -> None:
    once = json.loads(cli("replay", sea, "--json").out)
    twice = json.loads(cli("replay", sea, sea, "--json", "--alerts", "a.jsonl").out)
    assert twice["sentences"] == 2 * once["sentences"]
    assert twice["alerts"] == {kind: 2 * n for kind, n in once["alerts"].items()}


def test_a_scenario_brings_its_own(cli: Cli, sea: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.nmea").write_text("")
    assert "cannot be played together" in cli("replay", sea, "plain.nmea").err
    assert "its own zones" in cli("replay", sea, "--vessels", sea / "facts/vessels.csv").err


def test_bad_rows_are_all_named(cli: Cli, sea: Path, tmp_path: Path) -> None:
    shutil.copytree(sea, tmp_path / "bad")
    (tmp_path / "bad" / "facts" / "trips.csv").write_text("trip,reg_no,departs\nT1,X,never\n")
    (tmp_path / "bad" / "facts" / "ports.csv").write_text("port,capacity\nNOWHERE,5\n")
    result = cli("replay", "bad")
    assert result.status != 0
    for said in ("trips.csv, row 2, departs 'never'", "'X': is no vessel", "'NOWHERE': is no zone"):
        assert said in result.err


def test_a_trip_counts_from_its_report(tmp_path: Path) -> None:
    trips = "trip,reg_no,departs,reported_at\nT1,A,2026-10-14T00:00Z,2026-10-14T02:00Z\n"
    known = outside(facts(tmp_path / "f", trips=trips))
    assert len(known.at(at("2026-10-14T01:59")).trips) == 0
    assert known.at(at("2026-10-14T02:00")).trips.vessel.tolist() == [1]
    assert known.state(at("2026-10-14T01:59")) < known.state(at("2026-10-14T02:00"))


def test_an_order_counts_from_its_issue_and_only_for_whom_it_is(tmp_path: Path) -> None:
    head = "order,kind,action,areas,length_min_m,issued,deadline\n"
    row = "R,recall,return,,12,2026-10-14T00:30Z,2026-10-14T13:00Z\n"
    said = "order,reg_no,status,at\nR,A,manoeuvre,2026-10-14T03:00Z\n"
    known = outside(facts(tmp_path / "f", orders=head + row, order_status=said))
    assert len(known.at(at("2026-10-14T00:00")).recalls) == 0
    early, late = known.at(at("2026-10-14T01:00")), known.at(at("2026-10-14T03:00"))
    assert early.recalls.order.tolist() == [1]
    assert early.answers.vessel.tolist() == [2], "too short a boat for this order"
    assert late.answers.vessel.tolist() == [1, 2]


def test_a_certificate_counts_while_it_is_in_force(tmp_path: Path) -> None:
    text = "reg_no,kind,value,issued,expires\nA,nav_area,10,2026-01-01T00:00Z,2026-06-01T00:00Z\n"
    known = outside(facts(tmp_path / "f", certificates=text))
    assert known.at(at("2026-05-31T00:00")).details.nav_nm[1] == 10
    assert known.at(at("2026-06-01T00:00")).details.nav_nm[1] != 10


def test_grids_are_as_the_points_say(tmp_path: Path) -> None:
    depth = "lon,lat,depth_m\n109,18,5\n110,18,7\n109,19,-3\n"
    head = "issued,kind,valid,lon,lat,wind_ms\n"
    wind = "".join(
        f"2026-10-14T00:00Z,forecast,2026-10-14T0{h}:00Z,{lon},18,{8 * h}\n"
        for h in (1, 2) for lon in (109, 110)
    )  # fmt: skip
    found = outside(facts(tmp_path / "f", depth=depth, wind=head + wind)).at(at("2026-10-14T03:00"))
    assert found.depth.metres[0].tolist() == [5, 7]
    assert found.wind.force[0, :, 0, 0].tolist() == [5, 7], "8 and 16 m/s in Beaufort"


def test_a_folder_without_facts_is_empty(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert read_folder(tmp_path / "none").vessels == []


def test_zones_are_read_with_their_dwell(tmp_path: Path) -> None:
    folder = facts(tmp_path / "f")
    (folder / "zones.geojson").write_text('{"type": "FeatureCollection", "features": [{}]}')
    with pytest.raises(DataError, match="no GeoJSON Feature"):
        read_folder(folder)
