"""Sea grids, people, feeds, rules, and how the service is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

from fastapi import APIRouter

from fleet.alerts.parameters import defaults
from fleet.api.auth import Conn, Here, See, Signed, allow
from fleet.api.monitoring import monitoring
from fleet.api.schemas.places import Grid, Grids, Member, Members
from fleet.api.schemas.status import Feed, Feeds, FeedState, Rule, Rules, StatusOut
from fleet.api.titles import title
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


@router.get("/rules", tags=["service"], summary="The alert kinds and their numbers")
async def rules(scope: See, conn: Conn) -> Rules:
    """The numbers that ship with the service, where the database has no version of its own."""
    own = {row["kind"]: row for row in await reads.rules(conn, scope)}
    return Rules(rules=[_rule(own.get(kind) or _shipped(kind)) for kind in sorted(defaults())])


def _shipped(kind: str) -> dict[str, Any]:
    found = defaults()[kind]
    return {
        "kind": kind,
        "version": found.version,
        "params": dict(found.values),
        "source": found.source,
        "enabled": True,
    }


def _rule(row: Mapping[str, Any]) -> Rule:
    zh, en = title(row["kind"])
    plain = {k: row[k] for k in ("kind", "version", "params", "source", "enabled")}
    return Rule(title_zh=zh, title_en=en, **plain)


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
        }
    )
