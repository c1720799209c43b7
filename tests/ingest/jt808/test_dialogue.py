"""The platform's side: what is answered at once, what after the commit, and what never."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.jt808.dialogue import TERMINALS, Dialogue, Heard, Piece
from fleet.ingest.jt808.frames import LONGEST
from fleet.ingest.jt808.policy import Policy, read
from fleet.ingest.jt808.registration import code_for
from fleet.model import SECOND
from simulators.jt808 import Fix, Terminal, batch, framed, location, registration, unframed
from tests.ingest.jt808 import published
from tests.ingest.wire import NOW

SECRET = b"secret"
FIX = Fix(NOW // SECOND, 109.1, 18.3)


def answers(sent: bytes) -> list[tuple[int, bytes]]:
    """Ids and bodies of what the platform sends, as an independent terminal reads them."""
    return [
        (int.from_bytes(data[:2], "big"), data[17 if data[2] & 0x40 else 12 :])
        for data in unframed(sent)
    ]


def general(serial: int, kind: int, result: int) -> tuple[int, bytes]:
    return 0x8001, serial.to_bytes(2, "big") + kind.to_bytes(2, "big") + bytes([result])


def dialogue(**options: Any) -> Dialogue:
    return Dialogue(read(options, SECRET))


def boat(edition: int = 2013, phone: str = "13800000808") -> Terminal:
    return Terminal(phone, edition=edition)


def say(platform: Dialogue, *frames: bytes) -> Heard:
    return platform.feed(b"".join(frames), NOW)


def test_published_questions_get_the_published_answers() -> None:
    """go-jt808 answers the heartbeat and the registration of terminal 12345678901 so."""
    heartbeat = boat(phone="12345678901")
    heartbeat.serial = 0x7FFF
    assert say(dialogue(), heartbeat.frame(0x0002, b"")).answers == published.GENERAL_ANSWER
    ((kind, body),) = answers(say(dialogue(), published.REGISTER_2013).answers)
    ((expected, shape),) = answers(published.REGISTRATION_ANSWER)
    assert (kind, body[:3]) == (expected, shape[:3])


@pytest.mark.parametrize("edition", [2011, 2013, 2019])
def test_registration_authentication_heartbeat_logout(edition: int) -> None:
    platform, terminal = dialogue(codes=True), boat(edition)
    heard = say(platform, terminal.frame(0x0100, registration("琼渔1", "SIM", edition)))
    ((kind, body),) = answers(heard.answers)
    assert (kind, body[:3]) == (0x8100, b"\0\0\0")
    terminal.code = body[3:].decode()
    assert terminal.code == code_for(SECRET, "13800000808")
    code = terminal.code.encode()
    modern = bytes([len(code)]) + code + bytes(35)
    said = say(
        platform,
        terminal.frame(0x0102, modern if edition == 2019 else code),
        terminal.frame(0x0002, b""),
        terminal.frame(0x0003, b""),
        terminal.frame(0x0200, location(FIX)),
    )
    assert answers(said.answers) == [
        general(1, 0x0102, 0),
        general(2, 0x0002, 0),
        general(3, 0x0003, 0),
        general(4, 0x0200, 1),  # it has logged out
    ]
    assert said.pieces == []


def test_answers_are_in_the_edition_and_to_the_number_that_asked() -> None:
    for edition, head in (
        (2013, "8001000501380000080800"),
        (2019, "80014005010000000001380000080800"),
    ):
        (data,) = unframed(say(dialogue(), boat(edition).frame(0x0002, b"")).answers)
        assert data.hex().startswith(head)


def test_the_serials_of_answers_run_on() -> None:
    terminal = boat()
    sent = say(dialogue(), *(terminal.frame(0x0002, b"") for _ in range(3))).answers
    assert [int.from_bytes(data[10:12], "big") for data in unframed(sent)] == [0, 1, 2]


def test_a_position_is_answered_when_it_is_done_and_not_before() -> None:
    platform, terminal = dialogue(), boat()
    heard = say(platform, terminal.frame(0x0200, location(FIX)))
    assert heard.answers == b""
    (piece,) = heard.pieces
    assert (piece.terminal, piece.payload[:3]) == ("13800000808", b"\x7e\x02\x00")
    assert platform.waiting == 1
    assert answers(platform.done(piece)) == [general(0, 0x0200, 0)]
    assert platform.waiting == 0


def test_a_position_sent_again_while_it_waits_is_one_piece_and_one_answer() -> None:
    platform, frame = dialogue(), boat().frame(0x0200, location(FIX))
    heard = say(platform, frame, frame, frame)
    (piece,) = heard.pieces
    assert heard.answers == b""
    assert len(answers(platform.done(piece))) == 1
    assert len(say(platform, frame).pieces) == 1  # its answer was lost: stored again, answered


def test_what_nobody_can_read_is_stored_as_a_reject_and_answered_as_wrong() -> None:
    platform = dialogue()
    (piece,) = say(platform, boat().frame(0x0200, b"too short")).pieces
    assert answers(platform.done(piece)) == [general(0, 0x0200, 2)]


def test_a_batch_with_one_good_position_is_taken() -> None:
    platform, terminal = dialogue(), boat()
    (piece,) = say(platform, terminal.frame(0x0704, b"\0\2\1\0\1x" + batch([FIX])[3:])).pieces
    assert answers(platform.done(piece)) == [general(0, 0x0704, 0)]


def test_the_answer_to_a_question_wants_none_again() -> None:
    platform = dialogue()
    (piece,) = say(platform, published.ANSWERED_LOCATION).pieces
    assert platform.done(piece) == b""
    assert say(platform, boat().frame(0x0001, b"\0\0\x81\x04\0")).answers == b""


def test_time_is_told_in_utc() -> None:
    ((kind, body),) = answers(say(dialogue(), boat(2019).frame(0x0004, b"")).answers)
    assert (kind, body.hex()) == (0x8004, "231114221320")


def test_what_is_not_supported_is_said_so() -> None:
    platform = dialogue()
    assert answers(say(platform, boat().frame(0x0801, b"photo")).answers) == [general(0, 0x0801, 3)]
    assert platform.tally.rejects == {"message not supported": 1}


def test_encrypted_messages_are_not_supported() -> None:
    frame = framed(bytes.fromhex("0200040301380000080800ff") + b"abc")
    assert answers(say(dialogue(), frame).answers) == [general(0xFF, 0x0200, 3)]


# Whom it hears


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        ({}, True),
        ({"terminals": ["1380000*"]}, True),
        ({"terminals": ["139*"]}, False),
        ({"blocked": ["13800000808"]}, False),
        ({"terminals": ["138*"], "blocked": ["*808"]}, False),
    ],
)
def test_who_is_admitted(options: dict[str, Any], heard: bool) -> None:
    platform, terminal = dialogue(**options), boat()
    ((_, body),) = answers(
        say(platform, terminal.frame(0x0100, registration("", "S", 2013))).answers
    )
    assert body[2] == (0 if heard else 4)
    said = say(platform, terminal.frame(0x0002, b""), terminal.frame(0x0200, location(FIX)))
    assert bool(said.pieces) == heard
    assert answers(said.answers)[0] == general(1, 0x0002, 0 if heard else 1)


def test_with_codes_only_who_has_ours_is_heard() -> None:
    platform, terminal, other = dialogue(codes=True), boat(), boat(phone="13900000000")
    code = code_for(SECRET, "13800000808").encode()
    said = say(
        platform,
        terminal.frame(0x0200, location(FIX)),
        terminal.frame(0x0102, b"guessed"),
        other.frame(0x0102, code),
        terminal.frame(0x0102, code),
        terminal.frame(0x0200, location(FIX)),
        other.frame(0x0200, location(FIX)),
    )
    assert [body[-1] for _, body in answers(said.answers)] == [1, 1, 1, 0, 1]
    assert [piece.terminal for piece in said.pieces] == ["13800000808"]
    assert platform.tally.rejects == {"not authenticated": 2, "code not ours": 2}


def test_without_codes_a_code_of_another_platform_will_do() -> None:
    said = say(dialogue(), boat().frame(0x0102, b"theirs"))
    assert answers(said.answers) == [general(0, 0x0102, 0)]


@pytest.mark.parametrize(("known", "heard"), [(True, True), (False, False), (None, True)])
def test_only_terminals_of_the_register(known: bool | None, heard: bool) -> None:
    """While the register has not been read, nobody is turned away for it."""
    platform = Dialogue(read({"registered": True}, SECRET), lambda _: known)
    assert bool(say(platform, boat().frame(0x0200, location(FIX))).pieces) == heard


@pytest.mark.parametrize(
    "options", [{"codes": True}, {"terminals": ["139*"]}, {"registered": True}]
)
def test_a_call_for_help_is_heard_from_whoever_it_is(options: dict[str, Any]) -> None:
    platform = Dialogue(read(options, SECRET), lambda _: False)
    sos = boat().frame(0x0200, location(Fix(FIX.t, 109.1, 18.3, alarm=1)))
    (piece,) = say(platform, sos).pieces
    assert answers(platform.done(piece)) == [general(0, 0x0200, 0)]
    assert platform.tally.rejects == {}
    assert say(platform, boat().frame(0x0200, location(FIX))).pieces == []


def test_but_not_from_who_is_blocked() -> None:
    sos = boat().frame(0x0200, location(Fix(FIX.t, 109.1, 18.3, alarm=1)))
    assert say(dialogue(blocked=["138*"]), sos).pieces == []


def test_no_new_codes_once_all_have_theirs() -> None:
    platform, terminal = dialogue(codes=True, enrol=False), boat()
    code = code_for(SECRET, "13800000808").encode()
    said = say(
        platform,
        terminal.frame(0x0100, registration("", "S", 2013)),
        terminal.frame(0x0102, code),
    )
    assert answers(said.answers) == [(0x8100, b"\0\0\x04"), general(1, 0x0102, 0)]
    assert platform.tally.rejects == {"registration closed": 1}


def test_nobody_without_a_number() -> None:
    platform = dialogue()
    assert say(platform, boat(phone="0").frame(0x0200, location(FIX))).pieces == []
    assert platform.tally.rejects == {"terminal not admitted": 1}


MODELS = [
    {"name": "HD200", "models": ["HD-2*"], "alarms": {"0": "none"}},
    {"name": "old", "terminals": ["139*"]},
]


def test_a_model_is_carried_by_the_code_since_it_is_told_at_registration_only() -> None:
    first, terminal = dialogue(models=MODELS), boat()
    heard = say(first, terminal.frame(0x0100, registration("", "HD-210", 2013)))
    assert [piece.model for piece in heard.pieces] == ["HD200"]
    ((_, body),) = answers(heard.answers)
    later = dialogue(models=MODELS)  # after a restart
    frame = terminal.frame(0x0200, location(FIX))
    (piece,) = say(later, terminal.frame(0x0102, body[3:]), frame).pieces
    assert piece.model == "HD200"


def test_a_model_by_number_needs_no_registration() -> None:
    frames = [boat(phone=p).frame(0x0200, location(FIX)) for p in ("13900000001", "13800000808")]
    assert [p.model for p in say(dialogue(models=MODELS), *frames).pieces] == ["old", ""]


# Packets


def long_batch(terminal: Terminal) -> list[bytes]:
    return terminal.keep(0x0704, batch(Fix(NOW // SECOND - i, 109, 18) for i in range(90)))


def test_every_packet_is_answered_when_the_whole_is_done() -> None:
    platform, frames = dialogue(), long_batch(boat())
    heard = say(platform, *frames)
    assert heard.answers == b""
    (piece,) = heard.pieces
    assert answers(platform.done(piece)) == [general(i, 0x0704, 0) for i in range(len(frames))]


def test_missing_packets_are_asked_for() -> None:
    for edition, expected in ((2013, "00000200020003"), (2019, "0000000200020003")):
        platform, frames = dialogue(), long_batch(boat(edition))
        assert len(frames) == 4
        ((kind, body),) = answers(say(platform, frames[0], frames[3]).answers)
        assert (kind, body.hex()) == (0x8003, expected)
        assert len(say(platform, frames[1], frames[2]).pieces) == 1
    assert published.MISSING_ANSWER.hex() == "04d20201020203"  # the same shape


def test_who_waits_for_an_answer_before_the_next_packet_gets_it() -> None:
    platform, frames = dialogue(), long_batch(boat())
    assert say(platform, frames[0]).answers == b""
    assert answers(say(platform, frames[0]).answers) == [general(0, 0x0704, 0)]
    assert answers(say(platform, frames[1]).answers) == [general(1, 0x0704, 0)]
    (piece,) = say(platform, *frames[2:]).pieces
    assert len(answers(platform.done(piece))) == 4


# Bounds


@given(chunks=st.lists(st.binary(max_size=600), max_size=8))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    platform = dialogue()
    for chunk in chunks:
        platform.feed(chunk, NOW)
    assert say(platform, b"\x7e", published.HEARTBEAT).answers


@given(data=st.data())
def test_a_damaged_dialogue_is_survived(data: st.DataObject) -> None:
    terminal = boat(2019)
    stream = bytearray(
        b"".join([
            terminal.frame(0x0100, registration("琼渔1", "SIM", 2019)),
            terminal.frame(0x0102, b"\x04code" + bytes(35)),
            *long_batch(terminal),
            terminal.frame(0x0200, location(FIX)),
        ])
    )  # fmt: skip
    for place in data.draw(st.lists(st.integers(0, len(stream) - 1), max_size=20)):
        stream[place] = data.draw(st.integers(0, 255))
    platform = dialogue()
    for piece in platform.feed(bytes(stream), NOW).pieces:
        list(unframed(platform.done(piece)))


@given(cuts=st.lists(st.integers(0, 3000), max_size=8))
def test_the_cuts_do_not_matter(cuts: list[int]) -> None:
    terminal = boat()
    stream = b"".join([terminal.frame(0x0002, b""), *long_batch(terminal), published.BATTERY])
    whole = say(dialogue(), stream)
    platform, pieces, sent = dialogue(), list[Piece](), b""
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for i, start in enumerate(bounds[:-1]):
        heard = platform.feed(stream[start : bounds[i + 1]], NOW)
        pieces += heard.pieces
        sent += heard.answers
    assert (pieces, sent) == (list(whole.pieces), whole.answers)


def test_of_too_many_on_one_connection_the_first_has_to_say_its_code_again() -> None:
    platform = dialogue(codes=True)
    boats = [boat(phone=str(13800000000 + i)) for i in range(TERMINALS + 1)]
    for one in boats:
        say(platform, one.frame(0x0102, code_for(SECRET, one.phone).encode()))
    heard = [say(platform, one.frame(0x0200, location(FIX))).pieces for one in boats]
    assert [len(pieces) for pieces in heard] == [0, *[1] * TERMINALS]


def test_garbage_leaves_nothing_behind() -> None:
    platform = dialogue()
    for _ in range(100):
        platform.feed(b"\x7e" + b"x" * LONGEST * 2, NOW)
    assert platform.size == 0
    assert say(platform, published.HEARTBEAT).answers


def test_a_policy_admits_nobody_nameless() -> None:
    assert not Policy().admits("", registered=True)
