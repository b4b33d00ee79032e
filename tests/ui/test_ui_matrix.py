"""Every view × everybody × empty, normal and four kinds of trouble, under AppTest.

The homes are made once a module; a cell is one run of the page.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from kb import seat as seats
from kb.access.accounts import Person
from kb.access.policy import DUTIES, Action, Role
from kb.config import Settings
from kb.model import Tier
from kb.ui import assets, keepers, links, session

ROOT = Path(__file__).resolve().parents[2]
SECRECY = "本系统为非涉密系统，严禁存储、处理国家秘密"
PAPER = "制度/印章管理办法.md"
WORDS = "确需外借的"
"""Words of that paper."""
NOTHING = "还没有入库任何文件"
FORBIDDEN = ("Traceback", "Error", "Exception", "sqlalchemy", "sqlite3", "NoneType")
DEMO = "demo"
EVERYBODY = (DEMO, *Role)
# A leader reads as a reader does: in the usual run he has a working day, in `make soak` all of it.
IN_TROUBLE = [pytest.param(w, marks=[pytest.mark.soak] * (w == Role.LEADER)) for w in EVERYBODY]
MARKS = re.compile("</?mark[^>]*>")


@dataclass(frozen=True, slots=True)
class View:
    """A view: the module that shows it, where it is, what it needs, what must stand on it."""

    module: str
    place: str
    action: Action | None
    says: tuple[str, ...]
    address: dict[str, str] = field(default_factory=dict)

    def open_to(self, who: str) -> bool:
        """The rule said anew; demo mode has no accounts to look after."""
        if who == DEMO:
            return self.action is not Action.ACCOUNTS
        return self.action is None or self.action in DUTIES[Role(who)]


VIEWS = {
    "start": View("search", "", Action.SEARCH, ("可以这样问", "最近的文件")),
    "search": View("search", "", Action.SEARCH, (WORDS, "印章管理办法"), {"q": "外借公章谁批"}),
    "read": View("read", links.READ, Action.VIEW, (WORDS, "第十七条"), {"doc": PAPER}),
    "described": View(
        "read", links.READ, Action.VIEW, ("怎样得来", "云公管"), {"doc": PAPER, "tab": "described"}
    ),
    "pack": View("pack", links.PACK, Action.COMPOSE, ("新做一份参阅材料",)),
    "reading": View("reading", links.READING, Action.VIEW, ("没有要阅的材料",)),
    "experience": View("experience", links.EXPERIENCE, Action.COMPOSE, ("写一条经验",)),
    "ledger": View("ledger", links.LEDGER, Action.LIST, ("印章管理办法", "公务接待管理办法")),
    "charts": View("ledger", links.LEDGER, Action.LIST, ("kb-chart",), {"lv2": "charts"}),
    "audit": View("audit", links.AUDIT, Action.AUDIT, ("核对日志链",)),
    "accounts": View("accounts", links.ACCOUNTS, Action.ACCOUNTS, ("新设账号",)),
    **{
        f"admin {name}": View("admin", links.ADMIN, Action.MAINTAIN, (says,), {"do": name})
        for name, says in {
            "": "检查索引与环境", "update": "全部重做", "upload": "选择文件", "files": "未入库",
            "words": "保存同义词", "marks": "没有带密级字样的文件",
            "told": "没有找到直接依据的问题", "fixed": "还没有人改正过著录",
        }.items()
    },
    "about": View("about", links.ABOUT, None, ("检索单元",)),
}  # fmt: skip
SIDES = ("start", "described", "charts", *(v for v in VIEWS if v[:6] == "admin " and v[6:]))


@dataclass(slots=True)
class House:
    """One state of an office: its home, and a session for each role."""

    home: Path
    tokens: dict[str, str]


def house_of(home: Path, *, people: bool) -> House:
    """Somebody of every role, where there are people at all."""
    tokens: dict[str, str] = {DEMO: ""}
    if people:
        door = keepers.keeper(Settings(home=home))
        for role in Role:
            person = Person(
                f"{role.value}1", role, clearance=Tier.INTERNAL, departments=None,
                subject=f"{role.value}@example.org",
            )  # fmt: skip
            door.accounts.add(person)  # signs in elsewhere: no password to be made
            row = door.doors.accounts.find(person.name)
            assert row is not None
            tokens[role] = door._sessions.start(row, "试验")
    return House(home, tokens)


def spoilt(home: Path) -> None:
    """The index is torn: no generation is whole."""
    for path in home.glob("index/gen-*/keyword/*"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def deaf(home: Path) -> None:
    """Nothing can be written into the log any more."""
    with sqlite3.connect(home / "audit.sqlite") as log:
        log.execute(
            "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END"
        )


@pytest.fixture(scope="module")
def houses(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, House]]:
    """«state demo» and «state people» for each state."""
    folder = tmp_path_factory.mktemp("各种情形")
    # Of the home as it was made: what other tests keep in the shared one is no part of a state.
    skip = shutil.ignore_patterns("audit*", "*.lock")
    found: dict[str, House] = {}
    for state in ("empty", "normal", "torn", "deaf"):
        for people in (False, True):
            place = folder / f"{state}-{people}"
            if state == "empty":
                place.mkdir()
            else:
                shutil.copytree(untouched, place, ignore=skip)
            house = house_of(place, people=people)
            if state == "torn":
                spoilt(place)
            if state == "deaf":
                keepers.keeper(Settings(home=place)).doors.audit.every  # noqa: B018 - makes it
                deaf(place)
            found[f"{state} {'people' if people else 'demo'}"] = house
    yield found
    session.close_all()
    keepers.close_all()


@dataclass(frozen=True, slots=True)
class Page:
    """What came of a run."""

    test: AppTest
    text: str

    @property
    def errors(self) -> str:
        """What the red boxes say."""
        return " ".join(str(one.value) for one in self.test.error)


@pytest.fixture
def visit(houses: dict[str, House], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(assets, "_served", True)

    def run(state: str, who: str, view: View, *, alone: bool = False, **address: str) -> Page:
        seats._noted.clear()
        house = houses[f"{state} {'demo' if who == DEMO else 'people'}"]
        monkeypatch.setenv("KB_HOME", str(house.home))
        monkeypatch.setattr(session, "token", lambda: house.tokens[who])
        if alone:
            test = AppTest.from_string(f"from kb.ui.views import {view.module} as v\nv.show()")
        else:
            test = AppTest.from_file(str(ROOT / "app.py"))
            if view.place:
                test._page_hash = calc_hash(view.place)
        for name, value in (view.address | address).items():
            test.query_params[name] = value
        test.run(timeout=60)
        text = MARKS.sub("", "\n".join(str(element.proto) for element in test.main))
        assert not test.exception, (state, who, view.module, test.exception)
        for word in FORBIDDEN:
            assert word not in text, (state, who, view.module, word)
        if who not in (DEMO, Role.EDITOR):
            assert str(house.home) not in text, "a path of the machine"
        return Page(test, text)

    return run


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_working_day(visit: Any, who: str) -> None:
    for name, view in VIEWS.items():
        if (who, name) == (DEMO, "accounts"):
            continue  # not offered; the owner of a home without accounts may make the first one
        if not view.open_to(who) and name in SIDES:
            continue  # refused at the page's door, whatever its side
        page = visit("normal", who, view, alone=not view.open_to(who))
        if view.open_to(who):
            assert page.errors == "", (name, page.errors)
            assert SECRECY in page.text
            for word in view.says:
                assert word in page.text, (name, word)
        else:
            # Asked for by its address, past the menu: refused, in words, and nothing of it shown.
            assert page.errors.startswith("不能") or "无此权限" in page.errors, (name, page.errors)
            assert not [w for w in (*view.says, WORDS) if w in page.text], name


WITHOUT_INDEX = ("audit", "accounts")
"""Pages that work all the same: who may come in, and what was done."""
ONE_A_PAGE = {name: v for name, v in VIEWS.items() if name not in SIDES}
"""Where the base cannot be opened, all sides of a page are one."""


@pytest.mark.parametrize("who", IN_TROUBLE)
def test_the_first_day(visit: Any, who: str) -> None:
    """Nothing was indexed yet: every page says what to do."""
    for name, view in ONE_A_PAGE.items():
        if view.open_to(who):
            page = visit("empty", who, view)
            assert page.errors == "", (name, page.errors)
            if name in WITHOUT_INDEX:
                assert view.says[0] in page.text, name
                continue
            assert NOTHING in page.text, name
            assert "kb index" in page.text, name


@pytest.mark.parametrize("who", IN_TROUBLE)
def test_a_torn_index(visit: Any, who: str) -> None:
    for name, view in ONE_A_PAGE.items():
        if view.open_to(who):
            page = visit("torn", who, view)
            if name in WITHOUT_INDEX:
                assert page.errors == "", (name, page.errors)
                assert view.says[0] in page.text, name
                continue
            assert page.errors, name
            assert "索引" in page.errors, (name, page.errors)
            keeps = who in (DEMO, Role.EDITOR)
            assert ("kb index" if keeps else "请告知维护人员") in page.text, name
            assert bool(page.test.expander) is keeps, "which files, for who can mend them"
            assert WORDS not in page.text


@pytest.mark.parametrize("who", IN_TROUBLE)
def test_a_log_that_cannot_be_written(visit: Any, who: str) -> None:
    """What cannot be noted is not shown."""
    for name, view in (ONE_A_PAGE | {"described": VIEWS["described"]}).items():
        if view.open_to(who) and name not in ("about", "pack", "reading", "experience"):
            page = visit("deaf", who, view)
            assert "日志" in page.errors, (name, page.errors)
            assert not [w for w in (*view.says, WORDS) if w in page.text], name


@pytest.mark.parametrize("who", [DEMO, Role.READER])
def test_what_is_not_there(visit: Any, who: str) -> None:
    for view, address, says in (
        (VIEWS["read"], {"doc": "没有这份.md"}, "没有找到文件"),
        (VIEWS["read"], {"doc": "../../etc/passwd"}, "没有找到文件"),
        (VIEWS["pack"], {"pack": "19990101-xxxx"}, "没有"),
        (VIEWS["pack"], {"edition": "99"}, "没有"),
    ):
        page = visit("normal", who, view, **address)
        assert says in page.errors, (address, page.errors)
    page = visit("normal", who, VIEWS["read"], at="第九十九条")
    assert page.test.warning[0].value.startswith("这份文件中没有")


def test_nobody_who_signed_in(visit: Any, houses: dict[str, House]) -> None:
    houses["normal people"].tokens["stranger"] = "x" * 43
    for name, view in ONE_A_PAGE.items():
        if name != "about":
            page = visit("normal", "stranger", view, alone=True)
            assert "请先登录" in page.errors, name
            assert not [w for w in (*view.says, WORDS) if w in page.text], name


def test_an_account_that_was_stopped_and_one_that_must_change(
    visit: Any, houses: dict[str, House]
) -> None:
    house = houses["normal people"]
    accounts = keepers.keeper(Settings(home=house.home)).accounts
    accounts.disable("leader1", disabled=True)
    page = visit("normal", Role.LEADER, VIEWS["read"])
    assert page.errors
    assert WORDS not in page.text
    accounts.disable("leader1", disabled=False)
    row = keepers.keeper(Settings(home=house.home)).doors.accounts.find("leader1")
    assert row is not None
    house.tokens[Role.LEADER] = keepers.keeper(Settings(home=house.home))._sessions.start(row, "")
