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
    "commander": ("指挥中心", "every boat, alert and order; zones"),
    "member": ("海上网格员", "own grid, and the orders offered: accept, decline, close"),
    "association": ("协会", "its own boats and their alerts"),
    "admin": ("管理员", "accounts and the state of the service"),
}
LOOK = (
    "boats move within seconds; the first alerts come within two minutes, raised by what boats do",
    "as commander: the worst alert on top, its boat on the map, whom it was offered to and why",
    "as member (in a second browser, or a private window): accept an order, then close it",
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
                Text.assemble(("  open  ", "bold"), (facts.address, "bold cyan underline")),
                Text(f"  demonstration data · {facts.boats} boats · up in {facts.seconds:.0f} s"),
                Text(),
                _sign_ins(facts),
                Text(),
                *(Text(f"  · {line}") for line in LOOK),
                Text(),
                Text(f"  logs in {facts.logs}/ · Ctrl-C stops everything", style="dim"),
            ),
            title="先锋渔英 · Yazhou demonstration",
            border_style="cyan",
            expand=False,
        )
    )


def _sign_ins(facts: Facts) -> Table:
    """One sign-in a role and language; the rest are named below them."""
    table = Table("sign in as", "password", "", "sees", box=None, padding=(0, 2))
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
            facts.password,
            f"{zh} {who}".strip(),
            account.get("label") or (sees if kind[1] == "zh" else f"{sees} (in English)"),
        )
    if more:
        table.add_row(Text("also"), "(the same)", Text(", ".join(more), "dim"), "")
    return table
