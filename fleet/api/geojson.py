"""GeoJSON zones (RFC 7946) checked before they are stored; every error names feature and field.

Nothing is repaired: a ring that is not closed, crosses itself or leaves the globe is refused as
it stands, so that no border is ever shifted without its author knowing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from pydantic import ValidationError

from fleet import geo
from fleet.api.errors import FieldError
from fleet.api.schemas.places import ZoneFields
from fleet.store.zone_edits import FIELDS

MOST_FEATURES, MOST_ERRORS = 1_000, 50
MOST_POSITIONS = 20_000
"""In one feature: a coastline at 1:50,000 has fewer."""
WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326")
DEPTH = {"LineString": 1, "Polygon": 2, "MultiPolygon": 3}


class Refused(Exception):
    """The document cannot be stored; says everything that is wrong with it."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in errors))
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class ZoneIn:
    """One zone as its author wants it."""

    fields: dict[str, Any]
    version: int | None  #: the one it was edited from


@dataclass(slots=True)
class _Check:
    """The errors found so far below one path."""

    errors: list[FieldError] = field(default_factory=list)

    def wrong(self, path: str, message: str) -> None:
        self.errors.append(FieldError(field=path, message=message))


def features(document: Mapping[str, Any]) -> list[ZoneIn]:
    """Every zone of a Feature or FeatureCollection; raises Refused with all its errors."""
    check = _Check()
    _crs(document, check)
    found = [_zone(f, path, check) for path, f in _each(document, check)]
    codes = [z.fields["code"] for z in found if z]
    for code in {c for c in codes if codes.count(c) > 1}:
        check.wrong("body.features", f"code {code} occurs more than once")
    if check.errors:
        raise Refused(check.errors[:MOST_ERRORS])
    return [z for z in found if z]


def _crs(document: Mapping[str, Any], check: _Check) -> None:
    crs = document.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if name not in WGS84:
        check.wrong("body.crs", "only WGS-84 is understood; convert the coordinates first")


def _each(document: Mapping[str, Any], check: _Check) -> Iterator[tuple[str, Any]]:
    if document.get("type") == "Feature":
        yield "body", document
        return
    listed = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(listed, list):
        check.wrong("body", "must be a Feature or a FeatureCollection with a list of features")
    elif not 1 <= len(listed) <= MOST_FEATURES:
        check.wrong("body.features", f"must hold 1 to {MOST_FEATURES} features")
    else:
        yield from ((f"body.features[{i}]", f) for i, f in enumerate(listed))


def _zone(feature: Any, path: str, check: _Check) -> ZoneIn | None:
    before = len(check.errors)
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        check.wrong(path, "must be a Feature")
        return None
    fields = _properties(feature.get("properties"), f"{path}.properties", check)
    geometry = _geometry(feature.get("geometry"), f"{path}.geometry", check)
    if fields is None or geometry is None or len(check.errors) > before:
        return None
    _fits(fields, geometry, path, check)
    own = fields.model_dump(by_alias=True, include=set(FIELDS))
    return ZoneIn({**own, "geometry": geometry}, fields.version)


def _properties(given: Any, path: str, check: _Check) -> ZoneFields | None:
    try:
        fields = ZoneFields.model_validate(given)
        geo.seasons([s.model_dump(by_alias=True) for s in fields.season or ()])
        for name in fields.classes:
            geo.vessel_class(name)
    except ValidationError as exc:
        for error in exc.errors():
            where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error["loc"])
            check.wrong(path + where, error["msg"])
    except (ValueError, KeyError, OverflowError, OSError) as exc:
        name = "classes" if "class" in str(exc) else "season"
        check.wrong(f"{path}.{name}", str(exc)[:200])
    else:
        return fields
    return None


def _geometry(given: Any, path: str, check: _Check) -> dict[str, Any] | None:
    kind = given.get("type") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or kind not in DEPTH:
        check.wrong(f"{path}.type", f"must be one of {', '.join(DEPTH)}")
        return None
    before = len(check.errors)
    coordinates = given.get("coordinates")
    seen = _positions(coordinates, DEPTH[str(kind)], f"{path}.coordinates", check)
    if seen > MOST_POSITIONS:
        check.wrong(f"{path}.coordinates", f"{seen} positions; at most {MOST_POSITIONS}")
    if len(check.errors) > before:
        return None
    geometry = {"type": kind, "coordinates": coordinates}
    _shape(geometry, f"{path}.coordinates", check)
    return geometry


def _positions(given: Any, depth: int, path: str, check: _Check) -> int:
    """Check nested lists of positions; return how many there are. Stops at the first few errors."""
    if len(check.errors) >= MOST_ERRORS:
        return 0
    if not isinstance(given, list) or not given:
        check.wrong(path, "must be a list that is not empty")
        return 0
    if depth > 1:
        return sum(_positions(g, depth - 1, f"{path}[{i}]", check) for i, g in enumerate(given))
    for i, position in enumerate(given):
        if len(check.errors) >= MOST_ERRORS:
            break
        message = _position(position)
        if message:
            check.wrong(f"{path}[{i}]", message)
    return len(given)


def _position(given: Any) -> str:
    if not isinstance(given, list) or len(given) != 2:
        return "a position is [longitude, latitude]; heights are not kept"
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in given):
        return "longitude and latitude must be numbers"
    lon, lat = given
    if not all(math.isfinite(x) for x in given) or abs(lon) > 180:
        return "longitude must lie between -180 and 180 degrees"
    if abs(lat) > 90:
        return "latitude must lie between -90 and 90 degrees; longitude comes first"
    return ""


def _shape(geometry: Mapping[str, Any], path: str, check: _Check) -> None:
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    for i, polygon in enumerate(polygons.get(geometry["type"], [])):
        for j, ring in enumerate(polygon):
            at = f"{path}[{i}][{j}]" if geometry["type"] == "MultiPolygon" else f"{path}[{j}]"
            if len(ring) < 4:
                check.wrong(at, "a ring has at least four positions")
            elif ring[0] != ring[-1]:
                check.wrong(at, "the ring is not closed: its last position must be its first")
    if check.errors:
        return
    if geometry["type"] == "LineString" and len(geometry["coordinates"]) < 2:
        check.wrong(path, "a line has at least two positions")
        return
    shape = shapely.geometry.shape(dict(geometry))
    if not shape.is_valid:
        check.wrong(path, f"not a valid shape: {shapely.is_valid_reason(shape)}")
    elif shape.length == 0:
        check.wrong(path, "all positions are the same")


def _fits(fields: ZoneFields, geometry: Mapping[str, Any], path: str, check: _Check) -> None:
    """A line has no inside; an area is not crossed from one side to the other."""
    if (fields.rule == "line") != (geometry["type"] == "LineString"):
        wanted = "a LineString" if fields.rule == "line" else "a Polygon or MultiPolygon"
        check.wrong(f"{path}.geometry.type", f"rule {fields.rule} needs {wanted}")
