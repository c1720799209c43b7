"""What a decoder of objects is told beside the payload: the station, and the topic it came on.

Some formats say half of what they mean in the topic: whose position it is, which path it belongs
to. A feed joins the two with a character that no topic can hold; a recording made with
`mosquitto_sub -v` has the topic in front of every line.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

JOINT: Final = "\0"
"""MQTT 5, 1.5.4: a string must not include U+0000."""
WHERE = re.compile(r"`\$[^`]*\.(\w+)[^`.]*`")
MISSING = re.compile(r"required field `(\w+)`")
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises on bytes that are no object of the wanted form."""


class Told(NamedTuple):
    station: str  #: "" where the way does not tell it
    topic: str  #: "" likewise
    payload: bytes


def tell(station: str, topic: str) -> str:
    """What is given to a decoder as its `station`."""
    return f"{station}{JOINT}{topic}"


def told(chunk: bytes, station: str) -> Told:
    """Take apart what a feed, or a line of a recording, tells."""
    name, joint, topic = station.partition(JOINT)
    if joint or name:
        return Told(name, topic, chunk)
    line = chunk.strip()
    if line.startswith((b"{", b"[")):
        return Told("", "", line)
    head, _, payload = line.partition(b" ")
    return Told("", head.decode(errors="replace"), payload)


def reason(wrong: Exception, known: frozenset[str]) -> str:
    """Why msgspec could not read an object: one of a closed set, naming a field that is known."""
    message = str(wrong)
    if found := MISSING.search(message):
        return f"{found[1]}: missing" if found[1] in known else "json"
    if (found := WHERE.search(message)) and found[1] in known:
        return f"{found[1]}: {'wrong type' if ', got `' in message else 'out of range'}"
    return "not an object" if message.startswith("Expected `object`") else "json"


def names(struct: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of an object as they are written."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(struct))
