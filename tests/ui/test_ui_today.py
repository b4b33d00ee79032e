"""今日: what is due, what waits, what changed in the rules that a person follows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.decide.agenda import State
from kb.decide.follow import Action, Draft, Event
from kb.model import Scope, Tier
from kb.seat import Seat
from kb.ui import followed, session
from kb.ui.cache import Results
from kb.ui.links import search
from kb.ui.today import belongs, due, waits
from tests.support.ui import Opener, html_of, press, unharmed

TODAY = date.today()


@pytest.fixture
def own(home: Path, papers: Path, tmp_path: Path) -> Iterator[Path]:
    """A home of its own over papers of its own: they are changed here."""
    folder = Path(shutil.copytree(papers, tmp_path / "文件"))
    made = tmp_path / "库"
    index(Settings(home=made, workers=1), [folder], Options())
    yield made
    opened = session._opened.pop(made, None)
    if opened:
        opened.base.close()


def again(home: Path) -> None:
    index(Settings(home=home, workers=1), [], Options())


def test_kept_searches_are_asked_anew_of_each_generation(own: Path, open_page: Opener) -> None:
    paper = own.parent / "文件" / "制度" / "印章管理办法.md"
    with KnowledgeBase.open(Settings(home=own)) as base:
        seat = Seat(base, Visitor.demo("试"))
        scope = Scope.everything(as_of=TODAY)

        def news() -> dict[str, list[str]]:
            found = followed.news(seat.as_base, Results(seat.as_base), scope, "")
            return {n.search.name: [line["what"] for line in n.lines] for n in found}

        for query in ("外借公章需要谁批准", "公务接待标准"):
            seat.desk.save("", query, search(query))
        assert news() == {}, "the first look is what one begins from"
        again(own)
        base.renew()
        assert news() == {}, "nothing was changed"
        text = paper.read_text(encoding="utf-8")
        line = next(x for x in text.splitlines() if "外借" in x and "批准" in x)
        paper.write_text(text.replace(line, line + "未经批准不得外借公章。"), encoding="utf-8")
        again(own)
        base.renew()
        first = news()
        assert set(first) == {"外借公章需要谁批准"}
        assert followed.ALTERED in first["外借公章需要谁批准"]
        assert news() == first, "told until it was seen"
        paper.unlink()
        index(Settings(home=own, workers=1), [], Options(accept_removals=True))
        base.renew()
        assert followed.GONE in news()["外借公章需要谁批准"]
    page = open_page("today", home=own)
    unharmed(page)
    assert "外借公章需要谁批准" in html_of(page)
    press(page, "都看过了")
    unharmed(page)
    assert "收藏的检索没有变化" in page.caption[-1].value


def office_with(home: Path) -> Seat:
    seat = Seat(session.opened(Settings(home=home)).base, Visitor.demo("试"))
    row = {
        "title": "采购设备", "background": "", "questions": [], "kind": "", "meeting": "办公会",
        "day": TODAY + timedelta(days=3), "department": "办公室", "tier": "internal",
        "template": "简要说明", "state": State.PREPARING.value,
    }  # fmt: skip
    seat.people.agenda.add(row, who="王敏")
    office = seat.office()
    for lead, days in (("办公室", -2), ("财务处", 4)):
        draft = Draft(f"{lead}的事", lead, (), TODAY + timedelta(days=days), "单", "纪要")
        key = int(office.file(draft, who="督查").id)
        if days > 0:
            office.do(key, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    return seat


def test_the_day_begins_with_what_is_due_and_what_waits(own: Path, open_page: Opener) -> None:
    office_with(own)
    page = open_page("today", home=own)
    unharmed(page)
    said = html_of(page)
    for words in ("上会：采购设备", "督办到期：办公室的事", "（已过）", "待签收", "已立项，待交办"):
        assert words in said
    assert "还没有草稿" in said
    start = html_of(open_page(home=own))
    assert "今日：3 件到期，2 件等办" in start


def test_a_person_sees_what_is_his_unit_s(own: Path) -> None:
    seat = office_with(own)
    who = Identity("anna", Role.READER, Tier.INTERNAL, frozenset({"财务处"}))
    anna = Seat(session.opened(Settings(home=own)).base, Visitor(who, "anna", "安娜", "", "试"))
    office = anna.office()
    mine = belongs(anna.visitor)
    found = due(office, office.decisions(), office.tasks(), mine)
    assert [item.text for item in found] == ["督办到期：财务处的事"]
    assert "待签收" in [item.why for item in waits(office.tasks(), "anna", mine)]
    everybody = belongs(seat.visitor)
    assert len(due(office, office.decisions(), office.tasks(), everybody)) == 3
