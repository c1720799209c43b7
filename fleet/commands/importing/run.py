"""One import: files of one kind into the register, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fleet.commands.importing import fact_rows, geojson, identities, nouns, records, roster
from fleet.commands.importing.load import Summary, load, missing
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record
from fleet.store import register
from fleet.store.db import Connection

PLAIN = {"orgs": nouns.ORG, "people": nouns.PERSON, "members": nouns.MEMBER}
SHAPES = {"grids": nouns.GRID, "zones": nouns.ZONE}
KINDS = (*PLAIN, *SHAPES, "roster", "vessels", "identities", "terminals", *fact_rows.KINDS)


@dataclass(frozen=True, slots=True)
class Import:
    """What all files of one import share."""

    conn: Connection
    now: datetime
    zone: ZoneInfo
    demo: bool = False
    reason: str = "import"
    days: int | None = None  #: how far ahead a roster pattern is laid out

    async def files(self, kind: str, paths: Sequence[Path]) -> list[Summary]:
        """Import the files; raises DataError with every bad row, having written nothing."""
        await register.lock(self.conn)
        if kind in fact_rows.KINDS:
            return [await fact_rows.load(self.conn, kind, paths, demo=self.demo)]
        if kind in PLAIN:
            return [await self._load(PLAIN[kind], await self._read(paths, PLAIN[kind]))]
        if kind in SHAPES:
            return [await self._load(SHAPES[kind], await self._read(paths, SHAPES[kind]))]
        steps = {
            "roster": self._roster,
            "vessels": self._vessels,
            "terminals": self._terminals,
            "identities": self._identities,
        }
        return await steps[kind](paths)

    async def _read(self, paths: Sequence[Path], noun: nouns.Noun) -> list[Record]:
        """Every row, when all are good; else DataError with all that is wrong with any."""
        survey = geojson.survey if noun in SHAPES.values() else records.survey
        found, problems = survey(paths, noun)
        problems += await missing(self.conn, noun, found)
        called, since = self._called(noun, found, problems)
        problems += await identities.problems_of(self.conn, called, now=since)
        if problems:
            raise DataError(sorted(problems, key=lambda p: (p.file, p.row)))
        return found

    def _called(
        self, noun: nouns.Noun, found: Sequence[Record], problems: Sequence[Problem]
    ) -> tuple[list[Record], datetime | None]:
        """The identities among the rows, as far as they can be told, and since when they hold."""
        if noun == nouns.VESSEL:
            named = [r for r in found if r.values.get("reg_no")]
            return identities.of_vessels(named)[1], self.now
        if noun == nouns.TERMINAL:
            named = [r for r in found if r.values.get("reg_no") and r.values.get("terminal")]
            return identities.of_terminals(named)[1], self.now
        if noun.name != "identity":
            return [], None
        unclear = {(p.file, p.row) for p in problems if p.column in {"valid_from", "valid_to"}}
        whole = [r for r in found if {"reg_no", "kind", "value"} <= r.values.keys()]
        return [r for r in whole if (r.file, r.row) not in unclear], None

    async def _load(self, noun: nouns.Noun, found: Sequence[Record]) -> Summary:
        return await load(self.conn, noun, found, demo=self.demo, reason=self.reason)

    async def _roster(self, paths: Sequence[Path]) -> list[Summary]:
        noun = nouns.shift(self.zone)
        tables = [p for p in paths if p.suffix.lower() != ".toml"]
        patterns = [p for p in paths if p.suffix.lower() == ".toml"]
        found = await self._read(tables, noun) if tables else []
        grids = roster.crews(await register.current(self.conn, "member"))
        for path in patterns:
            pattern = roster.read_pattern(path)
            today = self.now.astimezone(ZoneInfo(pattern.timezone)).date()
            found += roster.lay_out(path.name, pattern, grids, today, self.days)
        return [await self._load(noun, found)]

    async def _vessels(self, paths: Sequence[Path]) -> list[Summary]:
        vessels, called = identities.of_vessels(await self._read(paths, nouns.VESSEL))
        await register.adopt(self.conn, [dict(r.values) for r in called])
        done = await self._load(nouns.VESSEL, vessels)
        return [done, await identities.load_identities(self.conn, called, now=self.now)]

    async def _terminals(self, paths: Sequence[Path]) -> list[Summary]:
        vessels, called = identities.of_terminals(await self._read(paths, nouns.TERMINAL))
        done = await self._load(nouns.VESSEL, vessels)
        return [done, await identities.load_identities(self.conn, called, now=self.now)]

    async def _identities(self, paths: Sequence[Path]) -> list[Summary]:
        found = await self._read(paths, nouns.identity(self.zone))
        return [await identities.load_identities(self.conn, found)]
