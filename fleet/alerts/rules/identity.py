"""身份变化：船名、呼号、类型或尺度与登记不符，未登记的号码，证书过期；每次变化提示一次。
Identity: a name, call sign, type or size that is not what the register says, a number that is in no
register, a certificate that has expired. Once for each change; ended by a person.
"""

from __future__ import annotations

from fleet.alerts.rule import Rule
from fleet.alerts.session import Params
from fleet.model import Severity, SignalKind

RULE = Rule(
    "identity", "身份变化", "Identity", Params, calls=SignalKind.IDENTITY,
    severity=Severity.WARNING,
)  # fmt: skip
