"""The loop: one batch is being committed while the next is decoded and judged, and no more.

Invariant: `head` is what is committed, `tip` what will be when the pending commit is done; a batch
judged on a tip that did not come about is judged again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from fleet.ingest.format import Format
from fleet.model import Change
from fleet.store import desk_clock, engine, events, facts, feeds, statics, vessels, zones
from fleet.store.db import Connection
from fleet.store.engine import Fenced
from fleet.worker import identity, world
from fleet.worker.commit import PART, Extra, ahead_of, beat, early, healths, snapshot, store
from fleet.worker.database import Database, passing
from fleet.worker.decode import Decoded, Decoders
from fleet.worker.dedup import WINDOW
from fleet.worker.gather import gathered, heard
from fleet.worker.head import (
    Aside,
    Head,
    Residue,
    Step,
    ahead,
    following,
    grounded,
    judge,
    look,
    with_vessels,
)
from fleet.worker.intake import Intake, Item, acknowledge
from fleet.worker.lateness import TICK_S, Lateness
from fleet.worker.register import Register
from fleet.worker.restore import Move, restore, take
from fleet.worker.sources import Sources
from fleet.worker.spool import Spool
from fleet.worker.world import World

LOG = structlog.get_logger("fleet.worker")
WINDOW_S = 0.05
"""How long followers of a first delivery are waited for: the price of a batch, in latency."""
CONFIG_S, SNAPSHOT_S = 10.0, 30.0


def wall_clock() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Pending:
    """A commit under way, and what to do again should its content be refused."""

    task: asyncio.Task[None]
    work: Sequence[Decoded]
    residue: Residue


class Worker:
    """All that one part needs; `run` is its life."""

    def __init__(
        self,
        url: str,
        formats: Mapping[str, Format],
        intake: Intake,
        quarantine: Spool,
        sources: Sources,
        clock: Callable[[], int] = wall_clock,
    ) -> None:
        self.main = Database(url, "fleet-worker")
        self.side = Database(url, "fleet-worker-register")
        self.third = Database(url, "fleet-worker-snapshot")
        self.intake, self.quarantine, self.sources, self.clock = intake, quarantine, sources, clock
        self.decoders = Decoders(formats)
        self.register = Register()
        self.window = WINDOW  #: within which stations tell one report, microseconds
        self.head: Head
        self.tip: Head
        self.world: World
        self.held: list[Item] = []  #: taken from the intake and not yet acknowledged
        self.config = asyncio.Event()
        self._marks: tuple[Any, ...] = ()  #: of the configuration in force
        self._late = Lateness()
        self._pending: Pending | None = None
        self._shot: asyncio.Task[None] | None = None

    @property
    def away(self) -> bool:
        return self.main.away

    # Life

    async def start(self) -> None:
        """Find the head, as soon as there is a database."""
        self._marks = await self.main.done(_marks)
        now = self.clock()
        self.head, self.world = await restore(self.main, self.register, now, self.window)
        self.tip = self.head
        if len(identity.suspects(self.head.state)):
            self._marks = ()  # somebody may have settled a difference meanwhile: compare once
        self._late.tick()
        self.register.journaled(self.register.known().ids)
        self.decoders.restore(self.head.residue)
        LOG.info("worker goes on", seq=self.head.seq, revision=self.world.revision)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then finish what was read."""
        await self.start()
        tick = config = shot = time.monotonic()
        while not stop.is_set():
            await self.batch(await self.intake.gather(_left(tick), WINDOW_S))
            if _left(tick) > 0:
                continue
            tick = time.monotonic() + TICK_S
            await self.settle()
            await self.tick()
            if self.config.is_set() or _left(config) <= 0:
                config = time.monotonic() + CONFIG_S
                await self.configure()
            if _left(shot) <= 0:
                shot = time.monotonic() + SNAPSHOT_S
                self._shoot()
        await self.batch(self.intake.drain())
        await self.settle()

    async def close(self) -> None:
        for task in (self._pending and self._pending.task, self._shot):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task
        for database in (self.main, self.side, self.third):
            await database.close()

    # Batches

    async def batch(self, items: Sequence[Item]) -> None:
        """Decode and judge while the batch before is being committed; then commit this one."""
        if not items:
            return
        items = self.decoders.in_a_row(items)
        self.held += items
        work = self.decoders.decode(items)
        residue = self.decoders.residue((d.delivery.feed, d.delivery.format) for d in work)
        try:
            step = await self._judged(self.tip, work, residue)
        except Exception as error:  # noqa: BLE001 -- sorted out by _refused
            await self.settle()
            await self._refused(error, work, residue)
            return
        await self.settle()
        if step.base is not self.head:
            try:
                step = await self._judged(self.head, work, residue)
            except Exception as error:  # noqa: BLE001 -- sorted out by _refused
                await self._refused(error, work, residue)
                return
        self.tip = step.head
        self._pending = Pending(asyncio.create_task(self._commit(step, work)), work, residue)

    async def settle(self) -> None:
        """Wait for the pending commit; sort out a batch that the database refuses."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        try:
            await pending.task
        except Exception as error:  # noqa: BLE001 -- sorted out by _refused
            await self._refused(error, pending.work, pending.residue)

    async def _judged(self, base: Head, work: Sequence[Decoded], residue: Residue) -> Step:
        found = heard(work)
        vessel = await self.register.learn(self.side, found)
        stations = {name: self.register.station(name) for name in found.stations}
        got = gathered(found, vessel, self.register.registry, stations)
        differences = self.register.differences(found, base.engine.params["identity"])
        got = replace(got, differences=differences)
        return judge(base, got, self.register.known(), residue, self.clock())

    async def _commit(self, step: Step, work: Sequence[Decoded], *, desk: bool = True) -> None:
        lag_s = self._late.batch(step, _deliveries(work), len(self.intake))
        extra = replace(self.sources.extra(), lag_s=lag_s)
        for part in early(step.changes):
            await self.main.done(partial(ahead_of, step=step, changes=part))
        await self.main.done(partial(store, step=step, work=work, extra=extra, desk=desk))
        self.head = step.head
        self.register.journaled(step.ids)
        self.sources.told(extra)
        await self._acknowledge(work)

    async def _acknowledge(self, work: Sequence[Decoded]) -> None:
        items = [item for d in work for item in d.items]
        done = set(map(id, items))
        await acknowledge(items)
        self.held = [item for item in self.held if id(item) not in done]

    # Refusals

    async def _refused(self, error: Exception, work: Sequence[Decoded], residue: Residue) -> None:
        """Find the deliveries that cannot be stored; store the others."""
        if isinstance(error, Fenced) or passing(error):
            raise error
        self.tip = self.head
        if _deliveries(work) == 1:
            await self._alone(error, work[0], residue)
            return
        for part in self.decoders.halves(work):
            try:
                step = await self._judged(self.head, part, residue)
                await self._commit(step, part)
            except Exception as again:  # noqa: BLE001 -- one level deeper
                await self._refused(again, part, residue)
        self.tip = self.head

    async def _alone(self, error: Exception, work: Decoded, residue: Residue) -> None:
        """One delivery that is refused: without the desk if that helps, else aside."""
        LOG.error("delivery refused", feed=work.delivery.feed, error=repr(error)[:500])
        try:
            step = await self._judged(self.head, [work], residue)
            await self._commit(step, [work], desk=False)
        except Fenced:
            raise
        except Exception as last:
            if passing(last):
                raise
            await self._aside(last, work)
        self.tip = self.head

    async def _aside(self, error: Exception, work: Decoded) -> None:
        """Keep the delivery whole on the disk and count it. Should even that be refused, it is
        not the delivery's fault, and the worker ends without having acknowledged it.
        """
        self.quarantine.append(work.delivery)
        self.quarantine.sync()
        reason = f"refused: {type(error).__name__}"
        empty = [Decoded(work.items, None, reason)]
        await self._commit(await self._judged(self.head, empty, {}), empty)

    # Time

    async def tick(self) -> None:
        """What follows from time alone: silences, deadlines; and the heartbeat."""
        now = self.clock()
        if ahead(self.head, now):
            await self._trying(self._take_over(self.world, grounded(self.head, now)))
        looked = await self._trying(self._look(now))
        extra = self.sources.extra()
        if await self._trying(self.main.done(partial(self._ticked, now=now, extra=extra))):
            self.sources.told(extra)
            if looked:
                self._late.tick()

    async def _look(self, now: int) -> None:
        step = look(self.head, now)
        if step:
            await self._commit(step, [])
            self.tip = self.head

    async def _trying(self, work: Awaitable[None]) -> bool:
        """Whether it went well. What fails shows in the logs, and must not stop the positions."""
        try:
            await work
        except Fenced:
            raise
        except Exception:
            LOG.exception("not done")
            return False
        return True

    async def _ticked(self, conn: Connection, now: int, extra: Extra) -> None:
        await engine.hold(conn, PART, self.head.seq)
        extra = replace(extra, lag_s=self._late.now())
        happened = await desk_clock.tick(conn, now)
        await feeds.tell(conn, healths([], extra, Aside()))
        await engine.beat(conn, beat(extra))
        await events.append(conn, happened)

    # Configuration

    async def configure(self) -> None:
        """See whether people changed zones, thresholds or the register; take it over at once."""
        self.config.clear()
        await self._trying(self._configured())

    async def _configured(self) -> None:
        marks = await self.main.done(_marks)
        if marks == self._marks:
            return
        await self.main.done(self.register.load)
        present = (await self.main.done(world.load)).usable(self.world)
        base, ended = await self._compared(present)
        await self._take_over(present, base, ended)
        self._marks = marks

    async def _compared(self, present: World) -> tuple[Head, list[Change]]:
        """The head with the register as it is now, and which differences from it are settled."""
        base = with_vessels(self.head, self.register.vessels)
        suspects = identity.suspects(base.state)
        said = await self.main.done(lambda conn: statics.load(conn, suspects))
        engine_, papers = present.engine(self.register.vessels), self.register.papers
        state, ended = identity.settled(engine_, base.state, papers, said, self.clock())
        return replace(base, state=state), ended

    async def _take_over(self, present: World, base: Head, ended: Sequence[Change] = ()) -> None:
        """Close what ended with the old world, and go on in the new one."""
        now, known = self.clock(), self.register.known()
        head, changes = world.moved(base, self.world, present, now)
        changes += ended
        await self.main.done(partial(take, move=Move(head, present, changes, now)))
        self.head = self.tip = following(head)
        self.world = present
        self.register.journaled(known.ids)
        LOG.info("configuration taken over", revision=present.revision, closed=len(changes))

    def _shoot(self) -> None:
        """Take a snapshot beside the work, if the last is done."""
        if self._shot is None or self._shot.done():
            self._shot = asyncio.create_task(self._snapshot(self.head))

    async def _snapshot(self, head: Head) -> None:
        shot = await asyncio.to_thread(snapshot, head, self.world.revision, world.fingerprint())
        await self.third.done(lambda conn: engine.keep(conn, PART, shot))


async def _marks(conn: Connection) -> tuple[Any, ...]:
    """What differs whenever people changed something."""
    return (
        await zones.fingerprint(conn),
        await engine.parameters(conn),
        await vessels.fingerprint(conn),
        await facts.fingerprint(conn),
    )


def _deliveries(work: Sequence[Decoded]) -> int:
    return sum(len(d.items) for d in work)


def _left(due: float) -> float:
    return max(0.0, due - time.monotonic())
