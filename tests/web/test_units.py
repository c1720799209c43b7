"""The console's own tests (vitest: decoding, order, geometry), under the Node that builds it."""

from __future__ import annotations

import gzip
import re
import subprocess
from dataclasses import fields
from importlib import import_module
from typing import Any

import pytest

from fleet.alerts.rules import RULES
from tests.web.conftest import ROOT

pytestmark = pytest.mark.slow
WEB = ROOT / "web"


@pytest.fixture(scope="module")
def builder() -> Any:
    """hatch_build.py, with what it installs to build the console in its place."""
    module: Any = import_module("hatch_build")
    if not (WEB / "node_modules/vitest").exists():
        module.build(ROOT, module.digest(WEB))
    return module


def test_the_consoles_own_tests(builder: Any) -> None:
    command = [str(builder.node()), "node_modules/vitest/vitest.mjs", "run", "--reporter=dot"]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_threshold_has_a_name_on_screen() -> None:
    text = (WEB / "src/pages/words/parameters.ts").read_text(encoding="utf-8")
    named = set(re.findall(r"^  (\w+): '", text, re.MULTILINE))
    there = {field.name for rule in RULES for field in fields(rule.params)}
    assert there - named == set(), "give them a Chinese name in parameters.ts"
    assert named - there == set(), "no rule has them any more"


def test_what_a_console_has_to_load_stays_small(builder: Any) -> None:
    """Measured gzipped: alerts without a map must open over a harbour's mobile network."""
    assets = ROOT / "fleet/api/console/assets"

    def kilobytes(names: str) -> float:
        return sum(len(gzip.compress(path.read_bytes())) for path in assets.glob(names)) / 1000

    assert kilobytes("index-*") < 55
    assert kilobytes("Pages-*") < 30
    assert kilobytes("MapPanel-*") < 115


def test_the_consoles_types(builder: Any) -> None:
    assert builder.check_types(ROOT) == 0
