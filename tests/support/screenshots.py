"""Photograph every view: ``python tests/support/screenshots.py OUT [--home HOME] [--readme DIR]``.

Starts the server on a free port over a home (by default one made of ``corpus/``), and writes a
PNG of each view at 1280, 1920 and 820 px, light and dark. ``--readme`` also writes the pictures
of the README and, with ``--manual``, those that the page's own manual shows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.page import browser_path, launch, ready, serving

QUESTION = "外借公章需要谁批准"
SIZES = {"desktop": (1280, 860), "wide": (1920, 1080), "tablet": (820, 1100)}


@contextmanager
def opened(browser: Browser, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="zh-CN",
    )
    yield context.new_page()
    context.close()


def views(root: str, page: Page) -> Iterator[str]:
    """Brings each view up and names it."""
    page.goto(root)
    ready(page, ".kb-start")
    yield "start"
    page.goto(f"{root}/?q={quote(QUESTION)}")
    ready(page, ".kb-hit-title")
    yield "search"
    page.locator(".kb-open").first.click()
    ready(page, "[data-target]")
    yield "read"
    page.goto(f"{root}/pack")
    ready(page, "text=新做一份参阅材料")
    yield "pack-form"
    form = page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name="生成参阅材料"))
    form.get_by_label("议题", exact=True).fill("外借公章办理账户变更")
    form.get_by_label("要回答的问题（每行一个）").fill("外借公章需要谁批准\n最长可以借多少天")
    form.get_by_label("背景（可不填，原样写入材料）").fill("开户银行要求携带公章到场办理账户变更。")
    page.get_by_role("button", name="生成参阅材料").click()
    ready(page, ".kb-files")
    page.frame_locator("iframe").locator("body").wait_for()
    page.wait_for_timeout(800)
    yield "pack"
    for path, mark in (
        ("today", ".kb-today"), ("agenda", "text=新增议题"), ("tasks", "text=立项"),
        ("duties", ".kb-duties"), ("system", ".kb-chart"), ("reading", ".kb-empty"),
        ("audit", ".kb-table"),
    ):  # fmt: skip
        page.goto(f"{root}/{path}")
        ready(page, mark)
        yield path
    page.goto(f"{root}/ledger")
    ready(page, ".kb-table")
    yield "ledger"
    page.goto(f"{root}/ledger?lv2=charts")
    ready(page, ".kb-chart")
    yield "charts"
    page.goto(f"{root}/read?doc={quote('制度/印章管理办法.md')}&tab=versions")
    ready(page, ".kb-diff")
    yield "versions"
    page.goto(f"{root}/read?doc={quote('制度/值班工作制度.pdf')}&tab=pages")
    ready(page, ".kb-beside")
    page.wait_for_timeout(1500)
    yield "pages"
    page.goto(f"{root}/experience")
    ready(page, "text=写一条经验")
    yield "experience"
    page.goto(f"{root}/admin")
    ready(page, ".kb-table")
    yield "admin"
    page.goto(f"{root}/about")
    ready(page, ".kb-manual")
    yield "about"
    page.goto(f"{root}/read")
    ready(page, ".kb-empty")
    yield "read-empty"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--url", default=None, help="a server that runs already")
    parser.add_argument("--readme", type=Path, default=None)
    parser.add_argument("--manual", type=Path, default=None)
    args = parser.parse_args()
    chromium = browser_path()
    if chromium is None:
        print("没有找到 chromium（可用 KB_CHROMIUM 指定）", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    kept = [folder for folder in (args.readme, args.manual) if folder is not None]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        if args.url:
            shoot(browser, args.url, args.out, kept)
        else:
            with serving(args.home or Path(folder), index=args.home is None) as root:
                shoot(browser, root, args.out, kept)
        browser.close()
    return 0


def shoot(browser: Browser, root: str, out: Path, kept: list[Path]) -> None:
    for size, scheme in [(s, c) for s in SIZES for c in ("light", "dark")]:
        with opened(browser, SIZES[size], scheme) as page:
            for name in views(root, page):
                page.mouse.move(0, 0)
                page.wait_for_timeout(500)
                page.screenshot(path=out / f"{name}-{size}-{scheme}.png")
                if (size, scheme) != ("desktop", "light") or name not in README:
                    continue
                for folder in kept:
                    folder.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=folder / f"{name}.png")


README = ("search", "read", "pack", "ledger")

if __name__ == "__main__":
    raise SystemExit(main())
