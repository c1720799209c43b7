"""The life of an alert, as one table. What is not in the table cannot happen.

Clearing never closes an alert nobody has looked at, and never a red one; red is never shelved. Who
shelves has looked: what clears while it is shelved is over. An alert that gets worse asks again,
whatever people had made of the milder one.
"""

from __future__ import annotations

from fleet.model import Act, Severity, Status


class NotAllowed(Exception):
    """This act is not possible in the alert's present status."""

    def __init__(self, status: Status, act: Act, why: str = "") -> None:
        super().__init__(f"cannot {act} an alert that is {status}" + (f": {why}" if why else ""))
        self.status, self.act = status, act


_S, _A = Status, Act

#: While the condition holds the engine may raise, repeat or revise in place.
_LIVING = (_S.ACTIVE, _S.ACKNOWLEDGED, _S.CLEARED, _S.SHELVED, _S.SUPPRESSED)

#: A person has ended it; what the engine says of it, short of "worse", changes nothing.
_DONE = (_S.CLOSED, _S.INVALID)

MOVES: dict[tuple[Status, Act], Status] = {
    **{(s, a): s for s in _LIVING for a in (_A.RAISE, _A.REPEAT, _A.REVISE)},
    **{(s, _A.RAISE): _S.ACTIVE for s in (_S.ACKNOWLEDGED, *_DONE)},
    (_S.RETRACTED, _A.OPEN): _S.ACTIVE,  # the same silence, counted from the same moment
    **{(s, _A.RETRACT): _S.RETRACTED for s in (*_LIVING, _S.CLOSED, _S.INVALID)},
    **{(s, _A.INVALIDATE): _S.INVALID for s in _LIVING},
    **{(s, a): s for s in _DONE for a in (_A.REPEAT, _A.REVISE, _A.CLEAR)},
    (_S.ACTIVE, _A.ACKNOWLEDGE): _S.ACKNOWLEDGED,
    (_S.ACTIVE, _A.CLEAR): _S.CLEARED,
    (_S.ACTIVE, _A.SHELVE): _S.SHELVED,
    (_S.ACTIVE, _A.SUPPRESS): _S.SUPPRESSED,
    (_S.ACTIVE, _A.CLOSE): _S.CLOSED,
    (_S.ACKNOWLEDGED, _A.CLEAR): _S.CLOSED,  # red: stays acknowledged, see `move`
    (_S.ACKNOWLEDGED, _A.SHELVE): _S.SHELVED,
    (_S.ACKNOWLEDGED, _A.CLOSE): _S.CLOSED,
    (_S.CLEARED, _A.ACKNOWLEDGE): _S.CLOSED,  # red: becomes acknowledged
    (_S.CLEARED, _A.CLOSE): _S.CLOSED,
    (_S.SHELVED, _A.UNSHELVE): _S.ACTIVE,
    (_S.SHELVED, _A.CLEAR): _S.CLOSED,  # a person has looked, and said why it may be silent
    (_S.SHELVED, _A.SUPPRESS): _S.SUPPRESSED,
    (_S.SHELVED, _A.CLOSE): _S.CLOSED,
    (_S.SUPPRESSED, _A.RELEASE): _S.ACTIVE,
    (_S.SUPPRESSED, _A.CLEAR): _S.CLOSED,  # its root alert told everybody
    (_S.SUPPRESSED, _A.CLOSE): _S.CLOSED,
}  # fmt: skip

OPEN = (Status.ACTIVE, Status.ACKNOWLEDGED, Status.CLEARED, Status.SHELVED)
"""What the command centre still has before it."""


def move(status: Status, act: Act, severity: Severity) -> Status:
    """The status after `act`; raises NotAllowed for what is not in the table."""
    red = severity == Severity.EMERGENCY
    if red and act == Act.SHELVE:
        raise NotAllowed(status, act, "red is never shelved")
    if red and (status, act) in {(_S.ACKNOWLEDGED, _A.CLEAR), (_S.CLEARED, _A.ACKNOWLEDGE)}:
        return Status.ACKNOWLEDGED
    if red and (status, act) == (_S.SHELVED, _A.CLEAR):
        return Status.CLEARED
    try:
        return MOVES[status, act]
    except KeyError:
        raise NotAllowed(status, act) from None
