"""The checks of `fleet doctor`: each looks at one thing and says how it is in one line.

Invariant: a check never changes anything, and one that cannot look says so as a failure.
"""

from __future__ import annotations

import os
import shutil
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

import aiomqtt
import psycopg

from fleet.commands.app import App
from fleet.settings import Settings
from fleet.store import ballast, demonstration, health, logins, people
from fleet.store.db import Connection, connect
from fleet.store.migrate import MigrationError, pending

State: TypeAlias = Literal["ok", "warn", "fail"]

SKEW_WARN_S, SKEW_FAIL_S = 1.0, 30.0
FREE_WARN, FREE_FAIL = 0.20, 0.10
"""Full to 80 %, to 90 %: a disk that is full stops PostgreSQL."""
BACKLOG_WARN_S, BACKLOG_FAIL_S = 60.0, 600.0
SILENT_FEED_S = 600.0
UPKEEP_LATE_S, RETENTION_LATE_S = 4 * 3600.0, 49 * 3600.0
HOLES_SHOWN = 4
OLDEST_SERVER = 16


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    detail: str


async def checks(app: App) -> AsyncIterator[Check]:
    """Every check, in the order in which one depends on another."""
    settings = app.settings
    yield disk(settings)
    url = settings.database_url.get_secret_value()
    if not url:
        yield Check("database", "fail", "FLEET_DATABASE_URL is not set")
    else:
        async for check in _database(url, settings):
            yield check
    yield await broker(settings)


async def _database(url: str, settings: Settings) -> AsyncIterator[Check]:
    try:
        conn = await connect(url, "fleet-doctor")
    except psycopg.OperationalError as error:
        yield Check("database", "fail", str(error).strip().splitlines()[0])
        return
    async with conn:
        facts = await health.server(conn)
        yield server(facts)
        yield edition(facts)
        yield clock(facts)
        waiting = await migrations(conn)
        yield waiting
        if waiting.state == "fail":
            return
        for look in (storage, upkeep, ownership, accounts_there, worker, feeds, outbox, duty):
            yield await _guarded(look, conn, settings)


Look: TypeAlias = Callable[[Connection, Settings], Awaitable[Check]]


async def _guarded(look: Look, conn: Connection, settings: Settings) -> Check:
    try:
        return await look(conn, settings)
    except psycopg.Error as error:
        await conn.rollback()
        return Check(look.__name__, "fail", str(error).strip().splitlines()[0])


def disk(settings: Settings) -> Check:
    """Room for the spool, where it will be."""
    place = settings.data_dir.absolute()
    there = next(p for p in (place, *place.parents) if p.exists())
    if not os.access(there, os.W_OK):
        return Check("disk", "fail", f"{there} cannot be written")
    return Check("disk", *_room(there, settings.spool_mb << 20))


def _room(place: Path, wanted: int) -> tuple[State, str]:
    """How full the filesystem is; it must have so many bytes left."""
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total
    short = usage.free < wanted
    state: State = "fail" if share < FREE_FAIL or short else "warn" if share < FREE_WARN else "ok"
    return state, f"{usage.free / 1e9:.1f} GB free ({share:.0%}) at {place}"


def server(facts: Mapping[str, Any]) -> Check:
    version = str(facts["version"])
    state: State = "ok" if int(version.split(".", maxsplit=1)[0]) >= OLDEST_SERVER else "warn"
    return Check("database", state, f"PostgreSQL {version}, {facts['bytes'] / 1e6:.0f} MB")


def edition(facts: Mapping[str, Any]) -> Check:
    """Which TimescaleDB; the Apache edition lacks compression, the rest is the same."""
    if not facts["timescaledb"]:
        return Check("timescaledb", "fail", "the extension is not there: `fleet migrate` makes it")
    timescale = facts["license"] == "timescale"
    kind = "Community: compresses old tracks" if timescale else "Apache-2: no compression"
    return Check("timescaledb", "ok", f"{facts['timescaledb']}, {kind}")


def clock(facts: Mapping[str, Any]) -> Check:
    """This machine's clock against the database's."""
    skew = abs(time.time() - facts["clock"])
    state: State = "fail" if skew > SKEW_FAIL_S else "warn" if skew > SKEW_WARN_S else "ok"
    return Check("clock", state, f"{skew:.2f} s from the database's")


async def migrations(conn: Connection) -> Check:
    try:
        names = await pending(conn)
    except MigrationError as error:
        return Check("migrations", "fail", str(error))
    if names:
        return Check("migrations", "fail", f"{len(names)} pending: run `fleet migrate`")
    return Check("migrations", "ok", "none pending")


async def storage(conn: Connection, settings: Settings) -> Check:
    """Room for the database: its disk, where that is this machine's and may be asked; the ballast
    that it holds for when there is none.
    """
    held = await ballast.held(conn)
    folder = await health.data_folder(conn)
    state, said = (
        _room(folder, 0) if folder and folder.is_dir() else ("ok", "disk not seen from here")
    )
    if held.given_up_s is not None:
        told = f"the disk was full {span(held.given_up_s)} ago: ballast given up"
        return Check("storage", "fail", f"{told}; {said}")
    if held.lost:
        return Check("storage", "fail", f"the server crashed and its ballast went; {said}")
    if not held.known or not settings.ballast_mb:
        return Check("storage", state, f"{said}, no ballast yet")
    return Check("storage", state, f"{said}, {held.bytes >> 20} MB ballast")


async def upkeep(conn: Connection, _: Settings) -> Check:
    """Whether hours are rolled up, and what is old let go."""
    row = await health.upkeep(conn)
    if row["oldest_s"] is not None and row["oldest_s"] > UPKEEP_LATE_S:
        return Check("upkeep", "warn", f"hours that wait to be rolled up: {row['hours']}")
    if row["retained_s"] is not None and row["retained_s"] > RETENTION_LATE_S:
        return Check("upkeep", "warn", f"retention last ran {span(row['retained_s'])} ago")
    ran = "not yet" if row["retained_s"] is None else f"{span(row['retained_s'])} ago"
    return Check("upkeep", "ok", f"hours are rolled up; retention ran {ran}")


async def ownership(conn: Connection, _: Settings) -> Check:
    found = await demonstration.ownership(conn)
    if found.port is not None:
        return Check("port", "ok", f"{found.port.get('name') or 'a port'}, no demonstration")
    if found.demo is not None:
        return Check("port", "ok", "demonstration data: no real port")
    return Check("port", "warn", "empty: `fleet init` begins a port, `fleet demo` shows one")


async def accounts_there(conn: Connection, _: Settings) -> Check:
    admins = await logins.other_admins(conn, 0)
    if admins:
        return Check("accounts", "ok", f"{admins} administrator{'s' * (admins > 1)}")
    return Check("accounts", "warn", "no administrator: `fleet user create --role admin`")


async def worker(conn: Connection, settings: Settings) -> Check:
    """Whether anybody watches: the same bound as on every screen."""
    beats = await health.workers(conn)
    if not beats:
        return Check("worker", "fail", "none has ever run: nobody watches")
    newest = min(beats, key=lambda beat: float(beat["age_s"]))
    where = f"pid {newest['pid']} on {newest['host']}"
    if newest["age_s"] > settings.stale_after_s:
        return Check("worker", "fail", f"no monitoring for {span(newest['age_s'])} ({where})")
    late = newest["lag_s"] > settings.stale_after_s
    return Check("worker", "warn" if late else "ok", f"{where}, {newest['lag_s']:.1f} s behind")


async def feeds(conn: Connection, settings: Settings) -> Check:
    """Every configured feed, or those that reported, and what is wrong with them."""
    rows = {row["name"]: row for row in await health.feeds(conn) if not _over(row, settings)}
    wanted = [feed.name for feed in settings.feeds] or list(rows)
    if not wanted:
        return Check("feeds", "warn", "none configured: [[feeds]] in fleet.toml, or FLEET_FEEDS")
    wrong = [f"{name} {why}" for name in wanted if (why := _ailment(rows.get(name), settings))]
    if wrong:
        state: State = "fail" if len(wrong) == len(wanted) else "warn"
        return Check("feeds", state, "; ".join(wrong))
    return Check("feeds", "ok", f"{len(wanted)} up: {', '.join(wanted)}")


def _over(row: Mapping[str, Any], settings: Settings) -> bool:
    """The spool is there while it holds something, a recording while it is played."""
    return row["kind"] in {"spool", "file"} and row["age_s"] > settings.stale_after_s


def _ailment(row: Mapping[str, Any] | None, settings: Settings) -> str:
    if row is None:
        return "has never reported"
    if row["age_s"] > settings.stale_after_s:
        return f"last reported {span(row['age_s'])} ago"
    if row["state"] != "up":
        return f"is {row['state']} {row['detail']}".strip()
    if row["kind"] == "spool":
        return f"holds input back: {row['detail']}"
    silent = row["silent_s"]
    if silent is None:
        return "has brought nothing yet"
    return f"silent for {span(silent)}" if silent > SILENT_FEED_S else ""


async def outbox(conn: Connection, _: Settings) -> Check:
    row = await health.backlog(conn)
    oldest = row["oldest_s"]
    said = f"{row['queued']} waiting" + (f", the oldest for {span(oldest)}" * bool(row["queued"]))
    if row["failed"]:
        said += f", {row['failed']} failed within a day"
    late: State = "fail" if oldest > BACKLOG_FAIL_S else "warn" if oldest > BACKLOG_WARN_S else "ok"
    return Check("outbox", "warn" if row["failed"] and late == "ok" else late, said)


async def duty(conn: Connection, settings: Settings) -> Check:
    """Whether every grid and the command centre have somebody for the next 24 hours."""
    holes = await people.uncovered(conn, time.time_ns() // 1000)
    if not holes:
        return Check("duty", "ok", "the next 24 h are staffed")
    places = list(dict.fromkeys(code or "command centre" for code, _ in holes))
    more = f" and {len(places) - HOLES_SHOWN} more" * (len(places) > HOLES_SHOWN)
    del settings
    return Check("duty", "fail", f"not staffed within 24 h: {', '.join(places[:4])}{more}")


async def broker(settings: Settings) -> Check:
    """Sign in to the broker under a name of our own, so that nobody's session is taken over."""
    url = settings.mqtt_url.get_secret_value()
    if not url:
        wanted = any(feed.kind == "mqtt" for feed in settings.feeds)
        return Check("mqtt", "fail" if wanted else "warn", "FLEET_MQTT_URL is not set")
    parts = urlsplit(url)
    tls = ssl.create_default_context() if parts.scheme == "mqtts" else None
    port = parts.port or (8883 if tls else 1883)
    try:
        async with aiomqtt.Client(
            parts.hostname or "",
            port,
            username=unquote(parts.username or "") or None,
            password=unquote(parts.password or "") or None,
            identifier=f"fleet-doctor-{os.getpid()}",
            tls_context=tls,
            timeout=5,
        ):
            return Check("mqtt", "ok", f"{parts.hostname}:{port} takes our sign-in")
    except (aiomqtt.MqttError, OSError) as error:
        return Check("mqtt", "fail", f"{parts.hostname}:{port}: {error}")


def span(seconds: float) -> str:
    """A stretch of time as people say it."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
