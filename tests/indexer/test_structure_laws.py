"""Every article of the shared statutes, by the heading rule of DOMAIN.md, section 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.papers import papers
from kb.model import Level, Paper

pytestmark = pytest.mark.data
N = r"[零〇○一二三四五六七八九十百千万两\d]"
RULE = re.compile(rf"^第{N}+条(?:之{N}+)?(?=\s|$)", re.MULTILINE)


def read_all(root: Path) -> Iterator[tuple[Path, list[Paper]]]:
    for path in sorted(root.rglob("*.md")):
        name = path.relative_to(root).as_posix()
        yield (
            path,
            papers(path, name=name, source="s", overrides={}, max_bytes=10**8, digest="0" * 64),
        )


def test_laws_2023(data: Path) -> None:
    root = data / "laws_2023"
    articles = 0
    ids: set[str] = set()
    passages = 0
    for path, found in read_all(root):
        labels = [n.label for p in found for n in p.nodes if n.level is Level.ARTICLE]
        assert labels == RULE.findall(path.read_text(encoding="utf-8")), path.name
        articles += len(labels)
        passages += sum(len(p.passages) for p in found)
        ids.update(q.id for p in found for q in p.passages)
    assert articles == 56_567
    assert len(ids) == passages
    lines = (data / "stard" / "corpus_ids.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split("\t")[1] for line in lines} <= ids


@pytest.mark.soak
def test_laws(data: Path) -> None:
    counts = {"articles": 0, "gaps": 0, "effective": 0, "bases": 0, "repeals": 0}
    for path, found in read_all(data / "laws"):
        labels = [n.label for p in found for n in p.nodes if n.level is Level.ARTICLE]
        assert labels == RULE.findall(path.read_text(encoding="utf-8")), path.name
        counts["articles"] += len(labels)
        for paper in found:
            described = paper.description
            counts["gaps"] += bool(paper.report["gaps"])
            counts["effective"] += described.effective is not None
            counts["bases"] += "bases" in dict(described.facts)
            counts["repeals"] += bool(described.repeals)
    assert counts["articles"] == 147_283
    assert counts["gaps"] <= 31
    assert counts["effective"] >= 2_950
    assert counts["bases"] >= 2_300
    assert counts["repeals"] >= 605
