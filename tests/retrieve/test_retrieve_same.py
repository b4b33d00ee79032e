"""The same article in copies is shown once, and says where else it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.model import Scope

NOW = Scope.everything(as_of=date(2026, 11, 24))
RULE = (
    "印章原则上不得带出办公区。确需外借的，由借用处室提出书面申请，"
    "{who}批准，期限不超过{days}个工作日。"
)
PAPER = """# {title}

（2024年1月2日印发）

第一条　为规范{title}，制定本办法。

第二条　{rule}

第三条　本办法自2024年2月1日起施行。
"""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("汇编")
    for name, title, rule in (
        ("甲", "甲局印章办法", RULE.format(who="局长", days=2)),
        ("乙", "甲局制度汇编", RULE.format(who="局长", days=2)),
        ("丙", "甲局制度汇编（续）", RULE.format(who="局长", days=2).replace("。确需", "，确需")),
        ("丁", "乙局印章办法", RULE.format(who="局长", days=5)),
        ("戊", "丙局印章办法", RULE.format(who="分管副局长会同办公室主任共同", days=2)),
    ):
        text = PAPER.format(title=title, rule=rule)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("库"), workers=1)
    assert index(settings, [folder], Options()).failed == []
    with KnowledgeBase.open(settings) as base:
        yield base


def test_copies_are_folded_and_other_rules_are_not(copies: KnowledgeBase) -> None:
    hits = copies.search("外借印章谁批准", NOW, limit=10).hits
    rules = [hit for hit in hits if hit.label == "第二条"]
    shown = {hit.id.partition("#")[0]: {s.id.partition("#")[0] for s in hit.same} for hit in rules}
    [alike] = [{path, *same} for path, same in shown.items() if same]
    assert alike == {"甲.md", "乙.md", "丙.md"}
    assert {"丁.md", "戊.md"} <= shown.keys(), "another number, another person: another rule"


def test_nothing_is_lost_by_folding(copies: KnowledgeBase) -> None:
    hits = copies.search("外借印章谁批准", NOW, limit=20).hits
    every = [hit.id for hit in hits] + [s.id for hit in hits for s in hit.same]
    assert len(every) == len(set(every)) == 15
    few = copies.search("外借印章谁批准", NOW, limit=3).hits
    assert [hit.id for hit in few] == [hit.id for hit in hits[:3]]


def test_json_names_the_folded(copies: KnowledgeBase) -> None:
    hits = copies.search("外借印章谁批准", NOW, limit=10).as_json()["hits"]
    assert sum(len(hit.get("same", ())) for hit in hits) == 2 + sum(
        len(hit.get("same", ())) for hit in hits if hit["label"] != "第二条"
    )


def test_similar_provisions_say_which_are_the_same(copies: KnowledgeBase) -> None:
    found = {s.id: s.same for s in copies.similar("甲.md#第二条", NOW)}
    assert sum(found.values()) == 1, "of two copies one is shown"
    assert found["丁.md#第二条"] is False
