"""The main path in a real Chromium: search → article → basket → pack → download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.page import ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LATIN = """() => {
  const found = new Set();
  const foreign = (text) => /[A-Za-z]{3}/.test(text) && !/[\\u4e00-\\u9fff]/.test(text);
  for (const element of document.querySelectorAll("body *"))
    for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"]) {
      const text = element.getAttribute(name);
      if (text && foreign(text)) found.add(`${name}=${text}`);
    }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const text = node.nodeValue.trim();
    const silent = node.parentElement.closest("script, style, [data-testid=stIconMaterial]");
    if (foreign(text) && !silent) found.add(text);
  }
  return [...found];
}"""
"""Everything in the page, said or shown, that has Latin words and no Chinese ones. The name of
an icon is no text: its font draws it."""


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, asked: list[str]) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="zh-CN", accept_downloads=True
    )

    def note(request: Request) -> None:
        asked.append(request.url)

    context.on("request", note)
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    assert faults == []


def outside(urls: list[str]) -> list[str]:
    return [
        url
        for url in urls
        if urlsplit(url).scheme not in ("data", "blob")
        and urlsplit(url).hostname not in ("127.0.0.1", "localhost")
    ]


@pytest.mark.usefixtures("people")
def test_from_a_question_to_a_downloaded_pack(
    page: Page, root: str, asked: list[str], tmp_path: Path
) -> None:
    page.goto(root)
    ready(page, ".kb-start")
    expect(page).to_have_title(re.compile("枢纽"))
    page.keyboard.press("/")
    page.keyboard.type("外借公章需要谁批准")
    page.keyboard.press("Enter")
    ready(page, ".kb-hit-title")
    assert "q=" in page.url

    group = page.locator("[class*=st-key-hit-]").filter(has_text="印章管理办法").first
    group.get_by_role("button", name="加入材料篮").first.click()
    expect(group.get_by_role("button", name="已在材料篮").first).to_be_visible()
    group.locator("a.kb-open").first.click()
    ready(page, "[data-target]")
    assert "/read?doc=" in page.url
    expect(page.locator("[data-target]")).to_be_in_viewport()
    expect(page.locator(".kb-toc a[aria-current]")).to_have_count(1)
    expect(page.locator("[data-target] mark").first).to_be_visible()

    page.get_by_role("link", name="参阅材料").click()
    ready(page, "text=新做一份参阅材料")
    expect(page.get_by_text("材料篮（1）")).to_be_visible()
    form = page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name="生成参阅材料"))
    form.get_by_label("议题", exact=True).fill("外借公章办理账户变更")
    form.get_by_label("要回答的问题（每行一个）").fill("外借公章需要谁批准")
    page.get_by_role("button", name="生成参阅材料").click()
    ready(page, ".kb-files")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("外借公章办理账户变更")
    heads = {"Word": b"PK\x03\x04", "PDF": b"%PDF", "网页": b"<!doctype html"}
    for name, head in heads.items():
        with page.expect_download() as waiting:
            page.locator(".kb-files a", has_text=name).click()
        saved = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved)
        assert saved.name.startswith("外借公章办理账户变更-")
        assert saved.read_bytes()[: len(head)].lower() == head.lower()
    assert outside(asked) == []
    assert len(asked) > 20, "the requests were not recorded"


def test_a_link_that_was_sent_opens_the_same(page: Page, root: str, asked: list[str]) -> None:
    page.goto(f"{root}/?q=急件办结时限&kind=regulation")
    ready(page, ".kb-hit-title")
    expect(page.locator("[class*=st-key-q] input")).to_have_value("急件办结时限")
    expect(page.locator(".kb-hit-title").first).to_contain_text("公文处理办法")
    page.locator("a.kb-open").first.click()
    ready(page, "[data-target]")
    page.go_back()
    ready(page, ".kb-hit-title")
    expect(page.locator("[class*=st-key-q] input")).to_have_value("急件办结时限")
    assert outside(asked) == []


@pytest.mark.parametrize("place", ["", "?q=公章", "read", "pack", "ledger", "about"])
def test_no_english_and_nothing_from_outside(
    browser: Browser, root: str, asked: list[str], place: str
) -> None:
    # An English browser: what Streamlit says follows its language unless we see to it.
    context = browser.new_context(locale="en-US")
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{root}/{place}")
    ready(page, ".kb-notice")
    assert page.evaluate(LATIN) == []
    for box in page.locator("input[type=text]:visible, textarea:visible").all():
        box.click()
        page.keyboard.type("a")
        page.wait_for_timeout(300)
        assert page.evaluate(LATIN) == []
        page.keyboard.press("Escape")
    dates = page.locator("[data-testid=stDateInput] button:visible")
    if dates.count():
        dates.first.click()
        expect(page.get_by_role("grid").first).to_be_visible()
        assert page.evaluate(LATIN) == []
    expect(page.get_by_text("严禁存储、处理国家秘密").first).to_be_visible()
    context.close()
    assert outside(asked) == []


def test_a_page_that_is_not_offered_is_told_in_chinese(browser: Browser, root: str) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{root}/accounts")  # the demonstration has none
    ready(page, ".kb-notice")
    expect(page.get_by_role("dialog")).to_contain_text("不向您开放")
    assert page.evaluate(LATIN) == []
    context.close()


def test_copy_puts_the_citation_on_the_clipboard(page: Page, root: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{root}/read?doc=制度/印章管理办法.md&at=第十七条")
    ready(page, "[data-target]")
    page.get_by_role("button", name="复制“第十七条”的引用").click()
    expect(page.get_by_text("已复制").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "《云澜市公共事务管理局印章管理办法》（云公管〔2022〕11号）第十七条"
    )
