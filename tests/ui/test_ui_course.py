"""议题 and 督办 as a person drives them: lists, forms, gates, refusals, numbers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb.access.visitor import Visitor
from kb.config import Settings
from kb.decide.agenda import State
from kb.decide.course import CourseAct
from kb.decide.follow import Action, Draft, Event, TaskState
from kb.decide.office import Office
from kb.law.workdays import calendar_of
from kb.seat import Seat
from kb.ui import session
from kb.ui.agenda import Entry, month_html, month_of
from kb.ui.export import as_xlsx
from kb.ui.tasks import narrow
from tests.support.ui import Opener, html_of, press, unharmed

TODAY = date.today()
DRAFT = Draft("完成验收", "办公室", ("财务处",), TODAY + timedelta(days=30), "验收单", "纪要")


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the home: what is decided here is seen nowhere else."""
    copy = Path(shutil.copytree(home, tmp_path / "库"))
    yield copy
    opened = session._opened.pop(copy, None)
    if opened:
        opened.base.close()


def office(home: Path) -> Office:
    return Seat(session.opened(Settings(home=home)).base, Visitor.demo("试")).office()


def decided(home: Path, **changes: object) -> str:
    row = {
        "title": "采购会议设备", "background": "", "questions": [], "kind": "",
        "meeting": "局长办公会", "day": TODAY + timedelta(days=20), "department": "办公室",
        "partners": ["财务处"], "papers": ["制度/印章管理办法.md#第三条"], "tier": "internal",
        "template": "简要说明", "state": State.IDEA.value,
    }  # fmt: skip
    base = session.opened(Settings(home=home)).base
    return base.people.agenda.add(row | changes, who="王敏").id


def signed(page: AppTest, name: str = "王敏") -> None:
    page.text_input(key="pack_signed").set_value(name)


def field(page: AppTest, kind: str, end: str):  # type: ignore[no-untyped-def]
    found = [w for w in getattr(page, kind) if w.key and w.key.endswith(end)]
    assert len(found) == 1, [w.key for w in getattr(page, kind)]
    return found[0]


def test_a_decision_is_put_on_the_agenda_and_shown_three_ways(open_page: Opener, own: Path) -> None:
    page = open_page("agenda", home=own)
    unharmed(page)
    assert "还没有议题" in html_of(page)
    press(page, "列入议题")
    assert "没有填写议题名称" in page.error[0].value
    page.text_input(key="new-decision:title").set_value("采购会议设备<b>")
    press(page, "列入议题")
    assert "没有写明是谁" in page.error[0].value
    signed(page)
    page.date_input(key="new-decision:day").set_value(TODAY)
    page.text_input(key="new-decision:partners").set_value("财务处、机关纪委")
    press(page, "列入议题")
    unharmed(page)
    assert "已列入议题" in page.success[0].value
    (one,) = office(own).decisions()
    assert (one.row.state, one.row.creator) == ("酝酿", "王敏")
    assert one.row.partners == ["财务处", "机关纪委"]
    for view, mark in (("list", "kb-ledger"), ("board", "kb-board"), ("month", "kb-month")):
        said = html_of(open_page("agenda", home=own, av=view))
        assert mark in said
        assert "采购会议设备&lt;b&gt;" in said


def test_a_decision_page_names_what_is_missing_and_moves_when_it_is_there(
    open_page: Opener, own: Path
) -> None:
    key = decided(own, department="")
    page = open_page("agenda", home=own, decision=key)
    unharmed(page)
    assert "没有明确承办单位" in html_of(page)
    assert page.button(key=f"move:{key}:go").disabled
    page = open_page("agenda", home=own, decision=key, ds="change")
    signed(page)
    field(page, "text_input", ":department").set_value("办公室")
    press(page, "保存修改")
    unharmed(page)
    page.button(key=f"move:{key}:go").click().run()
    unharmed(page)
    now = office(own).decision(key)
    assert now.row.state == State.PREPARING
    assert now.lines[-1].who == "王敏"
    page = open_page("agenda", home=own, decision=key)
    signed(page)
    page.selectbox(key=f"list:{key}:checklist").set_value("major-decision")
    press(page, "选定")
    said = html_of(page)
    assert "合法性审查需7个工作日，最迟" in said
    page.button(key="ask:risk:否").click().run()
    page.selectbox(key=f"mark:{key}:step").set_value("legality")
    page.selectbox(key=f"mark:{key}:kind").set_value("不适用")
    page.text_input(key=f"mark:{key}:words").set_value("小事")
    press(page, "登记")
    assert "不能省略" in page.error[0].value
    page.selectbox(key=f"mark:{key}:kind").set_value("已完成")
    press(page, "登记")
    unharmed(page)
    assert office(own).decision(key).course.marks["legality"].words == "小事"


def test_opinions_options_and_the_resolution_are_kept_word_for_word(
    open_page: Opener, own: Path
) -> None:
    key = decided(own, state=State.PREPARING.value)
    page = open_page("agenda", home=own, decision=key, ds="opinions")
    signed(page)
    page.text_input(key=f"opinion:{key}:unit").set_value("财务处")
    page.text_area(key=f"opinion:{key}:words").set_value("建议<缓办>\n等预算")
    page.checkbox(key=f"opinion:{key}:dissent").set_value(True)
    press(page, "录入意见")
    said = html_of(page)
    assert "kb-dissent" in said
    assert "建议&lt;缓办&gt;\n等预算" in said
    assert "财务处的不同意见没有写明处理情况" in said
    page.text_area(key=f"reply:{key}:words").set_value("分两期付款")
    press(page, "写明处理")
    page = open_page("agenda", home=own, decision=key, ds="options")
    signed(page)
    for name in ("方案一", "方案二"):
        page.text_input(key=f"option:{key}:name").set_value(name)
        page.text_area(key=f"option:{key}:words").set_value(f"{name}的内容")
        press(page, "提出方案")
        unharmed(page)
    page = open_page("agenda", home=own, decision=key, ds="resolution")
    signed(page)
    page.text_area(key=f"resolve:{key}:words").set_value("原则同意方案一")
    page.text_input(key=f"resolve:{key}:minutes").set_value("第3次办公会纪要")
    page.text_input(key=f"resolve:{key}:f:主持人").set_value("局长")
    press(page, "记录决定")
    unharmed(page)
    course = office(own).decision(key).course
    assert course.opinions[0].answer == "分两期付款"
    assert [option.name for option in course.options] == ["方案一", "方案二"]
    assert course.resolution is not None
    assert course.resolution.fields == (("主持人", "局长"),)


def test_what_somebody_else_did_in_between_is_told(open_page: Opener, own: Path) -> None:
    key = decided(own)
    page = open_page("agenda", home=own, decision=key, ds="opinions")
    signed(page)
    act = {"unit": "财务处", "words": "先看预算"}
    office(own).act(key, CourseAct.OPINION, act, who="李明", based_on=0)
    page.text_input(key=f"opinion:{key}:unit").set_value("纪委")
    page.text_area(key=f"opinion:{key}:words").set_value("同意")
    press(page, "录入意见")
    assert "刚才有人先改了" in page.error[0].value
    assert "先看预算" in html_of(page)
    assert page.text_area(key=f"opinion:{key}:words").value == "同意", "nothing typed is lost"
    press(page, "录入意见")
    assert len(office(own).decision(key).course.opinions) == 2


def test_a_task_goes_its_way_on_the_page(open_page: Opener, own: Path) -> None:
    page = open_page("tasks", home=own)
    unharmed(page)
    assert "还没有督办事项" in html_of(page)
    signed(page, "督查室")
    page.text_area(key="file:what").set_value("完成验收")
    page.text_area(key="file:source").set_value("第3次办公会纪要")
    press(page, "立项")
    assert office(own).task(1).state is TaskState.FILED
    page = open_page("tasks", home=own, task="1")
    unharmed(page)
    signed(page, "督查室")
    press(page, "交办")
    assert "交办前缺少牵头单位、办结期限、工作标准" in page.error[0].value
    office(own).file(DRAFT, who="督查室")
    for action, who, words in (
        ("交办", "督查室", ""),
        ("签收", "办公室", ""),
        ("反馈进展", "办公室", "已到货"),
        ("报请办结", "办公室", "验收单附后"),
        ("退回", "督查室", "缺少照片"),
        ("报请办结", "办公室", "照片补上"),
        ("审核通过", "督查室", ""),
        ("归档", "督查室", ""),
    ):
        page = open_page("tasks", home=own, task="2")
        signed(page, who)
        page.run()
        revision = office(own).task(2).revision
        page.segmented_control(key=f"task:2:{revision}:action").set_value(Action(action)).run()
        field(page, "text_area", ":words").set_value(words)
        press(page, action)
        unharmed(page)
        assert page.success, (action, [e.value for e in page.error])
    one = office(own).task(2)
    assert one.state is TaskState.ARCHIVED
    assert one.returned == 1
    assert "写成经验材料" in html_of(open_page("tasks", home=own, task="2"))


def test_lights_lists_and_numbers_of_tasks(open_page: Opener, own: Path) -> None:
    known = office(own)
    for lead, days in (("办公室", -3), ("办公室", 2), ("财务处", 60)):
        task = known.file(
            Draft(f"{lead}{days}", lead, (), TODAY + timedelta(days=days), "单", "纪要"), who="督查"
        )
        if days > 0:
            known.do(int(task.id), Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    page = open_page("tasks", home=own)
    unharmed(page)
    said = html_of(page)
    assert "共 3 件，在办 3 件，其中逾期 1 件" in said
    assert "逾期 3 天" in said
    assert "kb-light-red" in said
    over = html_of(open_page("tasks", home=own, ts="overdue"))
    assert "办公室-3" in over
    assert "财务处60" not in over
    assert "财务处60" in html_of(open_page("tasks", home=own, tu="财务处"))
    numbers = html_of(open_page("tasks", home=own, tv="numbers"))
    assert numbers.count("kb-chart") >= 2
    assert "按期率" in numbers


def test_a_task_that_is_not_there_is_named(open_page: Opener, own: Path) -> None:
    page = open_page("tasks", home=own, task="7")
    assert "没有第 7 号督办事项" in page.error[0].value
    page = open_page("agenda", home=own, decision="2026-99")
    assert "没有编号为 2026-99 的议题" in page.error[0].value


def test_a_month_names_days_off_and_counts_what_does_not_fit() -> None:
    day = date(2026, 10, 8)
    found = [Entry(day, f"上会：{n}", "/agenda", "warn") for n in range(6)]
    said = month_html(date(2026, 10, 1), found, calendar_of(), day)
    assert "国庆" in said
    assert "另有 2 件" in said
    assert said.count("kb-now") == 1
    assert "month=2026-09" in said
    assert "month=2026-11" in said
    assert month_of("2026-13", day) == month_of("", day) == date(2026, 10, 1)
    assert "未录入" in month_html(date(2039, 1, 1), [], calendar_of(), day)


def test_the_filters_of_tasks(own: Path) -> None:
    known = office(own)
    key = int(known.file(DRAFT, who="督查").id)
    known.do(key, Event(Action.ASSIGN, "督查", TODAY), based_on=0)
    known.do(key, Event(Action.ACCEPT, "办公室", TODAY), based_on=1)
    known.do(key, Event(Action.SUBMIT, "办公室", TODAY, "单"), based_on=2)
    tasks = known.tasks()
    kept = {s: len(narrow(tasks, s, "", TODAY, known.calendar)) for s in ("open", "review", "done")}
    assert kept == {"open": 1, "review": 1, "done": 0}
    assert narrow(tasks, "all", "财务处", TODAY, known.calendar) == tasks
    assert narrow(tasks, "all", "纪委", TODAY, known.calendar) == []


def test_decisions_come_in_from_a_workbook(open_page: Opener, own: Path) -> None:
    decided(own)
    data = as_xlsx(
        ("议题", "上会日期", "承办单位"),
        [("更新车辆", "2026-03-16", "办公室"), ("", "", "办公室"), ("采购会议设备", "月底", "")],
        sheet="议题",
    )
    page = open_page("agenda", home=own)
    page.file_uploader(key="agenda-sheet").upload("议题.xlsx", data, "application/zip").run()
    unharmed(page)
    said = html_of(page)
    assert "共 3 行，可导入 1 行，有错 2 行" in said
    assert "没有议题名称" in said
    assert "上会日期读不懂：月底" in said
    assert "同名议题已在议题中" in said
    signed(page)
    press(page, "导入 1 件议题")
    unharmed(page)
    assert "已导入 1 件议题" in page.success[0].value
    assert "已经导入" in " ".join(c.value for c in page.caption)
    rows = session.opened(Settings(home=own)).base.people.agenda.every()
    assert len(rows) == 2
    assert (rows[0].title, rows[0].state, rows[0].creator) == ("更新车辆", "酝酿", "王敏")
