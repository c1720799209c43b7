"""What the service must know from elsewhere, as files; README.md names the columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulators.sea import chart
from simulators.sea.cast import Hull

COLUMNS: dict[str, tuple[str, ...]] = {
    "vessels": (
        "reg_no", "name", "class", "length_m", "gear", "wind_limit", "home_grid", "home_port",
        "association", "owner_name", "owner_phone", "crew", "interval_s", "mmsi", "terminal",
        "callsign", "beidou", "draught_m",
    ),
    "groups": ("group", "kind", "reg_no", "role", "valid_from", "valid_to"),
    "trips": (
        "trip", "reg_no", "port", "departs", "returns", "crew_out", "crew_back", "reported_at",
    ),
    "permits": ("permit", "reg_no", "activity", "zone", "valid_from", "valid_to"),
    "certificates": ("reg_no", "kind", "value", "issued", "expires"),
    "wind": ("issued", "kind", "valid", "lon", "lat", "wind_ms"),
    "depth": ("lon", "lat", "depth_m"),
    "orders": (
        "order", "kind", "action", "areas", "classes", "length_min_m", "length_max_m", "issued",
        "deadline", "shelters", "title",
    ),
    "order_status": ("order", "reg_no", "status", "at", "note"),
    "ports": ("port", "capacity"),
    "receivers": ("station", "kind", "lon", "lat", "range_nm", "usual_silence_s"),
}  # fmt: skip


def vessel(hull: Hull) -> dict[str, Any]:
    """Its row in the register."""
    b = hull.boat
    return {
        "reg_no": b.reg_no,
        "name": b.reg_no,
        "class": hull.kind,
        "length_m": b.length_m,
        "gear": ";".join(b.gears),
        "wind_limit": hull.wind_limit,
        "home_port": b.port,
        "crew": max(2, round(b.length_m / 4)),
        "interval_s": round(b.interval),
        "mmsi": b.mmsi or "",
        "terminal": b.terminal,
        "callsign": b.callsign,
        "draught_m": hull.draught_m,
    }


def write(folder: Path, facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """One CSV a kind that has rows."""
    for name, rows in facts.items():
        if rows:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                out = csv.DictWriter(file, COLUMNS[name], lineterminator="\n")
                out.writeheader()
                out.writerows(rows)


def write_zones(folder: Path, codes: Iterable[str], extra: Iterable[chart.Feature]) -> None:
    known = chart.features()
    body = {
        "type": "FeatureCollection",
        "source": "invented for simulation, not for navigation",
        "features": [*(known[code] for code in codes), *extra],
    }
    (folder / "zones.geojson").write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")
