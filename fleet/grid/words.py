"""Why a decision was taken: a code and its facts, stored as one short text, said in zh and en.

The stored text is `code key=value …`; a code this version does not know is shown as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from fleet.grid.policy import Basis, Rung


class Reason(StrEnum):
    MEMBER_ON_DUTY = "member_on_duty"
    BACKUP_ON_DUTY = "backup_on_duty"
    CHAIN = "chain"  #: asked as a step of the chain
    NOBODY_ON_DUTY = "nobody_on_duty"
    TIMED_OUT = "timed_out"
    DECLINED = "declined"
    TOP_OF_CHAIN = "top_of_chain"
    SEVERITY = "severity"
    LOOKED_AT = "looked_at"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    TAKEN = "taken"
    BY_HAND = "by_hand"
    RETRACTED = "retracted"
    ALERT_ENDED = "alert_ended"
    SUPPRESSED = "suppressed"
    CAME_BACK = "came_back"
    ZONE_CHANGED = "zone_changed"
    ZONE_ENDED = "zone_ended"
    ZONE_DELETED = "zone_deleted"
    RULE_OFF = "rule_off"
    STILL_OPEN = "still_open"


@dataclass(frozen=True, slots=True)
class Why:
    """A reason and the facts that its sentence names."""

    reason: Reason
    basis: Basis | None = None
    grid: str = ""  #: code
    load: int | None = None  #: open orders of the person
    rung: Rung | None = None
    nm: float | None = None  #: distance to the grid

    def __str__(self) -> str:
        facts = {
            "basis": self.basis,
            "grid": self.grid.replace(" ", "_") or None,
            "load": self.load,
            "rung": None if self.rung is None else self.rung.name.lower(),
            "nm": None if self.nm is None else f"{self.nm:.1f}",
        }
        said = [f"{k}={v}" for k, v in facts.items() if v is not None]
        return " ".join([self.reason, *said])

    @classmethod
    def parse(cls, text: str) -> Self:
        code, *pairs = text.split(" ")
        facts = dict(pair.split("=", 1) for pair in pairs)
        why = cls(Reason(code), grid=facts.get("grid", ""))
        if "basis" in facts:
            why = replace(why, basis=Basis(facts["basis"]))
        if "load" in facts:
            why = replace(why, load=int(facts["load"]))
        if "rung" in facts:
            why = replace(why, rung=Rung[facts["rung"].upper()])
        return replace(why, nm=float(facts["nm"])) if "nm" in facts else why


BASES: Mapping[Basis, tuple[str, str]] = {
    Basis.POSITION: ("position's grid {grid}", "位置所在网格 {grid}"),
    Basis.OWN_GRID: ("the boat's own grid {grid}", "船籍网格 {grid}"),
    Basis.NEAREST: ("nearest grid on duty {grid}", "最近有人值班的网格 {grid}"),
    Basis.CHAIN: ("up the chain", "逐级上报"),
    Basis.BY_HAND: ("chosen by a person", "人工指派"),
    Basis.NONE: ("command centre", "指挥中心"),
}
RUNGS: Mapping[Rung, tuple[str, str]] = {
    Rung.MEMBER: ("grid member", "网格员"),
    Rung.BACKUP: ("backup member", "备岗网格员"),
    Rung.LEADER: ("grid leader", "网格长"),
    Rung.DEPARTMENT: ("association or department", "协会或职能部门"),
    Rung.CHIEF: ("duty chief", "值班长"),
    Rung.COMMITTEE: ("party committee", "港区党委"),
}
REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.MEMBER_ON_DUTY: ("member on duty", "网格员在岗"),
    Reason.BACKUP_ON_DUTY: ("backup on duty", "备岗在岗"),
    Reason.CHAIN: ("asked as", "转至"),
    Reason.NOBODY_ON_DUTY: ("nobody on duty", "无人值班"),
    Reason.TIMED_OUT: ("not accepted in time", "超时未接单"),
    Reason.DECLINED: ("declined", "退单"),
    Reason.TOP_OF_CHAIN: ("top of the chain, not accepted", "已到最高级，仍未接单"),
    Reason.SEVERITY: ("severity went up", "等级升高"),
    Reason.LOOKED_AT: ("somebody has looked at it", "已有人查看"),
    Reason.SHELVED: ("shelved", "已搁置"),
    Reason.UNSHELVED: ("no longer shelved", "搁置结束"),
    Reason.TAKEN: ("taken", "主动接单"),
    Reason.BY_HAND: ("named by a person", "人工指定"),
    Reason.RETRACTED: ("late data disproved the alert", "迟到数据否定了警报"),
    Reason.ALERT_ENDED: ("the alert ended", "警报已结束"),
    Reason.SUPPRESSED: ("part of a larger incident", "并入上级事件"),
    Reason.CAME_BACK: ("the alert came back or became worse", "警报复发或升级"),
    Reason.ZONE_CHANGED: ("its zone was changed", "区域已变更"),
    Reason.ZONE_ENDED: ("its zone is no longer in force", "区域已停用"),
    Reason.ZONE_DELETED: ("its zone was deleted", "区域已删除"),
    Reason.RULE_OFF: ("its rule was switched off", "规则已停用"),
    Reason.STILL_OPEN: ("still open, and nobody has said how it ended", "仍未结束，无人结案"),
}


def say(text: str, language: str = "zh") -> str:
    """The stored reason as a person reads it, as in "位置所在网格 03，网格员在岗，在办 0 单"."""
    try:
        why = Why.parse(text)
    except (ValueError, KeyError):
        return text
    return sentence(why, language)


def sentence(why: Why, language: str = "zh") -> str:
    zh = int(language == "zh")
    parts = []
    if why.basis is not None:
        parts.append(BASES[why.basis][zh].format(grid=why.grid).strip())
    if why.nm is not None:
        parts.append(f"{why.nm:.1f} " + ("nm away", "海里外")[zh])
    rung = "" if why.rung is None else RUNGS[why.rung][zh]
    parts.append(f"{REASONS[why.reason][zh]}{('', ' ')[bool(rung) and not zh]}{rung}")
    if why.load is not None:
        orders = "order" if why.load == 1 else "orders"
        parts.append((f"{why.load} open {orders}", f"在办 {why.load} 单")[zh])
    return (", ", "，")[zh].join(parts)
