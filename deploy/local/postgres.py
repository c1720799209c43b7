"""A private PostgreSQL server with TimescaleDB, in one folder.

Invariant: a cluster whose `data` exists is whole (initdb works beside it, then renames), and what a
`kill -9` of anything left behind never stands in the way of the next start.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deploy.local import process
from deploy.local.account import account_of, remove
from deploy.local.programs import Binaries
from deploy.local.say import Missing

USER = "fleet"
DATABASE = "fleet"
SETTINGS = Path(__file__).with_name("postgres.conf")
ACCESS = """\
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
local replication all scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""
#: The kernel's limit for a socket's path is 107 characters; the name itself takes 20.
LONGEST_SOCKET_FOLDER = 85
INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class Cluster:
    """One server. `init()` and `start()` may be called at any time and do what is still missing."""

    def __init__(
        self, folder: Path, binaries: Binaries, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.programs = binaries
        self.settings = dict(settings or {})
        self.account = account_of(self.folder / "data")

    # Facts

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{quote(self.password)}@{process.HOST}:{self.port}/{database}"

    @property
    def password(self) -> str:
        return self._noted("password")

    @property
    def port(self) -> int:
        return int(self._noted("port"))

    def _noted(self, what: str) -> str:
        try:
            return (self.folder / what).read_text().strip()
        except OSError:
            raise Missing(
                "PostgreSQL was never started here: `python3 -m deploy.local up`"
            ) from None

    @property
    def pid(self) -> int | None:
        """Name the postmaster, when one runs and is this folder's."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if process.serves(pid, "postgres", self.data) else None

    def running(self) -> bool:
        return self.pid is not None

    # Life

    def init(self) -> None:
        """Make the cluster, unless it is there."""
        if not self.account.reaches(self.folder.parent):
            raise Missing(f"the account that runs PostgreSQL cannot reach {self.folder}")
        self.account.folder(self.folder)
        if (self.data / "PG_VERSION").exists():
            self._same_version()
            return
        remove(self.data)
        draft = self.folder / "data.new"
        remove(draft)
        self.account.write(self.folder / "password", secrets.token_urlsafe(24) + "\n")
        secret = f"--pwfile={self.folder / 'password'}"
        hasty = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        self._run("initdb", f"--pgdata={draft}", f"--username={USER}", secret, *INITDB, *hasty)
        self.account.write(draft / "pg_hba.conf", ACCESS)
        draft.rename(self.data)

    def start(self) -> None:
        """Start the server, unless it runs, and make its database, unless it is there."""
        self.init()
        if not self.running():
            self._sweep()
            for _ in range(3):
                if self._try_start():
                    break
            else:
                raise Missing(f"PostgreSQL does not start: {self._last_words()}")
        self._make_database()

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `smart`, `fast` or `immediate`."""
        if self.running():
            self._run("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self.data}")

    def kill9(self) -> None:
        """Kill the postmaster as a crash would, and wait until its children have noticed."""
        pid = self.pid
        if pid is None:
            return
        children = process.children(pid)
        process.kill([pid])
        process.until(lambda: not any(map(process.alive, children)), 5)
        process.kill(process.serving("postgres", self.data))

    # Steps

    def _same_version(self) -> None:
        made, here = (
            (self.data / "PG_VERSION").read_text().strip(),
            self.programs.postgres.parent.name,
        )
        if made != here:
            raise Missing(f"{self.data} was made by PostgreSQL {made}, here is {here}; remove it")

    def _sweep(self) -> None:
        """End orphans of a killed server and drop its locks: their process is not ours, or dead.

        PostgreSQL would honour a lock whose process nobody has buried, as in many containers.
        """
        process.kill(process.serving("postgres", self.data))
        for lock in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _try_start(self) -> bool:
        port = process.choose(self.folder / "port")
        self.account.write(self.folder / "port", f"{port}\n")
        self.account.write(self.data / "postgresql.auto.conf", self._settings(port))
        command = [
            str(self.programs.postgres / "pg_ctl"), "start", "--wait", "--timeout=60",
            f"--pgdata={self.data}", f"--log={self.log}",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            check=False,
            cwd=self.data,
            env=self._env(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.account.identity,
        )
        return done.returncode == 0

    def _settings(self, port: int) -> str:
        sockets = self.folder if len(str(self.folder)) < LONGEST_SOCKET_FOLDER else ""
        own = {"port": str(port), "unix_socket_directories": f"'{sockets}'", **self.settings}
        return SETTINGS.read_text() + "".join(f"{key} = {value}\n" for key, value in own.items())

    def _make_database(self) -> None:
        known = self.psql("select datname from pg_database", "postgres").split()
        if DATABASE not in known:
            self.psql(f"create database {DATABASE}", "postgres")

    def psql(self, query: str, database: str = DATABASE) -> str:
        """Run one statement and return what psql prints, bare."""
        return self._run("psql", "-XAtqv", "ON_ERROR_STOP=1", "-c", query, self.url_of(database))

    def _run(self, program: str, *words: str) -> str:
        done = subprocess.run(
            [str(self.programs.postgres / program), *words],
            check=False,
            cwd=self.folder,
            env=self._env(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self.account.identity,
        )
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            raise Missing(f"{program} failed: {reason[-1]}")
        return done.stdout

    def _env(self) -> dict[str, str]:
        """Our environment without what would steer PostgreSQL's programs elsewhere."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, "HOME": str(self.folder), "LC_ALL": "C", "TZ": "UTC"}

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        telling = [line for line in lines if "FATAL" in line or "ERROR" in line] or lines
        return f"{telling[-1] if telling else 'it left no log'} ({self.log})"
