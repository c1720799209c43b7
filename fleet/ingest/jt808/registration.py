"""Who a terminal says it is: registration 终端注册 0x0100 and authentication 终端鉴权 0x0102."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from fleet.ingest.jt808.frames import Message

REGISTER, AUTHENTICATE = 0x0100, 0x0102


class Layout(NamedTuple):
    """Bytes of maker, model and terminal id; before them province and city, a word each."""

    maker: int
    model: int
    terminal: int

    @property
    def colour(self) -> int:
        """Where the colour of the plate stands; behind it, to the end, the plate."""
        return 4 + self.maker + self.model + self.terminal


L2011, L2013, L2019 = Layout(5, 8, 7), Layout(5, 20, 7), Layout(11, 30, 30)
"""2011, table 6; 2013, table 7; 2019, table 7."""
COLOURS: Final = frozenset({0, 1, 2, 3, 4, 5, 6, 9, 91, 92, 93, 94})
"""JT/T 415-2006 5.4.12 and JT/T 697.7-2014 5.6; 0: no plate, so a name or a number follows."""


@dataclass(frozen=True, slots=True)
class Registration:
    model: str  #: 终端型号
    plate: str  #: 车牌: of a boat its name 船名 or number; "" where none was sent


def registration(message: Message) -> Registration | None:
    """None where it is in none of the three layouts."""
    body, layout = message.body, _layout(message)
    if layout is None:
        return None
    model = text(body[4 + layout.maker :][: layout.model])
    return Registration(model, text(body[layout.colour + 1 :]))


def _layout(message: Message) -> Layout | None:
    """2019 says so in its header. 2011 and 2013 do not: told apart by where a colour can stand,
    the longer first, since 0 pads the model of 2013 where 2011 has its colour.
    """
    candidates = (L2019,) if message.is_2019 else (L2013, L2011)
    fitting = [one for one in candidates if len(message.body) > one.colour]
    likely = (
        one for one in fitting if message.body[one.colour] in COLOURS and _clean(message, one)
    )
    return next(likely, fitting[-1] if fitting else None)


def _clean(message: Message, layout: Layout) -> bool:
    """Whether the plate is text: read in the wrong layout it begins within another field."""
    plate = message.body[layout.colour + 1 :].rstrip(b"\0")
    return b"\0" not in plate and text(plate).isprintable()


def text(data: bytes) -> str:
    """GBK, padded with zeros or spaces at either end; what is no character is left out."""
    return data.strip(b"\0 ").partition(b"\0")[0].decode("gb18030", errors="ignore").strip()


def presented(message: Message) -> str:
    """The code that a terminal authenticates with: in 2019 behind its length, before the rest."""
    if message.is_2019 and message.body:
        return text(message.body[1 : 1 + message.body[0]])
    return text(message.body)


JOINT: Final = "."
"""Between the name of a model and the seal of a code."""


def code_for(secret: bytes, terminal: str, model: str = "") -> str:
    """The code that a terminal is given. It needs no table, since it follows from the number; and
    it carries the model as configured, which a terminal tells at registration only.
    """
    sealed = hmac.new(secret, f"{terminal}\0{model}".encode(), sha256).hexdigest()[:16]
    return f"{model}{JOINT}{sealed}" if model else sealed


def model_in(secret: bytes, terminal: str, code: str) -> str | None:
    """The model that a code carries; None where it is not a code we gave this terminal."""
    model = code.rpartition(JOINT)[0]
    expected = code_for(secret, terminal, model).encode()
    return model if hmac.compare_digest(expected, code.encode(errors="replace")) else None
