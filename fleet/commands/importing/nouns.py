"""What can be imported: the columns of each noun, in English and Chinese, and what names a row.

Adding a column = one line here and one in `sql/register.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from fleet.commands.importing import fields as f
from fleet.commands.importing.fields import Reader
from fleet.model import IdentityKind

IGNORED = frozenset({"source", "note", "title", "来源", "备注", "职务", "序号"})
ROLES = ("commander", "member", "association", "admin")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    read: Reader
    zh: tuple[str, ...] = ()
    required: bool = False
    empty: Any = ""  #: what an empty cell stands for
    refers: str = ""  #: the noun whose key this is


@dataclass(frozen=True, slots=True)
class Noun:
    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def headings(self) -> Mapping[str, Column]:
        """Columns by every spelling of their heading."""
        return {word: c for c in self.columns for word in (c.name, *c.zh)}


def need(name: str, read: Reader, *zh: str, refers: str = "") -> Column:
    return Column(name, read, zh, required=True, refers=refers)


def may(name: str, read: Reader, *zh: str, empty: Any = "", refers: str = "") -> Column:
    return Column(name, read, zh, empty=empty, refers=refers)


def ref(name: str, noun: str, *zh: str) -> Column:
    return Column(name, f.code, zh, empty=None, refers=noun)


ORG = Noun(
    "org",
    ("code",),
    (
        need("code", f.code, "编码", "组织编码"),
        need("tier", f.one_of({"1": "1", "3": "3", "N": "N", "n": "N"}), "层级"),
        need("kind", f.text, "类别"),
        need("name", f.text, "名称"),
        may("name_en", f.text, "英文名"),
        ref("parent", "org", "上级"),
    ),
)
PERSON = Noun(
    "person",
    ("code",),
    (
        need("code", f.code, "工号"),
        need("name", f.text, "姓名"),
        may("name_en", f.text, "英文名"),
        ref("org", "org", "组织"),
        may("phone", f.phone, "电话", "手机"),
        may("party_member", f.boolean, "党员", empty=False),
        may("active", f.boolean, "在岗", empty=True),
    ),
)
GRID = Noun(
    "grid",
    ("code",),
    (
        need("code", f.code),
        need("name", f.text),
        may("name_en", f.text),
        ref("org", "org"),
        ref("leader", "person"),
    ),
)
POSTS = {"member": 1, "成员": 1, "网格员": 1, "backup": 2, "备岗": 2, "leader": 0, "网格长": 0}
MEMBER = Noun(
    "member",
    ("grid", "person"),
    (
        need("grid", f.code, "网格", refers="grid"),
        need("person", f.code, "人员工号", "工号", refers="person"),
        Column("rank", f.one_of(POSTS), ("role", "岗位"), empty=1),
    ),
)
VESSEL = Noun(
    "vessel",
    ("reg_no",),
    (
        need("reg_no", f.code, "船号", "渔船编码", "船舶登记号"),
        need("name", f.text, "船名"),
        may("class", f.vessel_class, "类型", empty=1),
        may("length_m", f.number(1, 500), "船长", "船长(米)", empty=None),
        may("gear", f.names, "作业方式", "作业类型", empty=[]),
        may("wind_limit", f.integer(0, 17), "抗风等级", empty=None),
        ref("home_grid", "grid", "网格"),
        may("home_port", f.text, "船籍港"),
        ref("association", "org", "协会"),
        may("owner_name", f.text, "船主", "船东"),
        may("owner_phone", f.phone, "船主电话", "联系电话"),
        may("crew", f.integer(0, 2000), "船员数", "核定人数", empty=None),
        may("interval_s", f.integer(1, 86400), "报位间隔", empty=None),
        may("mmsi", f.text, "MMSI", "九位码", empty=None),
        may("callsign", f.text, "呼号", empty=None),
        may("beidou", f.text, "北斗卡号", empty=None),
        may("terminal", f.text, "终端号", empty=None),
    ),
)
KINDS = tuple(IdentityKind)
"""The last columns of a vessel are identities, one a kind."""

REG_NO = need("reg_no", f.code, "船号", "渔船编码", "船舶登记号", refers="vessel")
TERMINAL = Noun(
    "terminal",
    ("terminal",),
    (
        REG_NO,
        need("terminal", f.code, "终端号"),
        may("interval_s", f.integer(1, 86400), "报位间隔", empty=None),
    ),
)
ZONE = Noun(
    "zone",
    ("code",),
    (
        need("code", f.code),
        need("kind", f.code),
        need("name", f.text),
        may("name_en", f.text),
        need("rule", f.one_of(("keep_out", "keep_in", "line", "area"))),
        may("severity", f.integer(1, 4), empty=2),
        may("limit_kn", f.number(0.1, 100), empty=None),
        may("dwell_min", f.number(1, 10_000), empty=None),
        may("legal_basis", lambda cell: cell),
    ),
)
ACCOUNT = Noun(
    "account",
    ("login",),
    (
        need("login", f.code),
        need("role", f.one_of(ROLES)),
        ref("person", "person"),
        ref("org", "org"),
        may("language", f.one_of(("zh", "en")), empty="zh"),
        may("label", f.text),
    ),
)


def shift(zone: ZoneInfo) -> Noun:
    """Absolute shifts; times without an offset are of the port's own zone."""
    return Noun(
        "shift",
        ("person", "level", "grid", "starts"),
        (
            need("person", f.code, "人员工号", "工号", refers="person"),
            ref("grid", "grid", "网格"),
            need("level", f.integer(1, 5), "级别"),
            need("starts", f.instant(zone), "开始"),
            need("ends", f.instant(zone), "结束"),
        ),
    )


def identity(zone: ZoneInfo) -> Noun:
    return Noun(
        "identity",
        ("kind", "value", "valid_from"),
        (
            REG_NO,
            need("kind", f.one_of(tuple(KINDS)), "类别"),
            need("value", f.text, "值", "号码"),
            may("valid_from", f.instant(zone), "生效", empty=None),
            may("valid_to", f.instant(zone), "失效", empty=None),
            may("confidence", f.number(0, 1), "置信度", empty=1.0),
        ),
    )
