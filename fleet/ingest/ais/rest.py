"""Messages of the other types, as records 其他报文: what they say is read when it is asked for.

Texts (12, 14) and application data (6, 8, 17, 25, 26) are cut out here; the fields of the rest are
read by pyais, off the hot path, and only where somebody looks. Nothing here raises on any bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from fleet.ingest.ais.bits import Bits
from fleet.ingest.format import Record

TYPES: Final = frozenset({6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 20, 22, 23, 25, 26, 28})
LEAST: Final = {
    6: 88, 7: 72, 8: 56, 10: 72, 12: 72, 13: 72, 14: 40, 15: 88, 16: 96, 17: 80, 20: 70,
    22: 168, 23: 160, 25: 40, 26: 60, 28: 38,
}  # fmt: skip
"""Fewest bits that hold what the record needs; a shorter message is refused."""
ENVELOPE: Final = ("msg_type", "repeat", "mmsi")
"""What the record says already."""
READ_HERE: Final = frozenset({6, 8, 12, 14})
"""Types of which the record itself holds everything."""


class Fields(Mapping[str, Any]):
    """The fields of one message, read by pyais at the first look; empty where it cannot."""

    def __init__(self, kind: int, bits: Bits) -> None:
        self._kind, self._bits = kind, bits

    @cached_property
    def _read(self) -> Mapping[str, Any]:
        whole = self._bits
        vector = bit_vector.from_bytes(whole.rest(0))
        spare = -whole.length % 8
        vector._value, vector._length = vector._value >> spare, whole.length  # noqa: SLF001
        try:
            said = MSG_CLASS[self._kind].from_vector(vector).asdict()
        except Exception:  # noqa: BLE001 -- a library surprised by its input tells nothing
            return {}
        kept = {k: v for k, v in said.items() if k not in ENVELOPE and not k.startswith("spare")}
        return kept | self._corrected()

    def _corrected(self) -> dict[str, Any]:
        """What the library reads by a wrong step (17, 22, 23), two bits off (25, 26), or as
        another code than was sent (23).
        """
        bits, corners = self._bits, CORNERS.get(self._kind, {})
        if self._kind == 22 and bits.get(139, 1):  # addressed: two numbers in place of the area
            corners = {}
        out: dict[str, Any] = {name: _degrees(bits, name, at) for name, at in corners.items()}
        if self._kind == 23:
            out |= {name: bits.get(*where) for name, where in CODES.items()}
        if self._kind in (25, 26):
            dac, fi, out["data"] = _application(self._kind, bits)
            if dac >= 0:
                out["app_id"] = dac << 6 | fi
        if self._kind == 26:
            out["radio"] = bits.get(bits.length - STATE, STATE)
        return out

    def __getitem__(self, name: str) -> Any:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    def __repr__(self) -> str:
        return f"Fields({dict(self)!r})"


CORNERS: Final = {
    17: {"lon": 40, "lat": 58},  # Table 68
    22: {"ne_lon": 69, "ne_lat": 87, "sw_lon": 104, "sw_lat": 122},  # Table 75
    23: {"ne_lon": 40, "ne_lat": 58, "sw_lon": 75, "sw_lat": 93},  # Table 76
}
"""Where coordinates in 1/10 minute begin: 18 bits of longitude, 17 of latitude."""
CODES: Final = {
    "station_type": (110, 4), "ship_type": (114, 8), "txrx": (144, 2), "interval": (146, 4),
}  # fmt: skip
"""Codes of type 23: first bit and width (Table 76)."""
STATE: Final = 20
"""Bits of communication state at the end of a type 26."""


def _degrees(bits: Bits, name: str, at: int) -> float:
    """NaN for 181 degrees of longitude and 91 of latitude, "not available"."""
    width, missing = (18, 181) if name.endswith("lon") else (17, 91)
    code = bits.signed(at, width)
    return float("nan") if code == missing * 600 else code / 600


NONE: Final[Mapping[str, Any]] = {}


def record(kind: int, bits: Bits, t: int, received: int) -> Record:
    """One message of at least LEAST bits."""
    to, text = _to(kind, bits), _text(kind, bits)
    dac, fi, payload = _application(kind, bits)
    fields = NONE if kind in READ_HERE else Fields(kind, bits)
    return Record(bits.get(8, 30), t, received, kind, to, text, dac, fi, payload, fields)


def _to(kind: int, bits: Bits) -> int:
    """The addressee; of several (7, 13, 15, 16, 22) the first."""
    addressed = kind in (6, 7, 10, 12, 13, 15, 16) or (kind in (25, 26) and bits.get(38, 1) == 1)
    return bits.get(40, 30) if addressed else 0


def _text(kind: int, bits: Bits) -> str:
    start = {12: 72, 14: 40}.get(kind)
    return "" if start is None else bits.text(start, bits.length - start)


def _application(kind: int, bits: Bits) -> tuple[int, int, bytes]:
    """Designated area code, function identifier and the data behind them."""
    if kind == 17:
        return -1, -1, bits.rest(80)
    start = {6: 72, 8: 40}.get(kind)
    if kind in (25, 26):
        start = 72 if bits.get(38, 1) else 40  # two spare bits follow the addressee
        bits = bits if kind == 25 else Bits(bits.value >> STATE, max(bits.length - STATE, 0))
        if not bits.get(39, 1):
            return -1, -1, bits.rest(start)
    if start is None:
        return -1, -1, b""
    return bits.get(start, 10), bits.get(start + 10, 6), bits.rest(start + 16)
