"""Our decoder's output as plain Python, beside the oracle's: the only place that knows both.

Invariant: nothing is softened here; NaN is None, and every other value is the column's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fleet.ingest.ais import LAYOUTS, Doubt, Messages, Stream
from tests.ingest.oracle.reading import Value, raw, read

NOT_SENT = {5: {"dte"}, "24B": {"epfd"}}
"""Last fields of messages that are common a few bits short: read as 0, as `docs/ais.md` says."""


@dataclass(frozen=True)
class Row:
    layout: int | str
    order: int
    fields: dict[str, Value]  #: MMSI and repeat among them
    envelope: dict[str, Any]

    @property
    def doubt(self) -> Doubt:
        return Doubt(self.envelope["flags"] & sum(Doubt))


def plain(value: Any) -> Value:
    value = value.item()
    assert isinstance(value, int | float | str | bool)
    return None if isinstance(value, float) and math.isnan(value) else value


def rows(*messages: Messages) -> list[Row]:
    """Of all tables, in the order of their sentences."""
    found = [row for each in messages for row in _of_one(each)]
    return sorted(found, key=lambda row: row.order)


def _of_one(messages: Messages) -> list[Row]:
    out = []
    for layout, table in messages.tables.items():
        names = {f.name for f in LAYOUTS[layout].fields} | {"mmsi", "repeat"}
        for values in zip(*table.values(), strict=True):
            row = {name: plain(value) for name, value in zip(table, values, strict=True)}
            fields = {name: row[name] for name in names}
            envelope = {name: row[name] for name in row if name not in names}
            out.append(Row(layout, int(row["order"] or 0), fields, envelope))
    return out


def decoded(*lines: bytes) -> list[Row]:
    stream = Stream()
    return rows(stream.feed(b"".join(line + b"\r\n" for line in lines)), stream.end())


def expected(bits: str, layout: int | str) -> dict[str, Value]:
    """What the oracle reads, under our names and for all our fields."""
    said, codes = read(bits), raw(bits)
    out = {name: value for name, value in said.items() if name not in ("type", "full_name")}
    for name, absent in (("mothership", 0), *((f"to_{n}", 0) for n in _ENDS)):
        if layout == "24B":  # of these, an auxiliary craft sends the one, others the four
            out.setdefault(name, absent)
    for name in NOT_SENT.get(layout, ()):
        out.setdefault(name, 0)
    if "rot" in codes:
        out["turn"] = codes["rot"]
    for name in ("lon", "lat"):  # ours keeps what cannot be, and flags it
        if name in codes and out[name] is None and not _missing(name, codes[name], layout):
            out[name] = codes[name] / _steps(layout)
    return out


_ENDS = ("bow", "stern", "port", "starboard")


def _steps(layout: int | str) -> int:
    return 600 if layout == 27 else 600_000


def _missing(name: str, code: int, layout: int | str) -> bool:
    return code == {"lon": 181, "lat": 91}[name] * _steps(layout)


def impossible(bits: str, layout: int | str) -> bool:
    """A place beyond a pole or half the world."""
    codes, said = raw(bits), read(bits)
    return any(
        name in codes and said[name] is None and not _missing(name, codes[name], layout)
        for name in ("lon", "lat")
    )
