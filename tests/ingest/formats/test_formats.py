"""What every format owes: a sentence about itself, its name, a sample, and to survive anything."""

from __future__ import annotations

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest import formats
from fleet.ingest.format import Format
from fleet.ingest.formats import FORMATS
from fleet.model import IdentityKind
from tests.ingest.wire import NOW, merged, plain, read

HERE = Path(__file__).parent
EVERY = pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))


def sample(form: Format) -> list[bytes]:
    """A recorded sample; for a format of payloads, one a line."""
    data = (HERE / form.key / "sample.in").read_bytes()
    return data.splitlines() if form.datagram else [data]


def said(form: Format, received: int) -> Any:
    """What the sample holds: in one for a stream, one by one for payloads."""
    decoder = form.decoder()
    if not form.datagram:
        return plain(read(decoder, sample(form), received))
    return [plain(decoder.feed(payload, "", received)) for payload in sample(form)]


@EVERY
def test_it_says_what_it_is_and_is_called_as_its_file(form: Format) -> None:
    key = next(key for key, made in FORMATS.items() if made is form)
    doc = import_module(f"{formats.__name__}.{key}").__doc__ or ""
    assert form.key == key
    assert 20 < len(doc.splitlines()[0]) <= 100


@EVERY
@pytest.mark.parametrize("received", [NOW, 0], ids=["live", "recorded"])
def test_the_sample_says_what_it_said(form: Format, received: int) -> None:
    golden = HERE / form.key / f"sample.{'live' if received else 'recorded'}.out"
    assert said(form, received) == json.loads(golden.read_text())


@EVERY
def test_every_reject_of_the_sample_has_an_example(form: Format) -> None:
    r = read(form.decoder(), sample(form))
    assert r.rejects
    assert r.rejects.keys() == r.samples.keys()


@EVERY
@given(data=st.data())
def test_the_sample_cut_and_restarted_anywhere(form: Format, data: st.DataObject) -> None:
    """A stream may be cut anywhere, and its decoder be replaced by one that got the residue."""
    if form.datagram:
        return
    (stream,) = sample(form)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    decoder, reports = form.decoder(), []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        reports.append(decoder.feed(stream[start:stop], "", NOW))
        residue, decoder = decoder.residue(), form.decoder()
        for station, rest in residue.items():
            decoder.restore(rest, station)
    assert plain(merged(reports)) == plain(read(form.decoder(), [stream]))


@EVERY
def test_byte_by_byte(form: Format) -> None:
    if form.datagram:
        return
    (stream,) = sample(form)
    single = [stream[i : i + 1] for i in range(len(stream))]
    assert plain(read(form.decoder(), single)) == plain(read(form.decoder(), [stream]))


@EVERY
@given(chunks=st.lists(st.binary(max_size=300), max_size=6), received=st.sampled_from([0, NOW]))
def test_any_bytes_are_survived(form: Format, chunks: list[bytes], received: int) -> None:
    decoder = form.decoder()
    for chunk in chunks:
        r = decoder.feed(chunk, "station", received)
        assert len(plain(r)["fixes"]) == len(r.fixes)
    assert isinstance(decoder.residue(), dict)


@EVERY
@given(seed=st.data())
def test_a_damaged_sample_is_survived(form: Format, seed: st.DataObject) -> None:
    decoder = form.decoder()
    for piece in sample(form):
        damaged = bytearray(piece)
        places = st.integers(0, max(len(piece) - 1, 0))
        for place in seed.draw(st.lists(places, max_size=30)) if piece else ():
            damaged[place] = seed.draw(st.integers(0, 255))
        decoder.feed(bytes(damaged), "station", NOW)


ODD = [None, True, -1, 0, 1e308, 10**30, 181, "", "x", "SOS", "\ud800", [], [1], {}, {"a": 1}]


def changed(value: Any, rng: random.Random) -> Any:
    """The same object with something in it left out or quite different."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        rest = {k: v for k, v in value.items() if k != key}
        return rest if rng.random() < 0.3 else {**rest, key: changed(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        i = rng.randrange(len(value))
        return [*value[:i], changed(value[i], rng), *value[i + 1 :]]
    return rng.choice(ODD)


@EVERY
@given(seed=st.integers(0, 1 << 32), received=st.sampled_from([0, NOW]))
def test_objects_with_anything_in_them_are_survived(form: Format, seed: int, received: int) -> None:
    if not form.datagram:
        return
    decoder, rng = form.decoder(), random.Random(seed)  # noqa: S311
    for line in sample(form):
        topic, space, body = line.partition(b" ") if line[:1] not in b"{[" else (b"", b"", line)
        try:
            found = json.loads(body)
        except ValueError:
            continue
        other = json.dumps(changed(found, rng)).encode()
        r = decoder.feed(topic + space + other, "", received)
        named = {*r.fixes.key.tolist(), *(c.key for c in r.calls), *r.statics.key.tolist()}
        assert r.kind == IdentityKind.MMSI or all(r.names[key] for key in named)
        assert r.rejects.keys() == r.samples.keys()


def write() -> None:
    """`python -m tests.ingest.formats.test_formats`: accept what the samples say now."""
    for form in FORMATS.values():
        for name, received in (("live", NOW), ("recorded", 0)):
            text = json.dumps(said(form, received), indent=1, ensure_ascii=False)
            (HERE / form.key / f"sample.{name}.out").write_text(text + "\n")


if __name__ == "__main__":
    write()
