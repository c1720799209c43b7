"""The demonstration: the world in real time, heard over TCP and reporting over MQTT.

Earlier hours are told first, with their true times: terminals send them as arrays, as after a hole
in the network; the receiver keeps the last minutes for whoever connects first.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from simulators import radio, register
from simulators.geo import HOUR, MINUTE
from simulators.outbox import Outbox
from simulators.radio import Report
from simulators.receiver import Receiver
from simulators.world import Run, World

SLICE = 20 * MINUTE  #: of earlier time, told by all boats before the next
REMEMBERED = 12 * HOUR  #: earlier runs that still matter
SAVE_EVERY = 15.0


@dataclass(frozen=True, slots=True)
class Demo:
    register: Path
    mqtt_url: str
    ais_host: str = "127.0.0.1"
    ais_port: int = 0
    seed: int = 1
    speed: float = 1.0  #: simulated seconds a second, from the start on
    backfill_h: float = 2.0
    backfill_ais_min: float = 10.0
    state: Path | None = None
    quiet: bool = False


@dataclass(slots=True)
class Clock:
    """Simulated time: `t0` at the start, `speed` times as fast."""

    t0: float
    speed: float
    started: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        return self.t0 + (time.monotonic() - self.started) * self.speed

    async def until(self, t: float) -> None:
        wait = (t - self.now()) / self.speed
        await asyncio.sleep(max(0.0, wait))


# ── what an earlier run left ──
def load(path: Path | None, seed: int, now: float) -> tuple[Run, ...]:
    if path is None or not path.exists():
        return ()
    try:
        document = json.loads(path.read_text())
        runs = tuple(Run(**run) for run in document["runs"]) if document["seed"] == seed else ()
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(r for r in runs if now - REMEMBERED < r.until <= now)


def save(path: Path | None, seed: int, runs: tuple[Run, ...]) -> None:
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps({"seed": seed, "runs": [asdict(r) for r in runs]}))
    fresh.replace(path)


# ── the demonstration ──
class Stage:
    """The running demonstration: what is sent goes to the receiver or the outbox."""

    def __init__(self, demo: Demo, receiver: Receiver, outbox: Outbox) -> None:
        self.demo, self.receiver, self.outbox = demo, receiver, outbox
        self.clock = Clock(float(int(time.time())), demo.speed)
        self.before = load(demo.state, demo.seed, self.clock.t0)
        boats = register.read(demo.register)
        self.world = World(demo.seed, boats, (*self.before, Run(self.clock.t0)))
        self._held: list[tuple[float, int, Report]] = []
        self._announced = max(self.since, self.clock.t0 - 5 * MINUTE)

    @property
    def since(self) -> float:
        """What is told begins here: some hours ago, or where an earlier run ended."""
        earlier = (run.until for run in self.before)
        return max(self.clock.t0 - self.demo.backfill_h * HOUR, *earlier, 0.0)

    async def play(self) -> None:
        told, saved = self.since + SLICE, 0.0
        live, patience = False, 30.0
        for number, item in enumerate(radio.sent(self.world, self.since)):
            if not live and (item.t >= told or item.t >= self.clock.t0):
                patience = patience if await self.outbox.drained(patience) else 0.1
                told += SLICE
                live = item.t >= self.clock.t0
                if live:
                    self._say(
                        f"ready: AIS on port {self.receiver.port}, {len(self.world.boats)} boats"
                    )
            if live:
                await self.clock.until(item.t)
                saved = self._save(saved)
                self._announce(item.t)
            elif number % 200 == 0:
                await asyncio.sleep(0)
            self._tell(item, number, live=live)

    def _tell(self, item: radio.Sent, number: int, *, live: bool) -> None:
        if isinstance(item, Report):
            heapq.heappush(self._held, (item.due, number, item))
        elif live:
            for heard in radio.heard(item, number):
                self.receiver.send(heard.lines)
        elif item.t >= self.clock.t0 - self.demo.backfill_ais_min * MINUTE:
            for heard in radio.heard(item, number):
                self.receiver.remember(heard.lines)
        while self._held and self._held[0][0] <= item.t:
            report = heapq.heappop(self._held)[2]
            self.outbox.put(report.terminal, report.body)

    def _save(self, saved: float) -> float:
        now = time.monotonic()
        if now - saved < SAVE_EVERY:
            return saved
        self.save()
        return now

    def save(self) -> None:
        run = Run(self.clock.t0, min(self.clock.now(), time.time()))
        save(self.demo.state, self.demo.seed, (*self.before, run))

    def _announce(self, t: float) -> None:
        if t < self._announced + 1:
            return
        for incident in self.world.incidents(t):
            if incident.t >= self._announced:
                what = incident.detail or incident.place
                self._say(f"{incident.kind}: {incident.reg_no or incident.mmsi} {what}")
        self._announced = t

    def _say(self, text: str) -> None:
        if not self.demo.quiet:
            print(f"simulators: {text}", flush=True)  # noqa: T201 - its only output


async def run(demo: Demo) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, stop.set)
    outbox = Outbox(demo.mqtt_url)
    async with Receiver(demo.ais_host, demo.ais_port) as receiver:
        stage = Stage(demo, receiver, outbox)
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(stage.play())]
        stopped = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        await ended([*tasks, stopped])
        stage.save()
        for task in done - {stopped}:
            task.result()  # a bug ends the demonstration loudly


async def ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel until it is so: `wait_for` of Python 3.11 swallows a cancellation that comes together
    with what it waits for, here a confirmation of the broker.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.5)


def mqtt_url(given: str) -> str:
    """The option, or SIM_MQTT_URL: keeps the password off the process list."""
    return given or os.environ.get("SIM_MQTT_URL", "")
