"""python -m simulators list|run|score|demo|declared|nmea: scenarios with a truth, the live sea."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from simulators import declared, record, register, serve
from simulators.geo import HOUR
from simulators.scoring import command as scoring
from simulators.sea import scenario
from simulators.world import World

REGISTER = Path(__file__).parent.parent / "fleet" / "demo" / "vessels.csv"


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="AIS over TCP and terminals over MQTT, in real time")
    demo.add_argument("--mqtt-url", default="", help="or SIM_MQTT_URL")
    demo.add_argument("--ais-host", default="127.0.0.1")
    demo.add_argument("--ais-port", type=int, default=0, help="0: any free port")
    demo.add_argument("--speed", type=float, default=1.0, help="simulated seconds a second")
    demo.add_argument("--backfill-hours", type=float, default=2.0, help="earlier hours told first")
    demo.add_argument("--backfill-ais-minutes", type=float, default=10.0)
    demo.add_argument("--state", type=Path, help="lets a second run continue the first")
    demo.add_argument("--quiet", action="store_true")
    nmea = commands.add_parser("nmea", help="write a recording and its truth")
    nmea.add_argument("--hours", type=float, default=3.0)
    nmea.add_argument("--out", type=Path, required=True)
    nmea.add_argument("--start", help="ISO time; default: now")
    nmea.add_argument("--reports", type=Path, help="write the terminals' reports here as well")
    told = commands.add_parser("declared", help="the demo's groups, trips, wind, depth")
    told.add_argument("--out", type=Path, required=True, metavar="DIR")
    told.add_argument("--hours", type=float, default=26.0, help="of trips that are to begin")
    told.add_argument("--backfill-hours", type=float, default=2.0, help="of trips before now")
    commands.add_parser("list", help="the scenarios that ship")
    run = commands.add_parser("run", help="write feeds, facts and truth of a scenario")
    run.add_argument("scenario", help="its name, or a .toml of one's own")
    run.add_argument("--seed", type=int, default=1)
    run.add_argument("--out", type=Path, required=True, metavar="DIR")
    _score_options(commands.add_parser("score", help="compare TRUTH with ALERTS"))
    for command in (demo, nmea, told):
        command.add_argument("--register", type=Path, default=REGISTER, help="vessels.csv")
        command.add_argument("--seed", type=int, default=1)
    return parser


def _score_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("truth", type=Path, help="truth.json of a scenario, or its folder")
    parser.add_argument("alerts", type=Path, help="what the service raised, a JSON object a line")
    parser.add_argument("--json", type=Path, metavar="FILE", dest="out")
    parser.add_argument(
        "--require", action="append", default=[], metavar="DEMAND", help="recall>=0.98 …"
    )
    parser.add_argument("--list", type=int, default=20, metavar="N", dest="listed")


def _score(args: argparse.Namespace) -> int:
    truth = args.truth / "truth.json" if args.truth.is_dir() else args.truth
    status, said = scoring.run(truth, args.alerts, args.out, args.require, listed=args.listed)
    print(said)  # noqa: T201 - its answer
    return status


def main() -> int:
    args = arguments().parse_args()
    play = {"list": _list, "run": _run, "score": _score, "nmea": _record, "demo": _demo}
    play["declared"] = _declared
    return play[args.command](args)


def _list(_args: argparse.Namespace) -> int:
    for name in scenario.names():
        print(f"{name:<22}{scenario.read(name).title}")  # noqa: T201 - its answer
    return 0


def _run(args: argparse.Namespace) -> int:
    try:
        counts = scenario.run(scenario.read(args.scenario), args.seed, args.out, _told)
    except scenario.Mistake as wrong:
        print(f"simulators run: {wrong}", file=sys.stderr)  # noqa: T201
        return 2
    _told("")
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    print(f"{args.out}: {said}")  # noqa: T201 - its answer
    return 0


def _told(what: str) -> None:
    """One line that is written over, for somebody who waits; nothing into a file."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}" if what else "\r\x1b[K")
        sys.stderr.flush()


def _demo(args: argparse.Namespace) -> int:
    url = serve.mqtt_url(args.mqtt_url)
    if not url:
        arguments().error("demo needs --mqtt-url or SIM_MQTT_URL")
    demo = serve.Demo(
        register=args.register,
        mqtt_url=url,
        ais_host=args.ais_host,
        ais_port=args.ais_port,
        seed=args.seed,
        speed=args.speed,
        backfill_h=args.backfill_hours,
        backfill_ais_min=args.backfill_ais_minutes,
        state=args.state,
        quiet=args.quiet,
    )
    asyncio.run(serve.run(demo))
    return 0


def _declared(args: argparse.Namespace) -> int:
    """The same sea as `demo` with the same register and seed."""
    now = time.time()
    since, until = now - args.backfill_hours * HOUR, now + args.hours * HOUR
    world = World(args.seed, register.read(args.register))
    counts = declared.write(world, declared.Span(since, now, until), args.out)
    print(", ".join(f"{n:,} {what}" for what, n in counts.items()))  # noqa: T201 - its answer
    return 0


def _record(args: argparse.Namespace) -> int:
    start = time.time()
    if args.start:
        at = datetime.fromisoformat(args.start)
        start = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    recording = record.Recording(
        args.out, args.seed, float(int(start)), args.hours, args.register, args.reports
    )
    sentences = record.record(recording)
    print(f"simulators: {sentences} sentences in {args.out}")  # noqa: T201 - its answer
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
