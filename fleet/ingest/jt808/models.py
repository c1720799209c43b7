"""What terminals of one model mean: by their alarm bits 报警标志, and by their clock.

The standard gives the first bits a meaning for lorries; makers give the others one of their own,
and some the first as well. So the table is data: the default below, and per model what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from fleet.ingest.jt808.location import ZONE
from fleet.model import HOUR


class Alarm(StrEnum):
    SOS = "sos"  #: the button was pressed 紧急报警
    MOB = "mob"  #: man overboard 落水
    ANTENNA = "antenna"  #: antenna cut off or short
    LOW_POWER = "low_power"  #: supply or battery low 欠压
    POWER_CUT = "power_cut"  #: external supply gone 掉电
    ZONE = "zone"  #: into or out of a zone that the terminal watches itself
    NONE = "none"  #: nothing: a bit that this model sets for something else


CALLS: Final = frozenset({Alarm.SOS, Alarm.MOB})
"""Calls for help."""
DEFAULT: Final[Mapping[int, Alarm]] = {
    0: Alarm.SOS,  # 2013, table 24, as all but 18
    5: Alarm.ANTENNA,
    6: Alarm.ANTENNA,
    7: Alarm.LOW_POWER,
    8: Alarm.POWER_CUT,
    18: Alarm.LOW_POWER,  # Traccar's Huabao decoder; in the standard the hours of a lorry's driver
    20: Alarm.ZONE,
}


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the table; `name` "" is every terminal that no other entry takes."""

    name: str = ""
    registered: tuple[str, ...] = ()  #: patterns of the model that terminals register with
    terminals: tuple[str, ...] = ()  #: patterns of their numbers
    alarms: Mapping[int, Alarm] = field(default_factory=lambda: DEFAULT)
    zone: int = ZONE  #: microseconds that its clock is ahead of UTC

    def meant(self, bits: int) -> list[Alarm]:
        """What is on, each once, most urgent first."""
        on = {alarm for bit, alarm in self.alarms.items() if bits >> bit & 1}
        return [alarm for alarm in Alarm if alarm in on and alarm != Alarm.NONE]


PLAIN: Final = Model()


def model_of(models: Iterable[Model], terminal: str, registered: str = "") -> str:
    """The name of the first entry that takes this terminal; "" for none."""
    for model in models:
        if matches(terminal, model.terminals) or (
            registered and matches(registered, model.registered)
        ):
            return model.name
    return ""


def matches(text: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


KEYS: Final = ("name", "models", "terminals", "alarms", "utc_offset_h")


def read(table: object) -> tuple[Model, ...]:
    """The configured table; raises ValueError naming what is wrong in it."""
    if not isinstance(table, Sequence) or isinstance(table, str):
        raise ValueError("models must be a list of tables")  # noqa: TRY004 -- of a setting
    made = tuple(_model(entry) for entry in table)
    names = [model.name for model in made]
    if twice := next((n for n in names if names.count(n) > 1), ""):
        raise ValueError(f"two models are called {twice}")
    return made


def _model(entry: object) -> Model:
    if not isinstance(entry, Mapping):
        raise ValueError("a model must be a table")  # noqa: TRY004 -- of a setting
    name = entry.get("name")
    if not isinstance(name, str) or not name.isascii() or not name.replace("-", "").isalnum():
        raise ValueError(f"name {name!r} of a model must be letters, digits and -")
    if len(name) > 16:
        raise ValueError(f"name {name!r} of a model is longer than 16 characters")
    if unknown := sorted(entry.keys() - set(KEYS)):
        raise ValueError(f"model {name}: no such key: {unknown[0]}; there are {', '.join(KEYS)}")
    offset = entry.get("utc_offset_h", 8)
    if not isinstance(offset, int | float) or not -12 <= offset <= 14:
        raise ValueError(f"model {name}: utc_offset_h {offset!r} must be hours, -12 to 14")
    return Model(
        name,
        patterns(entry, "models", f"model {name}: "),
        patterns(entry, "terminals", f"model {name}: "),
        {**DEFAULT, **dict(_bits(name, entry.get("alarms", {})))},
        int(offset * HOUR),
    )


def entry(models: Iterable[Model], name: str) -> Model:
    """The entry of this name; the plain one for a name of none."""
    return next((model for model in models if model.name == name), PLAIN)


def patterns(table: Mapping[str, Any], key: str, where: str = "") -> tuple[str, ...]:
    """A list of patterns such as 1381234*; raises ValueError where it is none."""
    found = table.get(key, ())
    if isinstance(found, str) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"{where}{key} must be a list of patterns such as 1381234*")
    return tuple(found)


def _bits(name: str, table: object) -> Iterable[tuple[int, Alarm]]:
    if not isinstance(table, Mapping):
        raise ValueError(f"model {name}: alarms must be a table")  # noqa: TRY004 -- of a setting
    for bit, meaning in table.items():
        if not str(bit).isascii() or not str(bit).isdigit() or int(bit) > 31:
            raise ValueError(f"model {name}: alarms: {bit!r} must be a bit, 0 to 31")
        if meaning not in list(Alarm):
            known = ", ".join(Alarm)
            raise ValueError(f"model {name}: alarms: {bit} = {meaning!r} must be one of {known}")
        yield int(bit), Alarm(meaning)
