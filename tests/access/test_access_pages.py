"""Every page, for every role: what is shown, and that no canary is on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from kb.access.accounts import Person
from kb.access.policy import DUTIES, Action, Role
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.model import Tier
from kb.ui import assets, keepers, links, session
from tests.support.canaries import Canary, canaries

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "": Action.SEARCH,
    links.READ: Action.VIEW,
    links.PACK: Action.COMPOSE,
    links.READING: Action.VIEW,
    links.AGENDA: Action.COMPOSE,
    links.TASKS: Action.COMPOSE,
    links.TODAY: None,
    links.LEDGER: Action.LIST,
    links.DUTIES: Action.LIST,
    links.SYSTEM: Action.LIST,
    links.AUDIT: Action.AUDIT,
    links.ACCOUNTS: Action.ACCOUNTS,
    links.ABOUT: None,
}


def canary(tier: Tier, department: str) -> Canary:
    return next(
        c for c in canaries() if (c.tier, c.department, c.persons) == (tier, department, ())
    )


SHOWN = canary(Tier.PUBLIC, "办公室")
HIDDEN = [canary(Tier.SENSITIVE, "办公室"), canary(Tier.INTERNAL, "财务处")]


def text_of(test: AppTest) -> str:
    """Everything that reaches the browser."""
    return "\n".join(str(element.proto) for element in test.main) + str(test.main)


@pytest.fixture
def open_as(aviary_copy: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    door = keepers.keeper(Settings(home=aviary_copy))
    monkeypatch.setattr(assets, "_served", True)
    monkeypatch.setenv("KB_HOME", str(aviary_copy))

    def run(role: Role, page: str, **address: str) -> AppTest:
        name = f"{role.value}1"
        row = door.doors.accounts.find(name)
        if row is None:
            person = Person(name, role, departments=frozenset({"办公室"}))
            door.accounts.add(person, "Wen.Jian-77")
            row = door.doors.accounts.find(name)
        assert row is not None
        token = door._sessions.start(row, "试验")
        monkeypatch.setattr(session, "token", lambda: token)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page:
            test._page_hash = calc_hash(page)
        for key, value in address.items():
            test.query_params[key] = value
        return test.run()

    yield run
    session.close_all()
    keepers.close_all()


def allowed(role: Role, page: str) -> bool:
    action = PAGES[page]
    return action is None or action in DUTIES[role]


SAMPLE = (Role.READER, Role.AUDITOR)
ROLES = [pytest.param(r, marks=() if r in SAMPLE else pytest.mark.soak) for r in Role]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_shows_its_role_what_it_may_and_nothing_hidden(open_as, role: Role) -> None:  # type: ignore[no-untyped-def]
    for page in PAGES:
        for address in ({}, {"q": "采购审批"}, {"doc": HIDDEN[0].path}, {"doc": SHOWN.path}):
            if address and page not in ("", links.READ):
                continue
            test = open_as(role, page, **address)
            assert not test.exception
            said = text_of(test)
            for one in HIDDEN if role is not Role.LEADER else HIDDEN[:1]:
                assert not [w for w in one.words if w in said], (page, address)
            assert "本系统为非涉密系统，严禁存储、处理国家秘密" in said
            if page == links.READ and address == {"doc": SHOWN.path}:
                assert (SHOWN.text_word in said) == allowed(role, page)


def test_a_page_that_is_no_mans_duty_is_refused_and_noted(open_as, aviary_copy: Path) -> None:  # type: ignore[no-untyped-def]
    """Even when it is asked for by its address: the menu is no access control."""
    for view, role in (("audit", Role.READER), ("accounts", Role.AUDITOR), ("audit", Role.ADMIN)):
        open_as(role, links.ABOUT)
        alone = f"from kb.ui.views import {view}\n{view}.show()"
        test = AppTest.from_string(alone, default_timeout=60).run()
        [refused] = test.error
        assert refused.value.startswith("不能")
        assert len(test.main) == 2  # the refusal and its reason, and nothing else
    log = keepers.keeper(Settings(home=aviary_copy)).doors.audit
    noted = {(r.who, r.action) for r in log.every(Filter(allowed=False))}
    assert {("reader1", "audit"), ("auditor1", "accounts"), ("admin1", "audit")} <= noted


def test_the_watermark_says_who_and_when(open_as) -> None:  # type: ignore[no-untyped-def]
    said = text_of(open_as(Role.READER, ""))
    assert "kb-watermark" in said
    assert "reader1" in said


def test_without_a_session_a_page_says_nothing(open_as, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    open_as(Role.READER, "")
    monkeypatch.setattr(session, "token", lambda: "x" * 43)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.query_params["q"] = "采购审批"
    said = text_of(test.run())
    assert "请先登录" in said
    assert not [w for c in canaries() for w in c.words if w in said]
