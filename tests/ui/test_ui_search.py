"""搜索 under AppTest."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from streamlit.testing.v1 import AppTest

from kb.config import Settings
from kb.ui import session
from tests.support.ui import Opener, html_of, press, unharmed

QUESTION = "外借公章需要谁批准"


def test_the_empty_page_teaches(open_page: Opener) -> None:
    page = open_page()
    unharmed(page)
    shown = html_of(page)
    assert "可以这样问" in shown
    assert "最近的文件" in shown
    assert "本系统为非涉密系统，严禁存储、处理国家秘密" in shown
    assert "演示模式：仅限本机，无需登录" in shown


def test_a_question_in_the_address_is_answered(open_page: Opener) -> None:
    page = open_page(q=QUESTION)
    unharmed(page)
    shown = html_of(page)
    assert page.text_input(key="q").value == QUESTION
    assert "印章管理办法" in shown
    assert "<mark>" in shown
    assert "现行有效" in shown
    assert "命中原因" in shown
    assert 'data-copy="《' in shown
    assert "/read?doc=" in shown


def test_a_typed_question_is_answered(open_page: Opener) -> None:
    page = open_page()
    page.text_input(key="q").set_value("急件多长时间办结").run()
    unharmed(page)
    assert "公文处理办法" in html_of(page)


def test_a_kind_is_chosen_by_its_count(open_page: Opener) -> None:
    page = open_page(q=QUESTION)
    [control] = page.segmented_control
    assert control.options[0].startswith("全部 ")
    assert [option.split()[0] for option in control.options] == ["全部", "制度", "经验", "资料"]
    control.set_value("experience").run()
    unharmed(page)
    assert page.query_params["kind"] == "experience"
    shown = html_of(page)
    assert "外借公章" in shown
    assert "现行有效" not in shown, "a regulation among experience notes"


def test_a_kind_in_the_address_holds(open_page: Opener) -> None:
    page = open_page(q=QUESTION, kind="experience")
    unharmed(page)
    assert page.segmented_control[0].value == "experience"
    assert "现行有效" not in html_of(page)


def test_the_kind_stays_with_the_next_question(open_page: Opener) -> None:
    page = open_page(q=QUESTION, kind="experience")
    page.text_input(key="q").set_value("急件附件错漏").run()
    unharmed(page)
    assert page.segmented_control[0].value == "experience"


def test_nonsense_in_the_address_is_passed_over(open_page: Opener) -> None:
    page = open_page(q=QUESTION, kind="nonsense", day="nonsense")
    unharmed(page)
    assert page.segmented_control[0].value == ""
    assert "印章管理办法" in html_of(page)


def test_on_another_day_the_version_of_that_day_answers(open_page: Opener) -> None:
    old, new = "印章管理办法%282015%29.md", "制度/印章管理办法.md"
    then = unquote(html_of(open_page(q="印章外借期限", kind="regulation", day="2016-01-01")))
    assert unquote(old) in then
    assert f"doc={new}" not in then
    now = unquote(html_of(open_page(q="印章外借期限", kind="regulation")))
    assert f"doc={new}" in now
    assert unquote(old) not in now


def test_hits_of_one_document_stand_together(open_page: Opener) -> None:
    page = open_page(q="印章保管和使用")
    titles = [e.proto.body for e in page.html if "kb-hit-title" in e.proto.body]
    assert len(titles) == len(set(titles))
    assert any(e.label.startswith("本文件另有 ") for e in page.expander)


def test_what_nobody_wrote_of_is_said_honestly(open_page: Opener) -> None:
    shown = html_of(open_page(q="火星移民签证的费用"))
    assert "未找到直接依据" in shown or "没有找到" in shown


def test_markup_in_a_paper_stays_text(open_page: Opener) -> None:
    page = open_page(q="页面标记 alert 字样")
    unharmed(page)
    shown = html_of(page)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>页面</b>" not in shown


def test_markup_in_a_question_stays_text(open_page: Opener) -> None:
    page = open_page(q='"><img src=x onerror=alert(1)>公章')
    unharmed(page)
    assert "<img" not in html_of(page)


def test_the_basket_keeps_an_article(open_page: Opener, people: None) -> None:
    page = open_page(q=QUESTION)
    button = next(b for b in page.button if b.label == "加入材料篮")
    button.click().run()
    unharmed(page)
    again = next(b for b in page.button if b.key == button.key)
    assert again.label == "已在材料篮"
    assert again.disabled
    assert "已放入材料篮" in page.toast[0].value


def test_without_an_index_the_page_says_what_to_do(open_page: Opener, tmp_path: Path) -> None:
    page = open_page(q=QUESTION, home=tmp_path / "空")
    unharmed(page)
    shown = html_of(page)
    assert "还没有入库任何文件" in shown
    assert "kb index" in shown


def test_a_wrong_setting_is_told_in_words(open_page: Opener, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("nonsense = 1\n", encoding="utf-8")
    page = open_page(home=tmp_path)
    unharmed(page)
    assert "nonsense" in page.error[0].value
    assert "可用的设置" in page.caption[0].value


def choices(page: AppTest, name: str) -> list[str]:
    return next(box.options for box in page.selectbox if box.key == name)


def test_filters_narrow_and_stand_in_the_address(open_page: Opener) -> None:
    page = open_page(q=QUESTION)
    assert choices(page, "fd")[0] == "来源：全部"
    box = next(b for b in page.selectbox if b.key == "fd")
    box.set_value("经验").run()
    unharmed(page)
    assert page.query_params["fd"] == "经验"
    assert "doc=%E5%88%B6%E5%BA%A6" not in html_of(page)
    assert "doc=%E7%BB%8F%E9%AA%8C" in html_of(page)


def test_filters_that_leave_nothing_say_so(open_page: Opener) -> None:
    page = open_page(q=QUESTION, fd="经验", lv="法律")
    unharmed(page)
    assert "筛选之后没有剩下内容" in html_of(page)


def test_a_search_is_kept_and_listed(open_page: Opener, people: None) -> None:
    page = open_page(q=QUESTION, kind="regulation")
    press(page, "收藏此检索")
    unharmed(page)
    assert any(b.label == "已收藏" for b in page.button)
    start = html_of(open_page())
    assert "收藏的检索" in start
    assert "kind=regulation" in start
    assert "最近查过" in start
    press(page, "已收藏")
    assert "收藏的检索" not in html_of(open_page())


def test_former_questions_can_be_cleared(open_page: Opener, people: None) -> None:
    open_page(q=QUESTION)
    page = open_page()
    assert "最近查过" in html_of(page)
    press(page, "清除查询记录")
    assert "最近查过" not in html_of(page)


def test_what_is_wrong_is_kept(open_page: Opener, home: Path, people: None) -> None:
    page = open_page(q=QUESTION)
    press(page, "没找到／有误")
    unharmed(page)
    page.radio(key="tell-what").set_value("text")
    page.text_area(key="tell-says").set_value("第二款少了一个字")
    press(page, "提交")
    unharmed(page)
    (row,) = session.opened(Settings(home=home)).base.desk.told()
    assert (row.what, row.says, row.query) == ("text", "第二款少了一个字", QUESTION)
    assert "#" in row.passage_id


def test_a_useful_answer_becomes_a_known_one(open_page: Opener, home: Path, people: None) -> None:
    page = open_page(q=QUESTION)
    button = next(b for b in page.button if b.label == "有用")
    button.click().run()
    unharmed(page)
    again = next(b for b in page.button if b.key == button.key)
    assert (again.label, again.disabled) == ("已标为有用", True)
    (row,) = session.opened(Settings(home=home)).base.people.known()
    assert (row.question, row.passage_id) == (QUESTION, str(button.key).removeprefix("useful:"))


def test_what_no_longer_holds_is_listed_when_asked_for(open_page: Opener) -> None:
    page = open_page(q="印章外借期限", kind="regulation")
    assert "印章管理办法%282015%29" not in html_of(page)
    page.toggle(key="over").set_value(True).run()
    unharmed(page)
    shown = html_of(page)
    assert "2015" in shown
    assert "起被" in shown
    assert page.query_params["over"] == "1"


def test_how_a_question_was_read_can_be_taken_back(open_page: Opener) -> None:
    page = open_page(q="标题:印章 AND 外借")
    unharmed(page)
    shown = html_of(page)
    assert "按检索式查找" in shown or "检索式" in shown
    assert "plain=1" in shown or "按普通词语查找" in shown
    plain = open_page(q="标题:印章 AND 外借", plain="1")
    unharmed(plain)
    assert "恢复自动识别" in html_of(plain)


def test_a_query_of_the_language_is_read_and_helped_with(open_page: Opener) -> None:
    page = open_page(q="标题:印章 AND 外借 NOT 废止")
    unharmed(page)
    shown = html_of(page)
    assert "按检索式查找" in shown
    assert "高级检索写法" not in shown, "a label, not a heading"
    assert "日期:[2023 TO 2024]" in shown
    wrong = html_of(open_page(q="(标题:印章 AND 外借"))
    assert "第 1 个字处：左括号没有配对" in wrong
    assert "印章管理办法" in wrong
    plain = html_of(open_page(q="标题:印章 AND 外借", plain="1"))
    assert "按检索式查找" not in plain


def test_levels_of_force_group_and_hide_nothing(open_page: Opener) -> None:
    flat = open_page(q=QUESTION)
    levels = open_page(q=QUESTION, sort="force")
    unharmed(levels)
    shown = html_of(levels)
    assert "kb-level" in shown
    assert "经验（不作依据）" in shown
    assert "kb-level" not in html_of(flat)
    titles = {e.proto.body for e in flat.html if "kb-hit-title" in e.proto.body}
    assert len(titles) == sum("kb-hit-title" in e.proto.body for e in levels.html)


def test_what_is_like_a_hit_is_shown_when_asked_for(open_page: Opener) -> None:
    page = open_page(q=QUESTION)
    assert "kb-also" not in html_of(page)
    toggle = next(t for t in page.toggle if t.label == "另见")
    toggle.set_value(True).run()
    unharmed(page)
    assert "kb-also" in html_of(page)
