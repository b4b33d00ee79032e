"""A milvus-lite server of the tests' own: a process on loopback, in a folder that goes with it. It
stands in for a Milvus server through the same client; it is one process and distributes nothing."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from kb.config import Settings
from kb.engine.milvus.server import Server
from kb.errors import EngineError
from tests.support.postgres import free_port

MISSING = "milvus-lite is not installed (pip install 'shuniu[dev]')"


class Lite:
    """Runs ``milvus-lite server``. ``kill`` is what a power cut does, ``start`` what follows it.
    ``within``: a command that runs it elsewhere, where it listens on ``host``."""

    def __init__(self, host: str = "127.0.0.1", within: tuple[str, ...] = ()) -> None:
        self.host, self.within = host, within
        self.folder = Path(tempfile.mkdtemp(prefix="kb-milvus-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def uri(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        where = ("--data-dir", str(self.folder / "data"), "--host", self.host)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.within, sys.executable, "-m", "milvus_lite", "server", *where,
                 "--port", str(self.port)],
                stdout=log,
                stderr=log,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        for _ in range(120):
            with suppress(EngineError):
                Server(self.settings(self.folder)).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.25)
        raise RuntimeError((self.folder / "log").read_text("utf-8"))

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, home: Path, *, keep: int = 3) -> Settings:
        """Of a base of its own, named after its home."""
        name = "t" + hashlib.blake2b(str(home).encode(), digest_size=8).hexdigest()
        return Settings(
            home=home,
            engine="milvus",
            milvus_uri=self.uri,
            milvus_name=name,
            keep_generations=keep,
            workers=1,
        )


_running: list[Lite] = []


def lite() -> Lite:
    """The server of this process; skipped with a reason where it is not installed."""
    if find_spec("milvus_lite") is None or find_spec("pymilvus") is None:
        if os.environ.get("KB_REQUIRE_ALL") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    if not _running:
        _running.append(Lite())
        atexit.register(_running[0].close)
    return _running[0]


def forget(settings: Settings) -> None:
    """Remove the collections of a base: what lies there makes the next test slower."""
    server = Server(settings)
    with suppress(EngineError):
        aliases = server.client.list_aliases()
        found = aliases.get("aliases", ()) if isinstance(aliases, dict) else aliases
        if settings.milvus_name in found:
            server.client.drop_alias(settings.milvus_name)
        for name in server.client.list_collections():
            if name.startswith(settings.milvus_name):
                server.client.drop_collection(name)
    server.close()
