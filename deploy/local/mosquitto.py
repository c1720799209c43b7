"""A private Mosquitto broker, in one folder.

Invariant: it keeps its port and its queues over a restart, and nothing that a `kill -9` left behind
stands in the way of the next start.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import quote

from deploy.local import process
from deploy.local.account import account_of
from deploy.local.programs import Binaries
from deploy.local.say import Missing

#: Everybody's rights are in the access list; these two have a password from the start.
SERVICE, SIMULATOR = "fleet", "simulator"
SETTINGS = Path(__file__).with_name("mosquitto.conf")
ACCESS = Path(__file__).with_name("mosquitto.acl")
ROUNDS = 101


class Broker:
    """One broker. `start()` may be called at any time and does what is still missing."""

    def __init__(
        self, folder: Path, binaries: Binaries, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.log = self.folder / "log"
        self.program = binaries.mosquitto
        self.settings = dict(settings or {})
        self.account = account_of(self.folder / "data")

    # Facts

    @property
    def url(self) -> str:
        return self.url_of(SERVICE)

    def url_of(self, user: str) -> str:
        return f"mqtt://{quote(user)}:{quote(self.password_of(user))}@{process.HOST}:{self.port}"

    @property
    def port(self) -> int:
        try:
            return int((self.folder / "port").read_text())
        except OSError:
            raise Missing(
                "Mosquitto was never started here: `python3 -m deploy.local up`"
            ) from None

    def password_of(self, user: str) -> str:
        return self._secrets()[user]

    @property
    def pid(self) -> int | None:
        """Name the broker, when one runs and is this folder's."""
        return next(process.serving("mosquitto", self.folder), None)

    def running(self) -> bool:
        return self.pid is not None

    # Life

    def init(self) -> None:
        """Make the folder, the passwords and the access list, unless they are there."""
        if not self.account.reaches(self.folder.parent):
            raise Missing(f"the account that runs Mosquitto cannot reach {self.folder}")
        self.account.folder(self.folder)
        self.account.folder(self.folder / "data")
        known = self._secrets()
        for user in (SERVICE, SIMULATOR):
            known.setdefault(user, secrets.token_urlsafe(24))
        self._keep(known)
        self.account.write(self.folder / "acl", ACCESS.read_text())

    def add(self, user: str, password: str | None = None) -> str:
        """Let one more terminal or receiver sign in; return its address."""
        secret = password or secrets.token_urlsafe(24)
        self._keep({**self._secrets(), user: secret})
        pid = self.pid
        if pid:
            os.kill(pid, signal.SIGHUP)
            process.until(lambda: admits(self.port, user, secret), 5)
        return self.url_of(user)

    def start(self) -> None:
        """Start the broker, unless it runs."""
        self.init()
        if self.running() and self._ready():
            return
        self.kill9()
        for _ in range(3):
            if self._try_start():
                return
        raise Missing(f"Mosquitto does not start: {self._last_words()}")

    def stop(self) -> None:
        """End the broker as the system would: it saves its queues first."""
        process.kill(process.serving("mosquitto", self.folder), signal.SIGTERM, 30)

    def kill9(self) -> None:
        process.kill(process.serving("mosquitto", self.folder))

    # Steps

    def _try_start(self) -> bool:
        port = process.choose(self.folder / "port")
        self.account.write(self.folder / "port", f"{port}\n")
        self.account.write(self.folder / "conf", self._settings(port))
        subprocess.run(
            [str(self.program), "-d", "-c", str(self.folder / "conf")],
            check=False,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.account.identity,
        )
        process.until(lambda: self._ready() or not self.running(), 10)
        if self.running() and self._ready():
            return True
        self.kill9()
        return False

    def _ready(self) -> bool:
        """Whether the one who answers at our port is ours: it knows our password."""
        return admits(self.port, SERVICE, self.password_of(SERVICE))

    def _settings(self, port: int) -> str:
        text = Template(SETTINGS.read_text()).substitute(port=port, folder=self.folder)
        names = tuple(f"{key} " for key in self.settings)
        kept = [line for line in text.splitlines() if not (names and line.startswith(names))]
        return "\n".join([*kept, *(f"{k} {v}" for k, v in self.settings.items()), ""])

    def _secrets(self) -> dict[str, str]:
        path = self.folder / "secrets"
        lines = path.read_text().splitlines() if path.exists() else []
        return dict(line.split(":", 1) for line in lines)

    def _keep(self, known: Mapping[str, str]) -> None:
        plain = "".join(f"{user}:{password}\n" for user, password in known.items())
        hashed = "".join(f"{user}:{digest(password)}\n" for user, password in known.items())
        self.account.write(self.folder / "secrets", plain)
        self.account.write(self.folder / "passwords", hashed)

    def _last_words(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        lines = text.strip().splitlines()
        return f"{lines[-1] if lines else 'it left no log'} ({self.log})"


def admits(port: int, user: str, password: str) -> bool:
    """Try to sign in, with the shortest MQTT 3.1.1 conversation there is."""
    fields = ("", user, password)  # an empty client id: the broker names us, and forgets us
    payload = b"".join(len(text.encode()).to_bytes(2, "big") + text.encode() for text in fields)
    body = b"\x00\x04MQTT\x04\xc2\x00\x0a" + payload
    try:
        with socket.create_connection((process.HOST, port), timeout=2) as line:
            line.sendall(b"\x10" + bytes([len(body)]) + body)
            return line.recv(4) == b"\x20\x02\x00\x00"
    except OSError:
        return False


def digest(password: str) -> str:
    """Hash a password as `mosquitto_passwd` does."""
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
