"""What programs that send us positions need: the JSON Schema of the native terminal message."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from fleet.ingest.formats import terminal

router = APIRouter(prefix="/schemas", tags=["service"])


@router.get("/terminal-v1.json", summary="JSON Schema of the terminal message, version 1")
async def terminal_v1() -> dict[str, Any]:
    """Public: whoever builds a terminal may read it."""
    return terminal.schema()
