"""Numbers of a kind as options give them: --set name=value, --where class=…, zone=…, season=….

Invariant: what is named goes into the kind's own numbers, or into the override with exactly these
conditions, and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fleet.alerts.scopes import CONDITIONS
from fleet.commands.app import CommandError, Exit


def merged(
    row: Mapping[str, Any], numbers: Mapping[str, float], where: Mapping[str, str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The kind's numbers and overrides with the new ones put where they belong."""
    params, scopes = dict(row["params"]), [dict(s) for s in row["scopes"]]
    if not where:
        return params | dict(numbers), scopes
    for scope in scopes:
        if {n: scope[n] for n in CONDITIONS if n in scope} == where:
            scope["params"] = {**scope["params"], **numbers}
            return params, scopes
    return params, [*scopes, {**where, "params": dict(numbers)}]


def pairs(given: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE; CommandError names what is not."""
    out: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name or not value:
            raise CommandError(f"{text!r} is not NAME=VALUE", Exit.USAGE)
        out[name] = value
    return out


def numbers(given: Sequence[str]) -> dict[str, float]:
    """NAME=VALUE, the values numbers."""
    out: dict[str, float] = {}
    for name, value in pairs(given).items():
        try:
            out[name] = float(value)
        except ValueError:
            raise CommandError(f"{name}: {value!r} is not a number", Exit.USAGE) from None
    return out
