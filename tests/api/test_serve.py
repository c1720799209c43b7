from __future__ import annotations

import asyncio
import signal
import sys

import httpx
import pytest

from fleet.api.serve import CannotServe, listen
from tests.api.conftest import Port

PROGRAM = """
import asyncio, sys
from fleet.api.serve import serve
from fleet.settings import Settings
settings = Settings(database_url=sys.argv[1], port=0)
asyncio.run(serve(settings, ready=lambda port: print(port, flush=True)))
"""


async def start(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def test_sigterm_stops_it_cleanly(port: Port) -> None:
    process = await start(port.url)
    assert process.stdout
    async with asyncio.timeout(40):
        number = int(await process.stdout.readline())
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"http://127.0.0.1:{number}/readyz")
        assert answer.status_code == 200, answer.text
        process.send_signal(signal.SIGTERM)
        await process.wait()
    assert process.returncode in (0, -signal.SIGTERM)


async def test_without_a_database_it_starts_and_says_so() -> None:
    process = await start("postgresql://x@127.0.0.1:9/x")
    assert process.stdout
    async with asyncio.timeout(60):
        number = int(await process.stdout.readline())
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            assert (await http.get(f"http://127.0.0.1:{number}/healthz")).status_code == 200
            ready = await http.get(f"http://127.0.0.1:{number}/readyz")
            session = await http.post(
                f"http://127.0.0.1:{number}/api/v1/session", json={"login": "x", "password": "y"}
            )
        process.terminate()
        await process.wait()
    assert ready.status_code == 503
    assert ready.json()["checks"][0] == {
        "name": "database", "ok": False, "detail": "does not answer"
    }  # fmt: skip
    assert session.status_code == 503
    assert session.headers["retry-after"]


def test_a_taken_port_is_named() -> None:
    with listen("127.0.0.1", 0) as first:
        number = first.getsockname()[1]
        with pytest.raises(CannotServe, match=f"127.0.0.1:{number}.*settings host and port"):
            listen("127.0.0.1", number)
