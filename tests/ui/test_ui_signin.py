"""Signing in as a person does it, in a real Chromium: the one-time link, a forced change of the
first password, a cookie that no script sees, signing out, and an account that is stopped."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.access.sessions import COOKIE
from tests.support.axe import findings
from tests.support.page import ROOT, ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SECRET = "Wen.Jian-77"


def kb(home: Path, *words: str) -> str:
    command = [sys.executable, "-m", "kb", "--home", str(home), *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def guarded(home: Path, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """``kb serve --login`` over a copy of the home without accounts: address, link, home."""
    skip = shutil.ignore_patterns("audit*", "people*", "*-wal", "*-shm", "*.lock")
    copy = Path(shutil.copytree(home, tmp_path / "库", ignore=skip))
    server = subprocess.Popen(
        [sys.executable, "-m", "kb", "--home", str(copy), "serve", "--login", "--port", "8651"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        link = re.search(r"http://\S+/setup\?token=\S+", server.stdout.readline())
        root = re.search(r"http://\S+?:\d+", server.stdout.readline())
        assert link
        assert root
        yield root.group(), link.group(), copy
    finally:
        server.terminate()
        server.wait(timeout=30)
        if server.stdout is not None:
            server.stdout.close()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("button[type=submit]").click()


def cookie_of(context: BrowserContext) -> dict[str, object]:
    return next(dict(c) for c in context.cookies() if c["name"] == COOKIE)


def test_from_the_one_time_link_to_a_stopped_account(
    browser: Browser, guarded: tuple[str, str, Path]
) -> None:
    root, link, home = guarded
    first = browser.new_context(locale="zh-CN")
    page = first.new_page()
    # Before there is an account nothing but the door opens.
    page.goto(f"{root}/?q=公章")
    expect(page).to_have_url(re.compile(r"/login\?next="))

    page.goto(link)
    fill(page, name="boss", shown="管理", new=SECRET, again=SECRET)
    expect(page).to_have_url(f"{root}/login")
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("无效或已用过")

    page.goto(f"{root}/login")
    fill(page, name="boss", password="Falsch.11x")
    expect(page.get_by_role("alert")).to_be_visible()
    assert not [c for c in first.cookies() if c["name"] == COOKIE]
    fill(page, name="boss", password=SECRET)
    ready(page, ".kb-notice")
    held = cookie_of(first)
    assert (held["httpOnly"], held["sameSite"]) == (True, "Lax")
    assert COOKIE not in page.evaluate("document.cookie")
    page.goto(f"{root}/accounts")
    ready(page, "text=新设账号")
    assert [found for found in findings(page) if found["ours"]] == []
    first.close()

    told = kb(home, "user", "add", "anna", "--shown", "安娜", "--all-departments")
    given = re.search(r"初始口令.*：(\S+)", told)
    assert given
    _first_password_then_out(browser, root, given[1])
    _stopped_while_reading(browser, root, home)


def _first_password_then_out(browser: Browser, root: str, given: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{root}/login")
    fill(page, name="anna", password=given)
    expect(page).to_have_url(f"{root}/password")
    page.goto(f"{root}/?q=公章")  # nothing else opens
    expect(page).to_have_url(f"{root}/password")
    expect(page.get_by_text("首次登录")).to_be_visible()
    fill(page, old=given, new="schwach", again="schwach")
    expect(page.get_by_role("alert")).to_be_visible()
    fill(page, old=given, new=SECRET, again=SECRET)
    ready(page, ".kb-notice")

    page.goto(f"{root}/?q=外借公章需要谁批准")
    ready(page, ".kb-hit-title")
    kept = cookie_of(context)
    page.goto(f"{root}/logout")
    page.locator("button[type=submit]").click()
    expect(page).to_have_url(f"{root}/login")
    assert not [c for c in context.cookies() if c["name"] == COOKIE]
    page.goto(f"{root}/?q=公章")
    expect(page).to_have_url(re.compile("/login"))
    context.close()

    # The cookie that somebody kept is worth nothing after signing out.
    again = browser.new_context()
    again.add_cookies([{"name": COOKIE, "value": str(kept["value"]), "url": root}])
    page = again.new_page()
    page.goto(f"{root}/?q=公章")
    expect(page).to_have_url(re.compile("/login"))
    again.close()


def _stopped_while_reading(browser: Browser, root: str, home: Path) -> None:
    """What stands on the page goes when the account is stopped (door.js)."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{root}/login?next=%2F%3Fq%3D公章")
    fill(page, name="anna", password=SECRET)
    ready(page, ".kb-hit-title")
    kb(home, "user", "disable", "anna")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_url(re.compile("/login"), timeout=30_000)
    expect(page.locator(".kb-hit-title")).to_have_count(0)
    fill(page, name="anna", password=SECRET)
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()
