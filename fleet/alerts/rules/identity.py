"""身份变化：船名、呼号、类型或尺度与登记不符，渔船号码未登记，证书过期；每次变化提示一次，登记更新后解除。
Identity: a name, call sign, type or size that is not what the register says, the number of a
fishing boat that is in no register, a certificate that has expired. Once for each change; ended by
a person, or when the register says the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.alerts.rule import Rule
from fleet.model import Severity, SignalKind


@dataclass(frozen=True, slots=True)
class Params:
    session_gap_min: float  #: the same difference heard again after longer is a new alert
    size_m: float  #: AIS gives whole metres from an antenna, registers 船长 or length overall
    size_pct: float  #: the larger of the two is allowed
    unknown: float  #: 0: numbers in no register are in the review queue only


RULE = Rule(
    "identity", "身份变化", "Identity", Params, calls=SignalKind.IDENTITY,
    severity=Severity.WARNING, uses=("expiries",),
)  # fmt: skip
