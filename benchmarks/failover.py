"""What the loss of PostgreSQL's leader costs: Patroni over etcd, two nodes, synchronous.

    python benchmarks/failover.py [--patroni FILE] [--ttl 30] [--rounds 2]

Needs etcd (Debian: `etcd-server`), PostgreSQL (`postgresql`) and Patroni, in an environment of its
own (`python -m venv X; X/bin/pip install 'patroni[etcd3,psycopg3]' 'psycopg[binary]'`). All of it
runs on loopback in a temporary folder, under PostgreSQL's account, and is ended afterwards.

Two threads write lines of the audit log and two ask a question, by a ``KB_DATABASE_URL`` with both
nodes in it (``host=a&host=b&target_session_attrs=read-write``). Then the leader is lost as if its
machine were: its Patroni and every process of its PostgreSQL are killed at once (-9). Counted: what
was acknowledged and is not there, answers that are wrong, seconds in which nothing was written.
Afterwards the lost node is started again and has to follow; the next round kills the other one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import psycopg

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue.audit_archive import verify
from kb.config import Settings
from kb.model import Scope
from tests.support.load import Found, Load
from tests.support.postgres import ACCOUNT, free_port, programs

ALL = Scope.everything(as_of=date(2026, 3, 2))
PAPER = "# 印章管理办法\n\n第一条　外借公章须经局长批准。\n"
HEAD = (
    "| leader lost | writes acknowledged / refused / lost | answers right / refused / wrong "
    "| stood still: writes, answers (s) |\n|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patroni", default=shutil.which("patroni") or "patroni")
    parser.add_argument("--ttl", type=int, default=30, help="seconds (20 at least; Patroni's 30)")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    if missing := lacking(args.patroni):
        raise SystemExit(missing)
    print(HEAD)
    for number, found in enumerate(rounds(args.patroni, args.ttl, args.rounds), start=1):
        print(
            f"| round {number}, ttl {args.ttl} s "
            f"| {found.acknowledged} / {found.refused} / {len(found.lost)} "
            f"| {found.reads} / {found.failed} / {len(found.wrong)} "
            f"| {found.stood_still:.1f}, {found.silent:.1f} |",
            flush=True,
        )
        for said in [*sorted(found.said), *map(repr, found.strange)]:
            print(f"    {said}", file=sys.stderr)


def tools() -> Path | None:
    """PostgreSQL's programs with those that Patroni needs; some systems put only a few on PATH."""
    for folder in (programs(), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)):
        if folder and all((folder / name).exists() for name in ("pg_isready", "pg_rewind")):
            return folder
    return None


def lacking(patroni: str) -> str:
    """Why this cannot run here; "" where it can."""
    if os.name == "nt" or tools() is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    if shutil.which("etcd") is None:
        return "etcd is not installed (Debian: etcd-server)"
    if shutil.which(patroni) is None:
        return "Patroni is not installed (a venv with patroni[etcd3,psycopg3]; --patroni FILE)"
    return ""


def rounds(patroni: str, ttl: int, times: int) -> Iterator[Found]:
    """One loss of the leader after another.

    Raises:
        RuntimeError: what is there afterwards is not what was asked for, or the chain is broken.
    """
    with cluster(patroni, ttl) as nodes, tempfile.TemporaryDirectory() as folder:
        papers = Path(folder) / "papers"
        papers.mkdir()
        (papers / "印章.md").write_text(PAPER, "utf-8")
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in nodes)
        url = f"postgresql://kb@/kb?{hosts}&target_session_attrs=read-write"
        settings = Settings(home=Path(folder) / "home", database_url=url, workers=1)
        index(settings, [papers], Options())
        with KnowledgeBase.open(settings) as base:

            def ask() -> object:
                return [(hit.id, hit.text) for hit in base.search("外借公章谁批", ALL).hits]

            for _ in range(times):
                leader = wait(lambda: whole(nodes), 300, "two nodes, one of them synchronous")
                with Load(base.audit, ask) as load:
                    load.until(50)
                    leader.lose()
                    load.until(50, 300)
                found = load.count()
                if found.unasked or found.doubled or not verify(base.audit).good:
                    raise RuntimeError(f"{found.unasked}, {found.doubled} twice, or a broken chain")
                yield found
                leader.start()


@dataclass(slots=True)
class Node:
    """A PostgreSQL and the Patroni that looks after it."""

    name: str
    folder: Path
    patroni: str
    settings: dict[str, Any]
    port: int
    rest: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Patroni starts PostgreSQL, as leader, or as what follows it."""
        file = self.folder / f"{self.name}.yml"
        file.write_text(json.dumps(self.settings), "ascii")  # JSON is YAML
        self.process = started(self.folder, [self.patroni, str(file)], self.name)

    def lose(self) -> None:
        """As if its machine had lost its power."""
        pid = int((self.folder / self.name / "postmaster.pid").read_text("ascii").split()[0])
        server = psutil.Process(pid)
        doomed = [psutil.Process(self.process.pid), server] if self.process else [server]
        for one in [*doomed, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.end()

    def end(self) -> None:
        """Patroni ends, and PostgreSQL with it. Idempotent."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None


@contextmanager
def cluster(patroni: str, ttl: int) -> Iterator[list[Node]]:
    """etcd and two nodes, with a database and an account ``kb``."""
    bin_folder = tools()
    assert bin_folder is not None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kb-patroni-")))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        stack.callback(
            ended,
            started(
                folder,
                ["etcd", "--data-dir", "etcd", "--listen-client-urls", client,
                 "--advertise-client-urls", client, "--listen-peer-urls", peer,
                 "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"],
                "etcd",
            ),
        )  # fmt: skip
        nodes = [node(name, folder, patroni, bin_folder, client, ttl) for name in ("a", "b")]
        for one in nodes:
            one.start()
            stack.callback(one.end)
            wait(lambda: role(one) in ("primary", "replica"), 120, f"node {one.name}")  # noqa: B023
        leader = wait(lambda: whole(nodes), 300, "two nodes, one of them synchronous")
        admin = f"postgresql://postgres@127.0.0.1:{leader.port}/postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE ROLE kb LOGIN")
            connection.execute(
                "CREATE DATABASE kb OWNER kb TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            )
        yield nodes


def node(name: str, folder: Path, patroni: str, bin_folder: Path, etcd: str, ttl: int) -> Node:
    port, rest = free_port(), free_port()
    trust = [f"host {who} 127.0.0.1/32 trust" for who in ("all all", "replication replicator")]
    settings = {
        "scope": "kb",
        "name": name,
        "restapi": {"listen": f"127.0.0.1:{rest}", "connect_address": f"127.0.0.1:{rest}"},
        "etcd3": {"hosts": etcd.removeprefix("http://")},
        "bootstrap": {
            "dcs": {
                "ttl": ttl,
                "loop_wait": max(1, (ttl - 10) // 2),
                "retry_timeout": 5,
                "synchronous_mode": True,
                "postgresql": {"use_pg_rewind": True},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{port}",
            "connect_address": f"127.0.0.1:{port}",
            "data_dir": str(folder / name),
            "bin_dir": str(bin_folder),
            "pgpass": str(folder / f"{name}.pgpass"),
            "pg_hba": trust,
            "authentication": {
                "superuser": {"username": "postgres"},
                "replication": {"username": "replicator"},
            },
            "parameters": {"unix_socket_directories": str(folder), "wal_log_hints": "on"},
        },
    }
    return Node(name, folder, patroni, settings, port, rest)


def started(folder: Path, command: list[str], name: str) -> subprocess.Popen[bytes]:
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
    with (folder / f"{name}.log").open("ab") as log:
        home = os.environ | {"HOME": str(folder)}
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=home, **account)


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(60)


def role(of: Node) -> str:
    """primary, replica, sync_standby; "" where it does not run."""
    with suppress(OSError, urllib.error.URLError, ValueError):
        with urllib.request.urlopen(f"http://127.0.0.1:{of.rest}/patroni", timeout=5) as answer:
            told = json.load(answer)
        if told.get("state") == "running":
            said = "sync_standby" if told.get("sync_standby") else str(told.get("role"))
            return "primary" if said == "master" else said
    return ""


def whole(nodes: list[Node]) -> Node | None:
    """The leader, where the other one follows synchronously."""
    roles = {role(one): one for one in nodes}
    return roles.get("primary") if "sync_standby" in roles else None


def wait(until: Callable[[], Any], seconds: float, what: str) -> Any:
    began = time.monotonic()
    while not (found := until()):
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not there after {seconds} s: {what}")
        time.sleep(0.2)
    return found


if __name__ == "__main__":
    main()
