"""Whom the platform hears, as the options of its feed say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fleet.ingest.jt808.models import Model, matches, patterns
from fleet.ingest.jt808.models import read as read_models

CONNECTIONS: Final = 4096
"""Twice the boats of a full port (`design.md` 6: 2,000)."""
IDLE_S: Final = 900
"""Terminals send a heartbeat every few minutes at most; silent for longer, the link is gone."""
KEYS: Final = (
    "codes",
    "enrol",
    "registered",
    "terminals",
    "blocked",
    "models",
    "connections",
    "idle_s",
)


@dataclass(frozen=True, slots=True)
class Policy:
    secret: bytes = b""  #: seals the codes
    codes: bool = False  #: positions only from who authenticated with a code of ours
    enrol: bool = True  #: codes are given to who registers; else only the old ones hold
    registered: bool = False  #: only terminals of boats in the register
    terminals: tuple[str, ...] = ()  #: patterns of numbers that are heard; none: all
    blocked: tuple[str, ...] = ()  #: patterns of numbers that are never heard
    models: tuple[Model, ...] = ()
    connections: int = CONNECTIONS  #: at a time
    idle_s: float = IDLE_S  #: without a whole message

    def blocks(self, terminal: str) -> bool:
        """Not even a call for help is heard from these, nor from nobody."""
        return not terminal or matches(terminal, self.blocked)

    def admits(self, terminal: str, *, registered: bool | None) -> bool:
        """`registered`: whether the number is that of a registered boat; None where that is not
        known yet, and nobody is turned away for it.
        """
        if self.blocks(terminal) or (self.registered and registered is False):
            return False
        return not self.terminals or matches(terminal, self.terminals)


def read(options: Mapping[str, Any], secret: bytes = b"") -> Policy:
    """Raises ValueError naming the option that is wrong."""
    if unknown := sorted(options.keys() - set(KEYS)):
        raise ValueError(f"no such option: {unknown[0]}; there are {', '.join(KEYS)}")
    codes = _flag(options, "codes", otherwise=False)
    if codes and not secret:
        raise ValueError("codes = true needs jt808_secret, or anybody could make the codes")
    return Policy(
        secret,
        codes,
        _flag(options, "enrol", otherwise=True),
        _flag(options, "registered", otherwise=False),
        _numbers(options, "terminals"),
        _numbers(options, "blocked"),
        read_models(options.get("models", ())),
        int(_number(options, "connections", CONNECTIONS, 100_000)),
        _number(options, "idle_s", IDLE_S, 86_400),
    )


def _flag(options: Mapping[str, Any], key: str, *, otherwise: bool) -> bool:
    value = options.get(key, otherwise)
    if not isinstance(value, bool):
        raise ValueError(f"{key} must be true or false")  # noqa: TRY004 -- of a setting
    return value


def _numbers(options: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Patterns of terminals' numbers, which have no zeros before them here."""
    found = patterns(options, key)
    if wrong := next((one for one in found if one.startswith("0")), ""):
        raise ValueError(f"{key}: {wrong!r}: leave out the zeros before a number")
    return found


def _number(options: Mapping[str, Any], key: str, default: float, most: float) -> float:
    value = options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= most:
        raise ValueError(f"{key} {value!r} must be a number, 1 to {most:g}")
    return value
