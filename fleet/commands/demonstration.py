"""The demonstration in the database: in through the importer, out by its marks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.errors import UndefinedTable

from fleet.commands import secret
from fleet.commands.app import CommandError, Exit
from fleet.commands.importing.load import Summary
from fleet.commands.importing.nouns import ACCOUNT
from fleet.commands.importing.records import Record, read_tables
from fleet.commands.importing.run import Import
from fleet.store import accounts, demonstration, logins
from fleet.store.db import Connection, connect

ORDER = (
    "orgs.csv",
    "people.csv",
    "grids.geojson",
    "members.csv",
    "roster.toml",
    "vessels.csv",
    "zones.geojson",
    "ports.csv",
    "permits.csv",
    "certificates.csv",
)
DECLARED = ("groups", "trips", "wind", "depth")
"""What the simulated skippers and weather service tell; only they know it."""
FEEDS = ("demo-ais", "demo-terminals")
"""The names under which the simulators are listened to."""


@contextmanager
def folder() -> Iterator[Path]:
    """The data files of the demonstration."""
    with as_file(files("fleet.demo")) as path:
        yield path


async def seed(url: str, zone: ZoneInfo, password: str) -> list[Summary]:
    """Load or refresh it all in one transaction; refuses a database that is a real port's."""
    async with await connect(url, "fleet-seed") as conn:
        await free_for_demo(conn)
        job = Import(conn, datetime.now(UTC), zone, demo=True, reason="demonstration data")
        with folder() as path:
            done = [
                summary
                for name in ORDER
                if (path / name).exists()
                for summary in await job.files(name.partition(".")[0], [path / name])
            ]
            who = read_tables([path / "accounts.csv"], ACCOUNT)
        await sign_ins(conn, who, password)
        known = (await demonstration.ownership(conn)).demo or {}
        await demonstration.mark(conn, facts(who, str(known.get("world", secrets.token_hex(4)))))
        return done


async def check(url: str) -> None:
    """Refuse a database with real data in it; one without tables is welcome."""
    with suppress(UndefinedTable):
        async with await connect(url, "fleet-seed") as conn:
            await free_for_demo(conn)


async def free_for_demo(conn: Connection) -> None:
    found = await demonstration.ownership(conn)
    if found.port is not None or (found.demo is None and await demonstration.registered(conn)):
        raise CommandError("this database is a real port's: no demonstration goes in", Exit.DATA)


def facts(who: Sequence[Record], world: str) -> dict[str, Any]:
    return {
        "world": world,
        "feeds": list(FEEDS),
        "seeded": datetime.now(UTC).isoformat(timespec="seconds"),
        "sign_ins": [dict(r.values) for r in who],
    }


async def sign_ins(conn: Connection, who: Sequence[Record], password: str) -> None:
    """Every demonstration account with this password; whoever has it already stays signed in."""
    hashed = secret.hash_of(password)
    for record in who:
        values = record.values
        account = await logins.find(conn, values["login"])
        if account is not None:
            if not secret.fits(account["password_hash"], password):
                await logins.renew(conn, account["id"], hashed, must_change=False)
            continue
        await accounts.create(
            conn,
            login=values["login"],
            password_hash=hashed,
            role=values["role"],
            person=await _id(conn, "person", values.get("person")),
            org=await _id(conn, "org", values.get("org")),
            language=values.get("language", "zh"),
            must_change=False,
            demo=True,
        )


async def _id(conn: Connection, noun: str, code: str | None) -> int | None:
    find = {"person": logins.person, "org": logins.org}[noun]
    return await find(conn, code) if code else None


async def world_id(url: str) -> str:
    """What tells this database's simulated world from that of another."""
    async with await connect(url, "fleet-seed") as conn:
        marks = (await demonstration.ownership(conn)).demo or {}
    return str(marks["world"])


async def roll(url: str, zone: ZoneInfo) -> list[Summary]:
    """Lay the roster out around now, so that the demonstration stays staffed."""
    async with await connect(url, "fleet-roster") as conn:
        job = Import(conn, datetime.now(UTC), zone, demo=True)
        with folder() as path:
            return await job.files("roster", [path / "roster.toml"])


async def declare(url: str, zone: ZoneInfo, told: Path) -> list[Summary]:
    """Load what the simulators have written: true of the boats that they are about to play."""
    async with await connect(url, "fleet-seed") as conn:
        job = Import(conn, datetime.now(UTC), zone, demo=True, reason="demonstration data")
        return [
            summary
            for kind in DECLARED
            for summary in await job.files(kind, [told / f"{kind}.csv"])
        ]


async def remove(url: str) -> dict[str, int]:
    """Take it all away; tell what there was."""
    async with await connect(url, "fleet-seed") as conn:
        worker = await demonstration.working(conn)
        if worker is not None:
            where = f"process {worker['pid']} on {worker['host']}"
            raise CommandError(f"a worker is running ({where}): stop it first", Exit.DATA)
        there = await demonstration.found(conn)
        await demonstration.remove(conn, FEEDS)
        return there
