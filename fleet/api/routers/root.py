"""Probes and metrics, at the root: for machines, not for people.

/healthz and /readyz are public and say nothing about the port's boats. /metrics is for loopback,
or for a bearer token of the command centre or an administrator.
"""

from __future__ import annotations

import psycopg
from fastapi import APIRouter, Request, Response
from psycopg_pool import PoolTimeout
from starlette.datastructures import Headers

from fleet.api.auth import STATEMENT_TIMEOUT, Conn, Here, identify
from fleet.api.edge import FORWARDED, is_loopback
from fleet.api.errors import Problem
from fleet.api.metrics import families
from fleet.api.monitoring import monitoring
from fleet.api.schemas.status import Check, Health, Readiness
from fleet.store import metrics as numbers
from fleet.store import migrate, reads
from fleet.store.db import Connection
from fleet.telemetry import CONTENT_TYPE, exposition

router = APIRouter(tags=["service"])


class Exposition(Response):
    media_type = CONTENT_TYPE


@router.get("/healthz", summary="This process runs")
async def healthz() -> Health:
    return Health()


@router.get("/readyz", summary="Database, migrations and worker", response_model=Readiness)
async def readyz(here: Here) -> Response:
    """503 while any of them is not well: then nobody is watching the sea."""
    try:
        async with here.pool.connection(timeout=2) as conn:
            await conn.execute(STATEMENT_TIMEOUT)
            checks = [Check(name="database", ok=True), await _migrations(conn)]
            if checks[-1].ok:
                checks.append(await _worker(conn, here.settings.stale_after_s))
    except (psycopg.Error, PoolTimeout):
        checks = [Check(name="database", ok=False, detail="does not answer")]
    body = Readiness(ready=all(c.ok for c in checks), checks=checks)
    headers = {"Cache-Control": "no-store"}
    status = 200 if body.ready else 503
    return Response(body.model_dump_json(), status, headers, "application/json")


async def _migrations(conn: Connection) -> Check:
    try:
        missing = await migrate.pending(conn)
    except migrate.MigrationError as exc:
        return Check(name="migrations", ok=False, detail=str(exc))
    return Check(name="migrations", ok=not missing, detail=", ".join(missing))


async def _worker(conn: Connection, stale_after_s: float) -> Check:
    watched = monitoring(await reads.workers(conn), stale_after_s)
    since = f" since {watched.since:%Y-%m-%dT%H:%M:%SZ}" if watched.since else ""
    detail = "" if watched.ok else f"no monitoring{since}: {watched.reason}"
    return Check(name="worker", ok=watched.ok, detail=detail)


@router.get("/metrics", summary="Prometheus metrics", response_class=Exposition)
async def metrics(request: Request, here: Here, conn: Conn) -> Exposition:
    """From loopback without a token; through a proxy or from elsewhere with one."""
    if not _local(request, trusted=here.settings.trusted_proxy):
        session = await identify(request, conn)
        if session is None or session.account.role not in ("commander", "admin"):
            raise Problem(403, "from loopback, or with a token of an administrator")
    return Exposition(exposition(families(await numbers.read(conn), here.hub)))


def _local(request: Request, *, trusted: bool) -> bool:
    """From this machine itself, not through a proxy on it that nobody told us about."""
    headers = Headers(scope=request.scope)
    through = not trusted and any(name in headers for name in FORWARDED)
    return request.client is not None and is_loopback(request.client.host) and not through
