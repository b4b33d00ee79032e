"""Several page servers and an indexer on one base, under users: answers a second, p95, errors,
wrong answers; and what a lost server costs.

    python benchmarks/serve_load.py --seconds 60 [--users 20] [--servers 2] [--engine milvus]
                                    [--kill 20] [--indexers 1] [--think 1.0] [--port 8660]

Starts a PostgreSQL of its own (and milvus-lite), indexes ``corpus/`` and one paper more, makes an
account for each user, and starts ``kb serve`` processes. Users sign in by the form and keep the
page open by its WebSocket (`load_user.py`; no browser, so drawing is not measured); each asks,
thinks, asks again. Meanwhile the indexer, a process each time, writes the one paper anew with the
number of its turn and publishes. ``--kill S``: after S seconds the first server is killed with
SIGKILL; its users go to the next with the cookie they have; after five seconds it is started again.

An answer is **wrong** where it names other papers, or in another order, than this process finds for
that account in a generation that was served while it was asked; or tells of a turn older than what
was published a second before it was asked, or of two turns. An account that may see less is never
shown more, or it is wrong too. The clients share the machine with what they measure.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.load_user import Failed, Page, User  # noqa: E402
from kb.access.accounts import Person  # noqa: E402
from kb.access.keeper import Keeper  # noqa: E402
from kb.access.policy import Role  # noqa: E402
from kb.base import KnowledgeBase  # noqa: E402
from kb.catalogue import Catalogue  # noqa: E402
from kb.config import Settings  # noqa: E402
from kb.model import Tier  # noqa: E402
from kb.seat import Seat  # noqa: E402
from kb.ui.asked import Asked, listing  # noqa: E402
from kb.ui.cache import Results  # noqa: E402
from kb.ui.hits import grouped  # noqa: E402
from tests.support import milvus  # noqa: E402
from tests.support.caller import Caller, start, stop  # noqa: E402
from tests.support.postgres import Server, programs  # noqa: E402

SECRET = "Wen.Jian-77"
SHOWN = 8
"""Documents that the page lays open."""

FOLLOWS = 1.0
"""Seconds within which what is published is what is shown."""

MARKED, PAPER = "桂花树由谁养护", "绿化养护办法.md"
QUESTIONS = (
    MARKED, "外借公章谁批准", "会议室怎么预订", "差旅费报销标准", "公务接待陪餐人数",
    "值班期间离岗怎么办", "档案借阅期限", "公文用印流程", "采购限额", "固定资产报废",
    "请假三天以上谁批", "信访答复时限", "公务用车派车", "保密文件销毁", "合同审批",
)  # fmt: skip
KINDS = (
    Person("", Role.LEADER, clearance=Tier.SENSITIVE, departments=None),
    Person("", Role.EDITOR, clearance=Tier.INTERNAL, departments=frozenset({"财务处"})),
    Person("", Role.READER, clearance=Tier.PUBLIC, departments=frozenset({"办公室"})),
)


@dataclass
class Turns:
    """When each turn of the marked paper began to be published, and was."""

    began: dict[int, float] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)

    def could_be(self, asked: float, answered: float) -> set[int]:
        """What may be shown to who asked then and was answered then."""
        least = max((n for n, t in self.ended.items() if t <= asked - FOLLOWS), default=0)
        return {n for n, t in self.began.items() if n >= least and t <= answered}


@dataclass
class Tally:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    recovered: list[float] = field(default_factory=list)


class Truth:
    """What this process finds, by account kind, question and generation."""

    def __init__(self, settings: Settings, names: dict[int, str]) -> None:
        self._base = KnowledgeBase.open(replace(settings, generation_check_seconds=0.0))
        self._results = Results(self._base)
        self._seats = {}
        for kind, name in names.items():
            with closing(Keeper(settings)) as keeper:
                who = keeper.named(name, "对照")
            self._seats[kind] = Seat(self._base, who, quiet=True)
        self.lists: dict[tuple[int, str], set[tuple[str, ...]]] = {}

    def learn(self, question: str, kind: int) -> set[tuple[str, ...]]:
        """Every list of papers seen for it up to now, the present one included."""
        scope = self._seats[kind].scope(date.today())
        hits = listing(self._results, Asked(question), scope).hits
        papers = tuple(group.version.path for group in grouped(hits))[:SHOWN]
        known = self.lists.setdefault((kind, question), set())
        known.add(papers)
        return known

    def known(self, question: str, kind: int) -> set[tuple[str, ...]]:
        """Every list seen up to now."""
        return self.lists.get((kind, question)) or self.learn(question, kind)

    def close(self) -> None:
        """Let go of it."""
        self._base.close()


class Load:
    """One run."""

    def __init__(self, args: argparse.Namespace, settings: Settings, papers: Path) -> None:
        self.args, self.settings, self.papers = args, settings, papers
        self.ports = [args.port + n for n in range(args.servers)]
        self.env = os.environ | {
            "KB_DATABASE_URL": settings.database_url,
            "KB_ENGINE": settings.engine,
            "KB_MILVUS_URI": settings.milvus_uri,
            "KB_MILVUS_NAME": settings.milvus_name,
            "KB_WORKERS": "1",
            "KB_INDEX_WAIT_SECONDS": "120",
        }
        self.servers: dict[int, subprocess.Popen[str]] = {}
        self.turns, self.tally = Turns(), Tally()
        self.stop = threading.Event()
        self.killed = 0.0
        self.back = 0.0
        self.runs: list[float] = []
        self._turn = threading.Lock()

    def index(self, *folders: Path) -> None:
        """The next turn, by a process of its own."""
        with self._turn:
            turn = len(self.turns.began) + 1
            text = f"# 绿化养护办法\n\n第一条　桂花树由园林处养护，第 turn{turn:04d} 次修订。\n"
            (self.papers / PAPER).write_text(text, encoding="utf-8")
            began = self.turns.began[turn] = time.monotonic()
        command = [sys.executable, "-m", "kb", "--home", str(self.settings.home), "index"]
        done = subprocess.run(
            [*command, *map(str, folders)], cwd=ROOT, env=self.env, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            self.tally.errors[f"kb index: {done.stderr.strip()[-200:]}"] += 1
            return
        self.turns.ended[turn] = time.monotonic()
        self.runs.append(self.turns.ended[turn] - began)

    def indexing(self) -> None:
        """Turn after turn until the end."""
        while not self.stop.wait(self.args.pause):
            self.index()

    def killing(self) -> None:
        """Lose the first server, and have it again."""
        if self.stop.wait(self.args.kill):
            return
        port = self.ports[0]
        self.killed = time.monotonic()
        self.servers[port].kill()
        self.servers[port].wait(30)
        if self.stop.wait(5):
            return
        began = time.monotonic()
        self.servers[port] = start(self.settings.home, port, self.env)
        while not self.stop.wait(0.2):
            if Caller(port).ask("/readyz")[0] == 200:
                self.back = time.monotonic() - began
                return

    async def user(self, number: int, cookie: str, truth: Truth) -> None:
        """Ask, look, think, ask again; go elsewhere where the server is gone."""
        at = number % len(self.ports)
        dice = random.Random(number)
        user, opened, since = User(cookie), False, 0.0
        while not self.stop.is_set():
            question = dice.choice(QUESTIONS)
            asked = time.monotonic()
            try:
                if not opened:
                    await user.open(self.ports[at])
                    opened = True
                page = await asyncio.wait_for(user.ask(question), 120)
            except (Failed, TimeoutError) as error:
                opened = False
                await user.close()
                if self.killed and at == 0 and not self.back:
                    # What a proxy does: the next server, the same cookie.
                    self.tally.lost += 1
                    since, at = since or asked, (at + 1) % len(self.ports)
                elif not self.stop.is_set():
                    self.tally.errors[str(error)[:120]] += 1
                    await asyncio.sleep(0.2)
                continue
            now = time.monotonic()
            if since:
                self.tally.recovered.append(now - self.killed)
                since = 0.0
            self.tally.seconds.append(now - asked)
            await asyncio.to_thread(
                self.check, question, number % len(KINDS), page, asked, now, truth
            )
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.args.think)
        await user.close()

    def check(
        self, question: str, kind: int, page: Page, asked: float, now: float, truth: Truth
    ) -> None:
        """Is this what that account may see, of a generation served then?"""
        papers = tuple(page.papers[:SHOWN])
        if papers not in truth.known(question, kind) and papers not in truth.learn(question, kind):
            self.tally.wrong.append(f"{KINDS[kind].role.value}: {question}: {papers[:3]}")
        if question == MARKED:
            turns = {int(part[:4]) for part in page.text.split("turn")[1:]}
            # Who may not see the paper is told of no turn.
            expected = 1 if any(PAPER in one for one in truth.known(question, kind)) else 0
            if len(turns) != expected or not turns <= self.turns.could_be(asked, now):
                could = sorted(self.turns.could_be(asked, now))
                self.tally.wrong.append(
                    f"turn {turns} of {could}, {now - asked:.2f} s, {KINDS[kind].role.value}:"
                    f" {papers[:3]}; {len(page.text)} characters: {page.text[-200:]!r}"
                )

    def signed_in(self, number: int, name: str) -> str:
        """The cookie of a new session, made at his server."""
        caller = Caller(self.ports[number % len(self.ports)])
        caller.sign_in(name, SECRET)
        return caller.cookie

    async def users(self, cookies: list[str], truth: Truth) -> None:
        """All of them, for as long as asked for."""
        tasks = [asyncio.create_task(self.user(n, one, truth)) for n, one in enumerate(cookies)]
        await asyncio.sleep(self.args.seconds)
        self.stop.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        for one in done:
            if isinstance(one, BaseException):
                self.tally.errors[repr(one)[:120]] += 1

    def run(self) -> None:
        """Everything; prints what came of it."""
        names = accounts(self.settings, self.args.users)
        self.index(ROOT / "corpus", self.papers)
        assert not self.tally.errors, self.tally.errors
        with ExitStack() as stack:
            stack.callback(lambda: [stop(server) for server in self.servers.values()])
            for port in self.ports:
                self.servers[port] = start(self.settings.home, port, self.env)
            truth = Truth(self.settings, dict(enumerate(names[: len(KINDS)])))
            stack.callback(truth.close)
            for kind in range(min(len(KINDS), len(names))):
                for question in QUESTIONS:
                    truth.learn(question, kind)
            cookies = [self.signed_in(n, name) for n, name in enumerate(names)]
            beside = [threading.Thread(target=self.indexing) for _ in range(self.args.indexers)]
            if self.args.kill:
                beside.append(threading.Thread(target=self.killing))
            began = time.monotonic()
            for one in beside:
                one.start()
            try:
                asyncio.run(self.users(cookies, truth))
            finally:
                self.stop.set()
                for one in beside:
                    one.join(180)
            took = time.monotonic() - began
            self.tell(took, truth, [Caller(port).ask("/metrics")[1] for port in self.ports])

    def tell(self, took: float, truth: Truth, metrics: list[str]) -> None:
        """Print it."""
        tally, args = self.tally, self.args
        answers = len(tally.seconds)
        print(
            f"{args.servers} page servers, {args.indexers} indexer(s), {args.engine}, PostgreSQL,"
            f" {args.users} users, {took:.0f} s, load {os.getloadavg()[0]:.1f}"
        )
        if answers > 1:
            p95, mid = quantiles(tally.seconds, n=20)[-1], median(tally.seconds)
            print(
                f"answers {answers}, {answers / took:.1f} a second; median {mid:.2f},"
                f" p95 {p95:.2f}, longest {max(tally.seconds):.2f} s"
            )
        runs = self.runs[1:]
        several = sum(len(lists) > 1 for lists in truth.lists.values())
        print(f"questions (by kind of account) whose papers changed with a run: {several}")
        print(f"runs {len(runs)}, each {median(runs):.1f} s" if runs else "runs 0")
        print(f"errors {sum(tally.errors.values())}", *tally.errors.items(), sep="\n  ")
        print(f"wrong answers {len(tally.wrong)}", *tally.wrong[:10], sep="\n  ")
        if self.killed:
            again = f"after {self.back:.1f} s" if self.back else "not before the end"
            late = max(tally.recovered, default=float("nan"))
            print(
                f"killed: {tally.lost} requests lost, {len(tally.recovered)} users went on at"
                f" another, the last {late:.2f} s after; started anew, ready {again}"
            )
        for port, text in zip(self.ports, metrics, strict=True):
            told = ("shuniu_queries_total", "shuniu_errors_total", "shuniu_index_generation")
            lines = (x for x in text.splitlines() if x.startswith(told) and not x.endswith(" 0.0"))
            print(f"{port}:", "; ".join(lines))


def accounts(settings: Settings, count: int) -> list[str]:
    """Make them; kinds take turns."""
    with closing(Keeper(settings)) as keeper:
        names = [f"user{n:02d}" for n in range(count)]
        keeper.accounts.add(Person("boss", Role.ADMIN), SECRET, first=True)
        for n, name in enumerate(names):
            keeper.accounts.add(replace(KINDS[n % len(KINDS)], name=name), SECRET)
    return names


def services(engine: str, folder: Path) -> Iterator[Settings]:
    """PostgreSQL, and milvus-lite where asked for, of this run's own."""
    where = programs()
    assert where is not None, "PostgreSQL is not installed (Debian: postgresql)"
    server = Server(where)
    home = folder / "home"
    try:
        settings = Settings(home=home, database_url=server.url(home), workers=1)
        if engine == "milvus":
            lite = milvus.lite()
            settings = replace(settings, engine=engine, milvus_uri=lite.uri)
        Catalogue.open(settings, create=True).close()
        yield settings
    finally:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--indexers", type=int, default=1)
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two runs")
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two questions")
    parser.add_argument("--kill", type=float, default=0.0, help="lose a server after so long")
    parser.add_argument("--engine", choices=("tantivy", "milvus"), default="tantivy")
    parser.add_argument("--port", type=int, default=8660)
    args = parser.parse_args()
    # Ended from outside, too, nothing that was started here stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="kb-load-"))
    papers = folder / "更多"
    papers.mkdir()
    try:
        for settings in services(args.engine, folder):
            Load(args, settings, papers).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
