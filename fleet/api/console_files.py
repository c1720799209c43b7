"""The web console: the files that the build put beside this module, or one page that says so.

Hashed assets may be kept for ever; everything else is asked for again each time.
"""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "console"
IMMUTABLE = "public, max-age=31536000, immutable"
ABSENT = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>先锋渔英 · fleet</title>
<h1>先锋渔英</h1>
<p>网页控制台尚未构建。服务本身在运行，接口说明见
<a href="/api/v1/openapi.json">openapi.json</a>。</p>
<p lang="en">The web console has not been built into this installation. The service itself runs:
<code>make demo</code>, or installing the wheel, builds it. The API is described in
<a href="/api/v1/openapi.json">openapi.json</a>.</p>
</html>
"""


class Console(StaticFiles):
    """StaticFiles with the right caching, and no dot files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.folder = folder

    async def check_config(self) -> None:
        """A missing folder is no mistake: see ABSENT."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if any(part.startswith(".") and part != "." for part in Path(path).parts):
            raise HTTPException(404)
        if not (self.folder / "index.html").is_file():
            if path in ("", ".", "index.html"):
                return HTMLResponse(ABSENT, status_code=503)
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets/") and response.status_code in (200, 304)
        response.headers["Cache-Control"] = IMMUTABLE if hashed else "no-cache"
        return response
