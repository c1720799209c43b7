"""The boats: read from a vessel register in the import format (fleet/demo/vessels.csv)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulators.places import PORTS

PINYIN = {
    "琼三渔": "QIONGSANYU",
    "琼三亚渔": "QIONGSANYAYU",
    "崖渔港巡": "YAYUGANGXUN",
}
CLASS_A_LENGTH_M = 30.0


@dataclass(frozen=True, slots=True)
class Boat:
    number: int  #: row in the register
    reg_no: str
    length_m: float
    gears: tuple[str, ...]
    port: str  #: key of places.PORTS
    terminal: str  #: "" where it has none
    interval: float  #: of its terminal, seconds
    mmsi: int  #: 0 where it has no AIS
    callsign: str
    service: bool  #: a patrol boat

    @property
    def gear(self) -> str:
        if self.service:
            return "patrol"
        return "longline" if self.gears == ("hook",) and self.length_m >= 20 else self.gears[0]

    @property
    def class_a(self) -> bool:
        return self.length_m >= CLASS_A_LENGTH_M

    @property
    def radio_name(self) -> str:
        """The name as AIS carries it: six-bit letters, at most 20."""
        head = self.reg_no.rstrip("0123456789")
        return f"{PINYIN.get(head, 'YU')}{self.reg_no[len(head) :]}"[:20]


def read(path: Path) -> tuple[Boat, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(_boats(csv.DictReader(file)))


def _boats(rows: Iterator[dict[str, str]] | csv.DictReader[str]) -> Iterator[Boat]:
    for number, row in enumerate(rows):
        yield Boat(
            number=number,
            reg_no=row["reg_no"],
            length_m=float(row["length_m"] or 15),
            gears=tuple(g for g in row["gear"].split(";") if g) or ("hook",),
            port=row["home_port"] if row["home_port"] in PORTS else "YAZHOU",
            terminal=row["terminal"],
            interval=float(row["interval_s"] or 120),
            mmsi=int(row["mmsi"] or 0),
            callsign=row["callsign"],
            service=row["class"] != "fishing",
        )
