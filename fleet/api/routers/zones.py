"""Zones as GeoJSON, in and out: every edit a version, every deletion an end, undo a restore."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from fleet.api.auth import Conn, Editor, See
from fleet.api.errors import Problem, not_found
from fleet.api.geojson import Refused, ZoneIn, features
from fleet.api.schemas.base import BIGGEST_INT
from fleet.api.schemas.places import RestoreIn, Zone, ZoneDocument, Zones, ZoneVersion, ZoneVersions
from fleet.store import reads, zone_edits
from fleet.store.reads import Row
from fleet.store.zone_edits import Author

router = APIRouter(prefix="/zones", tags=["zones"])
ZoneId = Annotated[int, Path(ge=1, le=BIGGEST_INT)]
Format = Annotated[Literal["geojson", "json"], Query(description="the media type; both GeoJSON")]
Why = Annotated[str, Query(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
GEOJSON = "application/geo+json"


def _typed(body: Zone | Zones, kind: str) -> Response:
    media = GEOJSON if kind == "geojson" else "application/json"
    return Response(body.model_dump_json(), media_type=media)


async def _checked(document: ZoneDocument) -> list[ZoneIn]:
    """The zones of a document, checked in a thread: a coastline takes its time."""
    try:
        # Not model_dump: it walks, and stops at, what a hostile author nests a thousand deep.
        return await asyncio.to_thread(features, vars(document))
    except Refused as exc:
        raise Problem(422, "not storable as zones", errors=exc.errors) from None


async def _found(row: Awaitable[Row | None]) -> Zone:
    found = await row
    if found is None:
        raise not_found()
    return Zone.of(found)


@router.get("", summary="Every zone in force", response_model=Zones)
async def zones(scope: See, conn: Conn, ended: bool = False, format: Format = "json") -> Response:  # noqa: A002 -- the parameter's public name
    rows = await reads.zones(conn, scope, ended=ended)
    return _typed(Zones(features=[Zone.of(r) for r in rows]), format)


@router.post("", status_code=201, summary="New zones, all or none", response_model=Zone | Zones)
async def create(document: ZoneDocument, me: Editor, conn: Conn, reason: Why = "") -> Zone | Zones:
    """A Feature or a FeatureCollection; every error names its feature and field."""
    author = Author(me.account.id, reason)
    checked = await _checked(document)
    made = [Zone.of(await zone_edits.create(conn, zone.fields, author)) for zone in checked]
    return made[0] if document.type == "Feature" else Zones(features=made)


@router.get("/{zone_id}", summary="One zone, in force or ended", response_model=Zone)
async def zone(zone_id: ZoneId, scope: See, conn: Conn, format: Format = "json") -> Response:  # noqa: A002
    return _typed(await _found(reads.zone(conn, scope, zone_id)), format)


@router.put("/{zone_id}", summary="The next version of a zone")
async def update(
    zone_id: ZoneId, document: ZoneDocument, me: Editor, conn: Conn, reason: Why = ""
) -> Zone:
    """With properties.version, 409 unless that is the newest. An ended zone is in force again."""
    checked = await _checked(document)
    if document.type != "Feature":
        raise Problem.of(422, "body.type", "must be Feature")
    new, author = checked[0], Author(me.account.id, reason)
    return await _found(zone_edits.update(conn, zone_id, new.fields, author, version=new.version))


@router.delete("/{zone_id}", summary="End a zone")
async def end(zone_id: ZoneId, me: Editor, conn: Conn, reason: Why = "") -> Zone:
    """It keeps its row and versions; its open alerts are closed with that reason."""
    return await _found(zone_edits.end(conn, zone_id, Author(me.account.id, reason)))


@router.post("/{zone_id}/restore", summary="Bring an earlier version back")
async def restore(zone_id: ZoneId, body: RestoreIn, me: Editor, conn: Conn) -> Zone:
    """Undo of an edit or of an end; itself a new version."""
    author = Author(me.account.id, body.reason)
    return await _found(zone_edits.restore(conn, zone_id, body.version, author))


@router.get("/{zone_id}/versions", summary="Who changed it, when and why")
async def versions(zone_id: ZoneId, scope: See, conn: Conn) -> ZoneVersions:
    rows = await reads.zone_versions(conn, scope, zone_id)
    if not rows and await reads.zone(conn, scope, zone_id) is None:
        raise not_found()
    return ZoneVersions(versions=[ZoneVersion.of(r) for r in rows])
