"""People of any rights through the command line, every page and every route of one home, one after
the other, with the accounts' rights changed in between: no word of a paper reaches who may not see
it, and none stays in a log or in a temporary file.

A seeded few here; five hundred among the long tests (``KB_SWEEP``: as many).
"""

from __future__ import annotations

import logging
import os
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from kb import decide
from kb import seat as seats
from kb.access.keeper import Keeper
from kb.access.policy import Identity, Role
from kb.access.sessions import COOKIE
from kb.access.visitor import Visitor
from kb.cli import main
from kb.config import Settings
from kb.decide.freeze import freeze
from kb.model import ALL_KINDS, Tier
from kb.seat import Seat
from kb.ui import assets, keepers, links, server, session
from tests.access.test_access_doors import QUERIES, people
from tests.access.test_access_pages import text_of as page_text
from tests.access.test_access_routes import ANY, LEAKS, ROOT, Made, _allowed
from tests.support.canaries import RARE, Canary, canaries, forbidden
from tests.support.sweep import COMMANDS, Way, accounted, draw, narrowed, text_of, written

MANY = int(os.environ.get("KB_SWEEP", "500"))
TYPED = frozenset({"q.jsonl", "r.tsv"})
PAGES: dict[str, list[dict[str, str]]] = {
    "": [{}, {"q": "采购审批"}, {"q": "{title}"}],
    links.READ: [{"doc": "{path}"}, {"doc": "{path}", "at": "第二条"}, {"doc": "制度/旧办法.md"}],
    links.PACK: [{}, {"pack": "{pack}"}, {"edition": "{edition}"}],
    **{page: [{}] for page in links.PATHS if page not in (links.READ, links.PACK)},
}
"""Page → addresses under which it is opened."""


@dataclass
class World:
    """A home with people, a server and what others made in it."""

    door: Keeper
    app: Any
    made: Made
    number: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    through: Counter[str] = field(default_factory=Counter)
    typed: dict[str, set[str]] = field(default_factory=dict)
    papers: list[Canary] = field(default_factory=canaries)

    def become(self, who: Identity) -> str:
        """His account has these rights from now on; a token of his."""
        store = self.door.doors.accounts
        if store.find(who.name) is None:
            store.add(
                {"name": who.name, "shown": who.name, "number": "", "subject": "", "secret": "",
                 "must_change": False, "role": "reader", "clearance": "public",
                 "departments": [], "kinds": None}
            )  # fmt: skip
        store.change(
            who.name,
            role=who.role.value,
            clearance=who.clearance.value,
            departments=None if who.departments is None else sorted(who.departments),
            kinds=None if who.kinds == ALL_KINDS else sorted(k.value for k in who.kinds),
            disabled=who.disabled,
        )
        row = store.find(who.name)
        assert row is not None
        return self.door._sessions.start(row, "试验")

    def command(self, name: str, way: Way, who: Identity) -> str:
        """All that a command prints and writes."""
        seats._noted.clear()
        way.out.mkdir(parents=True)
        (way.out / "q.jsonl").write_text('{"_id": "1", "text": "采购审批"}\n', "utf-8")
        (way.out / "r.tsv").write_text("1\t制度/旧办法.md#第一条\t1\n", "utf-8")
        home = str(self.door.settings.home)
        main(["--home", home, *COMMANDS[name](way), "--user", who.name])
        said = self.capsys.readouterr()
        return said.out + said.err + written(way.out, but=TYPED)

    def page(self, name: str, address: dict[str, str], token: str) -> str:
        """All that reaches the browser."""
        self.monkeypatch.setattr(session, "token", lambda: token)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        if name:
            test._page_hash = calc_hash(name)
        for key, value in address.items():
            test.query_params[key] = value
        test.run()
        assert not test.exception, (name, test.exception)
        return page_text(test)

    def route(self, address: str, token: str) -> str:
        """All that a route answers."""
        client = TestClient(self.app, base_url="http://127.0.0.1:8501", follow_redirects=False)
        client.cookies.set(COOKIE, token)
        answer = client.get(address)
        return text_of(answer.content) + "".join(answer.headers.values())


@pytest.fixture
def world(
    aviary_copy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    temporary = tmp_path / "临时"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("KB_HOME", str(aviary_copy))
    door = keepers.keeper(Settings(home=aviary_copy))
    _ = door.doors  # the copy is without its log
    base = session.opened(door.settings).base
    owner = Seat(base, Visitor.owner(aviary_copy, "试验"), quiet=True)
    pack = decide.make(owner, ANY, topic="采购审批", questions=["要几个工作日"])
    decide.store(owner.people, pack)
    row = freeze(owner.as_base, owner.people, ANY, pack.id, who="甲", anyway=True)
    base.people.editions.deliver(row.id, ["王局长", "anna", "bert", "carl"], "甲")
    monkeypatch.setattr(assets, "_served", False)
    monkeypatch.setattr(Runtime, "_instance", None)
    app = server.create(door.settings, ROOT / "app.py")
    monkeypatch.setattr(assets, "_served", True)
    made = Made(pack.id, row.id)
    yield World(door, app, made, row.number, tmp_path / "出", monkeypatch, capsys)
    session.close_all()
    keepers.close_all()


def went(
    world: World, who: Identity, rng: random.Random, *, each: int, turn: int
) -> list[tuple[str, str]]:
    """(door, what stands there) for every word that he met and must not meet."""
    token = world.become(who)
    hidden = [c for c in world.papers if not _allowed(c, who)]
    words = {w for c in hidden for w in c.words} & set(forbidden(world.papers, who))
    found: list[tuple[str, str]] = []

    def look(door: str, said: str, one: Canary, typed: str = "") -> None:
        world.through[door] += 1
        # His own questions stay his, also where the account could see more when it asked.
        mine = world.typed.setdefault(who.name, set())
        mine |= {w for w in one.words if w in typed}
        given = mine | {w for w in one.words if w in door}
        said = said.replace(one.path, "")
        # With what stands around it: else one would have to look for the place again.
        found.extend(
            (door, said[max(0, said.find(w) - 300) : said.find(w) + 20])
            for w in words - given
            if w in said
        )

    def way(step: int) -> Way:
        one = rng.choice(hidden or world.papers)
        out = world.folder / f"{turn}-{step}"
        return Way(rng.choice(QUERIES), one, world.made.pack, world.made.edition, world.number, out)

    for step, name in enumerate(draw(rng, list(COMMANDS), each)):
        asked = way(step)
        typed = asked.paper.title if name == "search by title" else ""
        look(f"kb {name}", world.command(name, asked, who), asked.paper, typed)
    for name in draw(rng, list(PAGES), each // 2):
        asked = way(0)
        given = {
            key: value.format(
                title=asked.paper.title,
                path=asked.paper.path,
                pack=asked.pack,
                edition=asked.edition,
            )
            for key, value in rng.choice(PAGES[name]).items()
        }
        said = world.page(name, given, token)
        look(f"page {name or 'search'}", said, asked.paper, "".join(given.values()))
    for name in draw(rng, list(LEAKS), each):
        asked = way(0)
        address = rng.choice(LEAKS[name](asked.paper, world.made))
        typed = "".join(w for w in asked.paper.words if quote(w) in address)
        look(f"route {name}", world.route(address, token), asked.paper, typed)
    return found


def sweep(world: World, count: int, seed: int, *, each: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    for turn, who in enumerate(people(count, seed)):
        if found := went(world, who, rng, each=each, turn=turn):
            return [*found, (repr(who), "")]
    return []


def left_behind(world: World, log: str) -> list[str]:
    """Words of any paper in what was logged, in temporary files, or beside the databases."""
    home = world.door.settings.home
    beside = "".join(
        f"{path.name} {text_of(path.read_bytes())}"
        for path in home.rglob("*")
        if path.is_file() and "index" not in path.relative_to(home).parts[0]
        and ".sqlite" not in path.name
    )  # fmt: skip
    said = log + written(Path(tempfile.gettempdir())) + beside
    return [w for c in world.papers for w in c.words if w in said]


@pytest.mark.parametrize(("count", "each"), [(2, 4), pytest.param(MANY, 6, marks=pytest.mark.soak)])
def test_no_word_reaches_who_may_not_see_it(
    world: World, caplog: pytest.LogCaptureFixture, count: int, each: int
) -> None:
    caplog.set_level(logging.DEBUG)
    assert sweep(world, count, seed=21, each=each) == []
    assert left_behind(world, caplog.text) == []
    if count >= 100:
        doors = {f"kb {name}" for name in COMMANDS} | {f"route {name}" for name in LEAKS}
        doors |= {f"page {name or 'search'}" for name in PAGES}
        assert doors - world.through.keys() == set()


@pytest.mark.soak
def test_every_door_shows_what_is_for_him(world: World) -> None:
    """Else a program that shows nothing would pass; and every door is gone through once."""
    anna = Identity("anna", Role.LEADER, Tier.SENSITIVE, None)
    token = world.become(anna)
    paper = next(c for c in world.papers if c.persons)
    empty: set[str] = set()
    for number, name in enumerate(COMMANDS):
        asked = Way("采购审批", paper, world.made.pack, world.made.edition, world.number,
                    world.folder / str(number))  # fmt: skip
        said = world.command(name, asked, anna)
        if not any(w in said for c in world.papers for w in c.words):
            empty.add(name)
    assert empty <= {
        "show what cites", "pack agenda", "pack list", "pack list as JSON", "pack prepare",
        "pack freeze", "pack verify", "pack verify as JSON", "pack deliver", "pack draft",
        "decision show", "task list", "task notice", "eval", "system", "questions list",
        "marks list",
    }  # fmt: skip
    for page, words in (("", {"q": "采购审批"}), (links.READ, {"doc": paper.path}),
                        (links.LEDGER, {}), (links.DUTIES, {})):  # fmt: skip
        said = world.page(page, words, token)
        assert any(w in said for w in paper.words), page


def test_the_sweep_finds_what_leaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the filter, on each of the three ways in."""
    everything = Visitor.scope
    monkeypatch.setattr(Seat, "_within", lambda _, scope: scope)
    monkeypatch.setattr(Visitor, "scope", lambda _, as_of: ANY)
    carl = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    token = world.become(carl)
    paper = next(c for c in world.papers if c.persons)
    asked = Way("采购审批", paper, world.made.pack, world.made.edition, world.number, world.folder)
    for said in (
        world.command("search", asked, carl),
        world.page("", {"q": "采购审批"}, token),
        world.route(f"/files/hits/x.csv?q={quote('采购审批')}", token),
    ):
        assert any(w in said for w in paper.words)
    assert everything is not Visitor.scope


def test_every_command_that_narrows_is_gone_through_or_has_its_reason() -> None:
    assert [name for name in narrowed() if not accounted(name)] == []


def test_every_page_is_gone_through() -> None:
    assert PAGES.keys() == {"", *links.PATHS}


def test_what_is_left_behind_is_found(world: World) -> None:
    word = world.papers[0].text_word
    assert left_behind(world, "") == []
    assert left_behind(world, f"… {word} …") == [word]
    (Path(tempfile.gettempdir()) / "rest").write_text(RARE, "utf-8")
    assert len(left_behind(world, "")) == 2 * len(world.papers)
