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
KEYS: Final = ("codes", "terminals", "blocked", "models", "connections", "idle_s")


@dataclass(frozen=True, slots=True)
class Policy:
    secret: bytes = b""  #: seals the codes
    codes: bool = False  #: positions only from who authenticated with a code of ours
    terminals: tuple[str, ...] = ()  #: patterns of numbers that are heard; none: all
    blocked: tuple[str, ...] = ()  #: patterns of numbers that are not
    models: tuple[Model, ...] = ()
    connections: int = CONNECTIONS  #: at a time
    idle_s: float = IDLE_S  #: without a whole message

    def admits(self, terminal: str) -> bool:
        if not terminal or matches(terminal, self.blocked):
            return False
        return not self.terminals or matches(terminal, self.terminals)


def read(options: Mapping[str, Any], secret: bytes = b"") -> Policy:
    """Raises ValueError naming the option that is wrong."""
    if unknown := sorted(options.keys() - set(KEYS)):
        raise ValueError(f"no such option: {unknown[0]}; there are {', '.join(KEYS)}")
    codes = options.get("codes", False)
    if not isinstance(codes, bool):
        raise ValueError("codes must be true or false")  # noqa: TRY004 -- of a setting
    if codes and not secret:
        raise ValueError("codes = true needs jt808_secret, or anybody could make the codes")
    return Policy(
        secret,
        codes,
        patterns(options, "terminals"),
        patterns(options, "blocked"),
        read_models(options.get("models", ())),
        int(_number(options, "connections", CONNECTIONS, 100_000)),
        _number(options, "idle_s", IDLE_S, 86_400),
    )


def _number(options: Mapping[str, Any], key: str, default: float, most: float) -> float:
    value = options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= most:
        raise ValueError(f"{key} {value!r} must be a number, 1 to {most:g}")
    return value
