"""Who may do what to whose: every operation of the OpenAPI, every role, own and foreign objects.

The table below is the expectation; an operation that is missing from it fails the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from fleet.api.app import create_app
from fleet.settings import Settings
from fleet.store.db import pool
from tests.api.conftest import ORIGIN, Port
from tests.api.test_zones import FEATURE

ALL = frozenset({"chief", "lin", "coop", "root"})
DESK = frozenset({"chief", "lin"})
EDITORS = frozenset({"chief", "root"})
CHIEF = frozenset({"chief"})
NOBODY: frozenset[str] = frozenset()
#: Whose objects are whose; the number names vessel, alert and order alike.
OWN = {"chief": (1, 2, 3), "root": (1, 2, 3), "lin": (1,), "coop": (3,)}
FOREIGN = {"chief": (999,), "root": (999,), "lin": (2, 3, 999), "coop": (1, 2, 999)}


@dataclass(frozen=True)
class Rule:
    """Who gets past the role check, and with what body."""

    roles: frozenset[str]
    body: Any = None
    scoped: bool = False  #: the object in the path belongs to somebody
    not_even_own: frozenset[str] = NOBODY  #: past the role, but not their part: 403


BASE = "/api/v1"
WIND = {
    "kind": "forecast", "issued": "2026-07-01T00:00:00Z", "valid": "2026-07-01T06:00:00Z",
    "points": [{"lon": 109, "lat": 18, "wind_ms": 9.5}],
}  # fmt: skip
RECALL = {"order": "R2", "issued": "2026-07-01T00:00:00Z", "deadline": "2026-07-02T00:00:00Z"}
TABLE: dict[str, Rule | None] = {  # None: public
    "GET /healthz": None,
    "GET /readyz": None,
    "GET /metrics": None,  # loopback: see test_edge
    f"GET {BASE}/schemas/terminal-v1.json": None,
    f"POST {BASE}/session": None,
    f"DELETE {BASE}/session": None,
    f"GET {BASE}/session": Rule(ALL),
    f"POST {BASE}/session/password": Rule(ALL, {"old": "x", "new": "y"}),
    f"GET {BASE}/tokens": Rule(ALL),
    f"POST {BASE}/tokens": Rule(ALL, {"label": "x"}),
    f"DELETE {BASE}/tokens/{{token_id}}": Rule(ALL),
    f"GET {BASE}/vessels": Rule(ALL),
    f"GET {BASE}/vessels/{{vessel_id}}": Rule(ALL, scoped=True),
    f"GET {BASE}/vessels/{{vessel_id}}/track": Rule(ALL, scoped=True),
    f"GET {BASE}/vessels/{{vessel_id}}/hours": Rule(ALL, scoped=True),
    f"GET {BASE}/messages": Rule(EDITORS),
    f"GET {BASE}/alerts": Rule(ALL),
    f"GET {BASE}/alerts/{{alert_id}}": Rule(ALL, scoped=True),
    f"POST {BASE}/alerts/{{alert_id}}/acknowledge": Rule(DESK, {}, scoped=True),
    f"POST {BASE}/alerts/{{alert_id}}/shelve": Rule(
        DESK, {"period": "1h", "reason": "x"}, scoped=True
    ),
    f"POST {BASE}/alerts/{{alert_id}}/unshelve": Rule(DESK, {}, scoped=True),
    f"POST {BASE}/alerts/{{alert_id}}/verdict": Rule(
        DESK, {"verdict": "test", "reason": "x"}, scoped=True
    ),
    f"POST {BASE}/alerts/{{alert_id}}/close": Rule(DESK, {"reason": "rescued"}, scoped=True),
    f"GET {BASE}/shelves": Rule(ALL),
    f"POST {BASE}/shelves/{{shelf_id}}/end": Rule(DESK, {}, scoped=True),
    f"GET {BASE}/alert-load": Rule(ALL),
    f"GET {BASE}/statistics": Rule(ALL),
    f"GET {BASE}/orders": Rule(ALL),
    f"GET {BASE}/orders/{{order_id}}": Rule(ALL, scoped=True),
    f"POST {BASE}/orders/{{order_id}}/accept": Rule(DESK, {}, scoped=True),
    f"POST {BASE}/orders/{{order_id}}/decline": Rule(
        DESK, {"reason": "x"}, scoped=True, not_even_own=frozenset({"chief"})
    ),
    f"POST {BASE}/orders/{{order_id}}/progress": Rule(DESK, {"step": "contacted"}, scoped=True),
    f"POST {BASE}/orders/{{order_id}}/reassign": Rule(
        DESK, {"person": 3, "reason": "x"}, scoped=True, not_even_own=frozenset({"lin"})
    ),
    f"POST {BASE}/orders/{{order_id}}/handover": Rule(
        DESK, {"person": 3, "reason": "x"}, scoped=True
    ),
    f"POST {BASE}/orders/{{order_id}}/close": Rule(DESK, {"outcome": "resolved"}, scoped=True),
    f"GET {BASE}/zones": Rule(ALL),
    f"POST {BASE}/zones": Rule(EDITORS, FEATURE),
    f"GET {BASE}/zones/{{zone_id}}": Rule(ALL),
    f"PUT {BASE}/zones/{{zone_id}}": Rule(EDITORS, FEATURE),
    f"DELETE {BASE}/zones/{{zone_id}}": Rule(EDITORS),
    f"POST {BASE}/zones/{{zone_id}}/restore": Rule(EDITORS, {"version": 1}),
    f"GET {BASE}/zones/{{zone_id}}/versions": Rule(ALL),
    f"GET {BASE}/grids": Rule(ALL),
    f"GET {BASE}/members": Rule(ALL),
    f"GET {BASE}/feeds": Rule(EDITORS),
    f"GET {BASE}/rules": Rule(ALL),
    f"GET {BASE}/rules/{{kind}}": Rule(ALL),
    f"PUT {BASE}/rules/{{kind}}": Rule(CHIEF, {"reason": "x", "enabled": True}),
    f"POST {BASE}/rules/{{kind}}/restore": Rule(CHIEF, {"version": 1, "reason": "x"}),
    f"GET {BASE}/rules/{{kind}}/versions": Rule(ALL),
    f"GET {BASE}/identities": Rule(EDITORS),
    f"GET {BASE}/identities/decisions": Rule(EDITORS),
    f"GET {BASE}/identities/{{vessel_id}}/decisions": Rule(EDITORS),
    f"POST {BASE}/identities/{{vessel_id}}/decide": Rule(
        CHIEF, {"decision": "foreign", "reason": "x"}, scoped=True
    ),
    f"POST {BASE}/identities/{{vessel_id}}/undo": Rule(CHIEF, {"reason": "x"}, scoped=True),
    f"GET {BASE}/dry-runs": Rule(CHIEF),
    f"POST {BASE}/dry-runs": Rule(CHIEF, {"from": RECALL["issued"], "to": RECALL["deadline"]}),
    f"GET {BASE}/dry-runs/{{run_id}}": Rule(CHIEF),
    f"POST {BASE}/dry-runs/{{run_id}}/cancel": Rule(CHIEF),
    f"GET {BASE}/facts": Rule(ALL),
    f"GET {BASE}/facts/{{kind}}": Rule(ALL),
    f"PUT {BASE}/facts/groups": Rule(CHIEF, {"rows": []}),
    f"PUT {BASE}/facts/trips": Rule(CHIEF, {"rows": []}),
    f"PUT {BASE}/facts/permits": Rule(CHIEF, {"rows": []}),
    f"PUT {BASE}/facts/certificates": Rule(CHIEF, {"rows": []}),
    f"PUT {BASE}/facts/ports": Rule(CHIEF, {"rows": []}),
    f"PUT {BASE}/facts/wind": Rule(CHIEF, WIND),
    f"PUT {BASE}/facts/depth": Rule(CHIEF, {"points": [{"lon": 109, "lat": 18, "depth_m": 40}]}),
    f"GET {BASE}/recalls": Rule(ALL),
    f"POST {BASE}/recalls": Rule(CHIEF, RECALL),
    f"GET {BASE}/recalls/{{recall_id}}": Rule(ALL),
    f"POST {BASE}/recalls/{{recall_id}}/answers": Rule(CHIEF, {"rows": []}),
    f"POST {BASE}/recalls/{{recall_id}}/end": Rule(CHIEF),
    f"GET {BASE}/ports": Rule(ALL),
    f"GET {BASE}/port-visits": Rule(ALL),
    f"GET {BASE}/status": Rule(ALL),
    f"GET {BASE}/live/fleet": Rule(ALL),
    f"GET {BASE}/live/events": Rule(ALL),
}


async def operations() -> set[str]:
    url = "postgresql://nobody@127.0.0.1:1/none"
    made = create_app(Settings.model_validate({"database_url": url}), pool(url, "x", size=1))
    return {f"{m.upper()} {p}" for p, ops in made.openapi()["paths"].items() for m in ops}


async def test_the_table_is_complete() -> None:
    assert await operations() == set(TABLE)


def path(operation: str, number: int) -> str:
    """The path with its object filled in; zones have number 1 only, a token is nobody's."""
    raw = operation.split()[1]
    for name in ("vessel_id", "alert_id", "order_id", "shelf_id"):
        raw = raw.replace(f"{{{name}}}", str(number))
    kind = "permits" if "/facts/" in raw else "speed"
    raw = raw.replace("{kind}", kind).replace("{recall_id}", "1")
    return raw.replace("{zone_id}", "1").replace("{token_id}", "0" * 16)


async def ask(http: httpx.AsyncClient, operation: str, rule: Rule | None, number: int) -> int:
    url = f"{ORIGIN}{path(operation, number)}"
    body = rule.body if rule else None
    answer = await http.request(operation.split(maxsplit=1)[0], url, json=body)
    assert answer.status_code < 500 or operation == f"GET {BASE}/live/fleet", answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code


@pytest.mark.parametrize("operation", sorted(TABLE))
async def test_role_by_object(port: Port, operation: str) -> None:
    rule = TABLE[operation]
    async with port.client() as stranger:
        status = await ask(stranger, operation, rule, 1)
        assert (status == 401) == (rule is not None), "public, or not"
    if rule is None:
        return
    for login in ("lin", "coop", "root", "chief"):
        async with port.client(login, browser=True) as http:
            await check(http, operation, rule, login)


async def check(http: httpx.AsyncClient, operation: str, rule: Rule, login: str) -> None:
    if login not in rule.roles:
        assert await ask(http, operation, rule, OWN[login][0]) == 403, login
        return
    if rule.scoped:
        for number in FOREIGN[login]:
            assert await ask(http, operation, rule, number) == 404, (login, number)
    for number in OWN[login] if rule.scoped else (1,):
        status = await ask(http, operation, rule, number)
        if login in rule.not_even_own:
            assert status == 403, (login, number)
        elif "token_id" not in operation:
            assert status not in (401, 403, 404), (login, number, status)


LISTS: dict[str, Callable[[Any], set[int]]] = {
    "/vessels": (lambda body: {v["id"] for v in body}),
    "/alerts": (lambda body: {a["id"] for a in body["alerts"]}),
    "/alerts?status=all": (lambda body: {a["id"] for a in body["alerts"]}),
    "/orders": (lambda body: {o["id"] for o in body["orders"]}),
    "/shelves": (lambda body: {s["id"] for s in body["shelves"]}),
    "/live/events?since=0": (lambda body: {f["alert"]["id"] for f in body["frames"]}),
}


@pytest.mark.parametrize("url", sorted(LISTS))
async def test_lists_hold_what_is_in_scope_and_nothing_else(port: Port, url: str) -> None:
    for login in ALL:
        async with port.client(login) as http:
            found = LISTS[url]((await http.get(url)).json())
        assert found - {4} == set(OWN[login]), login
        assert (4 in found) == (url == "/vessels" and len(OWN[login]) == 3)


async def test_an_unknown_role_sees_nothing(port: Port) -> None:
    """Should a role be added to the table of roles and forgotten in the code."""
    await port.sql("alter table account drop constraint account_role_check")
    await port.sql("update account set role = 'guest', person = 1, org = 2 where login = 'lin'")
    async with port.client("lin") as http:
        for url, ids in LISTS.items():
            answer = await http.get(url)
            assert answer.status_code == 200
            assert ids(answer.json()) == set(), url
        assert (await http.get("/zones")).json()["features"] == []
        assert (await http.get("/alerts/1")).status_code == 404
