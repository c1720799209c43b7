"""Every error the API can give, as RFC 9457 problem details, mapped in this one file.

An error names the field it is about and never what the server looks like inside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fleet.alerts import lifecycle as alert_lifecycle
from fleet.grid import answers
from fleet.grid import lifecycle as order_lifecycle
from fleet.store import alert_acts, zone_edits

MEDIA = "application/problem+json"
BLANK = "about:blank"


class FieldError(BaseModel):
    field: str = Field(description="Where in the request, as in body.geometry.coordinates[0][3]")
    message: str


class ProblemBody(BaseModel):
    """RFC 9457 problem details."""

    type: str = BLANK
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []


class Problem(Exception):
    """An answer other than success, said by whoever finds it."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        kind: str = BLANK,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.errors, self.headers = list(errors), dict(headers or {})

    @classmethod
    def of(cls, status: int, field: str, message: str) -> Problem:
        """A problem with one field."""
        return cls(status, message, errors=[FieldError(field=field, message=message)])

    def response(self) -> Response:
        body = ProblemBody(
            type=self.kind,
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            errors=self.errors,
        )
        return Response(body.model_dump_json(), self.status, self.headers, MEDIA)


def not_found() -> Problem:
    """The same for what does not exist and for what is somebody else's."""
    return Problem(404, "no such object, or it is not yours to see")


def unavailable(detail: str) -> Problem:
    return Problem(503, detail, headers={"Retry-After": "2"})


def _from_validation(exc: RequestValidationError) -> Problem:
    errors = [
        FieldError(field=_path(error["loc"]), message=str(error["msg"])) for error in exc.errors()
    ]
    return Problem(422, "the request is not acceptable", errors=errors[:50])


def _path(location: Sequence[str | int]) -> str:
    """("body", "features", 3, "name") as body.features[3].name."""
    out = ""
    for part in location:
        out += f"[{part}]" if isinstance(part, int) else f".{part}"
    return out.removeprefix(".")


def _from_http(exc: HTTPException) -> Problem:
    return Problem(exc.status_code, str(exc.detail), headers=exc.headers)


def _from_unique(exc: psycopg.errors.UniqueViolation) -> Problem:
    key = exc.diag.constraint_name or ""
    field = key.removesuffix("_key").split("_", 1)[-1]
    return Problem.of(409, f"body.{field}", "in use already")


Make = Callable[[Any], Problem]

#: The first class that fits decides; psycopg's OperationalError must come after its children.
MAPPING: tuple[tuple[type[Exception], Make], ...] = (
    (Problem, lambda e: e),
    (RequestValidationError, _from_validation),
    (HTTPException, _from_http),
    (alert_lifecycle.NotAllowed, lambda e: Problem(409, str(e))),
    (order_lifecycle.NotAllowed, lambda e: Problem(409, str(e))),
    (answers.NotYours, lambda e: Problem(403, str(e))),
    (answers.Invalid, lambda e: Problem.of(422, f"body.{e.field}", e.message)),
    (alert_acts.StaleError, lambda e: Problem.of(409, "body.version", str(e))),
    (alert_acts.NotFoundError, lambda _: not_found()),
    (zone_edits.Conflict, lambda e: Problem(409, str(e))),
    (psycopg.errors.UniqueViolation, _from_unique),
    (psycopg.IntegrityError, lambda _: Problem(409, "it does not fit what is stored")),
    (psycopg.errors.QueryCanceled, lambda _: unavailable("the question took too long")),
    (psycopg.DataError, lambda _: Problem(422, "a value in the request cannot be stored")),
    (UnicodeEncodeError, lambda _: Problem(422, "a text in the request is not valid Unicode")),
    (PoolTimeout, lambda _: unavailable("the database does not answer")),
    (psycopg.OperationalError, lambda _: unavailable("the database does not answer")),
    (psycopg.InterfaceError, lambda _: unavailable("the database does not answer")),
)


async def _answer(make: Make, exc: Exception) -> Response:
    return make(exc).response()


async def _unexpected(request: Request, exc: Exception) -> Response:
    structlog.get_logger("fleet.api").error(
        "unexpected", method=request.method, path=request.url.path, exc_info=exc
    )
    return Problem(500, "the service made a mistake; it has been noted").response()


def install(app: FastAPI) -> None:
    for kind, make in MAPPING:
        app.add_exception_handler(kind, _handler(make))
    app.add_exception_handler(Exception, _unexpected)


def _handler(make: Make) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(_: Request, exc: Exception) -> Response:
        return await _answer(make, exc)

    return handle
