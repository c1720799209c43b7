"""Every module here is one payload format: it defines FORMAT. Adding a file adds the format."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fleet.ingest.format import Format

FORMATS: dict[str, Format] = {
    m.name: import_module(f"{__name__}.{m.name}").FORMAT for m in iter_modules(__path__)
}
