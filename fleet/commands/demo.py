"""`fleet demo`: a whole simulated port on this machine, and nothing left of it afterwards.

Invariant: whatever way a run ends, the next one starts; processes that a killed run left behind are
ended first, by number and start time.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import signal
import socket
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
import psycopg
from rich.console import Console

from fleet.commands import demonstration, plan, screen, secret, stack
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.children import Children, Record, end
from fleet.commands.plan import Plan, World
from fleet.store import demonstration as rows
from fleet.store import logins
from fleet.store.db import connect
from fleet.store.migrate import migrate

READY_S = 45.0
ROLL_S = 3600.0
"""The roster is laid out around now, and trips are declared, this often."""
TEND_S = 3.0
"""The servers are looked after this often."""
ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option(
    "--backfill-hours",
    type=click.FloatRange(0, 24),
    default=2,
    show_default=True,
    help="Hours before now that are simulated at high speed first.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated world.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=stack.LOCAL,
    show_default=".local",
    help="Where logs, password and the record of this run go.",
)
@with_settings("host", "port")
@pass_app
def demo(app: App, backfill_hours: float, seed: int, folder: Path) -> None:
    """A simulated port on this machine: servers, service, boats.

    Starts a private TimescaleDB and Mosquitto (unless FLEET_DATABASE_URL or FLEET_MQTT_URL name
    others), loads demonstration data, runs the service beside simulated boats, and prints where to
    look. Ctrl-C stops all of it. Nothing is installed outside .local/.
    """
    stack.needs_checkout()
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for how in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, _interrupted)
    with only_one(folder / "demo.lock"):
        record = cleared(Record.read(folder / "demo.json"))
        try:
            world = World(folder.absolute(), backfill_hours, seed)
            made = prepared(app, servers(app, record), world)
            running(stage(app, made, record, begun))
        except KeyboardInterrupt:
            click.echo("stopping", err=True)
        finally:
            finish(app, record)


def _interrupted(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One demonstration a checkout; a killed one leaves no lock."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("a demonstration of this checkout is running already") from None
        yield


def cleared(record: Record) -> Record:
    """End what a killed run left behind."""
    left = end(record.processes)
    if left:
        click.echo(f"ended what an earlier run left: {', '.join(left)}", err=True)
    record.processes = []
    return record


def servers(app: App, record: Record) -> dict[str, str]:
    """Start the servers, and note whether they are ours to stop."""
    was_running = stack.running(app)
    record.stack = record.stack or not was_running
    record.write()
    return stack.up(app)


def prepared(app: App, found: dict[str, str], world: World) -> Plan:
    """Database migrated and seeded, ports chosen."""
    url = found["FLEET_DATABASE_URL"]
    running(demonstration.check(url))
    for name in running(migrate(url)):
        click.echo(f"applied {name}", err=True)
    click.echo("loading the demonstration data", err=True)
    password = kept_password(world.folder / "demo-password")
    running(demonstration.seed(url, app.settings.zone, password))
    made = Plan(
        servers=found,
        settings=app.settings,
        config=app.layers.path,
        port=port(app),
        ais_port=free_port(),
        password=password,
        world=world,
        name=running(demonstration.world_id(url)),
    )
    running(declare(made))
    return made


async def declare(made: Plan) -> None:
    """Let the simulators write what their skippers declare, and load it."""
    argv, folder = plan.told(made)
    writer = await asyncio.create_subprocess_exec(*argv, cwd=stack.ROOT, stdout=DEVNULL)
    if await writer.wait():
        raise CommandError("the simulators could not tell what their skippers declare")
    await demonstration.declare(made.url, made.settings.zone, folder)


def kept_password(path: Path) -> str:
    """The demonstration's password: the same at every start, readable to its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secret.generated() + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def port(app: App) -> int:
    """The port asked for, or one that is free."""
    settings = app.settings
    if "port" in app.overrides or "port" in app.layers.given:
        if settings.port and not is_free(settings.host, settings.port):
            raise CommandError(f"port {settings.port} is taken", Exit.USAGE)
        return settings.port or free_port()
    return settings.port if is_free(settings.host, settings.port) else free_port()


def is_free(host: str, number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def stage(app: App, made: Plan, record: Record, begun: float) -> None:
    """Everything up, the screen, then watch until told to stop."""
    logs = made.world.folder / "log"
    logs.mkdir(exist_ok=True)
    stop = asyncio.Event()
    for how in ASKED:
        asyncio.get_running_loop().add_signal_handler(how, stop.set)
    children = Children(record, logs, lambda line: click.echo(line, err=True))
    asked = asyncio.create_task(stop.wait())
    work = asyncio.create_task(play(made, children, begun))
    tended = asyncio.create_task(tending(app, made))
    try:
        await asyncio.wait({asked, work}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            click.echo("\nstopping", err=True)
        else:
            await work
    finally:
        for task in (tended, work):
            task.cancel()
        await asyncio.gather(tended, work, return_exceptions=True)
        await children.stop()


async def play(made: Plan, children: Children, begun: float) -> None:
    for command in plan.service(made):
        await children.start(command)
    failed = asyncio.create_task(children.failed())
    ready = asyncio.create_task(plan.ready(made, READY_S))
    await asyncio.wait({failed, ready}, return_when=asyncio.FIRST_COMPLETED)
    if failed.done():
        ready.cancel()
        await failed
    await ready
    await children.start(plan.simulators(made))
    failed.cancel()
    screen.show(Console(), await facts(made, children.logs, begun))
    rolled = asyncio.create_task(rolling(made))
    try:
        await children.failed()
    finally:
        rolled.cancel()


async def facts(made: Plan, logs: Path, begun: float) -> screen.Facts:
    async with await connect(made.url, "fleet-demo") as conn:
        marks = (await rows.ownership(conn)).demo or {}
        names = {row["person"]: row["name"] for row in await logins.listed(conn)}
        there = await rows.found(conn)
    return screen.Facts(
        address=f"http://{made.settings.host}:{made.port}/",
        password=made.password,
        sign_ins=marks.get("sign_ins", []),
        names=names,
        logs=logs.relative_to(Path.cwd()) if logs.is_relative_to(Path.cwd()) else logs,
        seconds=time.monotonic() - begun,
        boats=there.get("vessels", 0),
    )


async def tending(app: App, made: Plan) -> None:
    """Start a server of this checkout again when it died; the service connects by itself."""
    while True:
        await asyncio.sleep(TEND_S)
        gone = await asyncio.to_thread(stack.away, made.servers, made.settings)
        if not gone:
            continue
        click.echo(f"{' and '.join(gone)} died; starting again", err=True)
        try:
            found = await asyncio.to_thread(stack.up, app)
        except CommandError as error:
            click.echo(f"{error}; trying again", err=True)
            continue
        if found != dict(made.servers):
            click.echo("its address is another one now: start the demonstration again", err=True)


async def rolling(made: Plan) -> None:
    """Keep the roster laid out around now, and the trips of the next day declared."""
    while True:
        await asyncio.sleep(ROLL_S)
        with contextlib.suppress(psycopg.OperationalError, CommandError):  # there is another hour
            await demonstration.roll(made.url, made.settings.zone)
            await declare(made)


def finish(app: App, record: Record) -> None:
    """Leave nothing running that was not running before."""
    for how in ASKED:
        signal.signal(how, signal.SIG_IGN)
    end(record.processes)
    if record.stack:
        stack.down(app)
    record.forget()
