"""One decoder over one file, in an interpreter of its own: `python -I decode.py NAME FILE PIECE`.

Invariant: only the decoding loop is timed, not the start; the standard library is all that is
imported besides the decoder, so that any environment can run this file. Prints one JSON object:
messages, cpu and wall (seconds), peak (bytes of memory, of the whole process).
"""

from __future__ import annotations

import json
import re
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

RECEIVED_US = 1_790_000_000_000_000
"""2026-09-21: when live input is received."""


def fleet(path: str, piece: int, received: int = 0) -> Callable[[], int]:
    """Our own decoder, to columns, piece by piece; a recording, whose own times are its clock."""
    from fleet.ingest.ais import Stream

    def loop() -> int:
        stream, found = Stream(), 0
        with Path(path).open("rb") as file:
            while chunk := file.read(piece):
                found += len(stream.feed(chunk, received))
        return found + len(stream.end())

    return loop


def fleet_live(path: str, piece: int) -> Callable[[], int]:
    """The same as the service does it: pieces with a time of receipt."""
    return fleet(path, piece, RECEIVED_US)


def pyais(path: str, piece: int) -> Callable[[], int]:
    """Stream and decode, as its documentation reads a file; its pieces are lines."""
    del piece
    from pyais import FileReaderStream

    def loop() -> int:
        found = 0
        with FileReaderStream(path) as stream:
            for sentence in stream:
                try:
                    sentence.decode()
                except Exception:  # noqa: BLE001, S112 -- what it cannot read, it leaves out
                    continue
                found += 1
        return found

    return loop


def pyais2(path: str, piece: int) -> Callable[[], int]:
    """The same of the version before, which has the same names."""
    return pyais(path, piece)


def libais(path: str, piece: int) -> Callable[[], int]:
    """Its stream layer: lines joined, checksums looked at, dicts from its C++ decoder."""
    del piece
    warnings.simplefilter("ignore")
    import ais.stream  # type: ignore[import-not-found]

    def loop() -> int:
        with Path(path).open(encoding="ascii", errors="replace") as file:
            return sum(1 for _ in ais.stream.decode(file))

    return loop


def libais_bare(path: str, piece: int) -> Callable[[], int]:
    """Its C++ decoder alone, on the payloads of single sentences: no checksum, nothing joined."""
    del piece
    import ais

    single = re.compile(r"![A-Z]{2}VD[MO],1,1,[^,]*,[^,]*,([^,]+),([0-5])\*")

    def loop() -> int:
        found = 0
        with Path(path).open(encoding="ascii", errors="replace") as file:
            for line in file:
                sentence = single.search(line)
                if sentence:
                    try:
                        ais.decode(sentence[1], int(sentence[2]))
                    except ais.DecodeError:
                        continue
                    found += 1
        return found

    return loop


def aiscat(path: str, piece: int) -> Callable[[], int]:
    """AIS-catcher's decoder, a dict a message."""
    from aiscat import from_file  # type: ignore[import-not-found]

    return lambda: sum(1 for _ in from_file(path, chunk=piece))


def peak() -> int:
    """Bytes that this process held at most, libraries included; 0 where the kernel does not say."""
    found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


DECODERS: dict[str, Callable[[str, int], Callable[[], int]]] = {
    f.__name__: f for f in (fleet, fleet_live, pyais, pyais2, libais, libais_bare, aiscat)
}


def main(name: str, path: str, piece: str) -> None:
    loop = DECODERS[name](path, int(piece))
    wall, cpu = time.perf_counter(), time.process_time()
    messages = loop()
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"messages": messages, **took, "peak": peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
