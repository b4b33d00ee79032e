"""What sort of paper a document is: 制度, 经验 or 资料."""

from __future__ import annotations

import re

from indexer.facts.view import View
from kb.model import Fact, Kind

ARTICLES = 3
PART_LONGEST, PARTS_MOST = 10, 15
"""A note has few sections, with short names; a handbook has many."""
RULES = re.compile(
    r"(?:办法|规定|条例|制度|细则|规则|准则|章程|规程|规范|守则|公约|须知|法|解释|职责|标准)"
    r"(?:[（(〔][^）)〕]{1,16}[)）〕])*$"
)
# A notice about a rule, a plan or a table is no rule, whatever its articles.
OTHERS = re.compile(
    r"(?:通知|通报|公告|通告|批复|请示|报告|函|纪要|会议记录|统计表|汇总表|调研|总结|计划|要点|方案|清单)"
    r"(?:[（(〔][^）)〕]{1,16}[)）〕])*$"
)
EXPERIENCE_TITLE = re.compile(r"(?:经验|教训|案例|做法|复盘|体会|启示|心得|反思|案情)")
EXPERIENCE_PARTS = (
    re.compile(r"情况|背景|经过|起因|问题"),
    re.compile(r"做法|措施|处置|处理|过程"),
    re.compile(r"结果|成效|效果"),
    re.compile(r"教训|体会|启示|经验|反思|建议"),
)
FOLDERS = (
    (Kind.EXPERIENCE, re.compile(r"经验|案例|教训|复盘")),
    (Kind.REGULATION, re.compile(r"制度|规章|法规|法律|规定")),
    (Kind.REFERENCE, re.compile(r"资料|参考|文件|纪要|通知|统计|报告")),
)


def kind(view: View, path: str) -> tuple[Kind, Fact]:
    """The kind, with what it was told by: sections, then title and articles, then the folder."""
    short = [heading for heading in view.headings if len(heading) <= PART_LONGEST]
    note = view.prose and len(view.headings) <= PARTS_MOST
    parts = sum(1 for pattern in EXPERIENCE_PARTS if any(pattern.search(h) for h in short))
    reports = OTHERS.search(view.title) is not None
    lessons = any("教训" in heading for heading in short)
    if note and not reports and (parts >= 3 or (parts >= 2 and lessons)):
        return _found(Kind.EXPERIENCE, "、".join(view.headings[:6]))
    if view.articles >= ARTICLES and not reports:
        return _found(Kind.REGULATION, f"共 {view.articles} 条")
    if RULES.search(view.title) and "参考" not in view.title:
        return _found(Kind.REGULATION, view.title)
    if view.prose and EXPERIENCE_TITLE.search(view.title):
        return _found(Kind.EXPERIENCE, view.title)
    if reports:
        return _found(Kind.REFERENCE, view.title)
    for folder in reversed(path.split("/")[:-1]):
        for value, pattern in FOLDERS:
            if pattern.search(folder) and not (value is Kind.REGULATION and view.articles == 0):
                return _found(value, folder)
    return _found(Kind.REFERENCE, "")


def _found(value: Kind, evidence: str) -> tuple[Kind, Fact]:
    return value, Fact(value.label, "rule", evidence)
