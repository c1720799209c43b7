"""The life of a work order (工单), as one table. What is not in the table cannot happen.

An order has exactly one lead, or none while it is unassigned: then it is the command centre's.
"""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    UNASSIGNED = "unassigned"  #: nobody to ask: on top of the command centre's list
    OFFERED = "offered"  #: the lead has been asked and has not answered
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"  #: a person said how it ended
    VOID = "void"  #: the reason for it went away before anybody accepted


class OrderAct(StrEnum):
    OFFER = "offer"  #: to somebody of the responsible grid
    ESCALATE = "escalate"  #: to somebody further up the chain
    ACCEPT = "accept"
    DECLINE = "decline"
    TIME_OUT = "time_out"
    WITHDRAW = "withdraw"  #: taken back from whoever was asked, to be offered afresh
    REASSIGN = "reassign"  #: the command centre names another lead
    HANDOVER = "handover"  #: the lead passes it on
    PROGRESS = "progress"
    RAISE = "raise"  #: the alert's severity went up: deadlines tighten
    HOLD = "hold"  #: somebody has looked, or the alert is shelved: the deadline moves
    ALARM = "alarm"  #: it rings again at the command centre
    INFORM = "inform"  #: its lead is told that the reason for it went away
    CLOSE = "close"
    VOID = "void"
    REOPEN = "reopen"


class Progress(StrEnum):
    CONTACTED = "contacted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    HANDED_OVER = "handed_over"


class Outcome(StrEnum):
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"
    TEST = "test"
    HANDED_TO_SAR = "handed_to_sar"
    NO_ACTION = "no_action"


class NotAllowed(Exception):
    """This act is not possible in the order's present status."""

    def __init__(self, status: OrderStatus, act: OrderAct, why: str = "") -> None:
        super().__init__(f"cannot {act} an order that is {status}" + (f": {why}" if why else ""))
        self.status = status
        self.act = act


_S, _A = OrderStatus, OrderAct
MOVES: dict[tuple[OrderStatus, OrderAct], OrderStatus] = {
    (_S.UNASSIGNED, _A.OFFER): _S.OFFERED,
    (_S.UNASSIGNED, _A.ESCALATE): _S.OFFERED,
    (_S.UNASSIGNED, _A.ACCEPT): _S.ACCEPTED,  # somebody takes it from the list
    (_S.UNASSIGNED, _A.REASSIGN): _S.OFFERED,
    (_S.UNASSIGNED, _A.RAISE): _S.UNASSIGNED,
    (_S.UNASSIGNED, _A.HOLD): _S.UNASSIGNED,
    (_S.UNASSIGNED, _A.ALARM): _S.UNASSIGNED,
    (_S.UNASSIGNED, _A.CLOSE): _S.CLOSED,
    (_S.UNASSIGNED, _A.VOID): _S.VOID,
    (_S.OFFERED, _A.ACCEPT): _S.ACCEPTED,
    (_S.OFFERED, _A.DECLINE): _S.UNASSIGNED,
    (_S.OFFERED, _A.TIME_OUT): _S.UNASSIGNED,
    (_S.OFFERED, _A.WITHDRAW): _S.UNASSIGNED,
    (_S.OFFERED, _A.REASSIGN): _S.OFFERED,
    (_S.OFFERED, _A.RAISE): _S.OFFERED,
    (_S.OFFERED, _A.HOLD): _S.OFFERED,
    (_S.OFFERED, _A.ALARM): _S.OFFERED,  # the top of the chain has not answered
    (_S.OFFERED, _A.CLOSE): _S.CLOSED,
    (_S.OFFERED, _A.VOID): _S.VOID,
    (_S.ACCEPTED, _A.PROGRESS): _S.IN_PROGRESS,
    (_S.ACCEPTED, _A.REASSIGN): _S.OFFERED,
    (_S.ACCEPTED, _A.HANDOVER): _S.OFFERED,  # the next lead must say yes, or it climbs
    (_S.ACCEPTED, _A.RAISE): _S.ACCEPTED,
    (_S.ACCEPTED, _A.INFORM): _S.ACCEPTED,
    (_S.ACCEPTED, _A.CLOSE): _S.CLOSED,
    (_S.IN_PROGRESS, _A.PROGRESS): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _A.REASSIGN): _S.OFFERED,
    (_S.IN_PROGRESS, _A.HANDOVER): _S.OFFERED,
    (_S.IN_PROGRESS, _A.RAISE): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _A.INFORM): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _A.CLOSE): _S.CLOSED,
    (_S.CLOSED, _A.REOPEN): _S.UNASSIGNED,  # the alert became worse after the order was closed
    (_S.VOID, _A.REOPEN): _S.UNASSIGNED,  # the alert came back
}

WAITING = frozenset({OrderStatus.UNASSIGNED, OrderStatus.OFFERED})
WORKING = frozenset({OrderStatus.ACCEPTED, OrderStatus.IN_PROGRESS})
OPEN = WAITING | WORKING


def move(status: OrderStatus, act: OrderAct) -> OrderStatus:
    try:
        return MOVES[status, act]
    except KeyError:
        raise NotAllowed(status, act) from None
