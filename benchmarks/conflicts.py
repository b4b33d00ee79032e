"""Conflicts that packs over `corpus/` show: the seven that a reader found, and what else.

    python benchmarks/conflicts.py --home HOME

HOME: an index of `corpus/`. What is not among the seven is printed with both sentences, to be
judged by reading. Exit status 0 always: the floors are in ``tests/decide/test_decide_conflict.py``.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kb.base import KnowledgeBase
from kb.decide.conflict import Conflict, Said, find_conflicts
from kb.decide.gather import gather
from kb.decide.template import load_template
from kb.model import Scope

TODAY = Scope.everything(as_of=date(2026, 11, 24))
SEVEN = {
    "会议纪要印发": ("会议议事规则.md#第二十一条", "岗位职责规定.md#第十条"),
    "跨市用车": ("机关工作流程规程.md#第二十一条", "岗位职责规定.md#第二十二条"),
    "大额资金支出": ("三重一大决策制度.md#第八条", "经费支出管理办法.md#第九条"),
    "用印申请": ("印章管理办法.md#第十二条", "机关工作流程规程.md#第十一条"),
    "固定资产单价": ("固定资产管理办法.md#第二条", "经费支出管理办法.md#第十七条"),
    "干部培训学时": ("培训管理办法.md#第八条", "年度考核办法.md#第八条"),
    "值班后调休": ("值班工作制度.pdf#第二十一条", "考勤与休假管理办法.md#第二十一条"),
}
OTHERS = (
    "采购一批设备", "外借公章", "举办全市会议", "信访办理", "公文办理", "差旅报销", "网络安全",
    "签订合同", "公务接待", "考勤请假", "会议室使用", "档案借阅", "保密检查", "办公用房调配",
    "年度考核", "安全生产检查", "预算调整", "督查督办", "节假日值班", "信息公开",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    args = parser.parse_args()
    wanted = {frozenset(pair) for pair in SEVEN.values()}
    shown: set[frozenset[str]] = set()
    others = 0
    template = load_template("完整参阅材料")
    with KnowledgeBase.open(args.home) as base:
        for topic in (*SEVEN, *OTHERS):
            material = gather(
                base, TODAY, topic=topic, questions=(), as_of=TODAY.as_of, template=template
            )
            for pair in find_conflicts(material, topic, template.budget.conflicts):
                ids = frozenset(_name(side) for side in (pair.one, pair.other))
                if ids in wanted:
                    shown.add(ids)
                    print(f"{topic}: one of the seven, {'、'.join(pair.families)}")
                else:
                    others += 1
                    print(f"{topic}: another, {'、'.join(pair.families)}\n{_told(pair)}")
    missed = [topic for topic, pair in SEVEN.items() if frozenset(pair) not in shown]
    print(
        f"{len(SEVEN) + len(OTHERS)} topics: {len(shown)} of 7, {others} others; missed: {missed}"
    )
    return 0


def _name(said: Said) -> str:
    return said.candidate.key.removeprefix("制度/")


def _told(pair: Conflict) -> str:
    sides = []
    for said in (pair.one, pair.other):
        text = said.candidate.row.passage.text[said.sentence.start : said.sentence.end]
        sides.append(f"    {_name(said)}　{' '.join(text.split())}")
    return "\n".join(sides)


if __name__ == "__main__":
    raise SystemExit(main())
