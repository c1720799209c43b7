"""The application, built from settings and a pool; nothing is built at import.

Whoever calls create_app opens and closes the pool; the app's lifespan runs the live stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp

from fleet.api import errors
from fleet.api.auth import Service
from fleet.api.console_files import Console
from fleet.api.edge import Edge
from fleet.api.live.hub import Hub
from fleet.api.passwords import Passwords
from fleet.api.routers import (
    alerts,
    dry_runs,
    facts,
    identities,
    live,
    load,
    messages,
    orders,
    places,
    recalls,
    root,
    rules,
    schemas,
    session,
    shelves,
    statistics,
    vessels,
    zones,
)
from fleet.api.trials import Trials
from fleet.settings import Settings
from fleet.store.db import Pool

BASE = "/api/v1"
NOUNS = (
    session, vessels, alerts, shelves, load, orders, messages, zones, places, rules, dry_runs,
    facts, recalls, statistics,
    identities, schemas, live,
)  # fmt: skip
FIRST_READ_S = 5
PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}


class Application(FastAPI):
    """FastAPI inside our own edge: even its last-resort 500 leaves through it."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: Settings = self.state.service.settings
        inside = super().build_middleware_stack()
        return Edge(inside, settings.trusted_proxy, settings.insecure_http)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = described(self)
        return self.openapi_schema


def create_app(settings: Settings, pool: Pool) -> FastAPI:
    hub, trials = Hub(settings, pool), Trials(settings, pool)
    app = Application(
        title="先锋渔英 fleet",
        summary="Safety of fishing vessels at sea: positions, alerts, orders, zones.",
        version=places.VERSION,
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere, which our CSP rightly refuses
        redoc_url=None,
        lifespan=_lifespan(hub, trials),
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}",
    )
    app.state.service = Service(settings, pool, Passwords(), hub)
    app.state.trials = trials
    errors.install(app)
    app.include_router(_versioned())
    app.include_router(root.router)
    app.mount("/", Console())
    return app


def _versioned() -> APIRouter:
    router = APIRouter(prefix=BASE)
    for noun in NOUNS:
        router.include_router(noun.router)
    return router


def _lifespan(hub: Hub, trials: Trials) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(hub.run(), name="live")
        with suppress(TimeoutError):  # without a database the service starts and says so
            async with asyncio.timeout(FIRST_READ_S):
                await hub.known.wait()
        yield
        await trials.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return lifespan


def described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with our one kind of error on every operation, and FastAPI's own kind gone."""
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    problem = errors.ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = found["components"]["schemas"]
    parts |= {**problem.pop("$defs"), "ProblemBody": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        parts.pop(name, None)
    answer = {"description": "Problem", "content": {errors.MEDIA: {"schema": PROBLEM}}}
    for operation in (o for path in found["paths"].values() for o in path.values()):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = answer
    return found
