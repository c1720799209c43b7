"""GeoJSON features as records: geometry valid, in WGS-84, of the kind that the noun needs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from fleet.commands.importing.fields import names, vessel_class
from fleet.commands.importing.nouns import IGNORED, Noun
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record, twice, value_of
from fleet.commands.importing.tables import decoded
from fleet.geo import seasons
from fleet.model import VesselClass
from fleet.settings import hint

SAME = {"CRS84", "EPSG:4326", "EPSG::4326", "EPSG:4490", "EPSG::4490", "4326", "4490", "WGS84"}
"""Names under which files declare WGS-84 or CGCS2000, which agree to centimetres."""
AREAS, LINES = ("Polygon", "MultiPolygon"), ("LineString",)
MOST = {"LineString": 500, "Polygon": 20_000, "MultiPolygon": 20_000}
"""Positions of one zone: each boat near a line is measured against all of them."""
EXTRA = {"zone": ("season", "classes"), "grid": ()}
"""Properties that are no plain cells."""


def read_features(paths: Sequence[Path], noun: Noun) -> list[Record]:
    """Every feature of every file; refuses with every bad one named."""
    records, problems = survey(paths, noun)
    if problems:
        raise DataError(problems)
    return records


def survey(paths: Sequence[Path], noun: Noun) -> tuple[list[Record], list[Problem]]:
    """Every feature as far as it can be read, and what is wrong with them as they stand."""
    problems: list[Problem] = []
    records = [r for path in paths for r in _features(path, noun, problems)]
    return records, [*problems, *twice(records, noun)]


def _features(path: Path, noun: Noun, problems: list[Problem]) -> Iterator[Record]:
    body = _document(path)
    for number, feature in enumerate(body["features"], 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            problems.append(Problem(path.name, number, "type", "", "is no GeoJSON Feature"))
            continue
        values = dict(_properties(path.name, number, feature, noun, problems))
        line = values.get("rule") == "line"
        try:
            values["geometry"] = geometry(feature.get("geometry"), LINES if line else AREAS)
        except ValueError as error:
            problems.append(Problem(path.name, number, "geometry", _title(values), str(error)))
        yield Record(path.name, number, values)


def _title(values: Mapping[str, Any]) -> str:
    return str(values.get("code", ""))


def _document(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(decoded(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError([Problem(path.name, 0, "", "", f"is no JSON: {error}")]) from None
    if not isinstance(body, dict) or not isinstance(body.get("features"), list):
        raise DataError([Problem(path.name, 0, "type", "", "must be a FeatureCollection")])
    crs = _crs(body.get("crs"))
    if crs is not None and not any(crs.upper().endswith(same) for same in SAME):
        why = "must be WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490): transform the file first"
        raise DataError([Problem(path.name, 0, "crs", crs, why)])
    return body


def _crs(member: Any) -> str | None:
    if member is None:
        return None
    if isinstance(member, dict) and isinstance(member.get("properties"), dict):
        return str(member["properties"].get("name", "unnamed"))
    return str(member)


def _properties(
    file: str, number: int, feature: Mapping[str, Any], noun: Noun, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    found = feature.get("properties")
    given = dict(found) if isinstance(found, dict) else {}
    known = [*(c.name for c in noun.columns), *EXTRA[noun.name]]
    for name in given.keys() - set(known) - IGNORED:
        why = f"is no property of {noun.name}s{hint(name, known)}"
        problems.append(Problem(file, number, name, str(given[name]), why))
    for column in noun.columns:
        if column.name not in given and not column.required:
            continue
        try:
            yield column.name, value_of(column, _cell(given.get(column.name)))
        except ValueError as error:
            value = _cell(given.get(column.name))
            problems.append(Problem(file, number, column.name, value, str(error)))
    for name in EXTRA[noun.name]:
        if name not in given:
            continue
        try:
            yield name, READERS[name](given[name])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(Problem(file, number, name, str(given[name]), str(error)))


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()


def season(value: Any) -> list[dict[str, str]] | None:
    """A list of {"from", "to", "tz"} that lays out, or nothing for always."""
    if not value:
        return None
    if not isinstance(value, list) or not all(isinstance(e, dict) for e in value):
        raise ValueError('must be a list of {"from", "to", "tz"}')
    for entry in value:
        if not {"from", "to"} <= entry.keys():
            raise ValueError("needs `from` and `to`")
    seasons(value)
    return [dict(entry) for entry in value]


def classes(value: Any) -> list[str]:
    wanted = names(";".join(value) if isinstance(value, list) else str(value or ""))
    return [VesselClass(vessel_class(name)).name.lower() for name in wanted]


READERS = {"season": season, "classes": classes}


def geometry(value: Any, kinds: Sequence[str]) -> dict[str, Any]:
    """A valid geometry of one of these kinds, as GeoJSON; raises ValueError saying why not."""
    kind = str(value.get("type", "")) if isinstance(value, dict) else ""
    if kind not in kinds:
        raise ValueError(f"must be a {' or '.join(kinds)}, not {kind or 'nothing'}")
    points = list(_points(value.get("coordinates")))
    if len(points) > MOST[kind]:
        raise ValueError(
            f"has {len(points)} positions, at most {MOST[kind]} are taken: simplify it"
        )
    for lon, lat in points:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(f"({lon}, {lat}) is no longitude and latitude in degrees")
    try:
        made = shapely.force_2d(shape(value))
    except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError) as error:
        raise ValueError(f"cannot be built: {error}") from None
    if made.is_empty or not made.is_valid:
        raise ValueError(shapely.is_valid_reason(made) if not made.is_empty else "is empty")
    plain: dict[str, Any] = json.loads(json.dumps(mapping(made)))
    return plain


def _points(value: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("has coordinates that are no lists of numbers")
    if isinstance(value[0], list | tuple):
        for inner in value:
            yield from _points(inner)
        return
    numbers = [v for v in value if isinstance(v, int | float) and math.isfinite(v)]
    if len(numbers) != len(value) or len(numbers) < 2:
        raise ValueError("has coordinates that are no lists of numbers")
    yield float(numbers[0]), float(numbers[1])
