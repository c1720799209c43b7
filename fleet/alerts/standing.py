"""Whether a rule is being evaluated, and if not, why: for `fleet rules` and the health page.

Invariant: a rule stands here as "not_evaluated" exactly when the engine leaves it out for want of
facts (`Engine.able`), or when there is no zone of the kind that it looks at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal, TypeAlias

from fleet.alerts.facts import WHAT
from fleet.alerts.rule import Rule

State: TypeAlias = Literal["evaluated", "in_part", "not_evaluated"]
ZONES: Mapping[str, tuple[str, str]] = {
    "coast": ("没有海岸线", "no coast line is drawn"),
    "moratorium": ("没有休渔海域", "no moratorium waters are drawn"),
    "port": ("没有港区", "no port is drawn"),
    "risk": ("没有风险海域", "no risk area is drawn"),
}
"""Why, by the kind of zone that is not there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rule is evaluated; `missing` is named as in `Rule.needs`, `uses` and `places`."""

    state: State
    missing: tuple[str, ...] = ()

    @property
    def why_zh(self) -> str:
        return "；".join(_why(name)[0] for name in self.missing)

    @property
    def why_en(self) -> str:
        return "; ".join(_why(name)[1] for name in self.missing)

    def said(self) -> tuple[str, str]:
        """The whole sentence in Chinese and English; empty where all is well."""
        if self.state == "evaluated":
            return "", ""
        zh, en = {
            "in_part": ("部分评估，因为", "evaluated in part, because "),
            "not_evaluated": ("未评估，因为", "not evaluated, because "),
        }[self.state]
        return zh + self.why_zh, en + self.why_en


def standing(rule: Rule, present: Collection[str], kinds: Collection[str]) -> Standing:
    """How far a rule is evaluated with these facts present and zones of these kinds in force."""
    missing = [name for name in rule.needs if name not in present]
    missing += [kind for kind in rule.places if kind not in kinds]
    if missing:
        return Standing("not_evaluated", tuple(missing))
    without = tuple(name for name in rule.uses if name not in present)
    return Standing("in_part" if without else "evaluated", without)


def _why(name: str) -> tuple[str, str]:
    return WHAT[name] if name in WHAT else ZONES[name]


@cache
def about(kind: str) -> tuple[str, str]:
    """What the watch officer reads of a kind: its file's first lines, in Chinese and in English."""
    text = import_module(f"fleet.alerts.rules.{kind}").__doc__ or ""
    lines = text.strip().splitlines()
    chinese = sum(any("\u4e00" <= c <= "\u9fff" for c in line) for line in lines)
    return "".join(lines[:chinese]), " ".join(lines[chinese:])
