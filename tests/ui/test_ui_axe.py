"""Accessibility in a real Chromium: axe-core over every page, light and dark, and the way through
by keyboard alone. Findings in Streamlit's own markup are listed in ARCHITECTURE.md."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.axe import findings
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
SIZES = ((1280, 860), (1920, 1080), (820, 1100))
OVER = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const main = document.querySelector("[data-testid=stMain]");
  done(main.scrollWidth - main.clientWidth);
})))"""
"""By how many pixels the page is wider than its window, once it is laid out."""


HALVES = {"light": list(PLACES)[::2], "dark": list(PLACES)[1::2]}
"""Opening a page is the dearest part: each in one theme, and in the other in `make soak`."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("other", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_nothing_grave_in_our_own_markup(
    browser: Browser, root: str, scheme: Any, other: bool
) -> None:
    """And no page is wider than its window, at three sizes."""
    context = browser.new_context(
        viewport={"width": SIZES[0][0], "height": SIZES[0][1]}, color_scheme=scheme, locale="zh-CN"
    )
    page = context.new_page()
    ours: list[str] = []
    theirs: set[str] = set()
    wide: list[tuple[str, int, int]] = []
    for name in (n for n in PLACES if (n in HALVES[scheme]) != other):
        page.goto(f"{root}/{PLACES[name]}")
        ready(page, ".kb-notice")
        for found in findings(page):
            if found["ours"]:
                ours.append(f"{name}: {found['id']} {found['html']}")
            else:
                theirs.add(f"{found['id']}: {found['at']}")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            if (over := page.evaluate(OVER)) > 1:
                wide.append((name, width, over))
        page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    context.close()
    print("\n".join(sorted(theirs)))
    assert ours == [], "\n".join(ours)
    assert wide == []


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
