"""Thresholds and zones tried on stored history before they are switched on (command centre).

A run is a job: it is begun, watched and cancelled here, and done by a process of its own, which
only reads. One at a time; the newest 50 are kept.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Request
from psycopg.errors import UniqueViolation

from fleet.alerts.parameters import BadParameter, typed
from fleet.alerts.rules import RULES
from fleet.alerts.scopes import BadScope, checked, plainly
from fleet.api.auth import Commander, Conn
from fleet.api.errors import FieldError, Problem, not_found
from fleet.api.geojson import Refused, features
from fleet.api.schemas.base import BIGGEST_ID
from fleet.api.schemas.dry_runs import DryRun, DryRunIn, DryRuns
from fleet.api.schemas.places import ZoneDocument
from fleet.api.trials import Trials
from fleet.store import dry_runs, engine
from fleet.store import rules as stored
from fleet.store.db import Connection

router = APIRouter(prefix="/dry-runs", tags=["dry-runs"])
KINDS = {rule.key: rule for rule in RULES}
RunId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
MOST = timedelta(days=31)
"""As the command has it."""


def trials(request: Request) -> Trials:
    return cast("Trials", request.app.state.trials)


Jobs = Annotated[Trials, Depends(trials)]


@router.post("", status_code=202, summary="Try numbers or a zone on stored history")
async def begin(body: DryRunIn, me: Commander, conn: Conn, jobs: Jobs) -> DryRun:
    """422 names what cannot be tried; 409 while another run is going on."""
    if not timedelta(0) < body.end - body.start <= MOST:
        raise Problem.of(422, "body.to", f"must be after from, by at most {MOST.days} days")
    asked = {
        "start": body.start.isoformat(), "end": body.end.isoformat(),
        **await _kind(conn, body),
        "zone": await _zone(body.zone) if body.zone else None,
    }  # fmt: skip
    try:
        run = await jobs.begin(asked, me.account.id)
    except UniqueViolation:
        raise Problem(409, "another dry run is going on: wait for it, or cancel it") from None
    return DryRun.of((await dry_runs.runs(conn, run))[0])


@router.get("", summary="The newest runs, without their results")
async def listed(me: Commander, conn: Conn) -> DryRuns:  # noqa: ARG001 -- who may
    return DryRuns(runs=[DryRun.of(row) for row in await dry_runs.runs(conn)])


@router.get("/{run_id}", summary="One run: how far it is, and what came of it")
async def run(run_id: RunId, me: Commander, conn: Conn) -> DryRun:  # noqa: ARG001 -- who may
    return await _found(conn, run_id)


@router.post("/{run_id}/cancel", summary="End a run that is going on")
async def cancel(run_id: RunId, me: Commander, conn: Conn, jobs: Jobs) -> DryRun:
    """Ended already: nothing changes."""
    await _found(conn, run_id)
    await dry_runs.end(conn, run_id, "cancelled", f"by {me.account.login}")
    jobs.stop(run_id)
    return await _found(conn, run_id)


async def _found(conn: Connection, run_id: int) -> DryRun:
    found = await dry_runs.runs(conn, run_id)
    if not found:
        raise not_found()
    return DryRun.of(found[0])


async def _kind(conn: Connection, body: DryRunIn) -> dict[str, Any]:
    """The kind with all of its numbers and overrides, checked as if they were to be stored."""
    if body.kind is None:
        if body.zone is None or body.params is not None or body.scopes is not None:
            raise Problem.of(422, "body.kind", "left out, so a zone is needed, and nothing else")
        return {"kind": "", "params": None, "scopes": None}
    rule = KINDS.get(body.kind)
    if rule is None:
        raise Problem.of(422, "body.kind", "no such kind")
    if rule.calls:
        raise Problem.of(422, "body.kind", "calls are not stored as they came in")
    row = (await engine.parameters(conn)).get(rule.key) or stored.shipped(rule.key)
    params = row["params"] if body.params is None else body.params
    scopes = row["scopes"] if body.scopes is None else body.scopes
    try:
        typed(rule, params)
        if body.scopes is not None:
            checked(rule, params, scopes, await stored.places(conn))
    except BadScope as error:
        raise Problem.of(422, f"body.{error.key}", error.why) from None
    except BadParameter as error:
        raise Problem.of(422, f"body.params.{error.key}", error.why) from None
    return {"kind": rule.key, "params": dict(params), "scopes": plainly(scopes)}


async def _zone(document: ZoneDocument) -> dict[str, Any]:
    """One zone, checked as if it were to be stored, in a thread: a coastline takes its time."""
    if document.type != "Feature":
        raise Problem.of(422, "body.zone.type", "must be Feature")
    try:
        found = await asyncio.to_thread(features, vars(document))
    except Refused as error:
        named = [_within(e) for e in error.errors]
        raise Problem(422, "not usable as a zone", errors=named) from None
    return dict(found[0].fields)


def _within(error: FieldError) -> FieldError:
    """The same, where the document is a part of the body."""
    return FieldError(field=f"body.zone{error.field.removeprefix('body')}", message=error.message)
