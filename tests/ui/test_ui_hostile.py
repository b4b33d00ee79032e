"""Markup in titles, texts, names, numbers, queries, notes and file names: in what is sent to the
browser it is text, and in a browser nothing of it runs, asks or leads anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Request

from indexer.publish import Options, index
from kb import decide
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.decide.drafts import change
from kb.decide.edits import Act
from kb.decide.follow import Draft
from kb.decide.freeze import freeze
from kb.decide.office import Office
from kb.model import Scope
from kb.seat import Seat
from kb.ui import links, session
from tests.support.hostile import VECTORS, faults_of, harmful
from tests.support.page import ready, serving
from tests.support.ui import Opener, unharmed

DAY = date(2026, 11, 24)
ALL = Scope.everything(as_of=DAY)


def _write(folder: Path) -> None:
    """Papers with a vector in the title, one in the text, one in a table; in number, issuer and
    department; and in the names of files that may bear it."""
    (folder / "制度").mkdir(parents=True)
    entries = []
    for at in range(0, len(VECTORS), 3):
        title, text, cell = (VECTORS * 2)[at : at + 3]
        flat = " ".join(title.replace("\0", "").split())
        name = f"制度/{at:02d}.md"
        if os.name == "posix" and not {*"/!#"} & {*flat}:
            name = f"制度/{at:02d} {flat[:60]}.md"
        said = f"# 采购{flat}办法\n\n第一条　采购审批{text}由承办处室提出，时限为5个工作日。\n\n"
        said += f"第二条　{text}采购计划于每年3月底前报送。\n\n"
        said += f"| 级别 | 金额 |\n|---|---|\n| {cell.replace('|', '')} | {at}元 |\n"
        (folder / name).write_text(said, "utf-8")
        marks = {"path": name, "title": f"采购{flat}办法", "number": f"云办{cell}〔2024〕{at}号",
                 "issuer": f"云澜市{text}局", "department": f"处室{cell}"}  # fmt: skip
        lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in marks.items()]
        entries.append("\n".join(["[[paper]]", *lines, "effective = 2024-01-01"]))
    (folder / "manifest.toml").write_text("\n\n".join(entries), "utf-8")
    (folder / "坏<img src=x onerror=alert(1)>.docx" if os.name == "posix" else folder / "坏.docx"
     ).write_bytes(b"PK\x03\x04 torn")  # fmt: skip


def _work(home: Path) -> None:
    """What people write: a pack with notes, an edition with remarks, decisions, tasks, searches."""
    evil = VECTORS[4] + VECTORS[46] + VECTORS[18] + VECTORS[37]
    with KnowledgeBase.open(Settings(home=home)) as base:
        seat = Seat(base, Visitor.demo("试验"), quiet=True)
        pack = decide.make(seat, ALL, topic=f"采购审批{evil}", questions=[f"几个工作日{evil}"],
                           background=evil, maker=evil)  # fmt: skip
        decide.store(seat.people, pack)
        note = Act("note", pack.sources[0].passage_id, {"id": "1", "text": evil})
        change(seat.as_base, seat.people, ALL, pack.id, note, who=evil, based_on=0)
        row = freeze(seat.as_base, seat.people, ALL, pack.id, who=evil, anyway=True)
        [copy] = seat.people.editions.deliver(row.id, [f"王{evil}"], evil)
        remark = seat.people.editions.write(copy.id, evil, DAY, evil)
        office = Office(seat.people, None, today=DAY)
        task = Draft(evil, evil, (evil,), None, evil, "批示")
        office.file(task, who=evil, remark_id=remark)
        seat.desk.save("", f"采购{evil}", f"/?q={quote(evil)}")
        base.people.put("", pack.sources[0].passage_id, "x", evil)


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("恶意")
    _write(folder / "文件")
    index(Settings(home=folder / "库", workers=1), [folder / "文件"], Options())
    _work(folder / "库")
    yield folder / "库"
    session.close_all()


def addresses(home: Path) -> list[tuple[str, dict[str, str]]]:
    """Every page with what it shows of them; searches apart."""
    with KnowledgeBase.open(Settings(home=home)) as base:
        pack = base.people.packs()[0].id
        edition = base.people.editions.every()[0].id
        papers = [v.path for v in base.documents(ALL)][::5]
    found = [(links.READ, {"doc": path, "at": "第一条"}) for path in papers]
    found += [
        (links.PACK, {}),
        (links.PACK, {"pack": pack}),
        (links.PACK, {"edition": str(edition)}),
    ]
    return found + [(p, {}) for p in links.PATHS if p not in (links.READ, links.PACK, links.AUDIT,
                                                              links.ACCOUNTS)]  # fmt: skip


def test_the_vectors_are_found_where_they_are_not_escaped() -> None:
    """Else a check that sees nothing would pass."""
    inert = [v for v in VECTORS if not faults_of(f"<p title=\"{v}\">{v}</p>")
             and not faults_of(f"<p title='{v}'>{v}</p>")]  # fmt: skip
    # Entities, full width, Markdown, templates are harmless as markup: the browser tells of them.
    assert len(VECTORS) >= 40
    assert len(inert) <= 10, inert
    assert len(set(VECTORS)) == len(VECTORS)


def test_on_no_page_is_what_people_wrote_markup(open_page: Opener, hostile_home: Path) -> None:
    found = {}
    for page, address in addresses(hostile_home):
        shown = open_page(page, home=hostile_home, **address)
        unharmed(shown)
        found[page, *address.values()] = harmful(shown)
    assert {at: faults for at, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "vectors",
    [VECTORS[4::17], pytest.param(VECTORS, marks=pytest.mark.soak)],
    ids=["some", "all"],
)
def test_a_question_is_text(
    open_page: Opener, hostile_home: Path, vectors: tuple[str, ...]
) -> None:
    for vector in vectors:
        shown = open_page(home=hostile_home, q=f"采购审批 {vector}")
        unharmed(shown)
        assert harmful(shown) == [], vector


@pytest.mark.soak
@pytest.mark.browser
def test_in_a_browser_nothing_runs_and_nothing_is_asked_of_others(
    browser: Browser, hostile_home: Path
) -> None:
    session.close_all()
    with serving(hostile_home, index=False) as root:
        context = browser.new_context(locale="zh-CN")
        asked: list[str] = []
        dialogs: list[str] = []
        context.on("request", lambda request: _note(request, asked))
        page = context.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        seen = [f"/{p}?" + "&".join(f"{k}={quote(v)}" for k, v in a.items())
                for p, a in addresses(hostile_home)]  # fmt: skip
        seen += [f"/?q={quote('采购审批 ' + vector)}" for vector in VECTORS]
        for address in seen:
            page.goto(f"{root}{address}")
            ready(page, "[data-testid=stMain]")
            assert not page.evaluate("Boolean(window.kbHit)"), address
            for element in page.locator("[onmouseover], [onfocus], [onerror]").all():
                raise AssertionError((address, element.evaluate("e => e.outerHTML")))
        for path in ("/suggest?q=采购", "/preview?id=" + quote("制度/00.md#第一条")):
            page.goto(f"{root}{path}")
            assert not page.evaluate("Boolean(window.kbHit)"), path
        context.close()
        assert dialogs == []
        assert [url for url in asked if urlsplit(url).netloc != urlsplit(root).netloc] == []


def _note(request: Request, asked: list[str]) -> None:
    if not request.url.startswith(("data:", "blob:")):
        asked.append(request.url)
