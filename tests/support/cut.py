"""A network that can be cut: a proxy for TCP on loopback between the program and a server.

Two ways in which a network fails:

- `silent`: nothing passes any more and nobody is told (a cable, a firewall that drops). What was
  under way arrives when it is mended, as TCP sends it again; connections live on.
- `refuse`: what is connected is cut off, and nobody gets in (a router that answers for a host that
  is gone, a server that ended).
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from contextlib import suppress

CHUNK = 65536


class Network:
    """Forwards ``127.0.0.1:port`` to a server, until it is cut; `mend` undoes either cut."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._up = threading.Event()
        self._up.set()
        self._refusing = False
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._door.getsockname()[1])
        self._start(self._accept)

    def silent(self) -> None:
        """Nothing passes; connections stay open."""
        self._up.clear()

    def refuse(self) -> None:
        """Cut off what is connected, let nobody in."""
        self._refusing = True
        with self._lock:
            for end in self._ends:
                # The thread that carries for it wakes up and closes it; closed here, it would not.
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Everything passes again."""
        self._refusing = False
        self._up.set()

    def close(self) -> None:
        """End it. Idempotent."""
        self.refuse()
        self._up.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    @staticmethod
    def _start(target: object, *args: object) -> None:
        threading.Thread(target=target, args=args, daemon=True).start()  # type: ignore[arg-type]

    def _accept(self) -> None:
        while True:
            try:
                came, _ = self._door.accept()
            except OSError:
                return
            if self._refusing:
                _reset(came)
            else:
                self._start(self._carry, came)

    def _carry(self, came: socket.socket) -> None:
        self._up.wait()  # a greeting that is lost is sent again
        try:
            went = socket.create_connection(("127.0.0.1", self._to), timeout=10)
        except OSError:
            _reset(came)
            return
        went.settimeout(None)
        with self._lock:
            self._ends |= {came, went}
        other = {came: went, went: came}
        with selectors.DefaultSelector() as ready, suppress(OSError, ValueError):
            for end in other:
                ready.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    end = key.fileobj
                    assert isinstance(end, socket.socket)
                    said = end.recv(CHUNK)
                    self._up.wait()
                    if not said:
                        raise OSError
                    other[end].sendall(said)
        with self._lock:
            self._ends -= {came, went}
        for end in other:
            _reset(end)


def _reset(end: socket.socket) -> None:
    """Close it so that the other side is told at once."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()
