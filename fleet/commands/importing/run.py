"""One import: files of one kind into the register, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fleet.commands.importing import identities, nouns, roster
from fleet.commands.importing.geojson import read_features
from fleet.commands.importing.load import Summary, check, load
from fleet.commands.importing.records import Record, read_tables
from fleet.store import register
from fleet.store.db import Connection

PLAIN = {"orgs": nouns.ORG, "people": nouns.PERSON, "members": nouns.MEMBER}
SHAPES = {"grids": nouns.GRID, "zones": nouns.ZONE}
KINDS = (*PLAIN, *SHAPES, "roster", "vessels", "identities", "terminals")


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
        if kind in PLAIN:
            return [await self._load(PLAIN[kind], read_tables(paths, PLAIN[kind]))]
        if kind in SHAPES:
            return [await self._load(SHAPES[kind], read_features(paths, SHAPES[kind]))]
        steps = {
            "roster": self._roster,
            "vessels": self._vessels,
            "terminals": self._terminals,
            "identities": self._identities,
        }
        return await steps[kind](paths)

    async def _load(self, noun: nouns.Noun, records: Sequence[Record]) -> Summary:
        return await load(self.conn, noun, records, demo=self.demo, reason=self.reason)

    async def _roster(self, paths: Sequence[Path]) -> list[Summary]:
        noun = nouns.shift(self.zone)
        tables = [p for p in paths if p.suffix.lower() != ".toml"]
        patterns = [p for p in paths if p.suffix.lower() == ".toml"]
        records = read_tables(tables, noun) if tables else []
        grids = roster.crews(await register.current(self.conn, "member"))
        for path in patterns:
            pattern = roster.read_pattern(path)
            today = self.now.astimezone(ZoneInfo(pattern.timezone)).date()
            records += roster.lay_out(path.name, pattern, grids, today, self.days)
        return [await self._load(noun, records)]

    async def _vessels(self, paths: Sequence[Path]) -> list[Summary]:
        vessels, called = identities.of_vessels(read_tables(paths, nouns.VESSEL))
        await register.adopt(self.conn, [dict(r.values) for r in called])
        done = await self._load(nouns.VESSEL, vessels)
        return [done, await identities.load_identities(self.conn, called, now=self.now)]

    async def _terminals(self, paths: Sequence[Path]) -> list[Summary]:
        records = read_tables(paths, nouns.TERMINAL)
        await check(self.conn, nouns.TERMINAL, records)
        vessels, called = identities.of_terminals(records)
        done = await self._load(nouns.VESSEL, vessels)
        return [done, await identities.load_identities(self.conn, called, now=self.now)]

    async def _identities(self, paths: Sequence[Path]) -> list[Summary]:
        noun = nouns.identity(self.zone)
        records = read_tables(paths, noun)
        await check(self.conn, noun, records)
        return [await identities.load_identities(self.conn, records)]
