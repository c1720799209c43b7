"""Vessels: the static list behind an ETag, one vessel, and its track."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from fleet.api.auth import Conn, See, Signed
from fleet.api.errors import Problem, not_found
from fleet.api.schemas.base import BIGGEST_INT, Time
from fleet.api.schemas.vessels import (
    Hour,
    Hours,
    Track,
    TrackLine,
    TrackProperties,
    Vessel,
    VesselListed,
    listed,
)
from fleet.api.track import keep, pixel_m
from fleet.store import reads
from fleet.store.reads import Rows

router = APIRouter(prefix="/vessels", tags=["vessels"])
VesselId = Annotated[int, Path(ge=1, le=BIGGEST_INT)]
LONGEST, LONGEST_HOURS = timedelta(days=31), timedelta(days=366)
MOST_FIXES = 50_000


@router.get(
    "",
    summary="Names and static facts of every vessel in scope",
    response_model=list[VesselListed],
    responses={304: {"description": "as the If-None-Match says"}},
)
async def vessels(request: Request, scope: See, conn: Conn) -> Response:
    """Cached by ETag: the live stream sends numbers only. Plain JSON, for there may be 35,000."""
    body = orjson.dumps([listed(r) for r in await reads.vessels(conn, scope)])
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


@router.get("/{vessel_id}", summary="One vessel: register, identities, latest fix")
async def vessel(vessel_id: VesselId, scope: See, me: Signed, conn: Conn) -> Vessel:
    row = await reads.vessel(conn, scope, vessel_id)
    if row is None:
        raise not_found()
    identities = await reads.identities(conn, scope, vessel_id)
    said = await reads.transmitted(conn, scope, vessel_id)
    phone = me.account.role == "commander" or row["leading"]
    return Vessel.of(row, identities, said, phone=phone)


@router.get("/{vessel_id}/track", summary="Where it was: a GeoJSON line, simplified")
async def track(
    vessel_id: VesselId,
    scope: See,
    conn: Conn,
    *,
    since: Annotated[Time | None, Query(alias="from", description="default: 6 h before to")] = None,
    until: Annotated[Time | None, Query(alias="to", description="default: now")] = None,
    tolerance_m: Annotated[float, Query(ge=0, le=10_000, allow_inf_nan=False)] = 20,
    zoom: Annotated[
        float | None,
        Query(ge=0, le=24, allow_inf_nan=False, description="of the map; instead of tolerance_m"),
    ] = None,
) -> Track:
    """At most 31 days and 50,000 fixes; beyond these, one fix a bucket is read, and said so."""
    until = until or datetime.now(UTC)
    since = since or until - timedelta(hours=6)
    if not since < until <= since + LONGEST:
        raise Problem.of(422, "query.from", "must lie before to, by at most 31 days")
    if not await reads.sees_vessel(conn, scope, vessel_id):
        raise not_found()
    rows, bucket = await reads.track(conn, scope, vessel_id, since, until, MOST_FIXES)
    if zoom is not None:
        tolerance_m = pixel_m(zoom, rows[0]["lat"] if rows else 0.0)
    return _feature(vessel_id, rows, bucket, tolerance_m)


@router.get("/{vessel_id}/hours", summary="What it did hour by hour, also long ago")
async def hours(
    vessel_id: VesselId,
    scope: See,
    conn: Conn,
    since: Annotated[Time | None, Query(alias="from", description="default: 7 d before to")] = None,
    until: Annotated[Time | None, Query(alias="to", description="default: now")] = None,
) -> Hours:
    """At most a year. An hour is there ten minutes after its end, and again after late reports."""
    until = until or datetime.now(UTC)
    since = since or until - timedelta(days=7)
    if not since < until <= since + LONGEST_HOURS:
        raise Problem.of(422, "query.from", "must lie before to, by at most 366 days")
    if not await reads.sees_vessel(conn, scope, vessel_id):
        raise not_found()
    found = await reads.hours(conn, scope, vessel_id, since, until)
    return Hours(hours=[Hour.of(row) for row in found])


def _feature(vessel: int, rows: Rows, bucket: float | None, tolerance_m: float) -> Track:
    lon = np.array([r["lon"] for r in rows], np.float64)
    lat = np.array([r["lat"] for r in rows], np.float64)
    kept = keep(lon, lat, tolerance_m)
    line = [(round(lon[i], 6), round(lat[i], 6)) for i in kept]
    properties = TrackProperties(
        vessel=vessel,
        coordTimes=[rows[i]["t"] for i in kept],
        sog=[rows[i]["sog"] for i in kept],
        cog=[rows[i]["cog"] for i in kept],
        fixes=len(rows),
        tolerance_m=tolerance_m,
        thinned_s=bucket,
    )
    geometry = TrackLine(coordinates=line) if len(line) > 1 else None
    return Track(geometry=geometry, properties=properties)
