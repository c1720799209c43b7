"""求救：AIS-SART、EPIRB、航行状态14、终端SOS。收到第一条即报警，无位置亦报警；只由人结束。
Distress: a beacon, status 14 or a terminal's SOS. Raised on the first message, with or without a
position; ended only by a person with a reason.
"""

from __future__ import annotations

from fleet.alerts.rule import Rule
from fleet.alerts.session import Params
from fleet.model import SignalKind

RULE = Rule("distress", "求救", "Distress call", Params, calls=SignalKind.DISTRESS)
