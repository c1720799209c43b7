"""What rules need from outside, as files say it: groups, trips, permits, wind, depth, orders.

A folder of tables, one a noun. Invariant: either every row of every file is good, or DataError
names every bad one; a boat, zone or order that a row speaks of is in its own file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from fleet.commands.importing import fields as f
from fleet.commands.importing.geojson import survey as features
from fleet.commands.importing.nouns import VESSEL, ZONE, Noun, may, need
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record
from fleet.commands.importing.records import survey as tables

PORT_TIME = ZoneInfo("Asia/Shanghai")
WHEN = f.instant(PORT_TIME)
"""Times without an offset are the port's own."""
LON, LAT = f.number(-180, 180), f.number(-90, 90)
BOAT = replace(
    VESSEL, columns=(may("draught_m", f.number(0.1, 30), "吃水", empty=None), *VESSEL.columns)
)
GROUP = Noun(
    "group",
    ("group", "reg_no", "valid_from"),
    (
        need("group", f.code, "编组"),
        need("kind", f.one_of(("sailing", "pair_trawl", "light", "tow")), "类别"),
        need("reg_no", f.code, "船号", refers="vessel"),
        may("role", f.one_of(("lead", "member")), "角色", empty="member"),
        may("valid_from", WHEN, "生效", empty=None),
        may("valid_to", WHEN, "失效", empty=None),
    ),
)
TRIP = Noun(
    "trip",
    ("trip",),
    (
        need("trip", f.code, "报告号"),
        need("reg_no", f.code, "船号", refers="vessel"),
        may("port", f.code, "港口", empty=None, refers="zone"),
        need("departs", WHEN, "出港时间"),
        may("returns", WHEN, "计划返港", empty=None),
        may("crew_out", f.integer(0, 2000), "出港人数", empty=None),
        may("crew_back", f.integer(0, 2000), "返港人数", empty=None),
        may("reported_at", WHEN, "报告时间", empty=None),
    ),
)
PERMIT = Noun(
    "permit",
    ("permit",),
    (
        need("permit", f.code, "许可号"),
        need("reg_no", f.code, "船号", refers="vessel"),
        need("activity", f.one_of(("enter", "fish", "leave_port")), "许可事项"),
        may("zone", f.code, "区域", empty=None, refers="zone"),
        may("valid_from", WHEN, "生效", empty=None),
        may("valid_to", WHEN, "失效", empty=None),
    ),
)
CERTIFICATE = Noun(
    "certificate",
    ("reg_no", "kind", "issued"),
    (
        need("reg_no", f.code, "船号", refers="vessel"),
        need("kind", f.one_of(("nav_area", "wind", "fishing", "survey")), "类别"),
        may("value", f.number(0, 10_000), "数值", empty=None),
        may("issued", WHEN, "签发", empty=None),
        may("expires", WHEN, "到期", empty=None),
    ),
)
WIND = Noun(
    "wind",
    ("issued", "kind", "valid", "lon", "lat"),
    (
        need("issued", WHEN),
        need("kind", f.one_of(("forecast", "observed"))),
        need("valid", WHEN),
        need("lon", LON),
        need("lat", LAT),
        need("wind_ms", f.number(0, 120)),
    ),
)
DEPTH = Noun(
    "depth",
    ("lon", "lat"),
    (need("lon", LON), need("lat", LAT), need("depth_m", f.number(-9000, 12_000))),
)
ORDER = Noun(
    "order",
    ("order",),
    (
        need("order", f.code, "指令号"),
        need("kind", f.one_of(("recall",))),
        need("action", f.one_of(("return", "manoeuvre", "stay", "ashore"))),
        may("areas", f.names, empty=[]),
        may("classes", f.names, empty=[]),
        may("length_min_m", f.number(0, 500), empty=None),
        may("length_max_m", f.number(0, 500), empty=None),
        need("issued", WHEN, "下达"),
        need("deadline", WHEN, "时限"),
        may("shelters", f.names, empty=[]),
    ),
)
ORDER_STATUS = Noun(
    "order_status",
    ("order", "reg_no", "at"),
    (
        need("order", f.code, refers="order"),
        need("reg_no", f.code, "船号", refers="vessel"),
        need("status", f.one_of(("acknowledged", "manoeuvre", "ashore", "exempt"))),
        need("at", WHEN),
    ),
)
PORT = Noun(
    "port",
    ("port",),
    (need("port", f.code, "港口", refers="zone"), need("capacity", f.integer(0, 100_000), "泊位")),
)
NOUNS = {
    "groups": GROUP, "trips": TRIP, "permits": PERMIT, "certificates": CERTIFICATE, "wind": WIND,
    "depth": DEPTH, "orders": ORDER, "order_status": ORDER_STATUS, "ports": PORT,
}  # fmt: skip
"""By the name of the file, without `.csv`."""


@dataclass(frozen=True, slots=True)
class Folder:
    """All that a folder of facts says, checked; a file that is not there has no rows."""

    zones: Sequence[Record]
    vessels: Sequence[Record]
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)  #: by file name

    def values(self, name: str) -> list[Mapping[str, Any]]:
        return [record.values for record in self.rows.get(name, ())]


def read_folder(folder: Path) -> Folder:
    """Everything there is; raises DataError with every bad row of every file."""
    problems: list[Problem] = []

    def of(name: str, noun: Noun, read: Any) -> list[Record]:
        path = folder / name
        records, bad = read([path], noun) if path.is_file() else ([], [])
        problems.extend(bad)
        return list(records)

    found = Folder(
        of("zones.geojson", ZONE, features),
        of("vessels.csv", BOAT, tables),
        {name: of(f"{name}.csv", noun, tables) for name, noun in NOUNS.items()},
    )
    problems += _astray(found)
    if problems:
        raise DataError(problems)
    return found


def _astray(found: Folder) -> Iterator[Problem]:
    """Rows that speak of a boat, a zone or an order that is nowhere."""
    there = {
        "vessel": {r.values.get("reg_no") for r in found.vessels},
        "zone": {r.values.get("code") for r in found.zones},
        "order": {r.values.get("order") for r in found.rows["orders"]},
    }
    for name, noun in NOUNS.items():
        for column in (c for c in noun.columns if c.refers):
            known = there[column.refers]
            for record in found.rows[name]:
                value = record.values.get(column.name)
                if value is not None and value not in known:
                    yield record.problem(column.name, f"is no {column.refers} of this folder")


def moments(found: Folder) -> list[datetime]:
    """When something becomes known or runs out, sorted: what counts changes at these times."""
    columns = {
        "trips": ("reported_at",), "orders": ("issued",), "order_status": ("at",),
        "wind": ("issued",), "certificates": ("issued", "expires"),
    }  # fmt: skip
    times = (
        row.get(column)
        for name, wanted in columns.items()
        for row in found.values(name)
        for column in wanted
    )
    return sorted({t for t in times if t is not None})


Points: TypeAlias = dict[tuple[float, float], float]
"""Values by (latitude, longitude)."""


def fields(
    rows: Iterable[Mapping[str, Any]],
) -> dict[tuple[bool, datetime, datetime], Points]:
    """Rows of wind as fields by (observed, issued, valid), metres a second."""
    out: dict[tuple[bool, datetime, datetime], Points] = {}
    for row in rows:
        key = (row["kind"] == "observed", row["issued"], row["valid"])
        out.setdefault(key, {})[row["lat"], row["lon"]] = row["wind_ms"]
    return out


def depths(rows: Iterable[Mapping[str, Any]]) -> Points:
    """Rows of depth as metres below datum."""
    return {(row["lat"], row["lon"]): row["depth_m"] for row in rows}


def known_by(rows: Iterable[Mapping[str, Any]], column: str, now: datetime) -> list[Any]:
    """The rows that were there by then; one without a time always was."""
    return [row for row in rows if row.get(column) is None or row[column] <= now]
