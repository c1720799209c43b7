"""One reader of the database for all live clients of this process.

NOTIFY is a hint, the poll behind it the truth. What clients get is shared, bounded state: the
fleet table, a ring of encoded events, the monitoring status; a client is two cursors into it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from fleet.api.live import frames
from fleet.api.live.table import Table, View
from fleet.api.monitoring import Monitoring, monitoring
from fleet.api.schemas.base import BIGGEST_ID
from fleet.settings import Settings
from fleet.store import accounts, live, reads
from fleet.store.db import Connection, Pool, connect
from fleet.store.events import CHANNEL
from fleet.store.scope import Scope
from fleet.store.zones import CHANNEL as CONFIG

POLL_S, FLEET_S, CYCLE_S = 1.0, 0.5, 10.0
BLIND_S = 5.0
VIEWS_S = 0.15
"""Spent a second on who sees what, so that many members never hold up the alerts."""
RING, PAGE = 2_000, 500
NEVER = -1
UNUSED_S = 60.0
LOST = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError, TimeoutError)
ALL = Scope(signed=True, everything=True)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it goes out to everybody who may see it."""

    seq: int
    alert: int | None
    frame: str


@dataclass(slots=True)
class Seat(View):
    """The view of one scope, with the events its clients may see."""

    scope: Scope = field(default_factory=Scope)
    checked: int = 0  #: events up to here have been sifted
    visible: set[int] = field(default_factory=set)
    used: float = 0.0  #: monotonic, like the next
    asked: float = 0.0  #: when its vessels were read; 0: never
    dirty: bool = True
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, eq=False)
class Client:
    """One socket."""

    token_hash: bytes
    scope: Scope
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False  #: signed out, revoked, or its role changed


class Hub:
    """Owns the listening connection; `run` is its task."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self.settings, self.pool = settings, pool
        self.table = Table()
        self.ring: deque[Told] = deque(maxlen=RING)
        self.event_seq = 0
        self.clients: set[Client] = set()
        self.seats: dict[Scope, Seat] = {}
        self.ready = False
        self.known = asyncio.Event()  #: the database has been read once
        self.dropped = 0  #: clients that were too slow
        self._watched = Monitoring(ok=False, since=None, lag_s=0.0, reason="database")
        self._watched_at: float | None = None
        self._fleet_at = self._sessions_at = 0.0

    # ── what clients ask ─────────────────────────────────────────────────────────────────
    def watched(self) -> Monitoring:
        """The monitoring status as far as this process knows it; old knowledge is none."""
        if self._watched_at is None:
            return self._watched
        silent = time.monotonic() - self._watched_at
        if silent <= BLIND_S:
            return self._watched
        since = self._watched.since or datetime.now(UTC) - timedelta(seconds=silent)
        return Monitoring(
            ok=False, since=since.replace(microsecond=0), lag_s=silent, reason="database"
        )

    async def seat(self, scope: Scope) -> Seat:
        """The shared view of everybody with this scope."""
        found = self.seats.get(scope)
        if found is None:
            every = scope.everything
            found = Seat(everything=every, scope=scope, checked=self.event_seq, dirty=not every)
            self.seats[scope] = found
        found.used = time.monotonic()
        async with found.lock:
            if found.dirty and not found.asked:
                async with self.pool.connection() as conn:
                    await self._refresh(conn, found)
        return found

    def fleet(self, seat: Seat, since: int | None) -> bytes:
        """The fleet after a tick, encoded once for all who ask the same."""
        if since is None or since > self.table.tick:
            key, start = (NEVER, True), None
        else:
            key, start = (since, False), since
        if key not in seat.sent:
            seat.sent[key] = self.table.encode(seat, start, time.time_ns() // 1000)
        return seat.sent[key]

    async def told(self, seat: Seat, after: int) -> tuple[list[Told] | None, int]:
        """The events of a seat after a sequence number, and up to which; None: forgotten."""
        if after < self.event_seq - len(self.ring):
            return None, self.event_seq
        everything = seat.scope.everything
        if not everything and seat.checked < self.event_seq:
            async with seat.lock:
                await self._sift(seat)
        upto = self.event_seq if everything else seat.checked
        new = [t for t in self.ring if after < t.seq <= upto]
        return [t for t in new if everything or t.seq in seat.visible], upto

    async def _sift(self, seat: Seat) -> None:
        """Ask once which of the new events the scope may see."""
        upto = self.event_seq
        new = [t for t in self.ring if seat.checked < t.seq <= upto and t.alert is not None]
        if new:
            async with self.pool.connection() as conn:
                ids = await live.visible(conn, seat.scope, [t.alert for t in new if t.alert])
            seat.visible |= {t.seq for t in new if t.alert in ids}
        seat.checked = max(seat.checked, upto)
        if len(seat.visible) > 2 * RING:
            seat.visible = {s for s in seat.visible if s > upto - RING}

    # ── the reader ───────────────────────────────────────────────────────────────────────
    async def run(self) -> None:
        """Read for ever; a lost database is said on every screen and tried again."""
        delay = 0.2
        while True:
            try:
                await self._connected()
            except LOST as exc:
                structlog.get_logger("fleet.live").warning("database_lost", error=str(exc))
            except Exception:  # noqa: BLE001 -- the stream outlives a mistake, and every screen says so
                structlog.get_logger("fleet.live").exception("live_failed")
            self._publish()
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0) if time.monotonic() - self._sessions_at > CYCLE_S else 0.2

    async def _connected(self) -> None:
        async with asyncio.timeout(CYCLE_S):
            conn = await connect(self.settings.database_url.get_secret_value(), "fleet-live")
        async with conn:
            await conn.set_autocommit(True)
            await conn.execute(f"listen {CHANNEL}")
            await conn.execute(f"listen {CONFIG}")
            await self._load(conn)
            while True:
                async with asyncio.timeout(CYCLE_S):
                    await self._cycle(conn)

    async def _load(self, conn: Connection) -> None:
        """Start afresh: nothing that was read before is believed."""
        event_seq, _ = await live.cursors(conn)
        if event_seq < self.event_seq or not self.ready:
            self.event_seq = event_seq
            self.ring.clear()
        self._rebuild(await live.latest(conn, -1))
        self.ready = True

    def _rebuild(self, rows: reads.Rows) -> None:
        self.table = Table()
        self.table.put(rows)
        for seat in self.seats.values():
            seat.sent.clear()
            seat.generation += 1
            seat.changed = self.table.tick

    async def _cycle(self, conn: Connection) -> None:
        changed = await self._events(conn)
        if time.monotonic() - self._fleet_at >= FLEET_S:
            self._fleet_at = time.monotonic()
            changed |= await self._fleet(conn)
        if time.monotonic() - self._sessions_at >= POLL_S:
            self._sessions_at = time.monotonic()
            changed |= await self._keep(conn)
        if changed:
            self._publish()
        async for hint in conn.notifies(timeout=FLEET_S, stop_after=1):
            if hint.channel == CONFIG:
                self._soil()

    async def _events(self, conn: Connection) -> bool:
        rows = await live.events(conn, ALL, self.event_seq, BIGGEST_ID, PAGE)
        if not rows:
            return False
        ids = sorted({r["alert"] for r in rows if r["alert"] is not None})
        found = await reads.alerts_by_id(conn, ALL, ids)
        alerts = {r["id"]: r for r in found}
        self.ring.extend(
            Told(r["seq"], r["alert"], frames.text(**frames.event(r, alerts))) for r in rows
        )
        self.event_seq = rows[-1]["seq"]
        self._soil()
        return True

    def _soil(self) -> None:
        """Who sees what may have changed: asked again within a second."""
        for seat in self.seats.values():
            seat.dirty = not seat.scope.everything

    async def _fleet(self, conn: Connection) -> bool:
        if not self.table.put(await live.latest(conn, self.table.tick)):
            return False
        for seat in self.seats.values():
            seat.sent.clear()
        return True

    async def _keep(self, conn: Connection) -> bool:
        """Once a second: the heartbeat, the sessions, the views."""
        workers = await reads.workers(conn)
        self._watched = monitoring(workers, self.settings.stale_after_s)
        self._watched_at = time.monotonic()
        self.known.set()
        event_seq, tick = await live.cursors(conn)
        if event_seq < self.event_seq or tick < self.table.tick:  # restored from a backup
            self.ready = False
            await self._load(conn)
        await self._sessions(conn)
        await self._views(conn)
        for seat in self.seats.values():
            seat.sent.clear()  # ages go on
        return True

    async def _sessions(self, conn: Connection) -> None:
        clients = list(self.clients)  # whoever joins meanwhile has just been looked up
        hashes = sorted({c.token_hash for c in clients})
        if not hashes:
            return
        limit = timedelta(minutes=self.settings.session_idle_min)
        valid = await accounts.valid(conn, hashes, limit)
        for client in clients:
            client.over = valid.get(client.token_hash) != client.scope
        await accounts.touch(conn, hashes)

    async def _views(self, conn: Connection) -> None:
        used = time.monotonic() - UNUSED_S
        wanted = {c.scope for c in self.clients}
        for scope in [s for s, seat in self.seats.items() if s not in wanted and seat.used < used]:
            del self.seats[scope]
        stop = time.monotonic() + VIEWS_S
        for seat in sorted(self.seats.values(), key=lambda s: s.asked):
            if seat.dirty and time.monotonic() < stop:
                await self._refresh(conn, seat)

    async def _refresh(self, conn: Connection, seat: Seat) -> None:
        seat.dirty = False
        try:
            ids, own = await live.vessels(conn, seat.scope)
        except BaseException:
            seat.dirty = True
            raise
        seat.asked = time.monotonic()
        seat.assign(ids, own, self.table.tick)

    def _publish(self) -> None:
        for client in self.clients:
            client.wake.set()
