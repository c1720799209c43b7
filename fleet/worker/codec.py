"""Journal entries and snapshots as bytes: what was fed, exactly, and nothing that runs.

Invariant: unpacking gives back every bit, so that feeding the journal again gives the same state.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias, TypeVar

import msgspec
import numpy as np

from fleet.alerts.engine import Inputs, State
from fleet.model import Batch, Columns, Ints, Signal
from fleet.vessels import Vessels
from fleet.worker.dedup import Recent, Seen
from fleet.worker.narrow import Column, narrow, wide

C = TypeVar("C", bound=Columns)
LEVEL = 1
"""zlib's fastest, for snapshots; a minute of journal is read once and thrown away."""


Packed: TypeAlias = list[Column]


class Body(msgspec.Struct):
    """What one entry fed. A tick feeds nothing; a config entry is always a snapshot."""

    batch: Packed  #: as it came in, before stations were aligned
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
    window: int  #: of the alignment of stations
    newest: int
    seen: Packed


BODY, IMAGE = msgspec.msgpack.Decoder(Body), msgspec.msgpack.Decoder(Image)


def pack(columns: Columns) -> Packed:
    return [narrow(getattr(columns, f.name)) for f in fields(columns)]


def unpack(kind: type[C], packed: Packed) -> C:
    return kind(*map(wide, packed))


def entry(
    inputs: Inputs, ids: Ints, changed: Vessels, residue: Mapping[str, Mapping[str, bytes]]
) -> bytes:
    kept = {feed: dict(waiting) for feed, waiting in residue.items()}
    body = Body(pack(inputs.batch), list(inputs.signals), pack(changed), ids.tobytes(), kept)
    return msgspec.msgpack.encode(body)


def opened(body: bytes) -> tuple[Inputs, Ints, Vessels, dict[str, dict[str, bytes]]]:
    """The inverse of `entry`."""
    found = BODY.decode(body)
    inputs = Inputs(unpack(Batch, found.batch), tuple(found.signals))
    ids = np.frombuffer(found.ids, np.int64).copy()
    return inputs, ids, unpack(Vessels, found.changed), found.residue


def image(
    state: State,
    vessels: Vessels,
    versions: Mapping[str, int],
    residue: Mapping[str, Mapping[str, bytes]],
    recent: Recent,
) -> bytes:
    kept = {feed: dict(waiting) for feed, waiting in residue.items()}
    shot = Image(
        state.pack(), pack(vessels), dict(versions), kept, recent.window, recent.newest,
        pack(recent.seen),
    )  # fmt: skip
    return zlib.compress(msgspec.msgpack.encode(shot), LEVEL)


def seen(body: bytes) -> tuple[State, Vessels, dict[str, dict[str, bytes]], Recent]:
    """The inverse of `image`; the versions are asked for first."""
    found = IMAGE.decode(zlib.decompress(body))
    recent = Recent(found.window, found.newest, unpack(Seen, found.seen))
    return State.unpack(found.state), unpack(Vessels, found.vessels), found.residue, recent


def versions(body: bytes) -> dict[str, int]:
    """Only the versions of the thresholds of an image."""
    return IMAGE.decode(zlib.decompress(body)).versions
