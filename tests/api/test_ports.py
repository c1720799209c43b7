"""Who comes and goes in the ports, from what the rules log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Port

VISITS = """insert into episode_log (kind, vessel, other, opened, closed) values
    ('port_visit', 1, 1, now() - interval '40 hours', null),
    ('port_visit', 3, 1, now() - interval '1 second', null),
    ('port_visit', 2, 1, now() - interval '50 hours', now()),
    ('port_visit', 2, 1, now() - interval '90 hours', now() - interval '80 hours'),
    ('fishing', 2, 1, now() - interval '1 hour', null)"""


@pytest.fixture
async def visited(port: Port) -> Port:
    """Boat 1 in port and moving, boat 3 just arrived and berthed, boat 2 just left."""
    await port.sql("update zone set kind = 'port', places = 40")
    await port.sql(VISITS)
    return port


async def ask(port: Port, path: str, login: str = "chief") -> Any:
    async with port.client(login) as http:
        answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_port_says_who_is_in_it(visited: Port) -> None:
    body = await ask(visited, "/ports")
    (found,) = body["ports"]
    named = ("code", "places", "in_port", "berthed", "arrivals", "departures")
    assert [found[name] for name in named] == ["Z1", 40, 2, 1, 1, 1]
    assert body["at_sea"] == 1
    own = (await ask(visited, "/ports", "coop"))["ports"][0]
    assert (own["in_port"], own["berthed"], own["departures"]) == (1, 1, 0), "its own boats"


async def test_a_port_without_visits_is_there(port: Port) -> None:
    await port.sql("update zone set kind = 'port'")
    body = await ask(port, "/ports")
    assert [(p["in_port"], p["arrivals"]) for p in body["ports"]] == [(0, 0)]
    assert body["at_sea"] == 3


async def test_visits_since(visited: Port) -> None:
    day = (await ask(visited, "/port-visits?port=Z1"))["visits"]
    assert [(v["vessel"], v["departed"] is None) for v in day] == [
        (3, True), (1, True), (2, False),
    ]  # fmt: skip
    long = await ask(visited, "/port-visits?since=2020-01-01T00:00:00Z")
    assert len(long["visits"]) == 4
    assert (await ask(visited, "/port-visits?port=Z9"))["visits"] == []
    own = (await ask(visited, "/port-visits", "lin"))["visits"]
    assert [v["vessel"] for v in own] == [1]
