"""Forward-only migrations: numbered files, each applied once in a transaction of its own.

Never run at worker start. An advisory lock lets one runner in; a file changed after it was applied
is refused; a lock not granted soon fails the step instead of stopping the ingest behind it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from fleet.store.db import Connection, connect, queries

SQL = queries("migrate")
FILE = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
LOCK = 0x666C656574  #: "fleet": the advisory lock of the runner


class MigrationError(Exception):
    """The database holds migrations that differ from, or are newer than, these files."""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration, oldest first."""
    folder = files("fleet.sql").joinpath("migrations")
    found = sorted((f for f in folder.iterdir() if FILE.fullmatch(f.name)), key=lambda f: f.name)
    return [Migration(f.name, f.read_text(encoding="utf-8")) for f in found]


async def pending(conn: Connection) -> list[str]:
    """Name what is not applied yet; refuse a database that these files do not describe."""
    return [m.name for m in _pending(await _applied(conn), migrations())]


async def migrate(url: str) -> list[str]:
    """Apply what is pending, each file in one transaction, and name it."""
    conn = await connect(url, "fleet-migrate")
    async with conn:
        await conn.set_autocommit(True)
        await conn.execute(SQL["lock"], {"key": LOCK})
        await conn.execute(SQL["table"])
        wanted = _pending(await _applied(conn), migrations())
        for migration in wanted:
            await _apply(conn, migration)
        await conn.execute(SQL["unlock"], {"key": LOCK})
    return [m.name for m in wanted]


async def _applied(conn: Connection) -> dict[str, str]:
    exists = await (await conn.execute(SQL["exists"])).fetchone()
    if exists is None or not exists["there"]:
        return {}
    rows = await (await conn.execute(SQL["applied"])).fetchall()
    return {row["name"]: row["checksum"] for row in rows}


def _pending(applied: dict[str, str], known: list[Migration]) -> list[Migration]:
    unknown = applied.keys() - {m.name for m in known}
    if unknown:
        raise MigrationError(f"the database is newer than this program: it has {min(unknown)}")
    changed = [m.name for m in known if applied.get(m.name, m.checksum) != m.checksum]
    if changed:
        raise MigrationError(f"{changed[0]} was changed after it was applied")
    wanted = [m for m in known if m.name not in applied]
    if wanted and applied and wanted[0].name < max(applied):
        raise MigrationError(f"{wanted[0].name} is older than what is applied already")
    return wanted


async def _apply(conn: Connection, migration: Migration) -> None:
    async with conn.transaction():
        await conn.execute(SQL["limits"])
        await conn.execute(migration.text)
        await conn.execute(SQL["record"], {"name": migration.name, "checksum": migration.checksum})
