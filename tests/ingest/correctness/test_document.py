"""`docs/ais.md` is what its source says, and the field table is the standard's as we know it."""

from __future__ import annotations

import re

import pytest

from fleet.ingest.ais import LAYOUTS
from tests.ingest.correctness.document import PAGE, page
from tests.ingest.oracle.tables import AUXILIARY, HEAD, TABLES, length

COMMON = {row.name for row in HEAD}
BESIDE = {"turn"}  # the code that `rot` is made of


def test_the_page_is_up_to_date() -> None:
    """Write it with `python -m tests.ingest.correctness.document`."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_field_table_is_the_standard_s(name: int | str) -> None:
    """First bit, width, sign, steps and "not available" of each field, against the oracle's."""
    tables = [TABLES[name], AUXILIARY] if name == "24B" else [TABLES[name]]
    known = {}
    for rows in tables:
        at = 0
        for row in rows:
            known[row.name] = (at, row)
            at += row.bits
    fields = {f.name: f for f in LAYOUTS[name].fields if f.name not in BESIDE | {"extension"}}
    assert fields.keys() == known.keys() - COMMON - {""}
    for field in fields.values():
        at, row = known[field.name]
        assert (field.first_bit, field.width) == (at, row.bits), field
        if row.kind == "number":
            assert (field.kind == "i") == row.signed
            assert field.scale == row.per_unit
            assert field.missing is not None
            assert row.missing in range(field.missing[0], field.missing[1] + 1)
        assert row.unit in ("", field.unit)


def test_the_lengths_are_the_standard_s_or_more_patient() -> None:
    for name, layout in LAYOUTS.items():
        low, high = layout.bits
        assert low <= length(TABLES[name]) <= high


def test_every_reason_of_refusal_is_explained() -> None:
    folder = PAGE.parents[1] / "fleet" / "ingest"
    names = "framing.py", "assembly.py", "groups.py"
    files = [*folder.glob("ais/*.py"), *(folder / name for name in names)]
    literal = re.compile(r'(?:reject\(|why = |REASON\w* = )\s*"([a-zA-Z ]+)"')
    told = PAGE.read_text(encoding="utf-8")
    reasons = {found for path in files for found in literal.findall(path.read_text("utf-8"))}
    assert len(reasons) > 10
    assert {reason for reason in reasons if reason not in told} == set()
