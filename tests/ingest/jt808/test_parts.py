"""Long messages in packets: joined in any order, never with another's, bounded and forgotten."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.formats.jt808 import Decoder
from fleet.ingest.jt808.frames import Framer, Message
from fleet.ingest.jt808.parts import MOST, PATIENCE, SETS, Assembly, Whole
from fleet.ingest.tally import Tally
from fleet.model import MINUTE, SECOND
from simulators.jt808 import Fix, Terminal, batch
from tests.ingest.wire import NOW, merged, plain, read

PHONE = bytes.fromhex("013800000808")


def packets(parts: int, serial: int = 7, phone: bytes = PHONE, kind: int = 0x0704) -> list[Message]:
    return [
        Message(kind, phone, (serial + i) % 0x10000, b"%d," % i, i + 1, parts, raw=b"raw")
        for i in range(parts)
    ]


def joined(messages: list[Message], now: int = NOW) -> tuple[list[Whole], Tally]:
    assembly, tally = Assembly(), Tally()
    found = [assembly.add(message, now, tally) for message in messages]
    return [whole for whole in found if whole], tally


@given(data=st.data())
def test_in_any_order_and_more_than_once(data: st.DataObject) -> None:
    made = packets(5, serial=data.draw(st.sampled_from([0, 0xFFFE])))
    order = data.draw(st.permutations(made))
    again = data.draw(st.lists(st.sampled_from(order[:-1]), max_size=3))
    found, tally = joined([*again, *order])
    assert [whole.message.body for whole in found] == [b"0,1,2,3,4,"]
    assert [part.part for part in found[0].parts] == [1, 2, 3, 4, 5]
    assert not tally.rejects


def test_one_serial_for_all_packets_is_taken_as_well() -> None:
    """Some firmware numbers the message, not the packets."""
    found, _ = joined([replace(one, serial=9) for one in packets(3)])
    assert len(found) == 1


def test_two_messages_are_never_mixed() -> None:
    first, second = packets(3), packets(3, serial=500)
    found, tally = joined([first[0], second[1], second[0], second[2], first[1], first[2]])
    assert [whole.message.serial for whole in found] == [500]
    assert tally.rejects == {"packets: of another message": 1}


def test_halves_of_two_messages_are_no_message() -> None:
    """What their serials alone tell."""
    for other in (500, 5, 8, 9):
        found, tally = joined([packets(2)[0], packets(2, serial=other)[1]])
        assert found == []
        assert tally.rejects == {"packets: of another message": 1}


def test_two_terminals_are_never_mixed() -> None:
    other = packets(2, phone=bytes(6))
    found, _ = joined([packets(2)[0], other[1]])
    assert found == []


def test_a_packet_that_changed_is_another_message() -> None:
    first, second = packets(2)
    changed = replace(first, body=b"other,")
    found, tally = joined([first, changed, second])
    assert [whole.message.body for whole in found] == [b"other,1,"]
    assert tally.rejects == {"packets: of another message": 1}


def test_what_waits_too_long_is_forgotten() -> None:
    assembly, tally = Assembly(), Tally()
    first, second = packets(2)
    assembly.add(first, NOW, tally)
    assert assembly.add(second, NOW + PATIENCE + SECOND, tally) is None
    assert tally.rejects == {"packets: incomplete": 1}


def test_it_is_silence_that_makes_it_forget() -> None:
    assembly, tally = Assembly(), Tally()
    made = [assembly.add(p, NOW + i * MINUTE, tally) for i, p in enumerate(packets(10))]
    assert made[-1] is not None


def test_bounded_in_messages_and_packets() -> None:
    assembly, tally = Assembly(), Tally()
    for i in range(100):
        assembly.add(packets(2, phone=i.to_bytes(6, "big"))[0], NOW, tally)
    assert len(list(assembly.waiting())) == SETS
    assert tally.rejects == {"packets: too many messages": 100 - SETS}
    _, tally = joined(packets(MOST + 1))
    assert tally.rejects == {"packets: too many": MOST + 1}


def long_batch() -> list[bytes]:
    fixes = [Fix(NOW // SECOND - 60 * i, 109 + i / 1000, 18.2) for i in range(200)]
    return Terminal("13800000808").keep(0x0704, batch(fixes))


def test_a_long_batch_through_the_decoder() -> None:
    frames = long_batch()
    assert len(frames) > 5
    r = read(Decoder(), [b"".join(reversed(frames))])
    assert (len(r.fixes), r.rejects) == (200, {})


@given(cuts=st.lists(st.integers(0, 9000), max_size=6))
def test_restarted_between_packets(cuts: list[int]) -> None:
    stream, decoder, reports = b"".join(long_batch()), Decoder(), []
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, stop in zip(bounds, bounds[1:], strict=False):  # noqa: RUF007 -- as they stand
        reports.append(decoder.feed(stream[start:stop], "boat", NOW))
        residue, decoder = decoder.residue(), Decoder()
        for station, rest in residue.items():
            decoder.restore(rest, station)
    assert plain(merged(reports)) == plain(Decoder().feed(stream, "boat", NOW))
    assert decoder.residue() == {}


def test_packets_of_the_witness_are_packets() -> None:
    found = Framer().feed(b"".join(long_batch()), Tally())
    assert [one.part for one in found] == list(range(1, found[0].parts + 1))
