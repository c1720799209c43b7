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
from starlette.routing import BaseRoute

from fleet.api import errors
from fleet.api.auth import Service
from fleet.api.console_files import Console
from fleet.api.edge import Edge
from fleet.api.live.hub import Hub
from fleet.api.passwords import Passwords
from fleet.api.routers import alerts, live, orders, places, root, schemas, session, vessels, zones
from fleet.settings import Settings
from fleet.store.db import Pool

BASE = "/api/v1"
LARGEST_BODY = 64 * 1024
PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}


def create_app(settings: Settings, pool: Pool) -> FastAPI:
    hub = Hub(settings, pool)
    app = FastAPI(
        title="先锋渔英 fleet",
        summary="Safety of fishing vessels at sea: positions, alerts, orders, zones.",
        version=places.VERSION,
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere, which our CSP rightly refuses
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        lifespan=_lifespan(hub),
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}",
    )
    app.state.service = Service(settings, pool, Passwords(), hub)
    errors.install(app)
    app.include_router(_versioned())
    app.include_router(root.router)
    app.mount("/", Console())
    app.add_middleware(
        Edge, trusted_proxy=settings.trusted_proxy, insecure_http=settings.insecure_http
    )
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _versioned() -> APIRouter:
    router = APIRouter(prefix=BASE)
    for noun in (session, vessels, alerts, orders, places, schemas, live):
        router.include_router(noun.router)
    router.include_router(zones.router, max_body_size=zones.LARGEST)
    return router


def _lifespan(hub: Hub) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(hub.run(), name="live")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return lifespan


def _described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with our one kind of error on every operation."""
    if app.openapi_schema is None:
        routes: list[BaseRoute] = app.routes
        found = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=routes
        )
        schemas_ = found["components"]["schemas"]
        schemas_ |= errors.ProblemBody.model_json_schema(
            ref_template="#/components/schemas/{model}"
        ).pop("$defs")
        schemas_["ProblemBody"] = _without_defs(
            errors.ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        )
        for name in ("HTTPValidationError", "ValidationError"):
            schemas_.pop(name, None)
        answer = {"description": "Problem", "content": {errors.MEDIA: {"schema": PROBLEM}}}
        for path in found["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = answer
        app.openapi_schema = found
    return app.openapi_schema


def _without_defs(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k != "$defs"}
