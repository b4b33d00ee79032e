"""What a fault costs: writes lost, answers wrong, seconds until all goes on.

    python benchmarks/faults.py [--seconds 10] [--only WORD] [--cable]

Starts a PostgreSQL (that writes to the disk as one in use does) and a milvus-lite of its own on
loopback, makes a base of a few of the example papers in both, and breaks one thing at a time while
two threads write lines of the audit log and two ask a question:

- a server restarted in order, or killed and started;
- the network cut for some seconds, silently (nothing passes, nobody is told) or refusing, by a
  proxy between the program and the server (`tests/support/cut.py`).

``--cable`` (Linux, root, `ip` and `unshare`) pulls the cable instead: the program in one network
namespace, PostgreSQL and Milvus in another, a link between them that is taken down, so that packets
are lost and both systems have to find out; once for ``--seconds``, once for four times as long; and
how long a lock is held whose holder was cut off for good. Nothing of the machine's own network is
touched.

Lost: acknowledged by the program and not there afterwards. Stood still: the longest time between
two acknowledged writes (or answers). Back: from the end of the fault to the first of them.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path

from sqlalchemy.engine import make_url

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.catalogue.audit_archive import verify
from kb.catalogue.dialect import exclusive, lock_number
from kb.config import Settings
from kb.errors import KbError
from kb.model import Scope
from tests.support.cut import Network
from tests.support.load import Load
from tests.support.milvus import Lite
from tests.support.postgres import Server, programs

ROOT = Path(__file__).resolve().parents[1]
ALL = Scope.everything(as_of=date(2026, 3, 2))
QUESTION = "外借公章谁批"
SAFE = ("autovacuum=off",)
"""What the tests turn off to be quick (fsync, synchronous commits) is on here."""
HERE, THERE = "10.77.77.1", "10.77.77.2"

Fault = Callable[[], None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the network is cut")
    parser.add_argument("--only", default="", help="faults with this word in their name")
    parser.add_argument("--cable", action="store_true", help="pull the cable, in namespaces")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.cable and not args.inside:
        again = ["unshare", "--net", sys.executable, __file__, *sys.argv[1:], "--inside"]
        raise SystemExit(subprocess.run(again, check=False).returncode)
    if (folder := programs()) is None:
        raise SystemExit("PostgreSQL is not installed (Debian: postgresql)")
    print(
        "| fault | writes acknowledged / refused / lost | answers right / refused / wrong "
        "| stood still: writes, answers (s) | back: writes, answers (s) |\n|---|---|---|---|---|"
    )
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kb-faults-")))
        (cable if args.inside else ordinary)(stack, folder, home, args)


def ordinary(stack: ExitStack, folder: Path, home: Path, args: argparse.Namespace) -> None:
    server = Server(folder, fast=SAFE)
    stack.callback(server.close)
    lite = Lite()
    stack.callback(lite.close)
    networks = {"PostgreSQL": Network(server.port), "Milvus": Network(lite.port)}
    for network in networks.values():
        stack.callback(network.close)
    url = make_url(server.bare()).set(port=networks["PostgreSQL"].port)
    settings = Settings(
        home=home / "home",
        engine="milvus",
        milvus_uri=f"http://127.0.0.1:{networks['Milvus'].port}",
        database_url=url.render_as_string(hide_password=False),
        workers=1,
    )

    def restart(how: signal.Signals) -> Fault:
        def act() -> None:
            server.end(how)
            server.start()

        return act

    def killed() -> None:
        lite.kill()
        lite.start()

    def cut(network: Network, how: str) -> Fault:
        def act() -> None:
            getattr(network, how)()
            time.sleep(args.seconds)
            network.mend()

        return act

    faults: dict[str, Fault] = {
        "PostgreSQL restarted in order": restart(signal.SIGINT),
        "PostgreSQL ended as by a crash, started": restart(signal.SIGQUIT),
        "Milvus killed, started": killed,
    }
    for name, network in networks.items():
        for how, words in (("silent", "silent"), ("refuse", "refusing")):
            faults[f"network to {name} {words} for {args.seconds:g} s"] = cut(network, how)
    run(settings, made(home), faults, args.only)


def cable(stack: ExitStack, folder: Path, home: Path, args: argparse.Namespace) -> None:
    """Inside a namespace of our own."""
    end = stack.enter_context(linked())
    enter = ["nsenter", f"--net=/proc/{end}/ns/net"]
    server = Server(folder, fast=SAFE, host=THERE, within=tuple(enter))
    stack.callback(server.close)
    lite = Lite(THERE, tuple(enter))
    stack.callback(lite.close)
    settings = Settings(
        home=home / "home",
        engine="milvus",
        milvus_uri=lite.uri,
        database_url=server.bare(),
        workers=1,
    )

    def pulled(seconds: float) -> Fault:
        def act() -> None:
            subprocess.run([*enter, "ip", "link", "set", "kb1", "down"], check=True)
            time.sleep(seconds)
            subprocess.run([*enter, "ip", "link", "set", "kb1", "up"], check=True)

        return act

    faults = {
        f"cable to PostgreSQL and Milvus pulled for {seconds:g} s": pulled(seconds)
        for seconds in (args.seconds, 4 * args.seconds)
    }
    run(settings, made(home), faults, args.only)
    print(f"\nA lock of a client that was cut off was free after {held(settings, enter):.1f} s.")


def held(settings: Settings, enter: list[str]) -> float:
    """Seconds until the server gives free what a client holds whose cable was pulled for good."""
    url = make_url(settings.database_url).set(host="127.0.0.1").render_as_string()
    wait = f"import psycopg; psycopg.connect({url!r}).execute('SELECT pg_advisory_xact_lock({{}})')"
    seconds = float("nan")
    with (
        suppress(KbError),  # at the end: its own connection is dead by then
        Catalogue.open(settings) as catalogue,
        exclusive(catalogue._people, "cut off"),
    ):
        subprocess.run([*enter, "ip", "link", "set", "kb1", "down"], check=True)
        began = time.monotonic()
        code = wait.format(lock_number("cut off"))
        subprocess.run([*enter, sys.executable, "-c", code], check=True, timeout=600)
        seconds = time.monotonic() - began
        subprocess.run([*enter, "ip", "link", "set", "kb1", "up"], check=True)
    return seconds


@contextmanager
def linked() -> Iterator[int]:
    """A second namespace with a link to this one, the number of a process in it."""
    own = Path("/proc/self/ns/net")
    other = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        while own.readlink() == Path(f"/proc/{other.pid}/ns/net").readlink():
            time.sleep(0.05)
        enter = ["nsenter", f"--net=/proc/{other.pid}/ns/net", "ip"]
        for command in (
            ["ip", "link", "set", "lo", "up"],
            ["ip", "link", "add", "kb0", "type", "veth", "peer", "kb1", "netns", str(other.pid)],
            ["ip", "address", "add", f"{HERE}/24", "dev", "kb0"],
            ["ip", "link", "set", "kb0", "up"],
            [*enter, "link", "set", "lo", "up"],
            [*enter, "address", "add", f"{THERE}/24", "dev", "kb1"],
            [*enter, "link", "set", "kb1", "up"],
        ):
            subprocess.run(command, check=True)
        yield other.pid
    finally:
        other.kill()
        other.wait()


def made(home: Path) -> Path:
    """A folder with the paper that answers and three others."""
    folder = home / "papers"
    folder.mkdir()
    found = sorted((ROOT / "corpus").rglob("*.md"))
    seals = [path for path in found if "公章" in path.read_text("utf-8")]
    for path in [*seals[:1], *found[:3]]:
        shutil.copy(path, folder)
    return folder


def run(settings: Settings, papers: Path, faults: dict[str, Fault], only: str) -> None:
    index(settings, [papers], Options())
    with KnowledgeBase.open(settings) as base:

        def ask() -> object:
            return [(hit.id, hit.text) for hit in base.search(QUESTION, ALL).hits]

        for name, fault in faults.items():
            if only and only not in name:
                continue
            with Load(base.audit, ask) as load:
                load.until(30)
                fault()
                ended = time.monotonic()
                load.until(30, 600)
            found, back = load.count(), load.back(ended)
            print(
                f"| {name} | {found.acknowledged} / {found.refused} / {len(found.lost)} "
                f"| {found.reads} / {found.failed} / {len(found.wrong)} "
                f"| {found.stood_still:.1f}, {found.silent:.1f} "
                f"| {back[0]:.1f}, {back[1]:.1f} |",
                flush=True,
            )
            for said in sorted(found.said):
                print(f"    said: {said}", file=sys.stderr)
            for strange in found.strange:
                print(f"    not in words: {strange!r}", file=sys.stderr)
            if found.unasked or found.doubled or not verify(base.audit).good:
                raise SystemExit(
                    f"{name}: {found.unasked}, {found.doubled} twice, or a broken chain"
                )


if __name__ == "__main__":
    main()
