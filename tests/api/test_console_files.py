from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from fleet.api.console_files import Console


@pytest.fixture
def console(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>the console")
    (tmp_path / "assets" / "index-abc123.js").write_text("1")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    (tmp_path / ".source").write_text("digest")
    (tmp_path.parent / "secret.txt").write_text("secret")
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/", Console(tmp_path))]))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_hashed_assets_are_kept_and_pages_are_asked_for_again(
    console: httpx.AsyncClient,
) -> None:
    page = await console.get("/")
    assert page.text.endswith("the console")
    assert page.headers["cache-control"] == "no-cache"
    script = await console.get("/assets/index-abc123.js")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    ["/.source", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/nope"],
)
async def test_nothing_else_is_served(console: httpx.AsyncClient, path: str) -> None:
    answer = await console.get(path)
    assert answer.status_code == 404


async def test_an_absent_console_is_said_on_one_page(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(Console(tmp_path / "nowhere"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        page = await http.get("/")
    assert page.status_code == 503
    assert "has not been built" in page.text
    assert "<script" not in page.text
