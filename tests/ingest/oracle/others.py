"""The oracle of messages that the product keeps as records: texts, areas, applications.

M.1371-5, Annex 8: texts 12 and 14, corrections 17, areas 22 and 23, binary messages 25 and 26.
"""

from __future__ import annotations

from tests.ingest.oracle.bits import to_number, to_text
from tests.ingest.oracle.reading import Value, value
from tests.ingest.oracle.tables import HEAD, Parameter, code, flag, lat, lon, spare


def _corner(name: str) -> tuple[Parameter, Parameter]:
    return lon(18, 10)._replace(name=f"{name}_lon"), lat(17, 10)._replace(name=f"{name}_lat")


AREA = (*_corner("ne"), *_corner("sw"))
ROWS: dict[int, tuple[Parameter, ...]] = {
    12: (*HEAD, code("sequence", 2), code("to", 30), flag("retransmit"), spare(1)),
    14: (*HEAD, spare(2)),
    17: (*HEAD, spare(2), lon(18, 10), lat(17, 10), spare(5)),  # Table 68
    22: (*HEAD, spare(2), code("channel_a", 12), code("channel_b", 12), code("txrx", 4),
         flag("power"), *AREA, flag("addressed")),  # Table 75
    23: (*HEAD, spare(2), *AREA, code("station_type", 4), code("ship_type", 8), spare(22),
         code("txrx", 2), code("interval", 4), code("quiet", 4)),  # Table 76
    25: (*HEAD, flag("addressed"), flag("structured")),
    26: (*HEAD, flag("addressed"), flag("structured")),
}  # fmt: skip
COMMUNICATION_STATE = 20


def read_other(bits: str) -> dict[str, Value]:
    kind = to_number(bits[:6])
    out, at = {}, 0
    for row in ROWS[kind]:
        if row.kind != "spare":
            out[row.name] = value(row, to_number(bits[at : at + row.bits], signed=row.signed))
        at += row.bits
    if kind in (12, 14):
        out["text"] = to_text(bits[at:])
    elif kind in (25, 26):
        out |= _application(bits, at, addressed=out["addressed"] is True)
    return out


def _application(bits: str, at: int, *, addressed: bool) -> dict[str, Value]:
    """Where there is an addressee, two spare bits follow it."""
    out: dict[str, Value] = {}
    if addressed:
        out["to"] = to_number(bits[at : at + 30])
        at += 32
    if bits[39] == "1":
        out["app_id"] = to_number(bits[at : at + 16])
        at += 16
    if to_number(bits[:6]) == 26:
        out["radio"] = to_number(bits[-COMMUNICATION_STATE:])
    return out
