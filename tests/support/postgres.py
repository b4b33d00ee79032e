"""A PostgreSQL of the tests' own: Debian's, under its own account, on loopback, in a folder that
goes with it. Each test has a database of its own, copied from one that has the schemas."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from kb.catalogue import Catalogue
from kb.catalogue.connect import HEADS
from kb.catalogue.postgres import MARK, SCHEMAS
from kb.config import Settings

ACCOUNT = "postgres"
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
"""These tests are about what is said to whom, not about what survives a power cut."""

EMPTY = """
DO $$
DECLARE one record; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT schemaname, tablename FROM pg_tables
      WHERE schemaname LIKE 'kb!_%' ESCAPE '!' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', one.schemaname, one.tablename) INTO filled;
    IF filled THEN
      EXECUTE format('TRUNCATE %I.%I RESTART IDENTITY CASCADE', one.schemaname, one.tablename);
    END IF;
  END LOOP;
END $$
"""
"""What is append-only, too: triggers do not fire for a replica."""


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; Debian keeps them off PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    found = Path(on_path) if on_path else debian[-1] if debian else None
    return found.parent if found else None


def _version(path: Path) -> int:
    return int(path.parents[1].name)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class Server:
    """A running server. ``url`` gives a database. ``fast``: settings of the server; ``within``: a
    command that runs it elsewhere (in another network namespace), where it listens on ``host``."""

    bin: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="kb-postgres-")))
    port: int = field(default_factory=free_port)
    fast: tuple[str, ...] = FAST
    host: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    _names: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _shared: str = ""
    _mark: str = ""

    def __post_init__(self) -> None:
        if os.geteuid() == 0:  # it refuses to run as root
            shutil.chown(self.folder, ACCOUNT, ACCOUNT)
        options = ("-E", "UTF8", "--locale=C.UTF-8", "-U", "kb", "-A", "trust", "--no-sync")
        subprocess.run(
            [self.bin / "initdb", "-D", self.folder / "data", *options],
            check=True,
            capture_output=True,
            **self._account(),
        )
        if self.host != "127.0.0.1":
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {self.host}/24 trust\n")
        self.start()

    def _account(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": [], "cwd": self.folder}

    def start(self) -> None:
        listen = "127.0.0.1" if self.host == "127.0.0.1" else f"{self.host},127.0.0.1"
        where = (f"port={self.port}", f"listen_addresses={listen}", "unix_socket_directories=")
        set_to = [f"-c{option}" for option in (*self.fast, *where)]
        account = ("--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups")
        as_whom = (*self.within, "setpriv", *account) if self.within else ()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*as_whom, self.bin / "postgres", "-D", self.folder / "data", *set_to],
                stdout=log,
                stderr=log,
                **({"cwd": self.folder} if self.within else self._account()),
            )
        for _ in range(600):
            try:
                self._admin("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return
        raise TimeoutError((self.folder / "log").read_text("utf-8"))

    def end(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT: at once, as a crash would; SIGINT: cutting connections, in order."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def close(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bare(self, options: str = "") -> str:
        """A database without anything in it."""
        name = f"test_{next(self._names)}"
        self._admin(f"CREATE DATABASE {name} {options}")
        return self._url(name)

    def url(self, home: Path) -> str:
        """A database with the schemas of this program and nothing in them, for this home. Always
        the same one, emptied: making one takes longer than most tests."""
        if not self._shared:
            self._shared = self.bare()
            first = self.folder / "home"
            first.mkdir()
            Catalogue.open(Settings(home=first, database_url=self._shared), create=True).close()
            self._mark = (first / MARK).read_text("ascii")
        else:
            with psycopg.connect(self._shared, autocommit=True) as connection:
                connection.execute(EMPTY)
                for name, head in HEADS.items():
                    schema = SCHEMAS[name]
                    connection.execute(
                        f"UPDATE {schema}.alembic_version SET version_num = '{head}'"
                    )
        home.mkdir(parents=True, exist_ok=True)
        (home / MARK).write_text(self._mark, "ascii")
        return self._shared

    def _url(self, name: str) -> str:
        return f"postgresql://kb@{self.host}:{self.port}/{name}"

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
