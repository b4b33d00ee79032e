"""Accessibility in a real Chromium: axe-core over every page, light and dark, and the way through
by keyboard alone. Findings in Streamlit's own markup are listed in ARCHITECTURE.md."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.page import ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLACES = {
    "start": "",
    "search": "?q=外借公章需要谁批准",
    "read": "read?doc=制度/印章管理办法.md&at=第十七条&words=外借公章",
    "versions": "read?doc=制度/印章管理办法.md&tab=versions",
    "described": "read?doc=制度/印章管理办法.md&tab=described",
    "pages": "read?doc=制度/值班工作制度.pdf&tab=pages",
    "pack": "pack",
    "today": "today",
    "agenda": "agenda",
    "board": "agenda?av=board",
    "tasks": "tasks",
    "duties": "duties",
    "system": "system",
    "reading": "reading",
    "audit": "audit",
    "ledger": "ledger",
    "charts": "ledger?lv2=charts",
    "experience": "experience",
    "admin": "admin",
    "about": "about",
}
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const ours = (node) => node.target.flat().some((at) => {
    const element = document.querySelector(at);
    return element && element.closest(".stHtml, [class*=kb-]:not([class*=st-key])");
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => ({
    id: rule.id, impact: rule.impact, at: node.target.flat().join(" "), ours: ours(node),
    html: node.html.slice(0, 160),
  })));
}"""
FADED_IN = """() => document.getAnimations().every((a) => a.playState !== "running"
    || a.effect.getComputedTiming().iterations === Infinity)
  && document.querySelectorAll("[data-stale=true]").length === 0"""
GRAVE = ("serious", "critical")


def findings(page: Page) -> list[dict[str, Any]]:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [f for f in found if f["impact"] in GRAVE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_grave_in_our_own_markup(browser: Browser, root: str, scheme: Any) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, color_scheme=scheme, locale="zh-CN"
    )
    page = context.new_page()
    ours: list[str] = []
    theirs: set[str] = set()
    for name, place in PLACES.items():
        page.goto(f"{root}/{place}")
        ready(page, ".kb-notice")
        # What fades in has the contrast of its opacity until it is there.
        page.wait_for_function(FADED_IN, timeout=60_000)
        for found in findings(page):
            if found["ours"]:
                ours.append(f"{name}: {found['id']} {found['html']}")
            else:
                theirs.add(f"{found['id']}: {found['at']}")
    context.close()
    print("\n".join(sorted(theirs)))
    assert ours == [], "\n".join(ours)


@pytest.mark.usefixtures("people")
def test_from_question_to_basket_by_keyboard_alone(browser: Browser, root: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page = context.new_page()
    page.goto(root)
    ready(page, ".kb-start")
    page.keyboard.press("/")
    page.keyboard.type("外借公章需要谁批准")
    page.keyboard.press("Enter")
    ready(page, ".kb-hit-title")
    # Tab by tab to the first «open», never a mouse.
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.classList.contains('kb-open')"):
            break
    else:
        pytest.fail("«在原文中打开» cannot be reached by Tab")
    page.keyboard.press("Enter")
    ready(page, "[data-target]")
    expect(page.locator("[data-target]")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement?.textContent?.includes('加入材料篮')"):
            break
    else:
        pytest.fail("«加入材料篮» cannot be reached by Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="已在材料篮")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (820, 1100)])
def test_no_page_is_wider_than_its_window(
    browser: Browser, root: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    wide = []
    for name, place in PLACES.items():
        page.goto(f"{root}/{place}")
        ready(page, ".kb-notice")
        over = page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth - m.clientWidth; }"
        )
        if over > 1:
            wide.append((name, over))
    context.close()
    assert wide == []
