from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from fleet.api.app import create_app
from fleet.api.serve import CannotServe, check
from fleet.settings import Settings
from tests.api.conftest import ORIGIN, Port

EVERY = {
    "content-security-policy": "default-src 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


async def test_security_headers_on_every_kind_of_answer(port: Port) -> None:
    async with port.client("chief") as http:
        for path in (
            "/alerts",
            "/alerts/999999",
            "/alerts/x",
            "/nothing",
            "http://127.0.0.1:8000/",
        ):
            headers = (await http.get(path)).headers
            for name, value in EVERY.items():
                assert value in headers[name], (path, name)
        assert (await http.get("/alerts")).headers["cache-control"] == "no-store"


async def test_csp_has_no_inline_script_and_no_foreign_host(port: Port) -> None:
    async with port.client() as http:
        policy = (await http.get("/session")).headers["content-security-policy"]
    directives = {d.split()[0]: d.split()[1:] for d in policy.split(";")}
    assert directives["script-src"] == ["'self'"]
    assert directives["object-src"] == directives["frame-ancestors"] == ["'none'"]
    assert directives["connect-src"] == ["'self'", "ws://127.0.0.1:8000"]
    assert "http" not in policy


@pytest.mark.parametrize("host", ["x; script-src *", "a b", "evil.example/;", ""])
async def test_a_strange_host_does_not_get_into_the_policy(port: Port, host: str) -> None:
    async with port.client() as http:
        answer = await http.get("/session", headers={"Host": host})
    assert "connect-src 'self';" in answer.headers["content-security-policy"]


WRITE = {"label": "x"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": ORIGIN}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ORIGIN.replace("http", "https")}, 403),
        ({"Origin": ORIGIN + ".evil.example"}, 403),
        ({}, 403),
    ],
)
async def test_a_foreign_page_cannot_write_with_our_cookie(
    port: Port, headers: dict[str, str], status: int
) -> None:
    async with port.client() as http:
        http.cookies.set("fleet", port.cookies["lin"])
        answer = await http.post("/tokens", json=WRITE, headers=headers)
    assert answer.status_code == status, answer.text


async def test_a_foreign_page_cannot_sign_somebody_in(port: Port) -> None:
    async with port.client() as http:
        body = {"login": "lin", "password": "x"}
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await http.post("/session", json=body, headers=headers)).status_code == 403


async def test_a_form_post_is_no_json(port: Port) -> None:
    async with port.client("lin", browser=True) as http:
        headers = {"Content-Type": "text/plain"}
        answer = await http.post("/tokens", content=json.dumps(WRITE), headers=headers)
    assert answer.status_code == 422


async def test_no_cross_origin_reading(port: Port) -> None:
    async with port.client("lin") as http:
        answer = await http.get("/session", headers={"Origin": "http://evil.example"})
        assert not [h for h in answer.headers if h.startswith("access-control-")]


async def test_plain_http_is_for_loopback(port: Port) -> None:
    async with port.client("lin", address="192.0.2.7") as http:
        answer = await http.get("/session")
        assert answer.status_code == 403
        assert "insecure_http" in answer.json()["detail"]
        assert (await http.get("http://127.0.0.1:8000/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"host": "0.0.0.0"}, True),  # noqa: S104
        ({"host": "127.0.0.1"}, False),
        ({"host": "::1"}, False),
        ({"host": "0.0.0.0", "insecure_http": True}, False),  # noqa: S104
        ({"host": "0.0.0.0", "trusted_proxy": True}, False),  # noqa: S104
    ],
)
def test_start_is_refused_where_passwords_would_travel_in_the_clear(
    given: dict[str, object], refused: bool
) -> None:
    settings = Settings.model_validate(given)
    if refused:
        with pytest.raises(CannotServe, match="insecure_http"):
            check(settings)
    else:
        check(settings)


class Behind:
    """The app behind a proxy it trusts, asked by some client of the proxy."""

    def __init__(self, port: Port, **settings: object) -> None:
        known = port.settings.model_dump() | settings
        self.app = create_app(Settings.model_validate(known), port.pool)

    async def get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://fleet.example") as http:
            return await http.get(path, headers=headers)


async def test_behind_a_trusted_proxy_tls_is_what_the_proxy_says(port: Port) -> None:
    proxied = Behind(port, trusted_proxy=True)
    cookie = {"Cookie": f"__Host-fleet={port.cookies['lin']}"}
    said = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https"}
    good = await proxied.get("/api/v1/session", cookie | said)
    assert good.status_code == 200
    assert good.headers["strict-transport-security"]
    plain = await proxied.get("/api/v1/session", cookie | said | {"X-Forwarded-Proto": "http"})
    assert plain.status_code == 403, "the visitor came in the clear"


async def test_behind_a_proxy_the_origin_is_the_proxys_host(port: Port) -> None:
    known = port.settings.model_dump() | {"trusted_proxy": True}
    app = create_app(Settings.model_validate(known), port.pool)
    headers = {
        "Cookie": f"__Host-fleet={port.cookies['lin']}",
        "X-Forwarded-Host": "port.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.5",
    }
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.2:8000") as http:
        for origin, status in (("https://port.example", 201), ("http://10.0.0.2:8000", 403)):
            answer = await http.post(
                "/api/v1/tokens", json=WRITE, headers=headers | {"Origin": origin}
            )
            assert answer.status_code == status


async def test_forwarded_headers_of_a_stranger_are_not_believed(port: Port) -> None:
    direct = Behind(port)
    cookie = {"Cookie": f"__Host-fleet={port.cookies['lin']}"}
    answer = await direct.get("/api/v1/session", cookie | {"X-Forwarded-Proto": "https"})
    assert answer.status_code == 401


async def test_metrics_are_for_this_machine_or_an_administrator(port: Port) -> None:
    path = "http://127.0.0.1:8000/metrics"
    async with port.client() as http:
        text = (await http.get(path)).text
    for line in (
        'fleet_rejects_total{name="ais",reason="checksum"} 3.0',
        'fleet_alerts{kind="distress",severity="emergency",status="active"} 1.0',
        'fleet_orders{severity="warning",status="offered"} 1.0',
        'fleet_worker_lag_seconds{part="main"} 0.2',
        "fleet_live_clients 0.0",
    ):
        assert line in text, line
    proxied, said = Behind(port, trusted_proxy=True), {"X-Forwarded-For": "203.0.113.5"}
    said["X-Forwarded-Proto"] = "https"
    assert (await proxied.get("/metrics", said)).status_code == 403
    for login, status in (("lin", 403), ("coop", 403), ("root", 200), ("chief", 200)):
        bearer = {"Authorization": f"Bearer {port.tokens[login]}"}
        assert (await proxied.get("/metrics", said | bearer)).status_code == status
    spoofed = {"X-Forwarded-For": "127.0.0.1, 203.0.113.5", "X-Forwarded-Proto": "https"}
    assert (await proxied.get("/metrics", spoofed)).status_code == 403, "only the last is believed"
    assert (await Behind(port).get("/metrics", said)).status_code == 403, "an unknown proxy"


async def test_bodies_are_bounded_before_they_are_parsed(port: Port) -> None:
    async with port.client("lin", browser=True) as http:
        answer = await http.post("/tokens", json={"label": "x" * 70_000})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b'{"label": "' + b"x" * 1000

        headers = {"Content-Type": "application/json"}
        answer = await http.post("/tokens", content=chunks(), headers=headers)
        assert answer.status_code == 413, "without a Content-Length too"


@pytest.mark.parametrize(
    "body",
    [
        b'{"label": "x", "days": NaN}',
        b'{"label": "x", "days": Infinity}',
        b'{"label": "x", "days": 1e400}',
        b'{"label": "a\\u0000b"}',
        b'{"label": "\\ud800"}',
        b'{"label": "a\\r\\nSet-Cookie: x=y"}',
        b'{"label": "x", "days": 99999999999999999999999999}',
        b'{"label": "x", "account": 1}',
        b'{"label": "\xff\xfe"}',
        b"[" * 60_000,
        b'{"label": ' * 6_000,
        b"\x00",
        b"",
        b"null",
    ],
)
async def test_hostile_json_is_refused_by_name(port: Port, body: bytes) -> None:
    async with port.client("lin", browser=True) as http:
        headers = {"Content-Type": "application/json"}
        answer = await http.post("/tokens", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


async def test_errors_name_the_field(port: Port) -> None:
    async with port.client("chief") as http:
        answer = await http.get("/alerts", params={"severity": "9", "limit": "x"})
    body = answer.json()
    assert body["title"] == "Unprocessable Content" or body["title"].startswith("Unprocessable")
    assert {e["field"] for e in body["errors"]} == {"query.severity", "query.limit"}


async def test_probes(port: Port) -> None:
    async with port.client() as http:
        assert (await http.get("http://127.0.0.1:8000/healthz")).json() == {"ok": True}
        ready = await http.get("http://127.0.0.1:8000/readyz")
        assert ready.status_code == 200, ready.text
        await port.sql("update worker set beat = now() - interval '1 minute'")
        late = await http.get("http://127.0.0.1:8000/readyz")
        assert late.status_code == 503
        assert "no monitoring since" in late.text
        await port.sql("update worker set beat = now(), lag_s = 600")
        assert "behind" in (await http.get("http://127.0.0.1:8000/readyz")).text
        await port.sql("delete from worker")
        assert "never_started" in (await http.get("http://127.0.0.1:8000/readyz")).text


async def test_status_says_since_when_nobody_watches(port: Port) -> None:
    async with port.client("lin") as http:
        good = (await http.get("/status")).json()
        assert good["monitoring"]["ok"] is True
        assert (good["event_seq"], good["tick"], good["demo"]) == (4, 3, False)
        assert good["unassigned"] == 0, "order 3 is not Lin's to see"
        await port.sql("update worker set beat = '2026-01-01T00:00:00Z'")
        bad = (await http.get("/status")).json()["monitoring"]
    assert bad["ok"] is False
    assert bad["since"] == "2026-01-01T00:00:00Z"
    async with port.client("chief") as http:
        assert (await http.get("/status")).json()["unassigned"] == 1
