"""The example papers: enough of them, each its own, every format read to the same articles."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from kb.base import KnowledgeBase
from kb.model import Kind, Level, Scope, Status
from tests.tools.make_corpus import FILES, HERE, MAKERS

ALL = Scope.everything(as_of=None)
TODAY = Scope.everything(as_of=date(2026, 11, 24))
TITLE = "云澜市公共事务管理局"


def current(path: str) -> str:
    """A paper's name without what tells its versions apart."""
    return re.sub(r"历史版本/|\(\d{4}\)", "", path)


def test_there_is_enough_of_everything(base: KnowledgeBase) -> None:
    papers = base.documents(ALL)
    regulations = [p for p in papers if p.kind is Kind.REGULATION and p.issuer == TITLE]
    now = [p for p in regulations if "历史版本" not in p.path]
    assert len(now) >= 24
    assert len(regulations) - len(now) == 4
    assert sum(p.kind is Kind.EXPERIENCE for p in papers) >= 14
    assert len({p.path.partition("!")[0] for p in papers if p.path.startswith("资料/")}) >= 10
    articles = [
        sum(node.level is Level.ARTICLE for node in base.document(p.path, ALL).nodes) for p in now
    ]
    assert sum(articles) >= 500
    assert median(articles) >= 20
    assert {Path(p.path).suffix for p in papers} >= {
        ".md",
        ".docx",
        ".pdf",
        ".xlsx",
        ".ofd",
        ".html",
        ".txt",
    }


def test_old_versions_are_told_from_new_ones(base: KnowledgeBase) -> None:
    status = {p.path: base.document(p.path, TODAY).status for p in base.documents(ALL)}
    assert {path: found for path, found in status.items() if "历史版本" in path} == {
        "制度/历史版本/公文处理办法(2018).md": Status.REPEALED,
        "制度/历史版本/印章管理办法(2015).md": Status.REPEALED,
        "制度/历史版本/差旅费管理办法(2020).md": Status.AMENDED,
        "制度/历史版本/采购管理办法(2019).md": Status.REPEALED,
    }
    assert status["制度/办公用品与办公用房管理办法.md"] is Status.EXPIRED
    assert status["制度/印章管理办法.md"] is Status.IN_FORCE


def test_no_sentence_stands_in_two_papers(base: KnowledgeBase) -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for paper in base.documents(ALL):
        for row in base.document(paper.path, ALL).passages:
            for sentence in re.split(r"[。；！？\n]", row.passage.text):
                # Definitions aside: «本办法所称…是指…» may be shared.
                if len(sentence.strip()) >= 15 and "是指" not in sentence and "|" not in sentence:
                    seen[sentence.strip()].add(current(paper.path))
    assert {s: sorted(paths) for s, paths in seen.items() if len(paths) > 1} == {}


def test_the_manifest_names_every_paper_and_no_other(corpus: Path) -> None:
    entries = tomllib.loads((corpus / "manifest.toml").read_text("utf-8"))["paper"]
    named = [entry["path"] for entry in entries]
    there = [
        path.relative_to(corpus).as_posix()
        for path in corpus.rglob("*")
        if path.is_file() and path.name != "manifest.toml"
    ]
    assert sorted(named) == sorted(there)
    assert all(entry["origin"] and entry["issued"] for entry in entries)


@pytest.mark.parametrize("target", [name for name in FILES if name.startswith("制度/")])
def test_a_made_file_has_the_articles_of_its_source(base: KnowledgeBase, target: str) -> None:
    text = (HERE / "sources" / FILES[target]).read_text("utf-8")
    wanted = re.findall(r"^(第[一二三四五六七八九十百]+条(?:之[一二三])?)　", text, re.MULTILINE)
    nodes = base.document(target, ALL).nodes
    assert [node.label for node in nodes if node.level is Level.ARTICLE] == wanted
    read = {node.label: _letters(node.text) for node in nodes if node.level is Level.ARTICLE}
    for piece in re.split(
        r"^(?=第[一二三四五六七八九十百]+条(?:之[一二三])?　|#)", text, flags=re.M
    ):
        if match := re.match(
            r"(第[一二三四五六七八九十百]+条(?:之[一二三])?)　(.*)", piece, re.DOTALL
        ):
            assert read[match[1]].startswith(_letters(match[2].partition("\n|")[0])), match[1]


@pytest.mark.parametrize("target", FILES)
def test_the_made_files_are_those_the_script_makes(
    corpus: Path, target: str, tmp_path: Path
) -> None:
    text = (HERE / "sources" / FILES[target]).read_text("utf-8")
    made = tmp_path / Path(target).name
    MAKERS[made.suffix](text, made)
    # PDF and DOCX hold what a library's version writes: their size is near, their text is above.
    if made.suffix in (".ofd", ".html", ".txt"):
        assert made.read_bytes() == (corpus / target).read_bytes()
    else:
        assert made.stat().st_size == pytest.approx((corpus / target).stat().st_size, rel=0.3)


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text)
