"""What ships in deploy/, checked as far as it can be where no container engine runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from fleet.ingest.formats import FORMATS
from fleet.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
OPERATORS_OWN = {"fleet.toml", "secrets", "mosquitto/passwords", "mosquitto/certs"}
"""What the runbook has the operator make; never in the repository."""


def test_every_service_runs_a_command_that_exists() -> None:
    commands = {s["command"][0] for s in COMPOSE["services"].values() if "command" in s}
    listed = subprocess.run(
        [shutil.which("fleet") or ".venv/bin/fleet", "--help"],
        check=True, capture_output=True, text=True, cwd=DEPLOY.parent,
    ).stdout  # fmt: skip
    assert commands == {"migrate", "run", "api", "outbox"}
    assert all(re.search(rf"^  {c} ", listed, re.MULTILINE) for c in commands)


def test_images_are_pinned_and_nothing_is_privileged() -> None:
    for name, service in COMPOSE["services"].items():
        image = service["image"]
        assert not service.get("privileged"), name
        assert image == "fleet:latest" or re.search(r":\d", image), f"{name}: {image}"


def test_only_the_proxy_and_the_broker_are_reachable_from_outside() -> None:
    assert {n for n, s in COMPOSE["services"].items() if "ports" in s} == {"broker", "proxy"}


def test_every_volume_secret_and_dependency_is_declared() -> None:
    for name, service in COMPOSE["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                own = any(source[2:].startswith(o) for o in OPERATORS_OWN)
                assert own or (DEPLOY / source).exists(), f"{name}: {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name}: {source}"
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert set(service.get("depends_on", [])) <= set(COMPOSE["services"]), name
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"]), name


def test_the_dockerfile_copies_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in line.split():
            assert (DEPLOY.parent / source).exists(), source
    assert re.search(r"^USER fleet$", text, re.MULTILINE)


def test_the_example_settings_are_accepted() -> None:
    text = (DEPLOY / "fleet.toml.example").read_text(encoding="utf-8")
    every = re.sub(
        r"^# (?=\[\[feeds|(name|kind|address|allow|filter|format|station) =)",
        "",
        text,
        flags=re.MULTILINE,
    )
    settings = Settings(**tomllib.loads(every))
    assert len(settings.feeds) == 7
    assert {key for f in settings.feeds for key in f.formats} <= set(FORMATS)


def test_the_brokers_rules_are_those_that_the_local_stack_tries() -> None:
    def rules(path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?ms)^user simulator$.*?^$", "", text)
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    assert rules(DEPLOY / "mosquitto/acl") == rules(DEPLOY / "local/mosquitto.acl")


def test_the_broker_keeps_what_it_acknowledged() -> None:
    def keeping(path: Path) -> set[str]:
        words = (
            "persistence true",
            "autosave_interval",
            "max_queued",
            "max_inflight",
            "allow_anon",
        )
        return {x for x in path.read_text(encoding="utf-8").splitlines() if x.startswith(words)}

    production = keeping(DEPLOY / "mosquitto/mosquitto.conf")
    assert production == keeping(DEPLOY / "local/mosquitto.conf")
    assert len(production) == 6


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda u: u.name)
def test_units_are_hardened(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "User=fleet"):
        assert line in text, line
    assert "postgresql://" not in text, "secrets come as credentials"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(re.sub(r"/opt/fleet/\S+", "/bin/true", text), "utf-8")
    said = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    ours = [line for line in said.stderr.splitlines() if "fleet-" in line]
    assert ours == [], "\n".join(ours)
