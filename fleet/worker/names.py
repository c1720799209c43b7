"""船名比对 Whether a name on the air is that of the register: six-bit letters against Chinese.

The register writes 琼三渔80006, AIS can only say QIONGSANYU 80006. Numbers are compared as numbers;
the province by its letters; Latin names as they are. What cannot be compared is no difference.
"""

from __future__ import annotations

import re
import unicodedata

PROVINCES = {
    "琼": "QIONG", "粤": "YUE", "桂": "GUI", "闽": "MIN", "浙": "ZHE", "苏": "SU", "鲁": "LU",
    "冀": "JI", "辽": "LIAO", "津": "JIN", "沪": "HU",
}  # fmt: skip
"""A fishing boat's name begins with its province (渔业船舶船名规定, article 5)."""
OTHERS = re.compile(r"[^0-9A-Z]")


def spelt(text: str) -> str:
    """Letters and digits alone, in capitals: as call signs and names are compared."""
    return OTHERS.sub("", unicodedata.normalize("NFKC", text).upper())


def differ(said: str, registered: str) -> bool:
    """Whether a name heard cannot be the registered one."""
    heard, known = spelt(said), spelt(registered)
    if not heard:
        return False
    if _number(heard) and _number(known) and _number(heard) != _number(known):
        return True
    ours = PROVINCES.get(registered.strip()[:1])
    if ours:
        theirs = _province(heard)
        return theirs is not None and theirs != ours
    return _letters(known) != "" and _letters(heard) != _letters(known)


def _province(heard: str) -> str | None:
    """The province that the letters begin with, the longest that fits."""
    fits = [p for p in PROVINCES.values() if heard.startswith(p)]
    return max(fits, key=len, default=None)


def _number(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


def _letters(text: str) -> str:
    return re.sub(r"\d", "", text)
