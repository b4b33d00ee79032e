"""改正著录 under AppTest: who sees the form, what it keeps, what a run makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import correcting
from indexer.publish import Options, index
from kb.config import Settings
from kb.ui import intake, jobs, session
from tests.support.ui import Opener, html_of, press, unharmed

PAPER = "制度/车辆.md"


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    """A home for each test: they change it."""
    folder = tmp_path / "改正"
    source = folder / "文件"
    (source / "制度").mkdir(parents=True)
    (source / PAPER).write_text(
        "# 车辆办法\n\n第一条　用车须批准。\n\n第二条　自2022年6月1日起施行。\n", "utf-8"
    )
    settings = Settings(home=folder / "库", workers=1)
    index(settings, [source], Options())
    return settings


def test_a_field_is_corrected_waits_and_takes_effect(
    open_page: Opener, office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(jobs, "start", lambda *_, what, who: started.append(what))
    page = open_page("read", home=office.home, doc=PAPER, tab="described")
    unharmed(page)
    form = {name: f"fix:{PAPER}:{name}" for name in (*correcting.NAMES, "note")}
    assert page.text_input(key=form["effective"]).value == "2022-06-01"
    assert page.selectbox(key=form["tier"]).options == ["内部", "敏感"]  # upward only
    page.text_input(key=form["title"]).set_value("公务用车办法")
    page.text_input(key=form["effective"]).set_value("明年")
    press(page, "保存改正并更新索引")
    assert page.error[0].value.startswith("没有写明依据")
    page.text_input(key=form["note"]).set_value("原件第1页")
    press(page, "保存改正并更新索引")
    assert page.error[0].value.startswith("施行日期不是日期")
    assert session.opened(office).base.corrections.history() == []
    page.text_input(key=form["effective"]).set_value("2022年7月1日")
    press(page, "保存改正并更新索引")
    unharmed(page)
    assert started == ["按改正更新索引"]
    assert html_of(page).count("等待更新索引") == 2
    # Beside this process, as from the page: AppTest has put the page in the place of __main__.
    assert intake.kb(office, "index")[0] == 0
    page = open_page("read", home=office.home, doc=PAPER, tab="described")
    unharmed(page)
    shown = html_of(page)
    assert not page.error, page.error[0].value
    assert shown.count("已生效") == 2
    assert "人工确认或改正" in shown
    assert "标题：本机使用者 于 " in shown
    assert "公务用车办法" in shown
    page = open_page("admin", home=office.home, do="fixed")
    unharmed(page)
    assert "2022-06-01 → 2022-07-01" in html_of(page)


def test_it_can_be_taken_back(
    open_page: Opener, office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "start", lambda *_, what, who: None)
    base = session.opened(office).base
    base.corrections.add(
        PAPER,
        [("title", "车辆办法", "公务用车办法")],
        who="张三",
        note="原件第1页",
        digest="",
        generation=base.snapshot().rows.generation,
    )
    page = open_page("read", home=office.home, doc=PAPER, tab="described")
    press(page, "收回")
    unharmed(page)
    rows = session.opened(office).base.corrections.history()
    assert len(rows) == 2
    assert rows[-1].withdrawn


def test_who_may_not_keep_the_base_sees_no_form(open_page: Opener, home: Path) -> None:
    page = open_page("read", home=home, doc="制度/印章管理办法.md", tab="described")
    assert "改正著录" in [one.label for one in page.expander]  # the owner of a home may
