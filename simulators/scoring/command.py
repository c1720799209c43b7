"""python -m simulators score TRUTH ALERTS: the table, a JSON file, and whether it will do."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from simulators.scoring.figures import Figures, Score, score
from simulators.scoring.nouns import Unreadable, read_alerts, read_truth

DEMAND = re.compile(r"(?:([a-z_]+)\.)?([a-z_0-9]+)(>=|<=|==|<|>)([0-9.]+)")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "<": operator.lt, ">": operator.gt
}  # fmt: skip
GOOD, NOT_GOOD, USAGE = 0, 1, 2
HEAD = ("kind", "real", "told", "recall", "true", "false", "again", "prec.",
        "median", "p90", "shown", "/op.h", "10 min")  # fmt: skip


def run(
    truth: Path, alerts: Path, out: Path | None, demands: Sequence[str], *, listed: int = 20
) -> tuple[int, str]:
    """The exit code and what to print."""
    try:
        found = score(read_truth(truth), read_alerts(alerts))
        failed = [d for d in demands if not met(found, d)]
    except (Unreadable, OSError, ValueError) as wrong:
        return USAGE, f"simulators score: {wrong}"
    if out is not None:
        out.write_text(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = [*table(found), *_listed("missed", found.missed, listed)]
    lines += [*_listed("false", found.false, listed), *(f"not met: {d}" for d in failed)]
    return (NOT_GOOD if failed else GOOD), "\n".join(lines)


def met(found: Score, demand: str) -> bool:
    """Whether a demand holds: `recall>=0.98`, `red.recall==1`, `rollups==1`, `shown<10`.

    Nothing to share (no incident, no alert) meets every demand on that share.
    """
    parts = DEMAND.fullmatch(demand.replace(" ", ""))
    if parts is None:
        raise ValueError(f"--require {demand!r}: like recall>=0.98 or gap.p90_s<=120")
    row, figure, sign, limit = parts.groups()
    value = _value(found, row, figure)
    return value is None or COMPARE[sign](value, float(limit))


def _value(found: Score, row: str | None, figure: str) -> Any:
    if row is None and figure in ("rollups", "children", "retracted"):
        return getattr(found, figure)
    rows = {"overall": found.overall, "red": found.red, **{k.kind: k for k in found.kinds}}
    if row is not None and row not in rows:
        return None
    source = rows[row or "overall"]
    if figure not in Figures.__slots__ or figure == "kind":
        raise ValueError(f"--require: no figure {figure}")
    return getattr(source, figure)


def table(found: Score) -> Iterator[str]:
    yield f"{found.scenario}, seed {found.seed}"
    rows = [HEAD, *(row(f) for f in (*found.kinds, found.red, found.overall))]
    for cells in rows:
        yield f"{cells[0]:<21}" + "".join(f"{cell:>8}" for cell in cells[1:])
    yield f"roll-ups {found.rollups}, children {found.children}, retracted {found.retracted}"


def row(f: Figures) -> tuple[str, ...]:
    """One line of the table, below HEAD."""
    counts = (str(f.incidents), str(f.told), _share(f.recall), str(f.true), str(f.false))
    times = (str(f.repeats), _share(f.precision), _span(f.median_s), _span(f.p90_s))
    return (f.kind, *counts, *times, str(f.shown), f"{f.per_hour:.2f}", str(f.worst10))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"


def _listed(what: str, lines: Sequence[str], most: int) -> Iterator[str]:
    yield from (f"{what}: {line}" for line in lines[:most])
    if len(lines) > most:
        yield f"{what}: and {len(lines) - most} more (--json has all)"
