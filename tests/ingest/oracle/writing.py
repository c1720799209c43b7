"""The oracle's encoder: raw integers and texts into bits, by the same tables of the standard.

What is not given is "not available", as a transponder without sensors sends it.
"""

from __future__ import annotations

from tests.ingest.oracle.bits import of_number, of_text
from tests.ingest.oracle.tables import AUXILIARY, TABLES, Parameter

DEFAULTS = {
    "status": 15, "hour": 24, "minute": 60, "second": 60, "eta_hour": 24, "eta_minute": 60,
    "dte": 1, "latency": 1,
}  # fmt: skip


def encode(layout: int | str, **given: int | str) -> str:
    """Bits of one message. `layout` is a type, "24A", "24B" or "24X" (of an auxiliary craft)."""
    rows = AUXILIARY if layout == "24X" else TABLES[layout]
    kind = layout if isinstance(layout, int) else 24
    filled = {"type": kind, "part": int(layout != "24A"), **given}
    extension = filled.pop("extension", "")
    unknown = filled.keys() - {row.name for row in rows} - {"type", "part"}
    assert not unknown, unknown
    return "".join(field(row, filled) for row in rows) + extended(str(extension))


def field(row: Parameter, given: dict[str, int | str]) -> str:
    if row.kind == "text":
        return of_text(str(given.get(row.name, "")), row.bits)
    default = row.missing if row.missing is not None else DEFAULTS.get(row.name, 0)
    return of_number(int(given.get(row.name, default)), row.bits)


def extended(name: str) -> str:
    """The name extension of type 21, filled to a whole byte as Table 73 wants it."""
    bits = of_text(name, 6 * len(name))
    return bits + "0" * (-len(bits) % 8)
