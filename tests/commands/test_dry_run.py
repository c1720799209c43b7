"""Thresholds and zones tried on a real database: raised by what is in force, then by others.

Three boats sail east abreast for an hour, a fix a minute, judged and stored by a real worker: a
small and a large one at 12 kn, and one at 20 kn, which is over the limit of 18 that ships.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Cli, Result
from tests.worker.scripted import NOW, SECOND, Scripted, report, worker

BOATS = {"T1": ("small", 10, 12.0), "T2": ("large", 30, 12.0), "T3": ("fast", 20, 20.0)}
Sql = Callable[..., list[dict[str, Any]]]


def at(seconds: float) -> str:
    return datetime.fromtimestamp(NOW / SECOND + seconds, UTC).isoformat()


SPAN = ("--from", at(-3600), "--to", at(1))


@pytest.fixture
def history(port: Cli, database_url: str, sql: Sql, tmp_path: Path) -> Cli:
    """The hour, as a worker judged and stored it."""
    for boat, (terminal, (reg_no, length, _)) in enumerate(BOATS.items(), 101):
        sql("insert into vessel (id, reg_no, class, registered, length_m, interval_s)"
            " values (%s, %s, 1, true, %s, 60)", boat, reg_no, length)  # fmt: skip
        sql("insert into vessel_identity (kind, value, vessel) values ('terminal', %s, %s)",
            terminal, boat)  # fmt: skip
    asyncio.run(lived(database_url, tmp_path))
    assert raised(sql) == [("speed", "fast")]
    return port


async def lived(url: str, folder: Path) -> None:
    feed = Scripted()
    one = worker(url, folder, feed)
    await one.start()
    for minute in range(-60, 1):
        calls = [
            report(terminal, 60 * minute, 109 + sog * minute / 3000, 17 + n / 10, sog_kn=sog,
                   cog_deg=90)
            for n, (terminal, (_, _, sog)) in enumerate(BOATS.items())
        ]  # fmt: skip
        await one.batch([feed.item(call) for call in calls])
    await one.settle()
    await one.close()
    one.quarantine.close()


def raised(sql: Sql) -> list[tuple[str, str]]:
    found = sql("select kind, reg_no from alert a join vessel v on v.id = a.vessel order by a.id")
    return [(row["kind"], row["reg_no"]) for row in found]


def tables(sql: Sql) -> list[dict[str, Any]]:
    """How often every table was written to."""
    return sql(
        "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables order by relname"
    )


def told(result: Result) -> dict[str, Any]:
    assert result.status == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def counts(kind: dict[str, Any]) -> list[int]:
    return [kind[name]["alerts"] for name in ("would", "present", "raised")]


def test_a_lower_limit_is_seen_before_it_is_switched_on(history: Cli, sql: Sql) -> None:
    sql("select pg_stat_force_next_flush()")
    before = tables(sql)
    found = told(history("dry-run", "speed", "--set", "fishing_kn=10", *SPAN, "--json"))
    (speed,) = found["kinds"]
    assert counts(speed) == [3, 1, 1]
    assert speed["would"]["per_hour"] == pytest.approx(3, abs=0.01)
    change = speed["to_present"]
    assert (change["same"], change["new"], change["gone"]) == (1, 2, 0)
    assert {a["vessel"] for a in change["examples"]["new"]} == {"small", "large"}
    assert speed["to_raised"]["same"] == 1
    assert found["fixes"] == 183
    assert any("not replayed" in note["en"] for note in found["notes"])
    assert tables(sql) == before, "nothing is written"
    assert raised(sql) == [("speed", "fast")]


def test_what_is_in_force_gives_what_was_raised(history: Cli) -> None:
    """The same engine on the same fixes: episode by episode what the worker raised."""
    (speed,) = told(history("dry-run", "speed", *SPAN, "--json"))["kinds"]
    assert counts(speed) == [1, 1, 1]
    for side in ("to_present", "to_raised"):
        got = speed[side]
        assert (got["same"], got["new"], got["gone"], got["severer"]) == (1, 0, 0, 0)


def test_a_higher_limit_loses_alerts(history: Cli) -> None:
    (speed,) = told(history("dry-run", "speed", "--set", "fishing_kn=25", *SPAN, "--json"))["kinds"]
    assert counts(speed) == [0, 1, 1]
    assert [a["vessel"] for a in speed["to_raised"]["examples"]["gone"]] == ["fast"]


def test_numbers_for_a_class_alone(history: Cli) -> None:
    only = ("--set", "fishing_kn=10", "--where", "class=fishing_small")
    (speed,) = told(history("dry-run", "speed", *only, *SPAN, "--json"))["kinds"]
    assert counts(speed) == [2, 1, 1]
    assert [a["vessel"] for a in speed["to_present"]["examples"]["new"]] == ["small"]


def test_a_zone_before_it_is_drawn(history: Cli, tmp_path: Path) -> None:
    """Around the way of the large boat alone."""
    ring = [[108.5, 17.05], [109.5, 17.05], [109.5, 17.15], [108.5, 17.15], [108.5, 17.05]]
    properties = {"code": "reserve", "kind": "reserve", "name": "保护区", "rule": "keep_out"}
    feature = {"type": "Feature", "properties": properties,
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    path = tmp_path / "zone.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    found = {
        kind["kind"]: kind
        for kind in told(history("dry-run", "--zone", path, *SPAN, "--json"))["kinds"]
    }
    assert counts(found["zone_enter"]) == [1, 0, 0]
    (example,) = found["zone_enter"]["to_present"]["examples"]["new"]
    assert (example["vessel"], example["other"]) == ("large", "reserve")
    assert "speed" not in found, "what the zone does not touch is left out"


def test_people_read_a_table(history: Cli) -> None:
    result = history("dry-run", "speed", "--set", "fishing_kn=10", *SPAN)
    assert result.status == 0
    for words in ("would raise", "was raised", "2 new", "0 gone", "+ large 20", "不参与试运行"):
        assert words in result.out.replace("\n", ""), words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("speed",), "--from, --to"),
        (("spede", *SPAN), "did you mean speed" ),
        (("speed", "--set", "knots=9", *SPAN), "speed.knots: unknown"),
        (("speed", "--set", "fishing_kn=x", *SPAN), "'x' is not a number"),
        (("speed", "--set", "fishing_kn", *SPAN), "NAME=VALUE"),
        (("speed", "--where", "class=fishing", *SPAN), "--where needs --set"),
        (("speed", "--set", "fishing_kn=9", "--where", "class=x", *SPAN), "speed.scopes.0.class"),
        (("distress", *SPAN), "calls are not stored"),
        (("speed", "--from", "yesterday", "--to", at(0)), "no time such as"),
        (("speed", "--from", at(0), "--to", at(-60)), "longer than nothing"),
        (("speed", "--from", at(-40 * 86400), "--to", at(0)), "at most 31 days"),
        (("speed", "--from", at(-86400 * 9), "--to", at(-86400 * 8)), "no positions are stored"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_refused_with_its_reason(
    port: Cli, arguments: tuple[str, ...], words: str
) -> None:
    result = port("dry-run", *arguments)
    assert result.status != 0
    assert words in result.err


def test_what_was_tried_is_switched_on_with_a_reason(
    port: Cli, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ("rules", "speed", "--set", "fishing_kn=16", "--reason", "notice 7", "--json")
    (speed,) = json.loads(port(*first).out)
    assert (speed["version"], speed["params"]["fishing_kn"], speed["scopes"]) == (2, 16, [])
    small = ("--set", "fishing_kn=9", "--where", "class=fishing_small", "--reason", "small")
    over = [{"class": "fishing_small", "params": {"fishing_kn": 9}}]
    (speed,) = json.loads(port("rules", "speed", *small, "--json").out)
    assert (speed["version"], speed["params"]["fishing_kn"], speed["scopes"]) == (3, 16, over)
    monkeypatch.setenv("COLUMNS", "200")
    shown = port("rules", "speed").out
    assert "class=fishing_small" in shown
    assert "fishing_kn = 9" in shown
    reasons = sql("select version, reason, actor from rule_version order by version")
    assert [tuple(r.values()) for r in reasons] == [(2, "notice 7", None), (3, "small", None)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rules", "speed", "--set", "fishing_kn=9"), "--reason"),
        (("rules", "--set", "fishing_kn=9", "--reason", "x"), "needs KIND"),
        (("rules", "spede"), "did you mean speed"),
        (("rules", "speed", "--set", "knots=9", "--reason", "x"), "speed.knots: unknown"),
        (("rules", "speed", "--set", "fishing_kn=9", "--where", "zone=x", "--reason", "x"),
         "speed.scopes.0.zone"),
    ],
)  # fmt: skip
def test_a_change_that_makes_no_sense_is_refused(
    port: Cli, sql: Sql, arguments: tuple[str, ...], words: str
) -> None:
    result = port(*arguments)
    assert result.status == 2
    assert words in result.err
    assert sql("select version from rule_version") == []
