"""Which column of a VMS table holds what, in which unit: from its header, or as configured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from unicodedata import normalize

from fleet.ingest.vms.values import POSITION_UNITS, SPEED_UNITS
from fleet.model import IdentityKind

NAMES: Final[Mapping[str, frozenset[str]]] = {
    column: frozenset(words.split())
    for column, words in {
        "mmsi": "mmsi mmsi号 mmsi码 mmsi编号 九位码",
        "beidou": "北斗卡号 北斗卡 北斗号 北斗id 北斗终端号 北斗终端卡号"
        " beidou beidouid bdid bdcard",
        "terminal": "终端号 终端编号 终端id 终端 设备号 设备编号 设备id terminal terminalid"
        " terminalno device deviceid imei",
        "callsign": "呼号 船舶呼号 callsign",
        "name": "船名 渔船名称 渔船名 船舶名称 船名号 name ship shipname vessel vesselname boat",
        "date": "日期 date",
        "time": "时间 定位时间 船位时间 位置时间 报位时间 上报时间 采集时间 gps时间 日期时间 time"
        " datetime timestamp positiontime gpstime postime fixtime utc",
        "lon": "经度 lon lng long longitude",
        "lat": "纬度 lat latitude",
        "speed": "航速 速度 船速 对地航速 speed sog",
        "course": "航向 方向 对地航向 航迹向 course cog direction",
        "heading": "船首向 艏向 船艏向 艏向角 heading hdg",
    }.items()
}
"""What columns are called; case, spaces, - and _ do not count, nor what stands in brackets."""
IDENTITIES: Final = {
    "mmsi": IdentityKind.MMSI,
    "beidou": IdentityKind.BEIDOU,
    "terminal": IdentityKind.TERMINAL,
    "callsign": IdentityKind.CALLSIGN,
}
"""The columns that name a boat; where there are several and none is asked for, the first."""
ZONES: Final = {"utc": 0.0, "gmt": 0.0, "z": 0.0, "北京时间": 8.0, "北京": 8.0, "bjt": 8.0}
OFFSET = re.compile(r"(?:utc|gmt)?([+-]\d{1,2})(?::?(\d\d))?", re.ASCII)
BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
SILENT = re.compile(r"[\s_\-.]+")
DELIMITERS: Final = (",", "\t", ";", "|")
ENCODINGS: Final = ("auto", "utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Options:
    """How a table is to be read, where its header does not say."""

    columns: Mapping[str, str | int] = field(default_factory=dict)
    """By what it holds: its name in the header, or its number from 1 in a table without one."""
    identity: str = ""  #: the column that names the boat; "" for the first of IDENTITIES
    delimiter: str = ""  #: "" is what the header shows
    encoding: str = "auto"
    utc_offset_h: float = 8.0  #: of local times: Asia/Shanghai has no summer time
    speed: str = "kn"
    position: str = "deg"

    @property
    def headless(self) -> bool:
        return any(isinstance(place, int) for place in self.columns.values())


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands; columns counted from 0."""

    at: Mapping[str, int]
    identity: str
    delimiter: str
    speed: str
    position: str
    utc_offset_h: float

    @property
    def kind(self) -> IdentityKind:
        return IDENTITIES[self.identity]

    @property
    def width(self) -> int:
        """Columns that a row must have."""
        needed = [self.identity, "time", "lon", "lat"]
        return 1 + max(self.at[column] for column in needed)


def layout(split: Mapping[str, Sequence[str]], options: Options) -> Layout | str | None:
    """What a line lays out if it is a header: `split` holds its cells by delimiter.

    None where it is no header; text where it is one that cannot be used, saying why.
    """
    best = max(split, key=lambda mark: len(_found(split[mark], options)))
    at = _found(split[best], options)
    if len({"lon", "lat", "time", *IDENTITIES} & at.keys()) < 2:
        return None
    identity = options.identity or next((c for c in IDENTITIES if c in at), "mmsi")
    missing = [column for column in (identity, "time", "lon", "lat") if column not in at]
    if missing:
        return f"header: no column {missing[0]}"
    units = {column: _unit(split[best][place]) for column, place in at.items()}
    return Layout(
        at,
        identity,
        best,
        units["speed"] if units.get("speed") in SPEED_UNITS else options.speed,
        options.position,
        _zone(units["time"], options.utc_offset_h),
    )


def fixed(options: Options) -> Layout:
    """The layout of a table without a header."""
    at = {column: int(place) - 1 for column, place in options.columns.items()}
    identity = options.identity or next(column for column in IDENTITIES if column in at)
    mark = options.delimiter or ","
    return Layout(at, identity, mark, options.speed, options.position, options.utc_offset_h)


def _found(cells: Sequence[str], options: Options) -> dict[str, int]:
    """Columns by what they hold; of two that are called alike the first."""
    called = {
        _word(name): column for column, name in options.columns.items() if isinstance(name, str)
    }
    known = {word: column for column, words in NAMES.items() for word in words}
    at: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = called.get(_word(cell)) or known.get(_word(BRACKETS.sub("", _wide(cell))), "")
        column = column or known.get(_word(_wide(cell).rpartition("_")[0]), "")
        if column and (column not in options.columns or _word(cell) in called):
            at.setdefault(column, place)
    return at


def _wide(cell: str) -> str:
    return normalize("NFKC", cell)


def _word(cell: str) -> str:
    return SILENT.sub("", _wide(cell)).casefold()


def _unit(cell: str) -> str:
    """What stands in brackets, or behind the last underscore."""
    text = "".join(_wide(cell).casefold().split())
    found = BRACKETS.search(text)
    return found[1] if found else text.rpartition("_")[2]


def _zone(unit: str, otherwise: float) -> float:
    if unit in ZONES:
        return ZONES[unit]
    found = OFFSET.fullmatch(unit)
    if found is None:
        return otherwise
    hours = int(found[1])
    return hours + (1 if hours >= 0 else -1) * int(found[2] or 0) / 60


# Configuration

KEYS: Final = ("columns", "identity", "delimiter", "encoding", "utc_offset_h", "speed", "position")
T = TypeVar("T")


def read(options: Mapping[str, Any]) -> Options:
    """Raises ValueError naming the option that is wrong."""
    if unknown := sorted(options.keys() - set(KEYS)):
        raise ValueError(f"no such option: {unknown[0]}; there are {', '.join(KEYS)}")
    offset = options.get("utc_offset_h", 8.0)
    if isinstance(offset, bool) or not isinstance(offset, int | float) or not -12 <= offset <= 14:
        raise ValueError(f"utc_offset_h {offset!r} must be hours, -12 to 14")
    made = Options(
        _columns(options.get("columns", {})),
        _one_of(options, "identity", ("", *IDENTITIES)),
        _one_of(options, "delimiter", ("", *DELIMITERS)),
        _one_of(options, "encoding", ENCODINGS, "auto"),
        float(offset),
        _one_of(options, "speed", tuple(SPEED_UNITS), "kn"),
        _one_of(options, "position", POSITION_UNITS, "deg"),
    )
    if made.headless:
        _complete(made)
    return made


def _one_of(
    options: Mapping[str, Any], key: str, among: tuple[str, ...], otherwise: str = ""
) -> str:
    value = options.get(key, otherwise)
    if not isinstance(value, str) or value not in among:
        known = ", ".join(repr(one) for one in among if one)
        raise ValueError(f"{key} {value!r} must be one of {known}")
    return value


def _columns(table: object) -> dict[str, str | int]:
    if not isinstance(table, Mapping):
        raise ValueError("columns must be a table")  # noqa: TRY004 -- of a setting
    for column, place in table.items():
        if column not in NAMES:
            raise ValueError(f"columns: no such column: {column}; there are {', '.join(NAMES)}")
        if isinstance(place, bool) or not isinstance(place, int | str) or place in (0, ""):
            raise ValueError(f"columns: {column} must be a name, or a number from 1")
        if isinstance(place, int) and not 1 <= place <= 200:
            raise ValueError(f"columns: {column} must be a number from 1 to 200")
    if len({isinstance(place, int) for place in table.values()}) > 1:
        raise ValueError("columns: either names, or numbers for a table without a header")
    return dict(table)


def _complete(options: Options) -> None:
    identity = options.identity or next((c for c in IDENTITIES if c in options.columns), "mmsi")
    for column in (identity, "time", "lon", "lat"):
        if column not in options.columns:
            raise ValueError(f"columns: a table without a header needs {column}")
