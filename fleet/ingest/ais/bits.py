"""One message's bits as one integer: how a single message is read, and every odd one.

Bits that are not there are 0; a text character that is not wholly there is none.
"""

from __future__ import annotations

from binascii import a2b_base64
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = b"0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
"""The 64 armoured characters in the order of their codes (M.1371-5, IEC 61162-1)."""
BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ARMOUR: Final = bytes(
    BASE64[ALPHABET.index(code)] if code in ALPHABET else BASE64[0] for code in range(256)
)
"""Any byte as the base64 character of the same six bits (0 where it is none), so that the C of
`binascii` packs four characters into three bytes."""
LETTERS: Final = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
"""Six-bit text (M.1371-5, Table 47)."""


@dataclass(frozen=True, slots=True)
class Bits:
    value: int
    length: int

    @classmethod
    def of(cls, payload: bytes, fill: int) -> Bits:
        """The armoured payload without the `fill` bits at its end."""
        count = len(payload)
        packed = a2b_base64(payload.translate(ARMOUR) + b"A" * (-count % 4))
        spare = 6 * (-count % 4) + fill
        return cls(int.from_bytes(packed, "big") >> spare, max(6 * count - fill, 0))

    def get(self, first: int, width: int) -> int:
        """Unsigned; bits beyond the end are 0."""
        spare = self.length - first - width
        value = self.value >> spare if spare >= 0 else self.value << -spare
        return value & ((1 << width) - 1)

    def signed(self, first: int, width: int) -> int:
        sign = 1 << (width - 1)
        return (self.get(first, width) ^ sign) - sign

    def text(self, first: int, width: int) -> str:
        """Up to the first `@`, without the blanks at its end."""
        whole = max(min(width, self.length - first) // 6, 0)
        number = self.get(first, 6 * whole)
        letters = (LETTERS[number >> shift & 63] for shift in range(6 * whole - 6, -1, -6))
        return "".join(letters).partition("@")[0].rstrip(" ")

    def rest(self, first: int) -> bytes:
        """All from there on, left-aligned in bytes."""
        width = max(self.length - first, 0)
        return (self.get(first, width) << -width % 8).to_bytes((width + 7) // 8, "big")
