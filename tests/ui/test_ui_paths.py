"""The main paths of a working day in a real Chromium, at the size of a desk and of a tablet.

One server and one browser for all. Pictures of each step are kept in ``KB_ARTEFACTS`` (or in the
test's own folder), to be looked at. From basket to pack and download: `test_ui_browser`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.publish import Options, index
from kb.config import Settings
from tests.support.page import ready, serving

# Among the long tests: twelve openings of a real browser, some minutes.
pytestmark = [pytest.mark.soak, pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = {"desk": (1280, 800), "tablet": (820, 1180)}
SEAL = "制度/印章管理办法.md"
Shot = Callable[[str], None]


@pytest.fixture(params=SIZES)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True
    )
    context.set_default_timeout(90_000)
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    assert faults == []


@pytest.fixture
def shot(page: Page, request: pytest.FixtureRequest, tmp_path: Path) -> Shot:
    """Keep a picture of what is shown now."""
    folder = Path(os.environ.get("KB_ARTEFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    size = request.node.callspec.params["page"]

    def keep(name: str) -> None:
        page.screenshot(path=folder / f"path-{name}-{size}.png")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 1, f"{name}: wider than its window by {over}"

    return keep


def test_from_a_search_to_an_article_and_what_it_cites(page: Page, root: str, shot: Shot) -> None:
    page.goto(root)
    ready(page, ".kb-start")
    page.keyboard.press("/")
    page.keyboard.type("外借公章需要谁批准")
    page.keyboard.press("Enter")
    ready(page, ".kb-hit-title")
    group = page.locator("[class*=st-key-hit-]").filter(has_text="印章管理办法").first
    expect(group.locator("mark").first).to_be_visible()
    expect(group.locator(".kb-why").first).to_contain_text("命中原因")
    shot("hits")
    group.locator("a.kb-open").first.click()
    ready(page, "[data-target]")
    expect(page.locator("[data-target]")).to_be_in_viewport()
    expect(page.locator(".kb-toc [aria-current]")).to_be_in_viewport()
    cited = page.locator(".kb-body a[data-peek]").first
    page.wait_for_timeout(500)  # the page goes to its target twice
    cited.hover()
    preview = page.get_by_role("tooltip")
    expect(preview).to_be_visible()
    expect(preview.locator("b")).to_contain_text("《")
    shot("preview")
    page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    page.mouse.move(2, 2)
    page.get_by_role("link", name="← 返回检索结果").click()
    ready(page, ".kb-hit-title")


def test_filters_a_day_a_link_and_an_export(
    page: Page, root: str, browser: Browser, tmp_path: Path, shot: Shot
) -> None:
    page.goto(f"{root}/?q=外借公章需要谁批准")
    ready(page, ".kb-hit-title")
    page.get_by_test_id("stButtonGroup").get_by_text(re.compile("^制度 ")).click()
    page.wait_for_url(re.compile("kind=regulation"))
    ready(page, ".kb-hit-title")
    page.locator("[data-testid=stDateInput] [data-type=year]").click()
    page.keyboard.type("20160101")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("day=2016-01-01"))
    expect(page.locator(".kb-hit-title").first).to_contain_text("印章管理办法")
    expect(page.locator(".kb-standing").first).to_contain_text("2015")
    ready(page, ".kb-hit-title")
    shot("filters")
    for name, head in (("导出 Excel", b"PK"), ("导出 CSV", b"\xef\xbb\xbf")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).click()
        saved = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved)
        assert saved.read_bytes().startswith(head)
    assert "印章管理办法" in saved.read_text("utf-8-sig")
    # The link alone says all of it: another person, another browser.
    other = browser.new_context(locale="zh-CN").new_page()
    other.goto(page.url)
    ready(other, ".kb-hit-title")
    mine = page.locator(".kb-hit-title").all_inner_texts()
    assert other.locator(".kb-hit-title").all_inner_texts() == mine
    other.context.close()


def test_versions_side_by_side_and_pages_beside_the_text(page: Page, root: str, shot: Shot) -> None:
    page.goto(f"{root}/read?doc={SEAL}")
    ready(page, ".kb-reading")
    page.get_by_test_id("stButtonGroup").get_by_text("版本对照").click()
    ready(page, ".kb-diff")
    rows = page.locator(".kb-diff tbody tr")
    assert rows.count() > 3
    old, new = (rows.nth(1).locator("td").nth(n).bounding_box() for n in (0, 1))
    assert old is not None
    assert new is not None
    assert old["x"] + old["width"] <= new["x"] + 1, "the versions do not stand side by side"
    expect(page.locator(".kb-diff :is(ins, del)").first).to_be_visible()
    shot("versions")
    page.goto(f"{root}/read?doc=制度/值班工作制度.pdf&tab=pages&at=第五条")
    ready(page, ".kb-beside img")
    picture = page.locator(".kb-beside img")
    expect(picture).to_have_js_property("complete", value=True, timeout=60_000)
    assert picture.evaluate("image => image.naturalWidth") == 1100
    expect(page.locator(".kb-beside [data-target]")).to_contain_text("第五条")
    shot("pages")


def test_the_ledger_narrows_draws_and_exports(
    page: Page, root: str, tmp_path: Path, shot: Shot
) -> None:
    page.goto(f"{root}/ledger")
    ready(page, ".kb-table")
    expect(page.get_by_text(re.compile("共 [0-9]+ 件")).first).to_be_visible()
    box = page.get_by_label("文件名、文号、机关或部门")
    box.fill("印章")
    box.press("Enter")
    page.wait_for_url(re.compile("w="))
    expect(page.get_by_text("显示 2 件")).to_be_visible()
    ready(page, ".kb-table")
    shot("ledger")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 CSV").click()
    saved = tmp_path / "台账.csv"
    waiting.value.save_as(saved)
    assert len(saved.read_text("utf-8-sig").strip().splitlines()) == 3
    page.get_by_test_id("stButtonGroup").get_by_text("图表").click()
    ready(page, ".kb-chart")
    expect(page.locator("img.kb-chart").first).to_have_js_property("complete", value=True)
    shot("charts")


@pytest.mark.usefixtures("people")
def test_manual_feedback_and_an_experience(page: Page, root: str, shot: Shot) -> None:
    page.goto(f"{root}/about")
    ready(page, ".kb-manual img")
    for picture in page.locator(".kb-manual img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 600
    page.evaluate("document.querySelector('.kb-manual').scrollIntoView()")
    shot("manual")
    page.goto(f"{root}/?q=公务接待标准")
    ready(page, ".kb-hit-title")
    page.get_by_role("button", name="没找到／有误").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill("少了附件")
    shot("feedback")
    dialog.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("stToast")).to_contain_text("已记下")
    page.goto(f"{root}/admin?do=told")
    ready(page, "text=少了附件")
    page.goto(f"{root}/experience")
    ready(page, "text=写一条经验")
    page.get_by_label("题目").fill("急件漏附件")
    page.get_by_label("题目").press("Tab")
    shot("experience")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A home of its own, which this test adds to."""
    folder = tmp_path_factory.mktemp("收文")
    source = folder / "文件"
    (source / "制度").mkdir(parents=True)
    (source / "制度" / "值班.md").write_text("# 值班办法\n\n第一条　每日一人值班。\n", "utf-8")
    settings = Settings(home=folder / "库", workers=1)
    index(settings, [source], Options())
    with serving(settings.home, index=False) as address:
        yield address


def test_a_file_is_looked_at_taken_in_and_found(page: Page, office: str, shot: Shot) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.goto(f"{office}/admin?do=upload")
    ready(page, "[data-testid=stFileUploader]")
    paper = f"# 食堂管理办法{width}\n\n第一条　食堂每日{width}人就餐。\n\n第二条　就餐须登记。\n"
    page.locator("[data-testid=stFileUploader] input").set_input_files(
        {"name": f"食堂{width}.md", "mimeType": "text/markdown", "buffer": paper.encode()}
    )
    ready(page, "text=条文 2 条")
    page.get_by_text("怎样切分的").click()
    expect(page.get_by_text("就餐须登记。").last).to_be_visible()
    shot("upload")
    page.get_by_role("button", name="放入 1 个文件并更新索引").click()
    expect(page.get_by_text(re.compile("已完成：第 [0-9]+ 代，新增 1")).last).to_be_visible(
        timeout=120_000
    )
    ready(page, ".kb-notice")
    shot("taken-in")
    page.goto(f"{office}/?q=食堂就餐登记")
    ready(page, ".kb-hit-title")
    expect(page.locator(".kb-hit-title").first).to_contain_text("食堂管理办法")
