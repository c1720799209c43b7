"""Overrides of a kind's numbers 分级阈值: for a class of vessel, a zone, a season, or several.

Invariant: what `checked` returns can be used by the engine in any combination; what is wrong is
named by its place ("scopes.1.zone"). The order of precedence, most specific last:

1. the more conditions an override names, the more specific it is;
2. of as many, one for a zone beats one for a season, and that one for a class;
3. a length band of fishing boats beats the class "fishing";
4. of equals (two zones that overlap) the one that stands later in the list.

An override changes the numbers that it names; all others come from the less specific ones, and in
the end from the kind's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from fleet.alerts.parameters import BadParameter, number, plain, typed
from fleet.alerts.rule import Rule
from fleet.geo import seasons
from fleet.model import VesselClass

MOST = 16
"""More overrides of one kind nobody keeps in mind; and each combination costs a look."""
SHARED = frozenset({"exit_margin_m"})
"""Numbers that the fixes are looked up by before any rule sees them: one for the whole fleet."""
CONDITIONS = ("class", "zone", "season")

Edges: TypeAlias = tuple[tuple[int, int], ...]
"""Sorted [start, end) pairs, UTC microseconds."""


@dataclass(frozen=True, slots=True)
class Band:
    """Vessels of a class, from a length to below another, metres. The length must be known."""

    cls: VesselClass
    from_m: float = 0.0
    to_m: float = float("inf")


BANDS: Mapping[str, Band] = {
    **{cls.name.lower(): Band(cls) for cls in VesselClass},
    "fishing_small": Band(VesselClass.FISHING, 0.0, 12.0),
    "fishing_medium": Band(VesselClass.FISHING, 12.0, 24.0),
    "fishing_large": Band(VesselClass.FISHING, 24.0),
}
"""Classes of vessel by name. Lengths: Provisions on Fishing Licences (渔业捕捞许可管理规定, 2018):
small below 12 m, medium 12 to below 24 m, large from 24 m."""


class BadScope(BadParameter):
    """An override that cannot be used; `key` is its place: "scopes.0.params.lasting_min"."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One override: whom it concerns ("" is everybody, everywhere, always), and its numbers."""

    values: Mapping[str, float]
    cls: str = ""
    zone: str = ""
    season: str = ""

    @property
    def conditions(self) -> tuple[str, str, str]:
        return self.cls, self.zone, self.season

    @property
    def rank(self) -> tuple[int, bool, bool, bool]:
        """How specific: larger wins."""
        named = sum(map(bool, self.conditions))
        banded = self.cls.startswith("fishing_")
        return named, bool(self.zone), bool(self.season), banded

    @property
    def label(self) -> str:
        """As people and evidence name it: "class=fishing_small zone=P1"."""
        pairs = zip(CONDITIONS, self.conditions, strict=True)
        return " ".join(f"{name}={value}" for name, value in pairs if value)


@dataclass(frozen=True, slots=True)
class Place:
    """What an author may name of a zone in force."""

    line: bool  #: a line contains nobody
    seasonal: bool  #: its code is the name of a season too


@cache
def calendar() -> Mapping[str, Edges]:
    """The seasons that ship with the service, laid out over the years."""
    text = files("fleet.alerts").joinpath("seasons.toml").read_text(encoding="utf-8")
    return {name: seasons([table]) for name, table in tomllib.loads(text).items()}


def ordered(raw: Sequence[Mapping[str, Any]]) -> tuple[Scope, ...]:
    """The overrides as stored (see `checked`), least specific first."""
    found = [
        Scope(
            dict(entry["params"]),
            *(str(entry.get(name) or "") for name in CONDITIONS),
        )
        for entry in raw
    ]
    return tuple(sorted(found, key=lambda scope: scope.rank))


def plainly(raw: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Checked overrides as they are stored, in their order: what says nothing is left out."""
    return [
        {**{n: entry[n] for n in CONDITIONS if entry.get(n)}, "params": dict(entry["params"])}
        for entry in raw
    ]


def checked(
    rule: Rule, values: Mapping[str, Any], raw: Any, places: Mapping[str, Place]
) -> tuple[Scope, ...]:
    """The overrides of a kind whose own numbers are `values`, least specific first.

    `raw` is a list of {"class"?, "zone"?, "season"?, "params": {name: number}}. `places` are the
    zones in force by code. Raises BadScope, which names the entry and its field.
    """
    if not isinstance(raw, list):
        raise BadScope(rule.key, "scopes", "must be a list")
    if len(raw) > MOST:
        raise BadScope(rule.key, "scopes", f"{len(raw)} overrides, and at most {MOST} are kept")
    if raw and not takes(rule):
        raise BadScope(rule.key, "scopes", "a call for help has the same numbers for everybody")
    for i, entry in enumerate(raw):
        _entry(rule, values, entry, f"scopes.{i}", places)
    found = ordered(raw)
    _unlike(rule, raw)
    return found


def takes(rule: Rule) -> tuple[str, ...]:
    """The conditions by which a kind's numbers may differ."""
    return () if rule.calls else rule.scopes


def _entry(
    rule: Rule, values: Mapping[str, Any], entry: Any, at: str, places: Mapping[str, Place]
) -> None:
    if not isinstance(entry, Mapping):
        raise BadScope(rule.key, at, "must be an object")
    for name in sorted(entry.keys() - {*CONDITIONS, "params"}, key=str):
        what = ", ".join((*CONDITIONS, "params"))
        raise BadScope(rule.key, f"{at}.{plain(name)}", f"unknown; an override has {what}")
    named = {name: entry[name] for name in CONDITIONS if entry.get(name) not in (None, "")}
    if not named:
        raise BadScope(rule.key, at, f"names none of {', '.join(takes(rule))}")
    for name, value in named.items():
        _condition(rule, name, value, f"{at}.{name}", places)
    _numbers(rule, values, entry.get("params"), f"{at}.params")


def _condition(rule: Rule, name: str, value: Any, at: str, places: Mapping[str, Place]) -> None:
    if name not in takes(rule):
        able = ", ".join(takes(rule))
        raise BadScope(rule.key, at, f"this kind is the same for every {name}; it takes {able}")
    if not isinstance(value, str):
        raise BadScope(rule.key, at, "must be text")
    known: Collection[str] = {
        "class": BANDS,
        "zone": [code for code, p in places.items() if rule.zoned or not p.line],
        "season": [*calendar(), *(code for code, p in places.items() if p.seasonal)],
    }[name]
    if value not in known:
        raise BadScope(rule.key, at, f"{ascii(value)[:60]} is no {_expected(name, known)}")


def _expected(name: str, known: Collection[str]) -> str:
    if name == "zone":
        return "area in force (its code)"
    return f"{name}; one of {', '.join(sorted(known))}"


def _numbers(rule: Rule, values: Mapping[str, Any], params: Any, at: str) -> None:
    if not isinstance(params, Mapping) or not params:
        raise BadScope(rule.key, at, "must name at least one number")
    for key, value in params.items():
        place = f"{at}.{plain(key)}"
        if key not in values:
            raise BadScope(rule.key, place, f"unknown; this kind takes {', '.join(sorted(values))}")
        if key in SHARED:
            raise BadScope(rule.key, place, "one for the whole fleet")
        if why := number(value):
            raise BadScope(rule.key, place, why)
    try:
        typed(rule, {**values, **params})
    except BadParameter as error:
        raise BadScope(rule.key, f"{at}.{error.key}", error.why) from None


def _unlike(rule: Rule, raw: Sequence[Mapping[str, Any]]) -> None:
    """No two overrides for exactly the same boats."""
    first: dict[tuple[str, ...], int] = {}
    for i, entry in enumerate(raw):
        same = first.setdefault(tuple(str(entry.get(n) or "") for n in CONDITIONS), i)
        if same != i:
            raise BadScope(rule.key, f"scopes.{i}", f"concerns the same as scopes.{same}")
