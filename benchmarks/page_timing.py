"""How long a person waits, in a real Chromium: first paint, and from Enter to hits.

    python benchmarks/page_timing.py HOME [--times 20] [--browsers 10 --seconds 180]

Starts `kb serve` over a home. First paint of the search page is taken with a warm browser cache;
from Enter to hits: until the first hit of the new question stands in the page. With ``--browsers``
so many ask at once, each in a window of its own, and errors are counted.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.page import browser_path, launch, ready, serving  # noqa: E402

QUESTIONS = (
    "劳动合同解除的条件", "未成年人保护的责任", "污染环境的处罚", "行政处罚的听证程序",
    "食品安全标准", "道路交通事故责任认定", "政府采购的方式", "土地征收的补偿",
    "个人信息的处理规则",
    "安全生产责任", "档案的保管期限", "招标投标的时限", "消费者权益争议", "突发事件的报告",
    "公务员考核", "税收优惠",
    "房屋租赁合同", "网络安全等级保护", "信访事项的办理期限", "工伤认定申请",
    "野生动物保护",
    "公共场所卫生", "法律援助的条件",
)  # fmt: skip


def ask(page: Page, question: str) -> float:
    """Seconds from Enter to the first hit."""
    box = page.locator(".st-key-q input")
    box.fill(question)
    page.evaluate(
        "window.__before = document.querySelector('.kb-hit-title, .kb-empty');"
        "window.__ended = 0;"
        "new MutationObserver((_, me) => {"
        "  const now = document.querySelector('.kb-hit-title a, .kb-empty h2');"
        "  if (now && now.textContent !== window.__said) { window.__ended = performance.now();"
        "    me.disconnect(); } }).observe(document.body,"
        " { childList: true, subtree: true, characterData: true });"
        "window.__said = document.querySelector('.kb-hit-title a, .kb-empty h2')?.textContent;"
        "document.querySelector('.st-key-q input').addEventListener('keydown', (e) => {"
        "  if (e.key === 'Enter') window.__pressed = performance.now(); }, true)"
    )
    box.press("Enter")
    # Not wait_for_function: it evaluates in the page, which the page's policy forbids.
    for _ in range(600):
        took: float = page.evaluate("(window.__ended - window.__pressed) / 1000")
        if took > 0:
            return took
        page.wait_for_timeout(50)
    raise TimeoutError(f"no hits for {question}")


def first_paint(page: Page, root: str) -> float:
    """Seconds until the search page shows its first words, the browser's cache warm."""
    began = time.perf_counter()
    page.goto(root)
    page.locator(".kb-start, .kb-hit-title").first.wait_for()
    return time.perf_counter() - began


def told(what: str, values: list[float]) -> str:
    """Median, p95 and the largest, in milliseconds."""
    p95 = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
    shown = (median(values), p95, max(values))
    return f"{what}: median {shown[0] * 1000:.0f}, p95 {shown[1] * 1000:.0f}, max " + (
        f"{shown[2] * 1000:.0f} ms of {len(values)}"
    )


def one_of_many(root: str, until: float, number: int, took: list[float], failed: list[str]) -> None:
    """A browser that asks, thinks a little and asks again."""
    chromium = browser_path()
    assert chromium
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(root)
        ready(page, ".kb-start")
        at = number
        while time.monotonic() < until:
            try:
                took.append(ask(page, QUESTIONS[at % len(QUESTIONS)]))
            except Exception as error:
                failed.append(f"{type(error).__name__}: {str(error)[:80]}")
                page.goto(root)
            at += 1
            page.wait_for_timeout(1500)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--browsers", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=180)
    args = parser.parse_args()
    chromium = browser_path()
    if chromium is None:
        raise SystemExit("no Chromium (KB_CHROMIUM names one)")
    with serving(args.home, index=False) as root:
        with sync_playwright() as playwright:
            browser = launch(playwright, chromium)
            page = browser.new_context(locale="zh-CN").new_page()
            first_paint(page, root)
            print(told("first paint", [first_paint(page, root) for _ in range(args.times)]))
            page.goto(root)
            ready(page, ".kb-start")
            ask(page, "先问一次")
            asked = [ask(page, QUESTIONS[i % len(QUESTIONS)]) for i in range(args.times)]
            print(told("Enter to hits", asked))
            browser.close()
        if args.browsers:
            took: list[float] = []
            failed: list[str] = []
            until = time.monotonic() + args.seconds
            threads = [
                threading.Thread(target=one_of_many, args=(root, until, n, took, failed))
                for n in range(args.browsers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print(told(f"{args.browsers} browsers, Enter to hits", took))
            print(f"failed {len(failed)} of {len(took) + len(failed)}", *failed[:5])


if __name__ == "__main__":
    main()
