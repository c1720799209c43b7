"""Strings of "0" and "1", six-bit armour and NMEA sentences: IEC 61162-1 and M.1371-5, Table 47.

The slowest and plainest way to do each thing; an oracle is read, not run often.
"""

from __future__ import annotations

ARMOUR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
LETTERS = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
"""Table 47: the 64 characters of AIS text in the order of their six-bit codes."""
MOST = 360
"""Bits of a payload put into one sentence, 60 characters, as receivers do."""


def of_number(value: int, width: int) -> str:
    """Two's complement where it is negative."""
    return "".join("1" if value >> place & 1 else "0" for place in reversed(range(width)))


def to_number(bits: str, *, signed: bool = False) -> int:
    value = 0
    for bit in bits:
        value = 2 * value + (bit == "1")
    return value - 2 ** len(bits) if signed and bits[:1] == "1" else value


def of_text(text: str, width: int) -> str:
    """Filled up with `@`, which is code 0."""
    return "".join(of_number(LETTERS.index(c), 6) for c in text).ljust(width, "0")[:width]


def to_text(bits: str) -> str:
    """What stands before the first `@`, without blanks at its end; six bits a character."""
    text = ""
    for start in range(0, len(bits) - 5, 6):
        letter = LETTERS[to_number(bits[start : start + 6])]
        if letter == "@":
            break
        text += letter
    return text.rstrip(" ")


def armoured(bits: str) -> tuple[str, int]:
    """The payload's characters, and how many bits fill up the last."""
    fill = -len(bits) % 6
    bits += "0" * fill
    return "".join(ARMOUR[to_number(bits[i : i + 6])] for i in range(0, len(bits), 6)), fill


def unarmoured(payload: str, fill: int) -> str | None:
    """None where a character is none of the 64."""
    if any(c not in ARMOUR for c in payload):
        return None
    bits = "".join(of_number(ARMOUR.index(c), 6) for c in payload)
    return bits[: len(bits) - fill]


def checksum(body: str | bytes) -> str:
    total = 0
    for byte in body.encode("latin-1") if isinstance(body, str) else body:
        total ^= byte
    return f"{total:02X}"


def line(body: str) -> bytes:
    return f"!{body}*{checksum(body)}".encode("latin-1")


def tagged(tags: str, sentence: bytes) -> bytes:
    return f"\\{tags}*{checksum(tags)}\\".encode() + sentence


def sentences(
    bits: str, *, sequence: int = 1, channel: str = "A", talker: str = "AI", most: int = MOST
) -> list[bytes]:
    """The lines, without line ends, that carry the bits; `most` a multiple of six."""
    pieces = [bits[i : i + most] for i in range(0, len(bits), most)] or [""]
    name = "" if len(pieces) == 1 else str(sequence)
    out = []
    for number, piece in enumerate(pieces, 1):
        payload, fill = armoured(piece)
        body = f"{talker}VDM,{len(pieces)},{number},{name},{channel},{payload},{fill}"
        out.append(line(body))
    return out
