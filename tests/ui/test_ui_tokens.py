"""令牌 on the administrator's page: given once, ended at once, and nothing of it for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.access.tokens import FORM
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.errors import AccessDenied
from kb.ui import assets, keepers, session


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """A home without an index, with an administrator and a reader."""
    monkeypatch.setattr(assets, "_served", True)
    monkeypatch.setenv("KB_HOME", str(tmp_path / "库"))
    found = keepers.keeper(Settings(home=tmp_path / "库"))
    for role in (Role.ADMIN, Role.READER):
        subject = f"{role.value}@example.org"
        found.accounts.add(Person(f"{role.value}1", role, departments=None, subject=subject))
    yield found
    session.close_all()
    keepers.close_all()


def page(door: Keeper, name: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    row = door.doors.accounts.find(name)
    assert row is not None
    opened = door._sessions.start(row, "试验")
    monkeypatch.setattr(session, "token", lambda: opened)
    return AppTest.from_string("from kb.ui.views import accounts as v\nv.show()").run(timeout=60)


def press(test: AppTest, label: str) -> AppTest:
    return next(b for b in test.button if b.label == label).click().run(timeout=60)


def text(test: AppTest) -> str:
    return "\n".join(str(element.proto) for element in test.main)


def test_given_listed_and_revoked(door: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    test = page(door, "admin1", monkeypatch)
    next(t for t in test.text_input if t.label.startswith("令牌名")).set_value("OA")
    # For an administrator's own, which reads nothing, none is offered.
    assert next(s for s in test.selectbox if s.label.startswith("以哪个")).options == ["reader1"]
    test = press(test, "发放令牌")
    [said] = [one.value for one in test.success]
    found = FORM.search(said)
    assert found is not None
    assert door.bearer(found[0], "api").name == "reader1"
    assert "有效" in text(test)
    # Shown once: the next look at the page does not have it.
    test = test.run(timeout=60)
    assert found[0] not in text(test)
    test = press(test, "撤销令牌")
    assert "已撤销" in text(test)
    with pytest.raises(AccessDenied):
        door.bearer(found[0], "api")
    noted = [e.subject for e in door.doors.audit.every(Filter()) if e.who == "admin1"]
    assert {"发放令牌 OA（reader1）", "撤销令牌 OA"} <= set(noted)
    assert not any(FORM.search(subject) for subject in noted)


def test_what_cannot_be_given_is_said(door: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    test = press(page(door, "admin1", monkeypatch), "发放令牌")
    assert "令牌名" in test.error[0].value
    assert not test.success
    assert not door.tokens.store.any()


def test_nobody_else_sees_them(door: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    door.tokens.add("OA", "reader1", "试验")
    test = page(door, "reader1", monkeypatch)
    assert test.error
    assert "OA" not in text(test)
