"""Debian packages without root: a private apt beside the machine's own.

Invariant: the machine's mirror, proxy settings and keyring are read, never its state; every file is
checked against the archive's signed hashes before anybody unpacks it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import remove
from deploy.local.process import tied
from deploy.local.say import Missing, Progress, megabytes, say

SUITE = "trixie"
KEYRINGS = ("debian-archive-keyring.pgp", "debian-archive-keyring.gpg")
HELP = (
    "install postgresql-17-timescaledb and mosquitto, or use deploy/compose.yaml, "
    "or set FLEET_DATABASE_URL and FLEET_MQTT_URL"
)
SOURCES = Path("/etc/apt")
CONFIG = """\
Dir::Etc::parts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "{here}/sources.list";
Dir::State "{here}/state";
Dir::State::lists "{here}/lists";
Dir::State::status "{here}/status";
Dir::Cache "{here}/cache";
APT::Sandbox::User "{user}";
APT::Architectures {{ "{arch}"; }};
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "60";
"""


@dataclass(frozen=True, slots=True)
class Deb:
    file: str
    size: int
    sha256: str

    def sound(self, folder: Path) -> bool:
        path = folder / self.file
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


class Archive:
    """One folder that knows a Debian suite, and what was downloaded from it."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.debs = here / "debs"

    def open(self) -> None:
        """Read the suite's list of packages from the first of the machine's mirrors that has it."""
        if not (shutil.which("apt-get") and shutil.which("dpkg")):
            raise Missing(f"no apt on this machine to fetch the servers with: {HELP}")
        mirrors = list(dict.fromkeys([*known_mirrors(), *listed_mirrors()]))
        if not mirrors:
            raise Missing(f"apt knows no Debian archive here: {HELP}")
        say("reading the list of Debian packages (10 MB)")
        if not any(self._update(mirror) for mirror in mirrors):
            raise Missing(f"the Debian archive does not answer or has no {SUITE}: {HELP}")

    def _update(self, mirror: str) -> bool:
        remove(self.here / "lists")
        for name in ("lists/partial", "cache/archives/partial", "state", "debs"):
            (self.here / name).mkdir(parents=True, exist_ok=True)
        (self.here / "status").touch()
        keys = [
            str(path) for name in KEYRINGS if (path := Path("/usr/share/keyrings") / name).exists()
        ]
        signed = f"[signed-by={keys[0]}] " if keys else ""
        (self.here / "sources.list").write_text(f"deb {signed}{mirror} {SUITE} main\n")
        (self.here / "apt.conf").write_text(self._config())
        done = self._apt("update", "-q", "--error-on=any", check=False)
        return done.returncode == 0

    def _config(self) -> str:
        arch = ask(["dpkg", "--print-architecture"]).strip()
        user = "root" if os.geteuid() == 0 else ""
        return "".join(machine_settings()) + CONFIG.format(here=self.here, arch=arch, user=user)

    def _apt(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "APT_CONFIG": str(self.here / "apt.conf"), "LC_ALL": "C"}
        # Not in `debs`: apt keeps silent about a file that is there already.
        done = subprocess.run(
            ["apt-get", *words],
            cwd=self.here,
            env=env,
            preexec_fn=tied,
            check=False,
            capture_output=True,
            text=True,
        )
        if check and done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            raise Missing(f"apt-get {words[0]} failed: {' '.join(lines[:1]) or done.returncode}")
        return done

    def find(self, name: str) -> list[str]:
        """Name the one version that the suite has of a package."""
        return [p for p in self.closure([name]) if p.startswith(f"{name}=")]

    def closure(self, names: Sequence[str], without: Iterable[str] = ()) -> list[str]:
        """Name everything these packages need on an empty machine, less what is left out."""
        plan = self._apt("install", "--simulate", "-q", *names).stdout
        found = re.findall(r"^Inst (\S+) \((\S+)", plan, re.MULTILINE)
        leave = re.compile("|".join(without) or r"(?!)")
        return [f"{name}={version}" for name, version in found if not leave.fullmatch(name)]

    def download(self, packages: Sequence[str], what: str) -> list[Path]:
        """Fetch the packages that are not here yet, whole and sound."""
        uris = self._apt("download", "--print-uris", *packages).stdout
        found = re.findall(r"^'[^']*' (\S+) (\d+) SHA256:([0-9a-f]{64})", uris, re.MULTILINE)
        debs = [Deb(file, int(size), sha256) for file, size, sha256 in found]
        wanted = {deb.file: deb for deb in debs if not deb.sound(self.debs)}
        for name in wanted:
            (self.debs / name).unlink(missing_ok=True)
        if wanted:
            self._fetch(
                [p for p in packages if self._file_of(p, wanted)], list(wanted.values()), what
            )
        broken = [deb.file for deb in debs if not deb.sound(self.debs)]
        if broken or len(debs) < len(packages):
            raise Missing(f"could not fetch {what}: {' '.join(broken[:3])} is missing or damaged")
        return [self.debs / deb.file for deb in debs]

    @staticmethod
    def _file_of(package: str, wanted: dict[str, Deb]) -> bool:
        """Whether a file of this `name=version` is wanted; files carry the name before `_`."""
        name = package.partition("=")[0]
        return any(file.partition("_")[0] == name for file in wanted)

    def _fetch(self, packages: list[str], wanted: list[Deb], what: str) -> None:
        total, got = sum(deb.size for deb in wanted), 0
        sizes = {deb.file.partition("_")[0]: deb.size for deb in wanted}
        progress = Progress(f"fetching {what}", len(packages))
        env = {**os.environ, "APT_CONFIG": str(self.here / "apt.conf"), "LC_ALL": "C"}
        command = ["apt-get", "download", "-q", *packages]
        with subprocess.Popen(
            command,
            cwd=self.debs,
            env=env,
            preexec_fn=tied,  # noqa: PLW1509 -- no threads here
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as apt:
            for name in self._names(apt):
                got += sizes.get(name, 0)
                progress.step(name, f"({megabytes(got)} of {megabytes(total)})")
        progress.finish()

    @staticmethod
    def _names(apt: subprocess.Popen[str]) -> Iterable[str]:
        for line in apt.stdout or ():
            found = re.match(r"Get:\d+ \S+ \S+ \S+ (\S+) ", line)
            if found:
                yield found[1]

    def close(self) -> None:
        """Drop what was only needed to fetch."""
        remove(self.here)


def ask(command: list[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def machine_settings() -> list[str]:
    """Copy how this machine reaches its archive: proxies, certificates, checks."""
    skip = re.compile(r"Acquire::(IndexTargets|Changelogs|Languages|CompressionTypes|cdrom)\b")
    lines = ask(["apt-config", "dump"]).splitlines(keepends=True)
    return [
        line
        for line in lines
        if line.startswith("Acquire::") and not skip.match(line) and not line.endswith('"";\n')
    ]


def known_mirrors() -> list[str]:
    """Ask apt which archives of Debian it reads."""
    fields = "$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)"
    lines = ask(
        ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    ).splitlines()
    return [line.split()[-1] for line in lines if line.startswith("Debian Debian main ")]


def listed_mirrors() -> list[str]:
    """Read the sources files, for a machine that has never run `apt-get update`."""
    if not re.search(r"^ID=debian$", read(Path("/etc/os-release")), re.MULTILINE):
        return []
    files = [SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*"))]
    text = "\n".join(map(read, files))
    one_line = re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+\S+\s+.*\bmain\b", text, re.MULTILINE)
    stanzas = re.findall(r"^URIs:\s*(\S+)", text, re.MULTILINE | re.IGNORECASE)
    return [uri for uri in (*one_line, *stanzas) if uri.rstrip("/").endswith("/debian")]


def read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
