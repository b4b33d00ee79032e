"""Further hits of a document are drawn when they are asked for, and can do what the first can."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.support.page import ready
from tests.support.ui import Opener

QUESTION = "印章保管和使用"


def test_the_page_draws_one_hit_a_document(open_page: Opener) -> None:
    page = open_page(q=QUESTION)
    shown = [e.proto.body for e in page.html]
    documents = sum("kb-hit-title" in body for body in shown)
    assert any(e.label.startswith("本文件另有 ") for e in page.expander)
    assert sum(b.label == "加入材料篮" for b in page.button) == documents
    assert not any("kb-other" in body for body in shown)


@pytest.mark.browser
@pytest.mark.usefixtures("people")
def test_the_others_are_there_when_opened(browser: Browser, root: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{root}/?q={quote(QUESTION)}")
    ready(page, ".kb-hit-title")
    others = page.get_by_test_id("stExpander").filter(has_text="本文件另有").first
    expect(others.locator(".kb-other")).to_have_count(0)
    others.locator("summary").click()
    others.locator(".kb-other").first.wait_for()
    others.get_by_role("button", name="加入材料篮").first.click()
    expect(others.get_by_role("button", name="已在材料篮")).to_be_visible()
    context.close()
