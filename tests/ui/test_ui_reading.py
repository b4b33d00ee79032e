"""A leader's reading list on a tablet that is on no network: one file, in a real Chromium."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.decide import make
from kb.decide.model import Pack
from kb.decide.render.html import reading
from kb.decide.template import load_template, names
from tests.decide.conftest import ASKED, filled
from tests.support.decide import everything

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TABLET = {"width": 820, "height": 1180}


def written(folder: Path, templates: list[str]) -> tuple[Path, list[Pack]]:
    """A list of one paper for each template, each of another topic."""
    base = filled()
    made = [make(base, everything(), **(ASKED | {"template": name})) for name in templates]
    packs = [replace(pack, topic=f"外借公章之{n}") for n, pack in enumerate(made, start=1)]
    papers = [
        {
            "pack": pack, "template": load_template(pack.template), "topic": pack.topic,
            "number": f"参阅〔2026〕{n}号", "day": "2026年11月24日", "state": "",
            "remarks": [{"text": "同意。", "signed": f"王局长　{date(2026, 11, 24)}"}],
        }
        for n, pack in enumerate(packs, start=1)
    ]  # fmt: skip
    file = folder / "阅件.html"
    file.write_bytes(reading("王局长", papers))
    return file, packs


def opened(browser: Browser, file: Path, asked: list[str]) -> Page:
    context = browser.new_context(viewport=TABLET, offline=True, has_touch=True, locale="zh-CN")
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    return page


def test_a_tablet_without_a_network_turns_from_paper_to_paper(browser: Browser, tmp_path: Path):
    file, packs = written(tmp_path, ["会前一页纸", "简要说明"])
    asked: list[str] = []
    page = opened(browser, file, asked)
    try:
        expect(page.locator(".list li")).to_have_count(2)
        expect(page.locator(".paper:visible")).to_have_count(0)
        page.tap(f".list a:has-text('{packs[0].topic}')")
        shown = page.locator(".paper:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text(packs[0].topic)
        expect(page.locator(".list")).to_be_hidden()
        page.tap(".turn:visible >> text=下一份")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text(packs[1].topic)
        expect(page.locator(".turn:visible >> text=下一份")).to_have_count(0)
        # A citation leads to its source and back without leaving the paper.
        page.locator(".paper:visible a.mark").first.tap()
        expect(shown).to_contain_text(packs[1].topic)
        page.tap(".turn:visible >> text=上一份")
        expect(shown).to_contain_text(packs[0].topic)
        page.tap(".turn:visible >> text=目录")
        expect(page.locator(".list")).to_be_visible()
        assert {url.partition("#")[0] for url in asked} == {file.as_uri()}
    finally:
        page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("width", [600, 820, 1366])
def test_every_template_reads_large_and_fits_the_screen(browser: Browser, tmp_path: Path, width):
    file, packs = written(tmp_path, names())
    page = opened(browser, file, [])
    try:
        page.set_viewport_size({"width": width, "height": 1000})
        for number in range(1, len(packs) + 1):
            page.goto(f"{file.as_uri()}#p{number}")
            told = page.evaluate(
                "() => { const shown = document.querySelector('.paper:target');"
                "const size = (e) => parseFloat(getComputedStyle(e).fontSize);"
                "return {over: document.documentElement.scrollWidth - innerWidth,"
                "body: size(shown.querySelector('article p')),"
                "turns: [...shown.querySelectorAll('.turn a')].map(a => a.offsetHeight)}; }"
            )
            assert told["over"] <= 0
            assert told["body"] >= 20
            assert min(told["turns"]) >= 48
    finally:
        page.context.close()
