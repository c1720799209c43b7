"""Messages to what the service is fed 上报: fixes, names and sizes, calls for help, classes.

Columns in, columns out. What is too doubtful to be a vessel's report is refused and counted;
`clean` judges the rest. Rows keep the order of arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest import clean
from fleet.ingest.ais.fields import Name
from fleet.ingest.ais.messages import Doubt, Messages, Table
from fleet.ingest.format import Call, Fixes, Record, Reports, Statics
from fleet.ingest.tally import Tally
from fleet.model import IdentityKind, Ints, Mask, SignalKind, Source, VesselClass

POSITIONS: Final = (1, 2, 3, 4, 9, 11, 18, 19, 21, 27)
STATICS: Final = (5, 19, 21, "24A", "24B")
SHIP_CLASS: Final = np.array([int(clean.ship_class(code)) for code in range(256)])
FIRST_AFLOAT: Final = 20  #: AtoN types from here on are floating aids
ACTIVE_SART, SART_TEST = 14, 15  #: navigational status
SAYS: Final = re.compile(r"\b(SART|MOB|EPIRB)\b.*?\b(ACTIVE|TEST)\b")
HOW: Final = {VesselClass.SART: "sart", VesselClass.MOB: "mob", VesselClass.EPIRB: "epirb"}
BY_TYPE: Final[Mapping[Name, int]] = {4: int(VesselClass.BASE), 9: int(VesselClass.AIRCRAFT)}
NO_FIXES: Final = Fixes.empty(0)
NO_STATICS: Final = Statics.empty(0)
LOW_FLAGS: Final = 255  #: bits of fleet.model.Flag
NO_STATUS, NO_TYPE = -1, -1
NAME_CHARS: Final = 20
MILLION: Final = 1_000_000
TEXTS: Final = (12, 14)
Chosen = Mapping[Name, tuple[Table, Any]]
"""Tables, and the rows of them that may be believed."""


def reports(messages: Messages, received: int) -> Reports:
    """What the messages say of vessels; `received` as it was given to the stream."""
    tally = messages.tally
    chosen = {name: (table, _sound(table, tally)) for name, table in messages.tables.items()}
    records = _valid(messages, tally)
    fixes, order, impossible = _fixes([chosen[n] for n in POSITIONS if n in chosen], received)
    calls = [*_calls(fixes, order), *_said(records)]
    if impossible.any():
        fixes = _placed(fixes, impossible, tally)
    return Reports(
        kind=IdentityKind.MMSI,
        source=Source.AIS,
        fixes=fixes,
        calls=tuple(call for _, call in sorted(calls, key=itemgetter(0))),
        statics=_statics([chosen[n] for n in STATICS if n in chosen]),
        records=tuple(r for _, r in records),
        classes=_classes(chosen, records),
        sentences=tally.sentences,
        types=tally.types,
        rejects=tally.rejects,
        samples=tally.samples,
    )


def _sound(table: Table, tally: Tally) -> Any:
    """The rows whose number and length are right; the others are counted."""
    flags = table["flags"]
    doubtful = flags & int(Doubt.LENGTH | Doubt.MMSI)
    if not doubtful.any():
        return slice(None)
    longer = flags & int(Doubt.LENGTH) != 0
    _refuse("message length", table["mmsi"][longer], tally)
    _refuse("mmsi", table["mmsi"][~longer & (doubtful != 0)], tally)
    return (doubtful == 0).nonzero()[0]


def _refuse(why: str, mmsi: Ints, tally: Tally) -> None:
    if len(mmsi):
        tally.reject(why, b"%d" % mmsi[0])
        tally.rejects[why] += len(mmsi) - 1


def _valid(messages: Messages, tally: Tally) -> list[tuple[int, Record]]:
    out = []
    for (order, *_), record in zip(messages.envelopes, messages.others, strict=True):
        if clean.valid_mmsi(record.key):
            out.append((order, record))
        else:
            tally.reject("mmsi", b"%d" % record.key)
    return out


def _column(parts: list[tuple[Table, Any]], name: str, default: Any = np.nan) -> NDArray[Any]:
    """One column of several tables; `default` where a table has none."""
    pieces = [
        table[name][rows] if name in table else np.full(len(table["mmsi"][rows]), default)
        for table, rows in parts
    ]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _fixes(parts: list[tuple[Table, Any]], received: int) -> tuple[Fixes, Ints, Mask]:
    """Position reports in order, their order, and which are at no place on Earth."""
    if not parts:
        return NO_FIXES, NO_FIXES.t, NO_FIXES.t != 0
    lon, lat = _column(parts, "lon"), _column(parts, "lat")
    heard, sent, flags = (_column(parts, n) for n in ("heard", "sent", "flags"))
    impossible = flags & int(Doubt.POSITION) != 0
    nowhere = np.isnan(lon) | np.isnan(lat) | ((lon == 0) & (lat == 0)) | impossible
    lon, lat = np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)
    at = np.full(len(sent), received) if received else sent
    sog, cog, heading = (_column(parts, n) for n in ("sog", "cog", "heading"))
    fixes = Fixes(
        _column(parts, "mmsi"), _column(parts, "t"), at, lon, lat, sog, cog, heading,
        _column(parts, "status", NO_STATUS), flags & LOW_FLAGS, np.full(len(at), np.nan),
        np.where(heard, heard, at),
    )  # fmt: skip
    order = _column(parts, "order")
    if len(parts) == 1:
        return fixes, order, impossible
    rows = order.argsort()
    return fixes.take(rows), order[rows], impossible[rows]


def _placed(fixes: Fixes, impossible: Mask, tally: Tally) -> Fixes:
    _refuse("position out of range", fixes.key[impossible], tally)
    return fixes.take(~impossible)


def _calls(fixes: Fixes, order: Ints) -> Iterator[tuple[int, Call]]:
    """Beacons by their number, ships by their status."""
    lead = fixes.key // MILLION
    calling = (fixes.status == ACTIVE_SART) | (lead == 970) | (lead == 972) | (lead == 974)
    if not calling.any():
        return
    rows = calling.nonzero()[0]
    some, columns = fixes.take(rows), ("key", "t", "received", "lon", "lat", "status")
    told = zip(*(getattr(some, name).tolist() for name in columns), strict=True)
    for place, (key, t, received, lon, lat, status) in zip(order[rows].tolist(), told, strict=True):
        how = HOW.get(clean.mmsi_class(key), "status14")
        kind = SignalKind.MOB if how == "mob" else SignalKind.DISTRESS
        kind = SignalKind.TEST if status == SART_TEST else kind
        yield place, Call(kind, key, t, received, lon, lat, "", how)


def _said(records: list[tuple[int, Record]]) -> Iterator[tuple[int, Call]]:
    """12 to one station, 14 to all: beacons say in words whether they are being tested."""
    for order, r in records:
        beacon = HOW.get(clean.mmsi_class(r.key)) if r.type in TEXTS else None
        told = SAYS.search(r.text) if r.text else None
        if beacon or told:
            test = "TEST" in r.text.split() or (told is not None and told[2] == "TEST")
            how = beacon or ("mob" if told and told[1] == "MOB" else "text")
            kind = SignalKind.MOB if how == "mob" else SignalKind.DISTRESS
            kind = SignalKind.TEST if test else kind
            yield order, Call(kind, r.key, r.t, r.received, clean.NAN, clean.NAN, r.text, how)


def _statics(parts: list[tuple[Table, Any]]) -> Statics:
    """Names and sizes in order; a length or beam of 0 is not known."""
    if not parts:
        return NO_STATICS
    sizes = [_column(parts, f"to_{end}", 0) for end in ("bow", "stern", "port", "starboard")]
    length, beam = (np.asarray(a + b, np.float64) for a, b in (sizes[:2], sizes[2:]))
    length[length == 0], beam[beam == 0] = np.nan, np.nan
    texts = {n: _column(parts, n, "") for n in ("name", "callsign", "destination")}
    texts["name"] = _whole_names(texts["name"], _column(parts, "extension", ""))
    statics = Statics(
        _column(parts, "mmsi"), _column(parts, "sent"), texts["name"], texts["callsign"],
        _column(parts, "imo", 0), _column(parts, "ship_type", NO_TYPE), length, beam,
        _column(parts, "draught"), texts["destination"],
    )  # fmt: skip
    return statics if len(parts) == 1 else statics.take(_column(parts, "order").argsort())


def _whole_names(name: NDArray[Any], extension: NDArray[Any]) -> NDArray[Any]:
    """A name of an aid to navigation that fills its field goes on in the extension (Table 73); of
    a shorter one the blanks at its end are lost, and what follows is not known to belong to it.
    """
    longer = (np.char.str_len(name) == NAME_CHARS) & (extension != "")
    return np.where(longer, np.char.add(name, extension), name) if longer.any() else name


def _classes(chosen: Chosen, records: list[tuple[int, Record]]) -> dict[int, VesselClass]:
    """What the numbers, types and names of messages say that their senders are."""
    told: list[Told] = [
        (order, r.key, int(clean.mmsi_class(r.key)), 0, 0, "")
        for order, r in records
        if r.type in TEXTS
    ]
    for name, (table, rows) in chosen.items():
        told += _told(name, table, rows)
    out: dict[int, VesselClass] = {}
    for _, mmsi, number, typed, ship, called in sorted(told):
        if typed or number:
            out[mmsi] = VesselClass(typed or number)
        if called and _is_net_beacon(called):
            # Its other half may send a ship type, in either order.
            out[mmsi] = max(VesselClass.BEACON, out.get(mmsi, VesselClass.UNKNOWN))
        elif ship and mmsi not in out:
            out[mmsi] = VesselClass(ship)
    return out


Told = tuple[int, int, int, int, int, str]
"""Order, MMSI, class by number, by message type, by ship type, name."""


def _told(name: Name, table: Table, rows: Any) -> Iterator[Told]:
    """The messages of one table that tell a class."""
    mmsi = table["mmsi"][rows]
    number = _number_classes(mmsi)
    typed = np.zeros(len(mmsi), np.int64)
    if name in BY_TYPE:
        typed[:] = BY_TYPE[name]
    elif name == 21:
        afloat = table["aid_type"][rows] >= FIRST_AFLOAT
        typed = np.where(afloat, int(VesselClass.BEACON), int(VesselClass.BASE))
    ship = SHIP_CLASS[table["ship_type"][rows]] if "ship_type" in table else typed * 0
    telling = (number | typed | ship) != 0
    if "name" in table:
        telling |= table["name"][rows] != ""
    if not telling.any():
        return iter(())
    names = table["name"][rows][telling].tolist() if "name" in table else repeat("")
    columns = (table["order"][rows], mmsi, number, typed, ship)
    return zip(*(c[telling].tolist() for c in columns), names, strict=False)


def _number_classes(mmsi: Ints) -> Ints:
    """As `clean.mmsi_class`; most numbers are ordinary ships'."""
    lead = mmsi // MILLION
    special = (lead < 200) | (lead >= 800)
    out = np.zeros(len(mmsi), np.int64)
    if special.any():
        out[special] = [int(clean.mmsi_class(m)) for m in mmsi[special].tolist()]
    return out


_is_net_beacon = lru_cache(1 << 15)(clean.is_net_beacon)
