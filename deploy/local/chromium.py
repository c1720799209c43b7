"""A Chromium that runs and can draw Chinese."""

from pathlib import Path


def ensure() -> Path:
    return Path("/usr/bin/chromium")
