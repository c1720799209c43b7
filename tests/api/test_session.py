from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence

import httpx
import pytest

from tests.api.conftest import ORIGIN, PASSWORD, Port

HERE = {"Origin": ORIGIN}


async def sign_in(
    http: httpx.AsyncClient, password: str = PASSWORD, login: str = "lin"
) -> httpx.Response:
    body = {"login": login, "password": password}
    return await http.post("/session", json=body, headers=HERE)


async def test_sign_in_sets_a_cookie_that_works(port: Port) -> None:
    async with port.client() as http:
        answer = await sign_in(http)
        assert answer.status_code == 200, answer.text
        assert answer.json()["account"]["role"] == "member"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("fleet=")
        for word in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert word in cookie
        assert "Secure" not in cookie
        assert (await http.get("/session")).json()["account"]["name"] == "林"
        assert (await http.delete("/session", headers=HERE)).status_code == 204
        assert (await http.get("/session")).status_code == 401


async def test_under_tls_the_cookie_is_secure_and_bound_to_the_host(port: Port) -> None:
    transport = httpx.ASGITransport(port.app, client=("10.0.0.9", 1))
    base = "https://fleet.example/api/v1"
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        headers = {"Origin": "https://fleet.example"}
        body = {"login": "lin", "password": PASSWORD}
        answer = await http.post("/session", json=body, headers=headers)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-fleet=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"]
        plain = {"Cookie": f"fleet={port.cookies['lin']}"}
        http.cookies.clear()
        assert (await http.get("/session", headers=plain)).status_code == 401, (
            "the cookie of plain HTTP is worth nothing under TLS"
        )


async def test_only_the_hash_is_stored(port: Port) -> None:
    async with port.client() as http:
        token = (await sign_in(http)).cookies["fleet"]
    rows = await port.sql("select token_hash from session")
    assert hashlib.sha256(token.encode()).digest() in {r["token_hash"] for r in rows}
    assert token.encode() not in {r["token_hash"] for r in rows}


async def test_no_session_fixation(port: Port) -> None:
    """A token that the client brings never becomes a session, and the old one ends."""
    async with port.client() as http:
        http.cookies.set("fleet", "chosen-by-the-attacker")
        first = (await sign_in(http)).cookies["fleet"]
        assert first != "chosen-by-the-attacker"
        second = (await sign_in(http)).cookies["fleet"]
        assert first != second
        http.cookies.clear()
        old = await http.get("/session", headers={"Cookie": f"fleet={first}"})
        assert old.status_code == 401


async def test_every_refusal_reads_the_same(port: Port) -> None:
    await port.sql("update account set disabled = true where login = 'wang'")
    await port.sql("update account set locked_until = now() + interval '1 h' where login = 'coop'")
    async with port.client() as http:
        answers = [
            await sign_in(http, "wrong password"),
            await sign_in(http, login="nobody"),
            await sign_in(http, login="wang"),
            await sign_in(http, login="coop"),
        ]
    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1


async def test_an_unknown_login_costs_the_same_work(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str | None] = []
    verify = port.app.state.service.passwords.verify

    async def counted(stored: str | None, password: str) -> bool:
        done.append(stored)
        return bool(await verify(stored, password))

    monkeypatch.setattr(port.app.state.service.passwords, "verify", counted)
    async with port.client() as http:
        await sign_in(http, login="nobody")
        await sign_in(http, "wrong password")
    assert len(done) == 2
    assert done[0] is None


async def tries(
    port: Port, passwords: Sequence[str], address: str, login: str = "lin"
) -> list[int]:
    async with port.client(address=address) as http:
        return [(await sign_in(http, p, login)).status_code for p in passwords]


async def test_five_failures_lock_even_the_right_password_for_a_while(port: Port) -> None:
    assert await tries(port, ["x"] * 5 + [PASSWORD], "127.0.0.1") == [401] * 6
    await port.sql("update login_attempt set locked_until = now() - interval '1 s'")
    assert await tries(port, [PASSWORD], "127.0.0.1") == [200]
    left = await port.sql("select key from login_attempt where key like 'pair:%'")
    assert left == [], "a success clears the count"


async def test_locks_grow_but_are_bounded(port: Port) -> None:
    waits = []
    for _ in range(14):
        await port.sql("update login_attempt set locked_until = now() - interval '1 s'")
        await tries(port, ["x"], "127.0.0.1")
        row = await port.sql(
            "select extract(epoch from locked_until - now())::float8 as s from login_attempt"
            " where key like 'pair:%'"
        )
        waits.append(round(float(str(row[0]["s"] or 0))))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:8] == [30, 60, 120, 240]
    assert max(waits) == waits[-1] == 900


async def test_tries_during_a_lock_do_not_lengthen_it(port: Port) -> None:
    await tries(port, ["x"] * 5, "127.0.0.1")
    before = await port.sql("select locked_until from login_attempt where key like 'pair:%'")
    await tries(port, ["x"] * 5, "127.0.0.1")
    assert before == await port.sql(
        "select locked_until from login_attempt where key like 'pair:%'"
    )


async def test_many_tries_at_once_gain_nothing(port: Port) -> None:
    async with port.client() as http:
        await asyncio.gather(*(sign_in(http, f"guess {i}") for i in range(12)))
        assert (await sign_in(http)).status_code == 401, "the fifth has locked it already"


async def test_the_commander_cannot_be_locked_out_by_strangers(port: Port) -> None:
    """Where an account signed in before, only its own failures there count."""
    assert await tries(port, [PASSWORD], "127.0.0.1", "chief") == [200]
    await port.sql("update session set last_seen = now()")
    for i in range(8):  # eight places, four tries each: the account as a whole locks
        await port.sql("delete from login_attempt where key like 'address:%'")
        await _remote(port, f"10.0.0.{i}", "chief", 4, "wrong one")
    locked = await port.sql(
        "select 1 from login_attempt where key = 'account:chief' and locked_until > now()"
    )
    assert locked
    async with port.client("chief", browser=True) as http:
        assert (await http.get("/alerts")).status_code == 200, "a working session goes on"
    assert await tries(port, [PASSWORD], "127.0.0.1", "chief") == [200], "from the known place"
    assert await _remote(port, "10.9.9.9", "chief", 1, PASSWORD) == [401], "a new place waits"


async def _remote(port: Port, address: str, login: str, n: int, password: str) -> list[int]:
    transport = httpx.ASGITransport(port.app, client=(address, 1))
    base = "https://fleet.example/api/v1"
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        body = {"login": login, "password": password}
        return [(await http.post("/session", json=body)).status_code for _ in range(n)]


async def test_one_address_trying_many_logins_is_stopped(port: Port) -> None:
    async with port.client() as http:
        codes = [(await sign_in(http, "x", f"login{i}")).status_code for i in range(32)]
    assert codes[:30] == [401] * 30
    assert codes[30:] == [429, 429]


async def test_a_flood_of_sign_ins_leaves_the_rest_alone(port: Port) -> None:
    async with port.client("chief") as http:
        flood = [asyncio.create_task(tries(port, ["x"], f"127.0.1.{i}")) for i in range(60)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        assert (await http.get("/session")).status_code == 200
        assert time.monotonic() - began < 2
        codes = {code for codes in await asyncio.gather(*flood) for code in codes}
    assert codes <= {401, 503}
    assert 503 in codes, "whoever would wait too long is told so"


async def test_password_change_ends_everything_else(port: Port) -> None:
    new = "a much better one"
    async with port.client("lin", browser=True) as http:
        wrong = await http.post("/session/password", json={"old": "nope", "new": new})
        assert wrong.json()["errors"][0]["field"] == "body.old"
        weak = await http.post("/session/password", json={"old": PASSWORD, "new": "short"})
        assert weak.json()["errors"][0]["field"] == "body.new"
        done = await http.post("/session/password", json={"old": PASSWORD, "new": new})
        assert done.json() == {"signed_out": 1}
        assert (await http.get("/session")).status_code == 200
    async with port.client("lin") as http:
        assert (await http.get("/session")).status_code == 401, "the token ended with it"
    async with port.client() as http:
        assert (await sign_in(http, PASSWORD)).status_code == 401
        assert (await sign_in(http, new)).status_code == 200


async def test_a_due_password_change_stops_everything_else(port: Port) -> None:
    await port.sql("update account set must_change = true where login = 'lin'")
    async with port.client("lin", browser=True) as http:
        assert (await http.get("/session")).json()["account"]["must_change"] is True
        answer = await http.get("/alerts")
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/password-change-required"
        body = {"old": PASSWORD, "new": "a much better one"}
        assert (await http.post("/session/password", json=body)).status_code == 200
        assert (await http.get("/alerts")).status_code == 200


async def test_tokens_are_shown_once_listed_and_revoked(port: Port) -> None:
    async with port.client("lin", browser=True) as http:
        made = (await http.post("/tokens", json={"label": "phone app", "days": 7})).json()
        listed = (await http.get("/tokens")).json()["tokens"]
        assert made["id"] in {t["id"] for t in listed}
        assert all("token" not in t for t in listed)
        bearer = {"Authorization": f"Bearer {made['token']}"}
        http.cookies.clear()
        assert (await http.get("/session", headers=bearer)).status_code == 200
        more = await http.post("/tokens", json={"label": "x"}, headers=bearer)
        assert more.status_code == 403, "a token makes no tokens"
    async with port.client("wang", browser=True) as http:
        foreign = await http.delete(f"/tokens/{made['id']}")
        assert foreign.status_code == 404
    async with port.client("lin", browser=True) as http:
        assert (await http.delete(f"/tokens/{made['id']}")).status_code == 204
        http.cookies.clear()
        assert (await http.get("/session", headers=bearer)).status_code == 401


async def test_sessions_expire_when_idle_and_for_good(port: Port) -> None:
    await port.sql("update session set last_seen = now() - interval '31 minutes'")
    async with port.client("lin", browser=True) as http:
        assert (await http.get("/session")).status_code == 401, "idle"
    async with port.client("lin") as http:
        assert (await http.get("/session")).status_code == 200, "a program's token is never idle"
        await port.sql("update session set expires = now()")
        assert (await http.get("/session")).status_code == 401


async def test_a_disabled_account_is_out_at_once(port: Port) -> None:
    async with port.client("lin", browser=True) as http:
        assert (await http.get("/alerts")).status_code == 200
        await port.sql("update account set disabled = true where login = 'lin'")
        assert (await http.get("/alerts")).status_code == 401


async def test_a_token_in_the_cookie_or_a_session_as_bearer_is_worth_nothing(port: Port) -> None:
    async with port.client() as http:
        cookie = {"Cookie": f"fleet={port.tokens['lin']}"}
        assert (await http.get("/session", headers=cookie)).status_code == 401
        bearer = {"Authorization": f"Bearer {port.cookies['lin']}"}
        assert (await http.get("/session", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic abc", "Bearer \x7f", "bearer x y z", "Bearer " + "x" * 5000],
)
async def test_odd_authorization_headers_are_refused_calmly(port: Port, header: str) -> None:
    async with port.client() as http:
        answer = await http.get("/session", headers={"Authorization": header})
    assert answer.status_code == 401


async def test_sessions_of_one_account_are_bounded(port: Port) -> None:
    for _ in range(3):
        await port.sql(
            "insert into session (token_hash, account, kind, expires)"
            " select decode(md5(random()::text), 'hex'), id, 'browser', now() + interval '1 h'"
            " from account, generate_series(1, 20) where login = 'lin'"
        )
    async with port.client() as http:
        await sign_in(http)
    rows = await port.sql(
        "select count(*) as n from session join account a on a.id = account"
        " where login = 'lin' and kind = 'browser'"
    )
    assert rows == [{"n": 20}]
