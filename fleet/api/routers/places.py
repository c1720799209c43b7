"""Sea grids, people, feeds, and how the service is."""

from __future__ import annotations

from importlib import metadata

from fastapi import APIRouter

from fleet.api.auth import Conn, Here, See, Signed, allow
from fleet.api.monitoring import monitoring
from fleet.api.routers.rules import lacking
from fleet.api.schemas.places import Grid, Grids, Member, Members
from fleet.api.schemas.status import Feed, Feeds, FeedState, StatusOut
from fleet.store import reads

router = APIRouter()
VERSION = metadata.version("fleet")


@router.get("/grids", tags=["grids"], summary="Sea grids with their people and who is on duty")
async def grids(scope: See, conn: Conn) -> Grids:
    """The outlines are for everybody; names only of people in scope."""
    return Grids(features=[Grid.of(r) for r in await reads.grids(conn, scope)])


@router.get("/members", tags=["grids"], summary="People in scope, their grids and load")
async def members(scope: See, me: Signed, conn: Conn) -> Members:
    own = me.account.person
    every = me.account.role == "commander"
    rows = await reads.members(conn, scope)
    return Members(members=[Member.of(r, phone=every or r["person"] == own) for r in rows])


@router.get(
    "/feeds",
    tags=["service"],
    summary="Feeds and their health (command centre, admin)",
    dependencies=[allow("commander", "admin")],
)
async def feeds(scope: See, conn: Conn) -> Feeds:
    return Feeds(feeds=[Feed.model_validate(r) for r in await reads.feeds(conn, scope)])


@router.get("/status", tags=["service"], summary="Whether anybody watches, and since when not")
async def status(scope: See, here: Here, conn: Conn) -> StatusOut:
    watched = monitoring(await reads.workers(conn), here.settings.stale_after_s)
    states = FeedState.model_fields
    return StatusOut.model_validate(
        {
            **await reads.overview(conn, scope),
            "monitoring": watched.out(),
            "version": VERSION,
            "feeds": [{k: r[k] for k in states} for r in await reads.feeds(conn, scope)],
            "rules": await lacking(conn, scope) if scope.signed else [],
        }
    )
