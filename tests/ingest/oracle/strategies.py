"""Hypothesis strategies of AIS messages: every field anywhere in its range, edges often."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.ingest.oracle.bits import LETTERS
from tests.ingest.oracle.tables import AUXILIARY, TABLES, Parameter
from tests.ingest.oracle.writing import encode

LAYOUTS: tuple[int | str, ...] = (*TABLES, "24X")
TEXTS = st.text(LETTERS, max_size=20) | st.text("@ A0?", max_size=20)
EXTENSIONS = st.text(LETTERS[1:], max_size=14)
BITS = st.text("01", max_size=500)


@dataclass(frozen=True)
class Drawn:
    layout: int | str
    given: dict[str, int | str]
    bits: str


def texts(row: Parameter) -> st.SearchStrategy[str]:
    return TEXTS.map(lambda text: text[: row.bits // 6])


def numbers(row: Parameter) -> st.SearchStrategy[int]:
    half = 1 << (row.bits - 1)
    low, high = (-half, half - 1) if row.signed else (0, 2 * half - 1)
    edges = {low, high, 0, 1}
    if row.missing is not None:
        edges |= {row.missing, row.missing - 1, row.missing + 1, -row.missing}
    if row.name in ("lon", "lat"):
        limit = (180 if row.name == "lon" else 90) * row.per_unit
        edges |= {limit, -limit, limit + 1, -limit - 1}
    inside = sorted(edge for edge in edges if low <= edge <= high)
    return st.sampled_from(inside) | st.integers(low, high)


def fields(layout: int | str) -> st.SearchStrategy[dict[str, int | str]]:
    rows = AUXILIARY if layout == "24X" else TABLES[layout]
    chosen: dict[str, st.SearchStrategy[int | str]] = {
        row.name: texts(row) if row.kind == "text" else numbers(row)
        for row in rows
        if row.kind != "spare" and row.name not in ("type", "part")
    }
    auxiliary = st.integers(980_000_000, 989_999_999)
    ordinary = st.sampled_from([1, 2_573_225, 970_000_001, 111_232_511, 999_999_999])
    ordinary |= st.integers(1, 979_999_999)
    chosen["mmsi"] = auxiliary if layout == "24X" else ordinary
    if layout == 21:
        chosen["extension"] = EXTENSIONS
    return st.fixed_dictionaries(chosen)


def messages() -> st.SearchStrategy[Drawn]:
    return st.sampled_from(LAYOUTS).flatmap(
        lambda layout: fields(layout).map(lambda f: Drawn(layout, f, encode(layout, **f)))
    )
