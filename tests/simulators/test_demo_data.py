"""The demonstration data keep the import contract and make sense together."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from fleet import geo
from fleet.model import VesselClass
from tests.simulators.desk import DEMO, zones

HEADERS = {
    "orgs.csv": "code,tier,kind,name,name_en,parent,source",
    "people.csv": "code,name,name_en,org,phone,party_member,active,title,source",
    "accounts.csv": "login,role,person,org,language,source",
    "members.csv": "grid,role,person,source",
    "certificates.csv": "reg_no,kind,value,issued,expires,source",
    "vessels.csv": (
        "reg_no,name,class,length_m,gear,wind_limit,home_grid,home_port,association,"
        "owner_name,owner_phone,crew,interval_s,mmsi,terminal,callsign,beidou,source"
    ),
}


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def features(name: str) -> list[dict[str, Any]]:
    document = json.loads((DEMO / name).read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    return list(document["features"])


ORGS = {r["code"] for r in rows("orgs.csv")}
PEOPLE = {r["code"] for r in rows("people.csv")}
GRIDS = {f["properties"]["code"]: shape(f["geometry"]) for f in features("grids.geojson")}
PORTS = {z.code for z in zones() if z.kind == "port"}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_the_contract(name: str) -> None:
    assert (DEMO / name).read_text(encoding="utf-8").splitlines()[0] == HEADERS[name]


@pytest.mark.parametrize("name", HEADERS)
def test_every_row_names_its_source(name: str) -> None:
    assert all(row["source"] for row in rows(name))


def test_every_file_is_in_the_list_of_sources() -> None:
    text = (DEMO / "SOURCES.md").read_text(encoding="utf-8")
    files = {p.name for p in DEMO.iterdir() if p.suffix in (".csv", ".geojson", ".toml")}
    assert {name for name in files if f"`{name}`" not in text} == set()


def test_one_committee_stands_above_all() -> None:
    orgs = {r["code"]: r for r in rows("orgs.csv")}
    assert Counter(r["tier"] for r in orgs.values())["1"] == 1
    assert {r["tier"] for r in orgs.values()} == {"1", "3", "N"}
    for row in orgs.values():
        assert (row["parent"] in orgs) == (row["tier"] != "1")


def test_codes_lead_somewhere() -> None:
    assert all(r["org"] in ORGS for r in rows("people.csv"))
    for row in rows("accounts.csv"):
        assert row["person"] in PEOPLE
        assert not row["org"] or row["org"] in ORGS
        assert row["role"] in {"commander", "member", "association", "admin"}
    for row in rows("members.csv"):
        assert row["grid"] in GRIDS
        assert row["person"] in PEOPLE
    assert all(f["properties"]["org"] in ORGS for f in features("grids.geojson"))


def test_every_grid_has_a_member_a_backup_and_a_leader() -> None:
    roles: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows("members.csv"):
        roles[row["grid"]][row["role"]] += 1
    assert roles.keys() == GRIDS.keys()
    assert all(r == {"member": 1, "backup": 1, "leader": 1} for r in roles.values())


def test_no_telephone_is_anybodys() -> None:
    phones = [r["phone"] for r in rows("people.csv")]
    phones += [r["owner_phone"] for r in rows("vessels.csv")]
    assert all(re.fullmatch(r"1000000\d{4}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_the_register_reads_well() -> None:
    vessels = rows("vessels.csv")
    assert 280 <= len(vessels) <= 320
    for key in ("reg_no", "mmsi", "terminal", "callsign", "beidou"):
        values = [v[key] for v in vessels if v[key]]
        assert len(set(values)) == len(values), key
    for v in vessels:
        assert v["home_grid"] in GRIDS
        assert v["home_port"] in PORTS
        assert not v["association"] or v["association"] in ORGS
        assert VesselClass[v["class"].upper()]
        assert re.fullmatch(r"(琼三渔|琼三亚渔)9\d{4}|崖渔港巡\d{2}", v["reg_no"])
        assert not v["mmsi"] or re.fullmatch(r"412990\d{3}", v["mmsi"])
        assert 60 <= int(v["interval_s"]) <= 180
        assert 4 <= int(v["wind_limit"]) <= 12


def test_sixteen_grids_or_more_tile_the_sea_without_overlap() -> None:
    assert len(GRIDS) >= 16
    tree = shapely.STRtree(list(GRIDS.values()))
    cells = list(GRIDS.values())
    for cell in cells:
        assert cell.is_valid
        shared = sum(cell.intersection(cells[n]).area for n in tree.query(cell)) - cell.area
        assert shared < 1e-6  # degrees squared: a hectare
    whole = shapely.union_all(cells).buffer(1e-5)
    assert whole.geom_type == "Polygon"
    assert whole.area > 0.99 * shapely.Polygon(whole.exterior).area


def test_every_zone_is_one_the_service_understands() -> None:
    found = {z.code: z for z in zones()}
    assert {"port", "reserve", "cable", "aquaculture", "coverage", "boundary", "moratorium"} <= {
        z.kind for z in found.values()
    }
    assert all(z.geometry.is_valid for z in found.values())
    assert all(f["properties"]["source"] for f in features("zones.geojson"))
    assert found["YAZHOU"].limit_kn == 5


def test_home_is_on_the_left_of_the_line() -> None:
    line = next(z for z in zones() if z.kind == "boundary")
    assert len(line.geometry.coords) == 21
    home = geo.signed_distance_nm(line.geometry, np.array([109.12]), np.array([18.36]))
    away = geo.signed_distance_nm(line.geometry, np.array([107.0]), np.array([18.0]))
    assert home[0] == pytest.approx(74, abs=3)  # domain.md, finding 3
    assert away[0] < 0


def test_the_moratorium_is_to_the_second() -> None:
    zone = next(z for z in zones() if z.kind == "moratorium")
    begin, end = 1_777_608_000_000_000, 1_786_852_800_000_000  # 12:00 at Yazhou
    edges = np.array([begin - 1, begin, end - 1, end])
    assert zone.in_season(edges).tolist() == [False, True, True, False]


def test_the_roster_covers_every_level_by_day_and_night() -> None:
    roster = tomllib.loads((DEMO / "roster.toml").read_text(encoding="utf-8"))
    assert roster["shifts"]["day"][1] == roster["shifts"]["night"][0]
    assert roster["shifts"]["night"][1] == roster["shifts"]["day"][0]
    assert [d["level"] for d in roster["duty"]] == [1, 2, 3, 4, 5]
    for duty in roster["duty"][2:]:
        assert set(duty["people"]) <= PEOPLE
        assert len(duty["people"]) % duty["at_once"] == 0
