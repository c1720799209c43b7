"""Scenarios: a .toml names roles, plays and numbers; `run` writes feeds, facts and truth."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from simulators.geo import HOUR, MINUTE
from simulators.scoring.times import text
from simulators.sea import aboard, air, facts, shore
from simulators.sea.cast import Span
from simulators.sea.plays import PLAYS
from simulators.sea.shore import STATIONS, Line, Station
from simulators.sea.stage import Role, Stage

FOLDER = Path(__file__).parents[1] / "scenarios"
KEYS = {"title", "start", "hours", "kinds", "judged", "operators", "zones", "ais", "stations",
        "terminals", "role"}  # fmt: skip


class Mistake(Exception):
    """A scenario that cannot be played as it is written."""


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    title: str
    begin: float
    end: float
    kinds: tuple[str, ...]  #: what it is about
    judged: Any  #: kinds for which its truth is whole, or "all"
    operators: int
    body: Mapping[str, Any]
    roles: tuple[Role, ...]


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str | Path) -> Scenario:
    """One that ships, by name, or a file of one's own."""
    path = Path(name) if str(name).endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise Mistake(f"no scenario {name}; there are {', '.join(names())}")
    body = tomllib.loads(path.read_text(encoding="utf-8"))
    if strange := body.keys() - KEYS:
        raise Mistake(f"{path.name}: unknown {', '.join(sorted(strange))}")
    try:
        begin = datetime.fromisoformat(body["start"]).timestamp()
        roles = tuple(_role(path.name, r) for r in body["role"])
        kinds = tuple(body["kinds"])
        return Scenario(
            path.stem, body["title"], begin, begin + body["hours"] * HOUR, kinds,
            body.get("judged", list(kinds)), int(body.get("operators", 1)), body, roles,
        )  # fmt: skip
    except (KeyError, ValueError, TypeError) as wrong:
        raise Mistake(f"{path.name}: {type(wrong).__name__} {wrong}") from None


def _role(file: str, body: Mapping[str, Any]) -> Role:
    play = body["play"]
    if play not in PLAYS:
        raise Mistake(f"{file}: no play {play}; there are {', '.join(sorted(PLAYS))}")
    args = {k: v for k, v in body.items() if k not in ("name", "play", "count")}
    return Role(str(body.get("name", play)), play, int(body.get("count", 1)), args)


Tell: TypeAlias = Callable[[str], None]
"""Is told what a long run is at."""


def silent(_what: str) -> None:
    """Nobody looks."""


def staged(scenario: Scenario, seed: int, tell: Tell = silent) -> Stage:
    """Every boat on its track, with facts and truth; nothing is sent yet."""
    body = scenario.body
    ais, terminals = body.get("ais", {}), body.get("terminals", {})
    stage = Stage(
        scenario.name, seed, scenario.begin, scenario.end, list(_stations(scenario)),
        ais_s=tuple(ais.get("every_s", (20, 60))),
        ship_s=float(ais.get("ship_every_s", 15)),
        static_s=float(ais.get("static_every_s", 6 * MINUTE)),
        terminal_s=tuple(float(s) for s in terminals.get("every_s", (60, 120, 180))),
    )  # fmt: skip
    stage.zones += [code for code in body.get("zones", ()) if code not in stage.zones]
    stage.extra_zones.append(shore.coverage(stage.stations))
    for role in scenario.roles:
        tell(f"playing {role.name}")
        PLAYS[role.play](stage, role)
    for s in stage.stations:
        stage.fact("receivers", station=s.name, kind="ais", lon=s.at[0], lat=s.at[1],
                   range_nm=s.range_nm, usual_silence_s=60)  # fmt: skip
    return stage


def _stations(scenario: Scenario) -> Iterator[Station]:
    """Those of the coast, with what the scenario says of them; times in minutes from its start."""
    given = scenario.body.get("stations", {})
    for name in [*STATIONS, *(n for n in given if n not in STATIONS)]:
        said = dict(given.get(name, {}))
        spans = tuple(_span(scenario, s) for s in said.pop("outages_min", ()))
        passes = tuple(scenario.begin + m * MINUTE for m in said.pop("passes_min", ()))
        skewed = said.pop("skewed_min", None)
        known = STATIONS.get(name) or Station(name, tuple(said.pop("at")), 0.0, 0)
        if skewed is not None:
            known = replace(known, skewed=_span(scenario, skewed))
        yield replace(known, outages=spans, passes=passes, **said)


def _span(scenario: Scenario, minutes: Any) -> Span:
    return scenario.begin + minutes[0] * MINUTE, scenario.begin + minutes[1] * MINUTE


def run(scenario: Scenario, seed: int, out: Path, tell: Tell = silent) -> dict[str, Any]:
    """Write the scenario's directory; what was written, in numbers. `tell` hears how far it is."""
    stage = staged(scenario, seed, tell)
    for folder in ("feeds", "facts"):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for old in (out / folder).iterdir():
            old.unlink()
    counts = {"boats": len(stage.actors), "incidents": len(stage.truth.incidents)}
    counts |= _feeds(stage, out / "feeds", tell)
    facts.write(out / "facts", stage.facts)
    facts.write_zones(out / "facts", stage.zones, stage.extra_zones)
    head = {
        "scenario": scenario.name, "seed": seed,
        "begins": text(stage.begin), "ends": text(stage.end), "operators": scenario.operators,
    }  # fmt: skip
    judged = scenario.judged if scenario.judged == "all" else sorted(scenario.judged)
    stage.truth.write(out / "truth.json", {**head, "judged": judged})
    body = {**head, "title": scenario.title, "kinds": list(scenario.kinds), "counts": counts}
    (out / "scenario.json").write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n")
    return counts


def _feeds(stage: Stage, folder: Path, tell: Tell) -> dict[str, int]:
    tell("what is on the air")
    reports = air.reports(stage.actors, stage.seed, stage.begin, stage.end)
    spoken = list(air.spoken(stage.actors, stage.seed, stage.begin, stage.end, stage.static_s))
    spoken += shore.bases(stage.stations, stage.begin, stage.end)
    spoken.sort(key=lambda s: (s.t, s.sentences))
    aboard_all = [replace(a, held=(*a.held, *stage.broker_outages)) for a in stage.actors]
    tell("terminals")
    messages = list(aboard.messages(aboard_all, stage.seed, stage.begin, stage.end))
    sentences = 0
    for station in stage.stations:
        tell(f"station {station.name}")
        lines: list[Line] = shore.heard(station, reports, spoken, stage.seed)
        if station.by_mqtt:
            messages += shore.as_mqtt(station, lines)
        else:
            sentences += shore.write(folder, station, lines)
    messages.sort()
    with (folder / "mqtt.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for _, text in messages)
    return {"reports": len(reports.t), "sentences": sentences, "mqtt": len(messages)}
