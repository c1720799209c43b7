"""`docs/ais.md` out of what it speaks of: the field table and the list of where pyais is not right.

`python -m tests.ingest.correctness.document` writes it; a test holds the page to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fleet.ingest.ais import LAYOUTS, Field, Layout
from tests.ingest.correctness.pyais_cases import ACCEPTED, LOST, WRONG

PAGE = Path(__file__).parents[3] / "docs" / "ais.md"
OPENING = """\
# How AIS is read 船舶自动识别

Bytes become sentences, sentences messages, messages columns: `fleet/ingest/framing.py`,
`assembly.py` and `ais/`. What `fleet decode` writes of it is in `decode.md`; this page says by
which bits, what is refused, how it is known to be right, and where pyais is not.

## What is believed

- A sentence counts with a right checksum only. One datagram or line may hold several, with LF, CR,
  CRLF or nothing between them; times before or behind them, `$PGHP` lines and stacked tag blocks
  (`c:` in seconds, milliseconds or microseconds) tell when and where they were heard.
- "Not available" is NaN in columns and null in files, never a number; so are values that "should
  not be used" (a course of 409.5°). Codes are kept as sent, ship type 39 too. Texts end at the
  first `@` and lose the blanks at their end. Degrees are `raw / 600000`, exactly rounded.
- A message that is too short for its type is refused ("message length"); one that is too long, a
  place beyond a pole, an MMSI of 0 or ten digits are kept and flagged, and count for no position.
- Nothing is made up for bits that were not sent, with two exceptions, both written by many
  transponders: a type 5 of 420 or 422 bits has `dte` false, a type 24B of 162 has `epfd` 0.
- Every refusal is counted by reason: checksum, no checksum, malformed, empty payload, part number,
  message type, message length, static part, fill bits, incomplete, part without its first,
  ambiguous parts, merged receivers, tag block checksum, overlong line, not NMEA.

## Parts of a message

A part joins parts of the same source (`s:` of the tag block), talker, sequence number, channel and
count, and of the same tag-block group; in any order, within three seconds and ten parts. Parts
that could belong to two messages belong to none; where a source loses more than a quarter of its
messages, parts that are not beside each other could, for its sequence numbers go round in tens.

Where lines name no source, the order of the parts is all there is: a receiver sends the parts of a
message one after the other. So they are joined one after the other only, and not at all while
their order shows that several receivers are merged into the stream: then the same sequence number
on the same channel is of two vessels a moment apart, and nobody can tell them apart. Such messages
are counted as "merged receivers". Let each receiver have its own feed, or its name in a tag block.
What is left: in the first moments of a merged stream, before anything shows it, one message in some
ten thousand.

`python -m tests.ingest.correctness.trial` prints the trial: ten receivers, their lines merged with
a jitter of 0.2 and 1 s, with and without tag blocks, duplicates and losses; ours beside pyais.

## How it is known to be right

`tests/ingest/oracle` reads messages bit by bit from tables written by the standard alone, and is
itself held to what gpsd and noaadata published. Under hypothesis, any values of any fields, any
bits of any length, any fill bits, parts and characters give the same from both, in small input
(read one by one) and large (read in columns). Recordings give the same from us, the oracle and,
but for the list below, pyais. Bent sentences and floods leave the decoder as it was
(`python -m tests.ingest.correctness.fuzz 100000`).
"""
LIST = """\
## Where pyais is not right

pyais reads every type there is; the messages that are not in columns go through it, mended where
this list says so. (Version 3.3, `decode` and `IterMessages` as they come.) Each item below is a
test: the oracle and our decoder give what is right for these very sentences, pyais gives what is
said here. An item that a new version mends fails, and is taken off.
"""


def page() -> str:
    return "\n".join([OPENING, *layouts(), LIST, *wrong(), "", *accepted(), "", *lost()]) + "\n"


def layouts() -> Iterator[str]:
    yield "## Bits\n"
    yield "Counted from 0. Bits 0-5 are the type, 6-7 `repeat`, 8-37 `mmsi` in every message."
    alike: dict[tuple[Field, ...], list[Layout]] = {}
    for layout in sorted(LAYOUTS.values(), key=lambda each: (each.type, str(each.name))):
        alike.setdefault(layout.fields, []).append(layout)
    for several in alike.values():
        yield from one(several)
    yield ""


def one(alike: list[Layout]) -> Iterator[str]:
    layout, (low, high) = alike[0], alike[0].bits
    size = f"{low}" if low == high else f"{low} to {high}"
    names = "; ".join(f"{each.name}: {each.title}" for each in alike)
    yield f"\n### {names}\n\n{layout.source}; {size} bits.\n"
    yield "| field | bits | raw steps | not available |\n|---|---|---|---|"
    for f in layout.fields:
        yield f"| `{f.name}` | {f.first_bit}-{f.first_bit + f.width - 1} | {steps(f)} | {none(f)} |"


def steps(f: Field) -> str:
    if f.kind == "rot":
        return "(code / 4.733)² deg/min, its sign kept"
    if f.kind in ("text", "bool"):
        return {"text": f"{f.width // 6} characters", "bool": "flag"}[f.kind]
    signed = ", signed" if f.kind == "i" else ""
    return (f"{f.scale:,} a {f.unit}" if f.scale else f.unit or "code") + signed


def none(f: Field) -> str:
    if f.kind == "rot":
        return "−128; ±127: no turn indicator"
    if f.missing is None:
        return ""
    low, high = f.missing
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def shown(lines: tuple[bytes, ...]) -> str:
    return "<br>".join(f"`` {line.decode('latin-1')} ``" for line in lines)


def value(what: object) -> str:
    if what is None or what == "absent":
        return "not available" if what is None else "nothing"
    return f"{what:.6g}" if isinstance(what, float) else f"`{what}`"


def wrong() -> Iterator[str]:
    yield "### Values\n"
    yield "| item | field | pyais | right | why | source |\n|---|---|---|---|---|---|"
    for c in WRONG:
        yield (
            f"| {c.key} | `{c.attribute}` | {value(c.pyais)} | {value(c.right)} | {c.why} "
            f"| {c.source} |"
        )
    yield "\nThe sentences:\n"
    yield from (f"- {c.key}: {shown(c.lines)}" for c in WRONG)


def accepted() -> Iterator[str]:
    yield "### Input that nothing may be made of\n"
    yield "| item | pyais makes | why not | source | sentences |\n|---|---|---|---|---|"
    for c in ACCEPTED:
        made = f"`{c.attribute}` {value(c.pyais)}"
        yield f"| {c.key} | {made} | {c.why} | {c.source} | {shown(c.lines)} |"


def lost() -> Iterator[str]:
    yield "### Messages that it loses\n"
    yield "| item | pyais gives | there are | why | source | sentences |\n|---|---|---|---|---|---|"
    for c in LOST:
        yield (
            f"| {c.key} | {len(c.pyais)} | {len(c.right)} | {c.why} | {c.source} "
            f"| {shown(c.lines)} |"
        )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
