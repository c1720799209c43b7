"""What is wrong with one cell, said so that its owner can find and mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fleet.commands.app import CommandError, Exit

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    row: int  #: line of a CSV, row of a sheet, place of a GeoJSON feature; 0: the whole file
    column: str
    value: str
    why: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        cell = f", {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        return f"{where}{cell}{value}: {self.why}"

    def record(self) -> dict[str, Any]:
        return asdict(self)


class DataError(CommandError):
    """A file with problems: nothing of it was written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = [str(p) for p in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"… and {len(problems) - SHOWN} more")
        rows = len({(p.file, p.row) for p in problems})
        head = f"{rows} bad row{'s' * (rows != 1)}, nothing was imported"
        super().__init__("\n  ".join([head, *lines]), Exit.DATA)
