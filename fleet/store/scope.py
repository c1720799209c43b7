"""Who may see what, said once: a `Scope` in every read, and the predicates it fills in.

A query says {alert_visible}, {vessel_visible} or {grids}; no read exists without a Scope, and
an unknown role sees nothing. A foreign object is the same as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from fleet.store.db import queries


@dataclass(frozen=True, slots=True)
class Scope:
    """What one request may read. Equal scopes see the same, so live frames are shared by them."""

    signed: bool = False  #: sees what everybody at work may see: zones, grids, rules
    everything: bool = False
    person: int | None = None  #: sees own orders and own grids
    org: int | None = None  #: sees the vessels of this association

    @classmethod
    def of(cls, role: str, person: int | None, org: int | None) -> Scope:
        """The table of roles; what is not in it sees nothing."""
        if role in ("commander", "admin"):
            return cls(True, everything=True)
        if role == "member":
            return cls(True, person=person)
        if role == "association":
            return cls(True, person=person, org=org)
        return cls()

    def params(self, **more: Any) -> dict[str, Any]:
        own = {"everything": self.everything, "person": self.person, "org": self.org}
        return {"signed": self.signed, **own, **more}


@cache
def scoped(noun: str) -> Mapping[str, LiteralString]:
    """The queries of a noun with the predicates and shared column lists of scope.sql filled in."""
    return {name: expand(text) for name, text in queries(noun).items()}


def expand(text: LiteralString) -> LiteralString:
    """Replace each {fragment} by its text, fragments inside fragments too."""
    parts = queries("scope")
    for _ in range(3):  # as deep as they nest
        for name, part in parts.items():
            text = text.replace("{" + name + "}", part.strip())
    return text
