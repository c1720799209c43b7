"""The console's own tests (vitest: decoding, order, geometry), under the Node that builds it."""

from __future__ import annotations

import subprocess
from importlib import import_module
from typing import Any

import pytest

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


def test_the_consoles_types(builder: Any) -> None:
    assert builder.check_types(ROOT) == 0
