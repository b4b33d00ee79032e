"""A draft on the desk, its edition, and the leader's reading list, under AppTest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kb import decide
from kb.config import Settings
from kb.decide.drafts import open_draft
from kb.decide.freeze import freeze
from kb.decide.model import Words
from kb.model import Scope
from kb.ui import session
from tests.support.ui import Opener, html_of, press, unharmed

LOAN = "制度/印章管理办法.md#第十四条"


@pytest.fixture
def desk(home: Path) -> Iterator[str]:
    """A draft; what is made of it goes again."""
    base = session.opened(Settings(home=home)).base
    pack = decide.make(
        base,
        Scope.everything(as_of=date.today()),
        topic="外借公章办理账户变更",
        questions=["外借公章需要谁批准"],
        template="简要说明",
    )
    decide.store(base.people, pack)
    yield pack.id
    with base.people._engine.begin() as connection:
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for table in (
            "assignment", "happening", "task", "remark", "delivery", "edition", "pack_edit",
            "pack", "decision",
        ):  # fmt: skip
            connection.execute(text(f"DELETE FROM {table}"))
        for _, sql in triggers:
            connection.execute(text(sql))


def people_of(home: Path):
    return session.opened(Settings(home=home)).base.people


def test_what_is_numbered_stands_where_its_number_says(
    open_page: Opener, home: Path, desk: str
) -> None:
    page = open_page("pack", pack=desk)
    before = [s.title for s in open_draft(people_of(home), desk).shown.sections]
    last = next(n for n in page.number_input if n.label == f"{before[-1]}：第几位")
    assert last.value == len(before)
    last.set_value(1).run()
    unharmed(page)
    after = [s.title for s in open_draft(people_of(home), desk).shown.sections]
    assert after == [before[-1], *before[:-1]]
    assert [
        n.value for n in page.number_input if n.label.removesuffix("：第几位") in after
    ] == list(range(1, len(after) + 1))
    # Articles: the last one of its part to the front, and back to the end.
    places = [n for n in page.number_input if "》第" in n.label]
    wanted = places[-1].label
    places[-1].set_value(1).run()
    unharmed(page)
    assert next(n.label for n in page.number_input if "》第" in n.label) == wanted
    [now] = [n for n in page.number_input if n.label == wanted]
    now.set_value(len(places)).run()
    assert [n.label for n in page.number_input if "》第" in n.label][-1] == wanted


def test_what_is_typed_is_kept_with_its_name(open_page: Opener, home: Path, desk: str) -> None:
    page = open_page("pack", pack=desk)
    unharmed(page)
    page.text_input(key="pack_signed").set_value("文书岗").run()
    field = next(a for a in page.text_area if a.label == "议题由来和拟请决定的事项")
    field.set_value("银行来函要求到柜台办理。").run()
    unharmed(page)
    draft = open_draft(people_of(home), desk)
    said = [x for x in draft.shown.lines() if isinstance(x, Words) and x.person]
    assert [(x.text, x.person) for x in said] == [("银行来函要求到柜台办理。", "文书岗")]
    assert "填写" in html_of(page)


def test_articles_are_left_out_and_come_back(open_page: Opener, home: Path, desk: str) -> None:
    page = open_page("pack", pack=desk)
    before = len(open_draft(people_of(home), desk).shown.sources)
    press(page, "不用")
    unharmed(page)
    assert len(open_draft(people_of(home), desk).edits.dropped) == 1
    press(page, "恢复")
    unharmed(page)
    assert len(open_draft(people_of(home), desk).shown.sources) == before


def test_an_article_left_out_is_quoted_after_all_and_let_go_again(
    open_page: Opener, home: Path, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.ui.views.draft.NEAREST", 1)
    left = open_draft(people_of(home), desk).composed.left_out
    assert len(left) > 2
    page = open_page("pack", pack=desk)
    more = next(t for t in page.toggle if t.label == f"全部列出（另有 {len(left) - 1} 条）")

    def offered() -> list[str]:
        return [b.key for b in page.button if b.label == "引用"]

    assert offered() == [f"引用:left:{left[0].passage_id}"]
    more.set_value(True).run()
    unharmed(page)
    assert offered() == [f"引用:left:{one.passage_id}" for one in left]
    wanted = left[-1]
    next(b for b in page.button if b.key == f"引用:left:{wanted.passage_id}").click().run()
    unharmed(page)
    draft = open_draft(people_of(home), desk)
    assert draft.edits.pinned == (wanted.passage_id,)
    assert wanted.passage_id in {s.passage_id for s in draft.shown.sources}
    assert f"《{wanted.short}》{wanted.place}（指定）" in html_of(page)
    press(page, "取消指定")
    unharmed(page)
    assert open_draft(people_of(home), desk).edits.pinned == ()
    log = [(row.action, row.target) for row in people_of(home).drafts.history(desk)]
    assert log == [("pin", wanted.passage_id), ("unpin", wanted.passage_id)]


def test_an_article_takes_the_place_of_another(open_page: Opener, home: Path, desk: str) -> None:
    before = open_draft(people_of(home), desk).composed
    new = before.left_out[0]
    page = open_page("pack", pack=desk)
    swap = next(s for s in page.selectbox if s.label == "换成")
    old = swap.key.removeprefix("swap:")
    swap.set_value(new.passage_id).run()
    unharmed(page)
    after = {s.passage_id for s in open_draft(people_of(home), desk).shown.sources}
    assert new.passage_id in after
    assert old not in after
    (row,) = people_of(home).drafts.history(desk)
    assert (row.action, row.target, row.value) == ("replace", old, new.passage_id)


def test_a_note_stands_below_its_article_with_its_writer_and_is_taken_back(
    open_page: Opener, home: Path, desk: str
) -> None:
    first = open_draft(people_of(home), desk).composed.sources[0].passage_id
    page = open_page("pack", pack=desk)
    page.text_input(key="pack_signed").set_value("法规处").run()
    new = f"new:{desk}:0:{first}"
    next(a for a in page.text_area if a.key == new).set_value("须先征求保密办意见。").run()
    unharmed(page)
    (note,) = open_draft(people_of(home), desk).edits.notes.values()
    assert (note.text, note.who, note.place) == ("须先征求保密办意见。", "法规处", first)
    said = [x for x in open_draft(people_of(home), desk).shown.lines() if isinstance(x, Words)]
    assert ("须先征求保密办意见。", "法规处") in [(x.text, x.person) for x in said]
    next(a for a in page.text_area if a.label == "说明（法规处）").set_value("").run()
    unharmed(page)
    assert not open_draft(people_of(home), desk).edits.notes


def test_two_desks_and_one_field(open_page: Opener, home: Path, desk: str) -> None:
    one, two = open_page("pack", pack=desk), open_page("pack", pack=desk)

    def field(page):
        return next(a for a in page.text_area if a.label == "承办单位意见")

    field(one).set_value("拟同意。").run()
    field(two).set_value("拟不同意。").run()
    unharmed(two)
    assert "刚由另一人改过" in two.warning[0].value
    assert "拟同意。" in html_of(two).replace("<del>", "").replace("</del>", "")
    kept = open_draft(people_of(home), desk).edits.fields
    assert [said.text for said in kept.values()] == ["拟同意。"]
    press(two, "改用我写的")
    kept = open_draft(people_of(home), desk).edits.fields
    assert [said.text for said in kept.values()] == ["拟不同意。"]


def test_from_the_desk_to_a_task(open_page: Opener, home: Path, desk: str) -> None:
    page = open_page("pack", pack=desk)
    press(page, "定稿")
    unharmed(page)
    edition = page.query_params["edition"]
    page = open_page("pack", edition=edition)
    unharmed(page)
    assert "均未变化" in page.success[0].value
    next(t for t in page.text_input if t.label.startswith("呈送给")).set_value("王局长")
    press(page, "呈送")
    assert "王局长" in html_of(page)
    reading = open_page("reading")
    unharmed(reading)
    press(reading, "圈阅")
    next(t for t in reading.text_area if t.label == "批示").set_value("同意，请办公室落实。")
    press(reading, "写入批示")
    unharmed(reading)
    assert "同意，请办公室落实。" in html_of(reading)
    page = open_page("pack", edition=edition)
    assert "已圈阅" in html_of(page)
    page.text_input(key="pack_signed").set_value("督查室")
    press(page, "立项")
    unharmed(page)
    assert "已立项：同意，请办公室落实。" in [s.value for s in page.success]
    (task,) = people_of(home).editions.tasks()
    assert (task.what, task.state) == ("同意，请办公室落实。", "已立项")
    assert "督办 1" in html_of(open_page("pack", edition=edition))


def test_the_morning_names_what_comes_up(open_page: Opener, home: Path, desk: str) -> None:
    people_of(home).agenda.add(
        {
            "title": "外借公章", "background": "", "questions": [], "kind": "",
            "meeting": "局长办公会", "day": date.today() + timedelta(days=2), "department": "",
            "tier": "internal", "template": "简要说明",
        },
        who="甲",
    )  # fmt: skip
    page = open_page("pack")
    assert "还没有草稿" in html_of(page)
    press(page, "备好草稿（1）")
    unharmed(page)
    assert "待补" in html_of(open_page("pack"))


def test_a_frozen_pack_that_aged_shows_both_texts(
    open_page: Opener, home: Path, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = session.opened(Settings(home=home)).base
    row = freeze(base, base.people, Scope.everything(as_of=date.today()), desk, who="甲")
    real = type(base).passages

    def altered(self, ids, scope):
        from dataclasses import replace

        rows = real(self, ids, scope)
        key = min(rows)
        passage = replace(rows[key].passage, text="改过的条文。")
        return rows | {key: replace(rows[key], passage=passage)}

    monkeypatch.setattr(type(base), "passages", altered)
    page = open_page("pack", edition=str(row.id))
    unharmed(page)
    assert "1 条引用已变化" in html_of(page)
    assert "<ins>" in html_of(page)


def test_no_edition_of_this_number(open_page: Opener) -> None:
    page = open_page("pack", edition="999")
    unharmed(page)
    assert "没有第 999 号定稿" in page.error[0].value
