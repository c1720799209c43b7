"""Every module here is one kind of alert: it defines RULE. Adding a file adds the kind."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fleet.alerts.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    import_module(f"{__name__}.{m.name}").RULE for m in iter_modules(__path__)
)

LOGS = frozenset(r.key for r in RULES if r.log)
"""Kinds that are kept and shown, and alert nobody."""
