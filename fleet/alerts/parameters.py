"""Thresholds as versioned data: typed, validated, named when wrong. No number lives in a rule."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from fleet.alerts.rule import Rule

MOST = 1e7
"""Beyond any count, minute, metre or mile that a threshold could mean."""


class BadParameter(ValueError):
    """A parameter set that cannot be used; the message names the kind and the key."""

    def __init__(self, kind: str, key: str, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(f"{kind}.{self.key}: {why}")


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One version of one kind's numbers."""

    kind: str
    version: int
    source: str
    values: Mapping[str, Any]


@cache
def defaults() -> Mapping[str, ParameterSet]:
    """The sets that ship with the service, version 1."""
    text = files("fleet.alerts").joinpath("parameters.toml").read_text(encoding="utf-8")
    return {
        kind: ParameterSet(
            kind, 1, table["source"], {k: v for k, v in table.items() if k != "source"}
        )
        for kind, table in tomllib.loads(text).items()
    }


def typed(rule: Rule, values: Mapping[str, Any]) -> Any:
    """`values` as the rule's own dataclass; BadParameter names a missing, unknown or bad key."""
    names = {f.name for f in fields(rule.params)}
    for key in sorted(names ^ values.keys()):
        what = "missing" if key in names else "unknown"
        raise BadParameter(rule.key, plain(key), f"{what}; this kind takes {_listed(names)}")
    for key, value in values.items():
        if why := number(value):
            raise BadParameter(rule.key, key, why)
    return rule.params(**values)


def number(value: Any) -> str:
    """Why this is no number that a threshold could be; "" where it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        return f"{ascii(value)[:60]} is not a number from 0 to {MOST:,.0f}"
    return ""


def plain(key: Any) -> str:
    """A key as it may be repeated to whoever wrote it, however odd it is."""
    return key if isinstance(key, str) and key.isidentifier() else ascii(key)[:60]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
