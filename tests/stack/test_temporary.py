"""What a killed test run leaves is swept by the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import process, scratch
from deploy.local.temporary import discard, sweep

pytestmark = pytest.mark.stack

DOOMED = """
import os, signal
from deploy.local import Broker, Cluster, binaries, scratch
folder = scratch("doomed")
Cluster(folder / "pg", binaries(), {"shared_buffers": "16MB"}).start()
Broker(folder / "mq", binaries()).start()
print(folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("programs")
def test_sweeps_the_servers_of_a_killed_run() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DOOMED], check=False, capture_output=True, text=True
    )
    folder = Path(done.stdout.strip())
    orphans = [*process.serving("postgres", folder), *process.serving("mosquitto", folder)]
    assert folder.exists()
    assert len(orphans) > 2
    discard(scratch("next"))
    assert not folder.exists()
    assert not any(map(process.alive, orphans))


def test_leaves_the_folders_of_the_living(folder: Path) -> None:
    sweep(folder.parent)
    assert folder.exists()
