"""The files that decoders are given: the real recordings over and over, or a simulated port.

Invariant: every file is made in a folder that goes when the benchmark ends, after a look at whether
the disk has room for it; a count of sentences is one of VDM and VDO lines, whoever decodes them.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import ROOT
from deploy.local.say import Missing
from simulators.record import Recording, record

SENTENCE = re.compile(rb"![A-Z]{2}VD[MO],")
POSITION = re.compile(rb"![A-Z]{2}VD[MO],1,1,[^,\r\n]*,[^,\r\n]*,[123BK][^,\r\n]*,\d\*[0-9A-F]{2}")
"""A single sentence of type 1, 2, 3, 18 or 27, whose first characters are 1, 2, 3, B, K."""
START = 1_792_008_000.0  # 2026-10-14T20:00:00Z: no moratorium
HOURS = 0.5
REGISTER = ROOT / "fleet/demo/vessels.csv"


@dataclass(frozen=True, slots=True)
class Corpus:
    path: Path
    sentences: int
    origin: str  #: where it comes from, in words


@contextmanager
def folder() -> Iterator[Path]:
    """A place for files of a benchmark, removed with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="fleet-benchmark-") as name:
        yield Path(name)


def real() -> list[Path]:
    """The recordings beside the checkout, or none."""
    data = Path(os.environ.get("FLEET_REAL_DATA") or ROOT.parent / "shared/data")
    return sorted(path for path in (data / "nmea").glob("*") if path.is_file())


def mix(into: Path, sentences: int) -> Corpus:
    """At least so many sentences, just as they were recorded: every type, tag blocks, noise."""
    files = real()
    if files:
        block, origin = b"".join(_whole(path.read_bytes()) for path in files), "real recordings"
    else:
        block, origin = simulated(into), "simulated port"
    once = len(SENTENCE.findall(block))
    times = -(-sentences // once)
    return Corpus(repeated(into / "mix.nmea", block, times), once * times, f"{origin} × {times}")


def _whole(data: bytes) -> bytes:
    """A file whose last line ends."""
    return data if data.endswith(b"\n") else data + b"\r\n"


def simulated(into: Path) -> bytes:
    path = into / "port.nmea"
    record(Recording(path, 3, START, HOURS, REGISTER))
    return path.read_bytes()


def positions(into: Path, of: Corpus) -> Corpus:
    """The position reports of a mix, each a bare sentence of its own."""
    found = POSITION.findall(of.path.read_bytes())
    path = into / "positions.nmea"
    path.write_bytes(b"\r\n".join(found) + b"\r\n")
    return Corpus(path, len(found), f"positions of {of.origin}")


def large(into: Path, size: int) -> Corpus:
    """A mix of so many bytes, or a little more."""
    room = shutil.disk_usage(into).free
    if room < 1.5 * size:
        raise Missing(f"{size / 1e9:g} GB do not fit beside what is on the disk ({room / 1e9:.1f})")
    small = mix(into, 1)
    block = small.path.read_bytes()
    times = -(-size // len(block))
    path = repeated(into / "large.nmea", block, times)
    return Corpus(path, small.sentences * times, f"{small.origin} × {times}")


def repeated(path: Path, block: bytes, times: int) -> Path:
    with path.open("wb") as file:
        for _ in range(times):
            file.write(block)
    return path
