"""Multi-part messages: the right parts, in any order, or nothing."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.assembly import SOURCES
from fleet.ingest.format import Reports
from fleet.ingest.formats.nmea import Decoder
from fleet.ingest.framing import mark
from fleet.ingest.groups import PATIENCE, WINDOW, Group, pack
from fleet.ingest.sequence import Key
from fleet.model import SECOND
from tests.ingest.wire import NOW, ais, at, lines, merged, named, read, statics, tag

A1, A2 = named(412000001, "ALPHA")
B1, B2 = named(412000002, "BRAVO")  # the same talker, sequence id, channel and count


def names(r: Reports) -> list[tuple[int, str, str]]:
    """Who is called what, and what the second part says: the name backwards, see `named`."""
    return [(s.key, s.name, s.destination.lstrip("-")) for s in statics(r)]


def heard(*parts: bytes, received: int = NOW) -> Reports:
    return read(Decoder(), [lines(*parts)], received)


ALPHA, BRAVO = (412000001, "ALPHA", "AHPLA"), (412000002, "BRAVO", "OVARB")


def test_parts_in_either_order() -> None:
    assert names(heard(A1, A2)) == [ALPHA] == names(heard(A2, A1))


def test_a_single_slot_message_between_the_parts() -> None:
    assert names(heard(A1, at(412000009), A2)) == [ALPHA]


def test_three_parts_in_any_order() -> None:
    text = "SART ACTIVE " + "X" * 120
    parts = ais(14, 970123456, text=text)
    assert len(parts) >= 2
    for seed in range(6):
        mixed = parts[:]
        random.Random(seed).shuffle(mixed)  # noqa: S311
        assert [c.text for c in heard(*mixed).calls] == [text]


def test_two_receivers_told_apart_by_their_tag_blocks() -> None:
    stream = [tag("s:a", A1), tag("s:b", B1), tag("s:a", A2), tag("s:b", B2)]
    assert names(heard(*stream)) == [ALPHA, BRAVO]


def test_two_stations_told_apart_by_the_feed() -> None:
    decoder = Decoder()
    stream = [(A1, "a"), (B1, "b"), (B2, "b"), (A2, "a")]
    reports = [decoder.feed(lines(part), station, NOW) for part, station in stream]
    assert names(merged(reports)) == [BRAVO, ALPHA]


def test_groups_told_apart_by_their_id() -> None:
    a = [tag("g:1-2-11,s:a,c:1700000000", A1), tag("g:2-2-11", A2)]
    b = [tag("g:1-2-12,s:b,c:1700000000", B1), tag("g:2-2-12", B2)]
    assert names(heard(a[0], b[0], a[1], b[1])) == [ALPHA, BRAVO]
    assert names(heard(a[0], b[1])) == []


def test_an_untagged_next_part_belongs_to_the_tagged_part_right_before_it() -> None:
    assert names(heard(tag("s:a,c:1700000000", A1), A2)) == [ALPHA]
    assert names(heard(tag("s:a,c:1700000000", A1), at(412000009), A2)) == []


def test_what_could_belong_to_two_belongs_to_none() -> None:
    r = heard(A1, B1, A2, B2)
    assert names(r) == []
    assert r.rejects["ambiguous parts"] == 3


def test_a_part_heard_twice_does_not_begin_another_message() -> None:
    """The repeated second part would otherwise complete the next vessel's first."""
    r = heard(A1, A1, A2, A2, B1, B2)
    assert names(r) == [ALPHA, BRAVO]
    assert r.types["repeated part"] == 2
    assert names(heard(A1, A2, A2, B1)) == [ALPHA]


def test_a_receiver_that_uses_one_id_for_all_is_believed_in_sequence_only() -> None:
    assert names(heard(A1, A2, B1, B2, A1, A2)) == [ALPHA, BRAVO, ALPHA]
    r = heard(A1, A2, B2, B1)
    assert names(r) == [ALPHA]
    assert r.rejects["part without its first"] == 1


def test_lost_second_part_never_meets_the_next_message_of_its_id() -> None:
    """Sequence ids go round: after a few more parts the rest of this one is not awaited."""
    between = [named(413000000 + i, f"N{i}", seq=2 + i) for i in range(WINDOW)]
    r = heard(A1, *(part for message in between for part in message), B2)
    assert BRAVO not in names(r)
    assert len(r.statics) == WINDOW
    assert r.rejects["incomplete"] == 1


def test_lost_first_part_never_lends_its_second_to_the_next() -> None:
    """As any receiver that loses one: its second part waits for two parts, no longer."""
    c, d = named(412000003, "CHARLIE", seq=2), named(412000004, "DELTA", seq=3)
    assert names(heard(A2, *c, *d, B1)) == names(heard(*c, *d))


def test_parts_far_apart_in_time_are_not_one_message() -> None:
    def after(wait: int) -> Reports:
        decoder = Decoder()
        first = decoder.feed(lines(A1), "", NOW)
        return merged([first, decoder.feed(lines(A2), "", NOW + wait)])

    assert names(after(PATIENCE)) == [ALPHA]
    late = after(PATIENCE + 1)
    assert names(late) == []
    assert late.rejects["incomplete"] == 1


def test_in_a_recording_the_recorded_times_count() -> None:
    def after(seconds: int) -> Reports:
        stream = [tag("c:1700000000", A1), tag(f"c:{1700000000 + seconds}", A2)]
        return heard(*stream, received=0)

    assert names(after(2)) == [ALPHA]
    assert names(after(6)) == []


def test_bounded_however_many_begin() -> None:
    decoder = Decoder()
    for i in range(4 * SOURCES):
        first, _ = named(412000000 + i, "X", seq=i % 10)
        decoder.feed(lines(tag(f"s:{i % (SOURCES + 100)}", first)), "", NOW)
    kept = decoder.residue()[""]
    assert len(kept) < SOURCES * WINDOW * 300
    restored = Decoder()
    restored.restore(kept, "")
    assert restored.residue()[""] == kept
    decoder.feed(lines(A1), "", NOW + PATIENCE + 1)
    assert len(decoder.residue()[""]) < 1000  # what is too late is forgotten with the next part


def own(group: Group) -> bytes:
    """The tag block by which a residue restores a group."""
    return mark(b"fg", b64encode(pack(group)))


def test_what_pretends_to_be_our_own_state_is_nothing_where_it_is_received() -> None:
    decoder, plainly = Decoder(), Decoder()
    donor = Decoder()
    donor.feed(lines(A1), "", NOW)
    for i in range(1000):
        key = Key(f"s{i}", "AIVDM", f"g{i}", "1", "A", 2)
        said = decoder.feed(own(Group(key, NOW, 0, parts={1: (b"5" * 60, 0)})), "", NOW)
        assert (said.types, said.rejects, said.sentences) == ({}, {}, 0)
    for block in (donor.residue()[""], mark(b"fk", b"1600000000000000")):
        decoder.feed(block, "", NOW)
    for stream in (decoder, plainly):
        assert names(stream.feed(lines(A2, B1, tag("fg:x,fs:y,fk:1,c:1700000000", B2)), "", NOW))
    assert decoder.residue() == plainly.residue()


def test_what_a_residue_holds_is_bounded_and_checked() -> None:
    groups = [Group(Key("", "AIVDM", f"g{i}", "1", "A", 2), NOW, 0) for i in range(1000)]
    decoder, fresh = Decoder(), Decoder()
    decoder.restore(b"".join(map(own, groups)), "")
    assert len(decoder.residue()[""]) < 70 * 400
    wrong = [
        Group(Key("", "AIVDM", "", "1", "A", total), NOW, 0, age=age, parts=parts)
        for total, age, parts in [
            (2, 0, {7: (b"5", 0)}), (2, 0, {1: (b"5", 9)}), (0, 0, {}), (2, -5, {1: (b"5", 0)}),
            (2, 0, {1: (b"5", 0), 2: (b"5", 0)}), (99, 0, {1: (b"5", 0)}),
        ]
    ]  # fmt: skip
    for code in (b"fg", b"fs"):
        fresh.restore(b"".join(map(own, wrong)) + mark(code, b"AAAA") + mark(code, b"A"), "")
        assert fresh.residue() == {}


def merged_receivers(rng: random.Random, receivers: int, loss: float) -> list[bytes]:
    """One untagged stream: each receiver numbers its messages 0-9 in turn, 5 a second."""
    timed = []
    for r in range(receivers):
        time, begin = 0.0, rng.randrange(10)
        for i in range(60):
            time += 0.02 + rng.expovariate(5)  # it sends the parts of one before the next
            gap = rng.uniform(0.002, 0.02)
            parts = named(412000000 + 100 * r + i, f"R{r}M{i}", seq=(begin + i) % 10)
            timed += [(time + n * gap, part) for n, part in enumerate(parts)]
    return [part for _, part in sorted(timed) if rng.random() >= loss]


def mixed_up(r: Reports) -> list[tuple[int, str, str]]:
    return [
        (key, name, backwards)
        for key, name, backwards in names(r)
        if (key, backwards)
        != (412000000 + 100 * int(name[1]) + int(name.partition("M")[2]), name[::-1])
    ]


@pytest.mark.parametrize(("receivers", "loss", "least"), [(1, 0, 60), (1, 0.1, 35), (1, 0.3, 10)])
def test_one_receiver_needs_no_source(receivers: int, loss: float, least: int) -> None:
    for seed in range(20):
        r = heard(*merged_receivers(random.Random(seed), receivers, loss))  # noqa: S311
        assert mixed_up(r) == [], f"seed {seed}"
        assert len(r.statics) >= least, f"seed {seed}"


@pytest.mark.parametrize(
    ("receivers", "loss"), [(2, 0.1), (5, 0.0), (5, 0.1), (10, 0.0), (10, 0.05)]
)
def test_merged_receivers_without_a_source_are_not_joined(receivers: int, loss: float) -> None:
    """Nobody can tell them apart before their order has shown it: at the very beginning."""
    wrong, records = 0, 0
    for seed in range(20):
        r = heard(*merged_receivers(random.Random(seed), receivers, loss))  # noqa: S311
        wrong, records = wrong + len(mixed_up(r)), records + len(r.statics)
    assert wrong <= 1
    assert records < 20 * 60 * receivers / 3


@given(st.randoms(use_true_random=False))
def test_tagged_receivers_lose_nothing_however_they_are_interleaved(rng: random.Random) -> None:
    queues = [
        [tag(f"s:r{r}", p) for i in range(6) for p in named(412000000 + 10 * r + i, f"R{r}M{i}")]
        for r in range(4)
    ]
    stream = []
    while any(queues):
        stream.append(rng.choice([q for q in queues if q]).pop(0))
    assert len(names(heard(*stream))) == 24


def test_restored_state_expires_as_it_would_have() -> None:
    decoder, restored = Decoder(), Decoder()
    decoder.feed(lines(A1), "", NOW)
    restored.restore(decoder.residue()[""], "")
    assert names(restored.feed(lines(A2), "", NOW + SECOND)) == [ALPHA]


def test_receivers_that_turn_out_to_be_merged_are_counted_as_such() -> None:
    c1, c2 = named(412000003, "CHARLIE", seq=2)
    r = heard(A1, c1, A2, c2, B1, B2)
    assert names(r) == []
    assert r.rejects["merged receivers"] == 1


def test_a_lost_part_costs_a_receiver_nothing_but_its_message() -> None:
    many = [named(413000000 + i, f"N{i}", seq=i % 10) for i in range(12)]
    stream = [part for message in many for part in message if part is not many[6][0]]
    assert len(names(heard(*stream))) == 11


def test_groups_of_nobody_are_joined_in_turn_only() -> None:
    """Receivers may number their groups alike; the source of one part is that of the group."""
    a = [tag("g:1-2-11", A1), tag("g:2-2-11", A2)]
    b = [tag("g:1-2-12", B1), tag("g:2-2-12", B2)]
    assert names(heard(*a, *b)) == [ALPHA, BRAVO]
    assert names(heard(a[0], b[0], a[1], b[1])) == []


def test_one_group_id_of_two_sources_is_two_groups() -> None:
    a = [tag("g:1-2-7,s:a", A1), tag("g:2-2-7,s:a", A2)]
    b = [tag("g:1-2-7,s:b", B1), tag("g:2-2-7,s:b", B2)]
    assert names(heard(a[0], b[0], b[1], a[1])) == [BRAVO, ALPHA]


def test_merged_lines_with_the_source_on_the_first_alone_are_not_joined() -> None:
    c1, c2 = named(412000003, "CHARLIE", seq=2)
    r = heard(tag("s:a", A1), tag("s:b", c1), A2, c2, tag("s:b", B1), B2)
    assert names(r) == []
    assert r.rejects["merged receivers"] == 1


def test_trust_lasts_over_a_restart() -> None:
    c1, c2 = named(412000003, "CHARLIE", seq=2)
    decoder, restored = Decoder(), Decoder()
    decoder.feed(lines(A1, c1, A2, c2), "", NOW)
    restored.restore(decoder.residue()[""], "")
    for each in (decoder, restored):
        assert names(each.feed(lines(B1, B2), "", NOW)) == []


def test_a_source_that_loses_much_is_believed_in_turn_only() -> None:
    """With half of all lines lost, what is apart may be of two messages ten ids from each other."""
    rng = random.Random(1)  # noqa: S311
    stream = [
        tag("s:a", part)
        for i in range(600)
        for part in named(412000000 + i, f"R0M{i}", seq=i % 10)
        if rng.random() < 0.5
    ]
    got = names(heard(*stream))
    assert len(got) > 100
    assert sum(backwards != name[::-1] for _, name, backwards in got) <= 2


def test_one_message_of_two_receivers_under_one_group_id_is_whole_twice() -> None:
    first = [tag("g:1-2-7,s:a", A1), tag("g:2-2-7", A2)]
    again = [tag("g:1-2-7,s:b", A1), tag("g:2-2-7", A2)]
    r = heard(*first, *again)
    assert (names(r), r.rejects) == ([ALPHA, ALPHA], {})


def test_a_part_told_twice_does_not_complete_another_receivers_message() -> None:
    stream = [
        tag("g:1-2-7,s:a", A1),
        tag("g:2-2-7", A2),
        tag("g:1-2-7,s:b", B1),
        tag("g:2-2-7", A2),
    ]
    assert names(heard(*stream)) == [ALPHA]
