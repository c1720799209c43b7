from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fleet.settings import Settings
from tests.api.conftest import ORIGIN, Port, opened


@pytest.fixture
def document(port: Port) -> dict[str, Any]:
    return port.app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(p, m, o) for p, ops in document["paths"].items() for m, o in ops.items()]


async def test_every_operation_is_described_and_typed(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    names = [o["operationId"] for _, _, o in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert operation["tags"]
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        done = next(r for code, r in operation["responses"].items() if code.startswith("2"))
        if "204" not in operation["responses"]:
            for media, content in done["content"].items():
                typed = content.get("schema", {})
                assert typed or media != "application/json", (path, method)


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


async def test_it_is_served_and_public(port: Port) -> None:
    async with port.client() as http:
        answer = await http.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True)
    | st.text(st.characters(), max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "geometry", "properties", "reason", "x"]), inner)
    ),
    max_leaves=12,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
NUMBERS = st.integers(-(2**70), 2**70).map(str)


def value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what the schema asks for in shape, seldom in value."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(st.characters(), max_size=60),
        "integer": st.integers(-(2**70), 2**70),
        "number": st.floats(),
        "boolean": st.booleans(),
        "array": st.lists(JUNK, max_size=3),
    }
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | JUNK
    return kinds.get(str(schema.get("type")), JUNK) | JUNK


def body(document: dict[str, Any], operation: dict[str, Any]) -> st.SearchStrategy[Any]:
    wanted = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = wanted.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if not name:
        return st.none()
    fields = document["components"]["schemas"][name].get("properties", {})
    shaped = st.fixed_dictionaries({}, optional={k: value(v) for k, v in fields.items()})
    return shaped | JUNK


SKIPPED = {("/api/v1/session", "delete"), ("/api/v1/session/password", "post")}
"""They would end the session the fuzz works with, or hash a hundred passwords."""


async def shoot(port: Port, login: str, data: st.DataObject) -> None:
    """One request that is seldom right, and must never be the service's own mistake."""
    document = port.app.openapi()
    choices = [o for o in operations(document) if (o[0], o[1]) not in SKIPPED]
    path, method, operation = data.draw(st.sampled_from(choices))
    query = {}
    for parameter in operation.get("parameters", []):
        drawn = data.draw(WORDS | NUMBERS | st.just("1"))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(drawn, safe=""))
        elif data.draw(st.booleans()):
            query[parameter["name"]] = drawn
    sent = data.draw(body(document, operation))
    raw = json.dumps(sent).encode("utf-8", "surrogatepass") if sent is not None else b""
    headers = {"Content-Type": "application/json"}
    async with port.client(login, browser=True) as http:
        url = f"{ORIGIN}{path}"
        answer = await http.request(method, url, params=query, content=raw, headers=headers)
    note(f"{method} {url} {query} {sent!r} -> {answer.status_code} {answer.text[:300]}")
    if answer.status_code >= 500:
        assert (answer.status_code, path) in {(503, "/api/v1/live/fleet"), (503, "/readyz")}
    elif answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("login", ["chief", "lin"])
def test_no_input_makes_it_fail(
    database_url: str, settings: Settings, password_hash: str, login: str
) -> None:
    with asyncio.Runner() as runner:
        opening = opened(database_url, settings, password_hash)
        port = runner.run(opening.__aenter__())

        @hypothesis_settings(
            max_examples=300, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(data=st.data())
        def fuzz(data: st.DataObject) -> None:
            runner.run(shoot(port, login, data))

        try:
            fuzz()
        finally:
            runner.run(opening.__aexit__(None, None, None))
