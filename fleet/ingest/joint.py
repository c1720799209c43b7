"""Several pieces of input as one: their reports joined, and which piece each fix came in.

Invariant: everything is kept, in the order of the pieces; of examples one a reason, the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from fleet.ingest.format import Fixes, Joint, Reports, Statics
from fleet.model import IdentityKind, Ints, VesselClass


def joined(parts: Sequence[Reports]) -> Joint:
    """One or more reports of one kind and source, as if they had been one piece of input."""
    table: dict[str, int] = {}
    moved = [_renamed(part, table) for part in parts]
    counts = [len(part.fixes) for part in parts]
    first = parts[0]
    reports = Reports(
        first.kind,
        first.source,
        Fixes.concat([part.fixes for part in moved]),
        tuple(table),
        tuple(call for part in moved for call in part.calls),
        Statics.concat([part.statics for part in moved]),
        tuple(record for part in moved for record in part.records),
        _classes(moved),
        sum(part.sentences for part in parts),
        _counted([part.types for part in parts]),
        _counted([part.rejects for part in parts]),
        {why: one for part in reversed(parts) for why, one in part.samples.items()},
    )
    return Joint(reports, np.repeat(np.arange(len(parts)), counts))


def _renamed(part: Reports, table: dict[str, int]) -> Reports:
    """With its names as they are numbered in the table, which grows."""
    if part.kind == IdentityKind.MMSI or not part.names:
        return part
    at: Ints = np.array([table.setdefault(n, len(table)) for n in part.names], np.int64)
    return replace(
        part,
        fixes=replace(part.fixes, key=at[part.fixes.key]),
        calls=tuple(replace(call, key=int(at[call.key])) for call in part.calls),
        statics=replace(part.statics, key=at[part.statics.key]),
        records=tuple(replace(record, key=int(at[record.key])) for record in part.records),
        classes={int(at[key]): cls for key, cls in part.classes.items()},
    )


def _classes(parts: Iterable[Reports]) -> dict[int, VesselClass]:
    """Of several that one identity is called, the largest: a beacon stays one."""
    out: dict[int, VesselClass] = {}
    for part in parts:
        for key, cls in part.classes.items():
            out[key] = max(cls, out.get(key, cls))
    return out


def _counted(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        if count:
            total.update(count)
    return total
