"""The chart of the scenarios: zones as GeoJSON features, and what lies in them.

Invented areas around a real coast; not for navigation. Degrees, WGS-84.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from simulators.geo import Point

Floats: TypeAlias = NDArray[np.float64]
Feature: TypeAlias = dict[str, Any]

CHART = Path(__file__).parent / "chart.geojson"
ALWAYS = (
    "YAZHOU", "SANYA", "TIELU", "WANGLOU", "YINGGEHAI",
    "BEIBU-LINE", "MORATORIUM-SCS", "ANCH-SY", "ANCH-NS", "COAST-HN",
)  # fmt: skip
"""Zones that are on every chart; a scenario names the others it needs."""


@cache
def features() -> dict[str, Feature]:
    """All zones by code."""
    body = json.loads(CHART.read_text(encoding="utf-8"))
    return {f["properties"]["code"]: f for f in body["features"]}


@cache
def geometry(code: str) -> BaseGeometry:
    found = shape(features()[code]["geometry"])
    shapely.prepare(found)
    return found


def inside(code: str, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Which of the points lie in the zone."""
    return shapely.contains_xy(geometry(code), lon, lat)


def holds(code: str, p: Point) -> bool:
    return bool(inside(code, np.array([p[0]]), np.array([p[1]]))[0])


def off_coast_nm(lon: Floats, lat: Floats) -> Floats:
    """Distance from the shore of Hainan, nm: on a plane stretched to the latitude."""
    scale = np.cos(np.radians(18.2))
    coast = shapely.transform(geometry("COAST-HN"), lambda p: p * [scale, 1.0])
    found = np.asarray(shapely.distance(shapely.points(lon * scale, lat), coast), np.float64)
    return found * 60.0


def to_port_nm(lon: Floats, lat: Floats) -> Floats:
    """Distance from the nearest port, nm: as `off_coast_nm`; at least a cable's length."""
    scale = np.cos(np.radians(18.2))
    ports = [c for c, f in features().items() if f["properties"]["kind"] == "port"]
    areas = [shapely.transform(geometry(c), lambda p: p * [scale, 1.0]) for c in ports]
    points = shapely.points(lon * scale, lat)
    far = np.array([shapely.distance(points, area) for area in areas], np.float64)
    return np.asarray(np.maximum(far.min(axis=0) * 60.0, 0.1))
