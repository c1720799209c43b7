"""A TCP proxy on loopback that can hold back one direction, or be away.

Clean fault injection: the programs on both sides are the real ones and know nothing of it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Proxy:
    """Forwards to a port; can keep what clients send from arriving, or refuse all."""

    def __init__(self, target: Callable[[], int]) -> None:
        self.target = target
        self._open = threading.Event()
        self._open.set()
        self._away = False
        self._connections = self._held = 0
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """What the present clients send is not passed on any more; what servers send is."""
        self._held = self._connections
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def leave(self) -> None:
        """Cut every connection and take no new one."""
        self._away = True
        self.cut()

    def come_back(self) -> None:
        self._away = False

    def cut(self) -> None:
        """Cut every connection, held bytes and all."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for end in pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.set()

    def close(self) -> None:
        self._away = True
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                if self._away:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self.target()), timeout=2)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._connections += 1
            with self._lock:
                self._pairs |= {client, server}
            self._pump(client, server, self._connections)
            self._pump(server, client, None)

    def _pump(self, source: socket.socket, sink: socket.socket, number: int | None) -> None:
        threading.Thread(target=self._copy, args=(source, sink, number), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket, number: int | None) -> None:
        try:
            while data := source.recv(65536):
                if number is not None and number <= self._held:
                    self._open.wait()
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            with self._lock:
                self._pairs.discard(end)
