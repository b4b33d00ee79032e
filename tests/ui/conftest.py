"""One small home for all tests of the page, and the page itself under AppTest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from indexer.publish import Options, index
from kb.config import Settings
from kb.ui import assets, session
from tests.support.page import browser_path, launch, serving
from tests.support.ui import Opener

ROOT = Path(__file__).resolve().parents[2]
PAPERS = (
    "制度/印章管理办法.md",
    "制度/历史版本/印章管理办法(2015).md",
    "制度/公文处理办法.md",
    "制度/差旅费管理办法.md",
    "制度/公务接待管理办法.md",
    "制度/值班工作制度.pdf",
    "经验/外借公章办理账户变更的经过.md",
    "经验/急件附件错漏的处理.md",
)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the example papers, one with markup in it, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("文件") / "样例"
    for name in PAPERS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / "corpus" / name, folder / name)
    (folder / "资料").mkdir()
    (folder / "资料" / "网页提示.txt").write_text(
        "关于<b>页面</b>标记的说明\n\n表单里出现 <script>alert(1)</script> 字样时按原样显示。\n",
        encoding="utf-8",
    )
    (folder / "坏的.docx").write_bytes(b"PK\x03\x04 torn")
    return folder


@pytest.fixture(scope="session")
def untouched(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with those papers indexed, that nobody opens: to make copies of."""
    settings = Settings(home=tmp_path_factory.mktemp("库") / "原样", workers=1)
    index(settings, [papers], Options())
    return settings.home


@pytest.fixture(scope="session")
def home(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of it; it stays open from test to test, as in a server, and keeps what they do."""
    yield Path(shutil.copytree(untouched, tmp_path_factory.mktemp("共用") / "库"))
    session.close_all()


@pytest.fixture
def people(home: Path) -> Iterator[None]:
    """Nothing in the basket, no searches kept, before and after."""

    def empty() -> None:
        base = session.opened(Settings(home=home)).base
        base.desk.forget_asked("")
        for kept in base.desk.saved(""):
            base.desk.unsave("", kept.address)
        for row in base.people.basket(""):
            base.people.take("", row.passage_id)

    empty()
    yield
    empty()


@pytest.fixture
def open_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Run a page of ``app.py`` over the home; another home by ``home=``."""
    # As under our own server: its page brings style and script.
    monkeypatch.setattr(assets, "_served", True)

    def run(page: str = "", *, home: Path = home, **address: str) -> AppTest:
        monkeypatch.setenv("KB_HOME", str(home))
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page:
            # `switch_page` knows pages that are files only; ours are functions.
            test._page_hash = calc_hash(page)
        for name, value in address.items():
            test.query_params[name] = value
        return test.run()

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Where everything is required (CI) its absence fails, it skips nothing."""
    chromium = browser_path()
    if chromium is None:
        says = "没有找到 chromium（可用 KB_CHROMIUM 指定）"
        if os.environ.get("KB_REQUIRE_ALL") == "1":
            pytest.fail(says)
        pytest.skip(says)
    with sync_playwright() as playwright:
        opened = launch(playwright, chromium)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def root(home: Path) -> Iterator[str]:
    """The address of ``kb serve`` over that home."""
    with serving(home, index=False) as address:
        yield address
