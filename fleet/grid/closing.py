"""What the end of an order does to its alert, and the other way round: decided here only.

A red alert ends only by a person's reason code; no alert ends while its condition holds, except
the kinds that a person's word ends.
"""

from __future__ import annotations

from enum import StrEnum

from fleet.grid.lifecycle import Outcome
from fleet.model import Act, Severity, Status


class Verdict(StrEnum):
    TRUE = "true"
    FALSE_ALARM = "false_alarm"
    TEST = "test"


RESCUED = "rescued"
"""The one code of red that is no outcome of an order."""
RED_REASONS = (RESCUED, *(o for o in Outcome if o != Outcome.NO_ACTION))
"""The codes with which a person may close a red alert."""

VERDICTS: dict[Outcome, Verdict | None] = {
    Outcome.RESOLVED: Verdict.TRUE,
    Outcome.HANDED_TO_SAR: Verdict.TRUE,
    Outcome.FALSE_ALARM: Verdict.FALSE_ALARM,
    Outcome.TEST: Verdict.TEST,
    Outcome.NO_ACTION: None,
}

LIVING = frozenset({Status.ACTIVE, Status.ACKNOWLEDGED, Status.CLEARED, Status.SHELVED})


def verdict_of(reason: str) -> Verdict | None:
    """What a code with which an alert is closed says of its truth; other words say nothing."""
    if reason == RESCUED:
        return Verdict.TRUE
    return VERDICTS[Outcome(reason)] if reason in set(Outcome) else None


def alert_act(outcome: Outcome, status: Status, *, cleared: bool, person_ends: bool) -> Act | None:
    """What a person's outcome of the order does to the alert; None: it stays as it is."""
    if status not in LIVING:
        return None
    if VERDICTS[outcome] in {Verdict.FALSE_ALARM, Verdict.TEST}:
        return Act.INVALIDATE
    if cleared or person_ends or status == Status.CLEARED:
        return Act.CLOSE
    return Act.ACKNOWLEDGE if status == Status.ACTIVE else None


def order_outcome(act: Act, reason: str, verdict: Verdict | None) -> Outcome:
    """The outcome of an order at work whose alert a person ends."""
    if act == Act.INVALIDATE and verdict is not None:
        return Outcome(verdict)
    return Outcome(reason) if reason in set(Outcome) else Outcome.RESOLVED


def unsaid(severity: Severity, outcome: str, note: str) -> str:
    """The field that does not yet say how a red order ended; "" where all is said."""
    if severity < Severity.EMERGENCY:
        return ""
    if outcome == Outcome.NO_ACTION:
        return "outcome"
    return "" if note.strip() else "note"


def may_close(severity: Severity, reason: str) -> bool:
    """Red needs one of the reason codes; the others any words."""
    return reason in RED_REASONS if severity == Severity.EMERGENCY else bool(reason.strip())
