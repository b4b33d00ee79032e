"""岗责 through a seat: verdicts within what one may read, in the log, kept over a re-index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue.audit import Filter
from kb.catalogue.verdicts import CONFIRMED, CORRECTED, OPEN
from kb.config import Settings
from kb.decide.system.ledger import Entry, State
from kb.errors import AccessDenied, CatalogueError, NotFound
from kb.model import Tier
from kb.seat import Seat
from kb.ui.survey import ledger, survey

DAY = date(2026, 11, 24)
RULE = """# 某局用章办法

第一条　办公室应当在5日内印发纪要。

第二条　本办法自2020年1月1日起施行。
"""
READER = Identity("anna", Role.READER, Tier.SENSITIVE, frozenset({"办公室"}))


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "制度"
    folder.mkdir()
    (folder / "用章办法.md").write_text(RULE, encoding="utf-8")
    (folder / "财务办法.md").write_text(
        RULE.replace("用章", "财务").replace("办公室", "会计岗"), encoding="utf-8"
    )
    manifest = """
[[paper]]
path = "用章办法.md"
kind = "regulation"
level = "本单位制度"
tier = "internal"

[[paper]]
path = "新办法.md"
kind = "regulation"
level = "本单位制度"
tier = "internal"

[[paper]]
path = "财务办法.md"
kind = "regulation"
level = "本单位制度"
tier = "sensitive"
department = "财务处"
"""
    (folder / "manifest.toml").write_text(manifest, encoding="utf-8")
    return folder


@pytest.fixture
def home(papers: Path, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "库", workers=1)
    index(settings, [papers], Options())
    return settings


def seat(base: KnowledgeBase, who: Identity | None = READER) -> Seat:
    return Seat(base, Visitor(who, who.name if who else "主人", "某人", "", "试验"))


def entries(one: Seat) -> list[Entry]:
    scope = one.scope(DAY)
    return ledger(one, survey(one, scope, "岗责"))


def test_a_verdict_outlives_a_reindex_and_not_a_changed_text(home: Settings, papers: Path) -> None:
    with KnowledgeBase.open(home) as base:
        (entry,) = (x for x in entries(seat(base)) if x.limit)
        seat(base).survey.judge(
            entry, CORRECTED, actor="会务岗", action="印发会议纪要", limit="3日内"
        )
        (shown,) = (x for x in entries(seat(base)) if x.actor == "会务岗")
        assert (shown.state, shown.limit, shown.who) == (State.CORRECTED, "3日内", "anna")
    (papers / "新办法.md").write_text(RULE.replace("用章", "新的"), encoding="utf-8")
    index(home, [papers], Options())
    with KnowledgeBase.open(home) as base:
        assert [x.state for x in entries(seat(base)) if x.actor == "会务岗"] == [State.CORRECTED]
    changed = RULE.replace("印发纪要。", "印发纪要。纪要应当编号。")
    (papers / "用章办法.md").write_text(changed, encoding="utf-8")
    index(home, [papers], Options())
    with KnowledgeBase.open(home) as base:
        states = {
            x.state for x in entries(seat(base)) if x.path.endswith("用章办法.md") and x.limit
        }
        assert states == {State.CHANGED}


def test_every_verdict_is_in_the_log_and_can_be_taken_back(home: Settings) -> None:
    with KnowledgeBase.open(home) as base:
        (entry,) = (x for x in entries(seat(base)) if x.limit)
        one = seat(base)
        one.survey.judge(entry, CONFIRMED)
        one.survey.judge(entry, OPEN)
        assert [x.state for x in entries(one) if x.mark == entry.mark] == [State.UNSEEN]
        said = one.survey.history(entry.passage_id, entry.mark)
        assert [row.verdict for row in said] == [CONFIRMED, OPEN]
        noted = [row.subject for row in base.audit.every(Filter(words="岗责 "))]
        assert [s.split()[1] for s in noted if len(s.split()) > 2] == [CONFIRMED, OPEN]


def test_who_may_not_read_it_may_not_judge_it(home: Settings) -> None:
    with KnowledgeBase.open(home) as base:
        hidden = next(x for x in entries(seat(base, None)) if "财务" in x.path)
        assert not [x for x in entries(seat(base)) if "财务" in x.path]
        seat(base, None).survey.judge(hidden, CONFIRMED)
        with pytest.raises(NotFound):
            seat(base).survey.judge(hidden, CONFIRMED)
        assert seat(base).survey.verdicts() == {}
        assert seat(base).survey.history(hidden.passage_id, hidden.mark) == []
        auditor = replace(READER, role=Role.AUDITOR)
        with pytest.raises(AccessDenied):
            seat(base, auditor).survey.judge(hidden, CONFIRMED)


def test_a_text_that_is_not_what_he_saw_is_refused(home: Settings) -> None:
    with KnowledgeBase.open(home) as base:
        entry = next(x for x in entries(seat(base)) if x.limit)
        with pytest.raises(CatalogueError, match="已有变化"):
            seat(base).survey.judge(replace(entry, digest="0" * 64), CONFIRMED)
