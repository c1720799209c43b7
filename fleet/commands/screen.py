"""The one screen that the demonstration prints: where, as whom, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

ROLES = {
    "commander": ("指挥中心", "all boats, alerts and orders; zones"),
    "member": ("海上网格员", "own grid; orders to accept and close"),
    "association": ("协会", "its own boats, their alerts"),
    "admin": ("管理员", "accounts, state of the service"),
}
LOOK = (
    "boats move at once; alerts come within two minutes, raised by what boats do",
    "command: the worst alert first, its boat on the map, who was asked and why",
    "a member, in a private window beside it: accept an order, then close it",
    "nobody answers? the order climbs: backup, leader, department, duty chief",
)


@dataclass(frozen=True, slots=True)
class Facts:
    address: str
    password: str
    sign_ins: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]  #: of people, by code
    logs: Path
    seconds: float
    boats: int


def show(console: Console, facts: Facts) -> None:
    console.print(
        Panel(
            Group(
                Text.assemble("open      ", (facts.address, "bold cyan underline")),
                Text.assemble("password  ", (facts.password, "bold"), "  (of every sign-in below)"),
                Text(),
                _sign_ins(facts),
                Text(),
                *(Text(f"· {line}") for line in LOOK),
                Text(),
                Text(f"{facts.boats} boats, demonstration data only; up in {facts.seconds:.0f} s"),
                Text.assemble(
                    ("fleet doctor, fleet import: first ", "dim"),
                    ('eval "$(python3 -m deploy.local env)"', "bold"),
                ),
                Text(f"logs in {facts.logs}/; Ctrl-C stops everything", style="dim"),
            ),
            title="先锋渔英 · Yazhou demonstration",
            border_style="cyan",
            padding=(1, 2),
            expand=False,
        )
    )


def _sign_ins(facts: Facts) -> Table:
    """One sign-in a role and language; the rest are named below them."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    seen: set[tuple[str, str]] = set()
    more: list[str] = []
    for account in facts.sign_ins:
        kind = (account["role"], account.get("language", "zh"))
        if kind in seen:
            more.append(account["login"])
            continue
        seen.add(kind)
        zh, sees = ROLES[account["role"]]
        who = facts.names.get(account.get("person") or "", "")
        table.add_row(
            Text(account["login"], "bold"),
            f"{zh} {who}".strip() if kind[1] == "zh" else "the same, in English",
            account.get("label") or sees,
        )
    if more:
        table.add_row(Text("and"), Text(f"{len(more)} more"), Text(" ".join(more), "dim"))
    return table
