"""Bytes for tests, encoded by pyais: an independent witness of our own reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyais

from fleet.ingest.format import Decoder, Fixes, Reports, Statics
from fleet.ingest.framing import checksum
from fleet.model import SECOND, Columns

NOW = 1_700_000_000 * SECOND
"""2023-11-14 22:13:20 UTC, when all live input of these tests is received."""


def ais(kind: int, mmsi: int, *, seq: int = 1, channel: str = "A", **fields: Any) -> list[bytes]:
    """The sentences of one message, without line ends."""
    data = {"type": kind, "mmsi": str(mmsi), **fields}
    made = pyais.encode_dict(
        data, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=seq
    )
    return [line.encode() for line in made]


def at(mmsi: int, lon: float = 109.1, lat: float = 18.3, second: int = 20, **more: Any) -> bytes:
    """One class A position."""
    fields = {"lon": lon, "lat": lat, "second": second, "speed": 5.0, "course": 90.0, **more}
    return ais(1, mmsi, **fields)[0]


def named(mmsi: int, name: str, *, seq: int = 1, channel: str = "A", **more: Any) -> list[bytes]:
    """A class A name in two parts; the second ends with the name backwards, as destination."""
    fields = {"shipname": name, "ship_type": 30, "destination": name[::-1].rjust(20, "-"), **more}
    parts = ais(5, mmsi, seq=seq, channel=channel, **fields)
    assert len(parts) == 2
    return parts


def tag(body: str, line: bytes = b"") -> bytes:
    text = body.encode()
    return b"\\%s*%02X\\%s" % (text, checksum(text), line)


def lines(*parts: bytes) -> bytes:
    return b"".join(part + b"\r\n" for part in parts)


def read(decoder: Decoder, pieces: Iterable[bytes], received: int = NOW) -> Reports:
    """All that the pieces held, as if it had come in one."""
    return merged([decoder.feed(piece, "", received) for piece in pieces])


def merged(reports: Sequence[Reports]) -> Reports:
    first = reports[0]
    reports, names = _renamed(reports)
    types, rejects = first.types.copy(), first.rejects.copy()
    samples, classes = dict(first.samples), dict(first.classes)
    for r in reports[1:]:
        types.update(r.types)
        rejects.update(r.rejects)
        classes.update(r.classes)
        samples = {**r.samples, **samples}
    return Reports(
        kind=first.kind,
        source=first.source,
        fixes=Fixes.concat([r.fixes for r in reports]),
        names=names,
        calls=tuple(c for r in reports for c in r.calls),
        statics=Statics.concat([r.statics for r in reports]),
        classes=classes,
        sentences=sum(r.sentences for r in reports),
        types=types,
        rejects=rejects,
        samples=samples,
    )


def _renamed(reports: Sequence[Reports]) -> tuple[list[Reports], tuple[str, ...]]:
    """The same with one table of names for all, in order of appearance."""
    table: dict[str, int] = {}
    made = []
    for r in reports:
        keys = [table.setdefault(name, len(table)) for name in r.names]
        if not keys:
            made.append(r)
            continue
        rows = np.array(keys)
        made.append(
            replace(
                r,
                fixes=replace(r.fixes, key=rows[r.fixes.key]),
                statics=replace(r.statics, key=rows[r.statics.key]),
                calls=tuple(replace(c, key=keys[c.key]) for c in r.calls),
            )
        )
    return made, tuple(table)


def plain(r: Reports) -> dict[str, Any]:
    """Everything in it as text and numbers, to compare and to store; NaN is None."""
    return {
        "kind": str(r.kind),
        "source": r.source.name,
        "names": list(r.names),
        "fixes": rows(r.fixes),
        "calls": [_record(c) for c in r.calls],
        "statics": rows(r.statics),
        "classes": {str(key): r.classes[key].name for key in sorted(r.classes)},
        "sentences": r.sentences,
        "types": dict(sorted(r.types.items())),
        "rejects": dict(sorted(r.rejects.items())),
    }


def rows(columns: Columns) -> list[dict[str, Any]]:
    """A table as its rows; NaN is None."""
    lists = {f.name: _list(getattr(columns, f.name)) for f in fields(columns)}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def statics(r: Reports) -> list[Any]:
    """The rows of its statics, to be asked by name."""
    names = [f.name for f in fields(Statics)]
    columns = [getattr(r.statics, name).tolist() for name in names]
    return [
        SimpleNamespace(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)
    ]


def _list(column: Any) -> list[Any]:
    return [None if isinstance(v, float) and np.isnan(v) else v for v in column.tolist()]


def _record(one: Any) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in one.__slots__}
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}
