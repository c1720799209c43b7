"""人员落水：MOB 示位标（972）或穿戴设备。与求救同级；只由人结束。
Man overboard: a 972 beacon or a wearable. As grave as distress; ended only by a person.
"""

from __future__ import annotations

from fleet.alerts.rule import Rule
from fleet.alerts.session import Params
from fleet.model import SignalKind

RULE = Rule("mob", "人员落水", "Man overboard", Params, calls=SignalKind.MOB)
