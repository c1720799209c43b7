"""What `fleet decode` writes, as Markdown: every column of every type, from the decoder's table."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.commands.decoding.columns import BY_TYPE, ENVELOPES, LEFT_OUT, OTHER, TABLES, Column

INTRODUCTION = """\
# What `fleet decode` writes

One JSON object, CSV row or Parquet row a message, in the order of arrival. This page is what
`fleet decode --describe` prints. Bits, scales and codes are those of ITU-R M.1371-5, Annex 8.

Kinds: `int` a number or raw code as it was sent; `float` in the unit given, null where the sender
says "not available" (in JSON and CSV rounded to as many decimals as tell its raw code from the
next, in Parquet not rounded); `bool`; `text` up to its first `@`; `time` UTC, RFC 3339 to the
millisecond (in Parquet a timestamp), null where no clock told it. In CSV null is empty, and so is a
column that a type does not have.
"""
ALWAYS = "Columns of every message"
RECORDS = "6, 7, 8, 10, 12–17, 20, 22, 23, 25, 26, 28: the other messages"


def described() -> str:
    """The whole page."""
    parts = [INTRODUCTION, f"## {ALWAYS}\n", *_table(ENVELOPES, asked=True)]
    for layout in BY_TYPE:
        heading = f"## {layout.name}: {layout.title} ({layout.source})\n"
        parts += ["", heading, *_own(TABLES[layout.name])]
    parts += ["", f"## {RECORDS}\n", *_own(TABLES[OTHER])]
    return "\n".join(parts) + "\n"


def _own(columns: tuple[Column, ...]) -> Iterator[str]:
    """Without those of every message."""
    return _table(columns[len(ENVELOPES) :])


def _table(columns: tuple[Column, ...], *, asked: bool = False) -> Iterator[str]:
    yield "| column | kind | unit | meaning |"
    yield "|---|---|---|---|"
    for column in columns:
        only = " (only with --fields)" if asked and column.name in LEFT_OUT else ""
        yield f"| `{column.name}` | {column.kind} | {column.unit} | {column.doc}{only} |"
