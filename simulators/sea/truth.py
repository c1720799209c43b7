"""What really happened, and who must stay silent: collected by the plays, written as truth.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.scoring.times import text
from simulators.sea.cast import Actor

FORMAT = 2


@dataclass(slots=True)
class Truth:
    incidents: list[dict[str, Any]] = field(default_factory=list)
    silent: list[dict[str, Any]] = field(default_factory=list)
    _numbers: Counter[str] = field(default_factory=Counter)

    def incident(  # noqa: PLR0913 - the fields of the file
        self,
        kind: str,
        who: Actor | dict[str, Any],
        begins: float,
        *,
        expect: str = "alert",
        due: float | None = None,
        ends: float | None = None,
        floor: str | None = None,
        object: Actor | str | None = None,  # noqa: A002 - the file's own word
        rollup: str | None = None,
        role: str = "",
        why: str = "",
        also: Sequence[str] = (),
    ) -> str:
        """Note an incident; its id. `expect` "" notes the opposite: silence in that time."""
        if not expect:
            played = who.role if isinstance(who, Actor) else ""
            self.quiet((kind,), who, why or role or played, begins, ends)
            return ""
        self._numbers[kind] += 1
        name = f"{kind}-{self._numbers[kind]}"
        self.incidents.append({
            "id": name, "kind": kind, "expect": expect,
            "role": role or (who.role if isinstance(who, Actor) else ""),
            "subject": who.names if isinstance(who, Actor) else who,
            "object": object.names if isinstance(object, Actor) else object,
            "begins": text(begins), "due": text(begins if due is None else due),
            "ends": None if ends is None else text(ends),
            "severity_floor": floor, "rollup": rollup, "why": why, "also": list(also),
        })  # fmt: skip
        return name

    def quiet(
        self,
        kinds: Sequence[str],
        who: Actor | dict[str, Any],
        why: str,
        since: float | None = None,
        until: float | None = None,
    ) -> None:
        self.silent.append({
            "kinds": list(kinds),
            "subject": who.names if isinstance(who, Actor) else who,
            "object": None,
            "from": None if since is None else text(since),
            "until": None if until is None else text(until),
            "why": why,
        })  # fmt: skip

    def write(self, path: Path, head: dict[str, Any]) -> None:
        body = {"format": FORMAT, **head, "incidents": self.incidents, "silent": self.silent}
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
