"""参阅材料 under AppTest."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import decide
from kb.errors import PackError
from tests.support.ui import Opener, html_of, press, unharmed


def test_the_form_is_there_and_the_rest_teaches(open_page: Opener, people: None) -> None:
    page = open_page("pack")
    unharmed(page)
    assert page.text_input(key="pack_topic").label == "议题"
    assert "完整参阅材料" in page.selectbox(key="pack_template").options
    assert any("加入材料篮" in c.value for c in page.caption)


def test_no_topic_no_pack(open_page: Opener) -> None:
    page = open_page("pack")
    press(page, "生成参阅材料")
    unharmed(page)
    assert "议题" in page.warning[0].value
    assert "pack" not in page.query_params


def test_a_pack_is_made_shown_and_listed(open_page: Opener, people: None) -> None:
    search = open_page(q="外借公章需要谁批准")
    press(search, "加入材料篮")
    page = open_page("pack")
    assert any(s.value == "材料篮（1）" for s in page.subheader)
    page.text_input(key="pack_topic").set_value("外借公章办理账户变更")
    page.text_area(key="pack_questions").set_value("外借公章需要谁批准\n最长可以借几天")
    press(page, "生成参阅材料")
    unharmed(page)
    pack_id = page.query_params["pack"]
    shown = html_of(page)
    assert "外借公章办理账户变更" in shown
    for form in ("docx", "pdf", "html"):
        assert f"/files/pack/{pack_id}/" in shown
        assert f".{form}&quot; download" in shown or f'.{form}" download' in shown
    listed = html_of(open_page("pack"))
    assert f"pack={pack_id}" in listed


def test_the_basket_gives_back(open_page: Opener, people: None) -> None:
    search = open_page(q="外借公章需要谁批准")
    press(search, "加入材料篮")
    page = open_page("pack")
    press(page, "移出")
    unharmed(page)
    assert any(s.value == "材料篮（0）" for s in page.subheader)


def test_an_unknown_pack_is_told_in_words(open_page: Opener) -> None:
    page = open_page("pack", pack="没有")
    unharmed(page)
    assert "没有" in page.error[0].value


def test_a_pack_that_cannot_be_made_is_told_in_words(
    open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise PackError("模板坏了", hint="换一个模板")

    page = open_page("pack")
    monkeypatch.setattr(decide, "make", fails)
    page.text_input(key="pack_topic").set_value("议题")
    press(page, "生成参阅材料")
    unharmed(page)
    assert page.error[0].value == "模板坏了"
    assert any("换一个模板" in c.value for c in page.caption)


def test_without_an_index(open_page: Opener, tmp_path: Path) -> None:
    page = open_page("pack", home=tmp_path / "空")
    unharmed(page)
    assert "还没有入库任何文件" in html_of(page)
