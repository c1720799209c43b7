"""Journal entries and snapshots as bytes: what was fed, exactly, and nothing that runs.

Invariant: unpacking gives back every bit, so that feeding the journal again gives the same state.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import msgspec
import numpy as np

from fleet.alerts.engine import Inputs, State
from fleet.model import Batch, Columns, Ints, Signal
from fleet.vessels import Vessels

C = TypeVar("C", bound=Columns)
LEVEL = 1
"""zlib's fastest: a minute of journal is read once and thrown away."""


class Packed(msgspec.Struct, array_like=True):
    """Columns: one dtype and one run of bytes each."""

    dtypes: list[str]
    columns: list[bytes]


class Body(msgspec.Struct):
    """What one entry fed. A tick feeds nothing; a config entry is always a snapshot."""

    batch: Packed
    signals: list[Signal]
    changed: Packed  #: vessels that the engine sees differently from here on
    ids: bytes  #: their ids
    residue: dict[str, dict[str, bytes]]  #: what each feed's decoder still waits with


class Image(msgspec.Struct):
    """A snapshot: everything the outcome depends on that the database does not keep by revision."""

    state: bytes
    vessels: Packed
    versions: dict[str, int]  #: of the thresholds, by kind
    residue: dict[str, dict[str, bytes]]


BODY, IMAGE = msgspec.msgpack.Decoder(Body), msgspec.msgpack.Decoder(Image)


def pack(columns: Columns) -> Packed:
    arrays = [getattr(columns, f.name) for f in fields(columns)]
    return Packed([a.dtype.str for a in arrays], [a.tobytes() for a in arrays])


def unpack(kind: type[C], packed: Packed) -> C:
    pairs = zip(packed.columns, packed.dtypes, strict=True)
    return kind(*(np.frombuffer(c, d).copy() for c, d in pairs))


def entry(
    inputs: Inputs, ids: Ints, changed: Vessels, residue: Mapping[str, Mapping[str, bytes]]
) -> bytes:
    kept = {feed: dict(waiting) for feed, waiting in residue.items()}
    body = Body(pack(inputs.batch), list(inputs.signals), pack(changed), ids.tobytes(), kept)
    return _shut(body)


def opened(body: bytes) -> tuple[Inputs, Ints, Vessels, dict[str, dict[str, bytes]]]:
    """The inverse of `entry`."""
    found = BODY.decode(zlib.decompress(body))
    inputs = Inputs(unpack(Batch, found.batch), tuple(found.signals))
    ids = np.frombuffer(found.ids, np.int64).copy()
    return inputs, ids, unpack(Vessels, found.changed), found.residue


def image(
    state: State,
    vessels: Vessels,
    versions: Mapping[str, int],
    residue: Mapping[str, Mapping[str, bytes]],
) -> bytes:
    kept = {feed: dict(waiting) for feed, waiting in residue.items()}
    return _shut(Image(state.pack(), pack(vessels), dict(versions), kept))


def seen(body: bytes) -> tuple[State, Vessels, dict[str, int], dict[str, dict[str, bytes]]]:
    """The inverse of `image`."""
    found = IMAGE.decode(zlib.decompress(body))
    vessels = unpack(Vessels, found.vessels)
    return State.unpack(found.state), vessels, found.versions, found.residue


def versions(body: bytes) -> dict[str, int]:
    """Only the versions of the thresholds of an image."""
    return IMAGE.decode(zlib.decompress(body)).versions


def _shut(what: Any) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(what), LEVEL)
