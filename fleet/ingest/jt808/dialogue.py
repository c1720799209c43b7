"""The platform's side of one connection 平台, sans-I/O: bytes in, pieces to store and answers out.

Invariant: what a terminal would forget once it is answered is answered only when `done` says that
it is committed. Registration, authentication, heartbeats and questions are answered at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from fleet.ingest.jt808.frames import Framer, Message, reply
from fleet.ingest.jt808.location import ANSWER, HELD, Location, bcd_time, locations
from fleet.ingest.jt808.models import CALLS, entry, model_of
from fleet.ingest.jt808.parts import Assembly, Whole
from fleet.ingest.jt808.policy import Policy
from fleet.ingest.jt808.registration import (
    AUTHENTICATE,
    REGISTER,
    code_for,
    model_in,
    presented,
    registration,
)
from fleet.ingest.tally import Tally

HEARTBEAT, LOGOUT, TIME = 0x0002, 0x0003, 0x0004
GENERAL, TIME_ANSWER, MISSING, REGISTERED = 0x8001, 0x8004, 0x8003, 0x8100
ANSWERS: Final = frozenset({0x0001, 0x0104, 0x0107, 0x0108, 0x0302, 0x0500, 0x0700, 0x0802, 0x0805})
"""What terminals answer to a platform: it wants no answer again."""
UNKNOWN_TERMINAL: Final = 4
"""Result of a registration: the terminal is not in the database 数据库中无该终端."""
TERMINALS: Final = 1024
"""Numbers of one connection (a forwarder 转发 carries many) that are known to have authenticated;
of more, the one that did first has to do it again."""


Registered: TypeAlias = Callable[[str], "bool | None"]


class Result(IntEnum):
    """Of a general answer (2013, table 5)."""

    OK = 0
    FAILED = 1
    WRONG = 2  #: the message cannot be read
    UNSUPPORTED = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to store: the frames of one whole message."""

    terminal: str
    model: str  #: name of the model's entry, "" for none
    whole: Whole
    result: Result | None  #: what is answered once it is stored; None: nothing

    @property
    def payload(self) -> bytes:
        return self.whole.raw


@dataclass(frozen=True, slots=True)
class Heard:
    pieces: Sequence[Piece]
    answers: bytes  #: to be sent now


class Dialogue:
    """One connection. Its memory is bounded, whatever is sent."""

    __slots__ = (
        "_assembly",
        "_framer",
        "_known",
        "_serial",
        "_waiting",
        "messages",
        "policy",
        "registered",
        "tally",
    )

    def __init__(self, policy: Policy, registered: Registered = lambda _: None) -> None:
        """`registered` tells of a number whether it is in the register; None: not known yet."""
        self.policy, self.registered = policy, registered
        self.messages = 0  #: whole messages so far, whatever they said
        self.tally = Tally()  #: of what could not be taken, since it was last replaced
        self._framer, self._assembly = Framer(), Assembly()
        self._known: dict[str, str] = {}  #: model of every terminal that authenticated here
        self._waiting: set[bytes] = set()  #: frames of pieces that are not done
        self._serial = -1

    def feed(self, chunk: bytes, now: int) -> Heard:
        """`now` in UTC microseconds."""
        pieces: list[Piece] = []
        answers: list[bytes] = []
        for message in self._framer.feed(chunk, self.tally):
            self.messages += 1
            answers += self._take(message, now, pieces)
        return Heard(pieces, b"".join(answers))

    def done(self, piece: Piece) -> bytes:
        """What to send now that this piece is committed."""
        self._waiting.difference_update(part.raw for part in piece.whole.parts)
        if piece.result is None:
            return b""
        return b"".join(self._general(part, piece.result) for part in piece.whole.parts)

    @property
    def waiting(self) -> int:
        """Frames that are not done."""
        return len(self._waiting)

    @property
    def size(self) -> int:
        """Bytes of packets that wait for others."""
        return self._assembly.size

    def _take(self, message: Message, now: int, pieces: list[Piece]) -> Iterable[bytes]:
        """The answers to one message; appends what is to be stored."""
        if message.encrypted:
            return self._refused("encrypted", message, Result.UNSUPPORTED)
        if message.id == REGISTER:
            return self._register(message, pieces)
        if not self._admits(message) and not self._calling(message):
            return self._refused("terminal not admitted", message, Result.FAILED)
        if message.id in HELD:
            return self._held(message, now, pieces)
        act = self._acts().get(message.id)
        if act:
            return act(message, now)
        if message.id in ANSWERS:
            return ()
        return self._refused("message not supported", message, Result.UNSUPPORTED)

    def _acts(self) -> dict[int, Callable[[Message, int], Iterable[bytes]]]:
        return {
            AUTHENTICATE: self._authenticate,
            HEARTBEAT: lambda message, _: (self._general(message, Result.OK),),
            LOGOUT: self._log_out,
            TIME: self._tell_time,
        }

    # At once

    def _register(self, message: Message, pieces: list[Piece]) -> Iterable[bytes]:
        """A code for who is admitted. What else it says (its name) is stored, and is no promise:
        it says it again with the next registration.
        """
        said, terminal = registration(message), message.terminal
        serial = message.serial.to_bytes(2, "big")
        why = self._against(message) if said else "registration: too short"
        if said is None or why:
            self.tally.reject(why, message.raw)
            return (self._reply(message, REGISTERED, serial + bytes([UNKNOWN_TERMINAL])),)
        model = model_of(self.policy.models, terminal, said.model)
        pieces.append(Piece(terminal, model, Whole(message, (message,)), None))
        code = code_for(self.policy.secret, terminal, model)
        return (self._reply(message, REGISTERED, serial + b"\0" + code.encode()),)

    def _authenticate(self, message: Message, _: int) -> Iterable[bytes]:
        terminal = message.terminal
        model = model_in(self.policy.secret, terminal, presented(message))
        if model is None and self.policy.codes:
            return self._refused("code not ours", message, Result.FAILED)
        if self.policy.codes or model:
            self._remember(terminal, model or "")
        return (self._general(message, Result.OK),)

    def _remember(self, terminal: str, model: str) -> None:
        self._known.pop(terminal, None)
        self._known[terminal] = model
        if len(self._known) > TERMINALS:
            del self._known[next(iter(self._known))]

    def _log_out(self, message: Message, _: int) -> Iterable[bytes]:
        self._known.pop(message.terminal, None)
        return (self._general(message, Result.OK),)

    def _tell_time(self, message: Message, now: int) -> Iterable[bytes]:
        """2019, 8.5: the answer is UTC."""
        return (self._reply(message, TIME_ANSWER, bcd_time(now)),)

    def _against(self, message: Message) -> str:
        """Why it gets no code; "" where nothing is against it."""
        if not self._admits(message):
            return "terminal not admitted"
        return "" if self.policy.enrol else "registration closed"

    def _admits(self, message: Message) -> bool:
        terminal = message.terminal
        return self.policy.admits(terminal, registered=self.registered(terminal))

    # After the commit

    def _held(self, message: Message, now: int, pieces: list[Piece]) -> Iterable[bytes]:
        """Positions. One that is sent again while the first waits is answered with it."""
        known = message.terminal in self._known or not self.policy.codes
        if not known and not self._calling(message):
            return self._refused("not authenticated", message, Result.FAILED)
        if message.raw in self._waiting:
            return ()
        whole = self._assembly.add(message, now, self.tally)
        if whole is None:
            return self._incomplete(message)
        self._waiting.update(part.raw for part in whole.parts)
        pieces.append(Piece(message.terminal, self._model(message), whole, _result(whole)))
        return ()

    def _incomplete(self, message: Message) -> Iterable[bytes]:
        """A packet waits for its others. Who sends one again waits for its answer before the next,
        and gets it; where the last has come and others have not, they are asked for 补传分包请求.
        """
        if self._assembly.repeated(message) and message.part < message.parts:
            yield self._general(message, Result.OK)
        first, missing = self._assembly.missing(message)
        if missing and message.part == message.parts:
            count = len(missing).to_bytes(2 if message.is_2019 else 1, "big")
            numbers = b"".join(number.to_bytes(2, "big") for number in missing)
            yield self._reply(message, MISSING, first.to_bytes(2, "big") + count + numbers)

    def _calling(self, message: Message) -> bool:
        """Whether it calls for help: then it is heard, whoever it is, unless it is blocked."""
        if message.id not in HELD or message.parts > 1 or self.policy.blocks(message.terminal):
            return False
        model = entry(self.policy.models, self._model(message))
        found = (one for one in locations(message) if isinstance(one, Location))
        return any(CALLS & set(model.meant(one.alarm)) for one in found)

    def _model(self, message: Message) -> str:
        """By the code it authenticated with; else by its number alone."""
        known = self._known.get(message.terminal)
        return known or model_of(self.policy.models, message.terminal)

    # Words

    def _refused(self, why: str, message: Message, result: Result) -> Iterable[bytes]:
        self.tally.reject(why, message.raw)
        return () if message.id in ANSWERS else (self._general(message, result),)

    def _general(self, message: Message, result: Result) -> bytes:
        """平台通用应答: serial and id of what it answers, and the result."""
        asked = message.serial.to_bytes(2, "big") + message.id.to_bytes(2, "big")
        return self._reply(message, GENERAL, asked + bytes([result]))

    def _reply(self, message: Message, kind: int, body: bytes) -> bytes:
        self._serial = (self._serial + 1) % 0x10000
        return reply(message, kind, self._serial, body)


def _result(whole: Whole) -> Result | None:
    """Whether any of it can be read: what nobody can read is stored as a reject, and said so."""
    if whole.message.id == ANSWER:
        return None
    readable = any(isinstance(one, Location) for one in locations(whole.message))
    return Result.OK if readable else Result.WRONG
