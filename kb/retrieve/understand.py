"""Days and statuses in a question («去年», «2023年以来», «现行的», «已废止») as filters on papers.

Only where the question means papers by it: «去年我和单位签了合同…» tells a story, «2018年的公文处理
办法» names a version. What is read is shown and can be taken away; where it would leave no direct
basis it is not applied (`kb.retrieve.search`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kb.model import Kind, Status
from kb.retrieve.facts import Fact, Facts
from kb.retrieve.language.fields import STATUSES
from kb.retrieve.reading import DATE, STATUS, Filter
from kb.retrieve.wants import wanted
from kb.text.normalise import fold
from kb.text.numbers import find_numbers
from kb.text.periods import Period, PeriodHit, find_periods

STORY = 40
"""Characters from which a question tells what happened rather than which papers are meant."""

_MAYBE = re.compile(r"[年月周天日]|现行|废止|失效|作废|过期|修订|修改")
_QUOTED = re.compile(r"《[^》]*》?")
_ISSUE = (
    r"印发|出台|发布|公布|颁布|制定|制订|修订|修改|下发|下达|新出|新发|新修|废止|施行|实施|起草"
)
_PAPERS = re.compile(
    rf"{_ISSUE}|文件|通知|纪要|统计|报告|调研|台账|汇总|制度有|规定有|哪些(?:制度|规定|办法|经验|材料)"
)
_YEARS = ("去年", "前年", "今年", "上年")
"""Left in the question: they tell that it asks how something was done."""
_ASKS = re.compile(r"吗|能|可以|几|多少|谁|怎么|[?？]")
_WHEN = re.compile(r"几[号天日点]|多久|何时|什么时候|期限")
_ISSUED_THEN = re.compile(rf"\s?(?:度)?(?:里|中|内)?(?:所|新|正式)?(?:{_ISSUE})")
_NOUN = r"办法|规定|制度|文件|条例|通知|细则|规则|规程|规范|方案|意见|法律|法规|规章|版本|版|法"
_CURRENT = re.compile(r"现行(?:有效)?的?")
_ENDED = re.compile(
    r"(?:已经?|被|已被)(?:废止|失效|作废|修订|修改)(?:掉|了)?的?(?![吗么没否])"
    rf"|(?:废止|失效|作废|过期)(?:掉|了)?的(?=.*(?:{_NOUN}))"
    r"|(?:^|(?<=\s))(?:废止|失效|作废|过期|修订|修改|尚未生效|未生效|草案)(?=\s|$)"
)
_STATUS_WORD = re.compile(r"废止|失效|作废|过期|修订|修改|尚未生效|未生效|草案")

_ONLY_PAPERS = re.compile(
    rf"(?:{_ISSUE})(?:过|了)?|有哪些|哪些|什么|所有|全部|列出|查|请问|有|过|的|了|本单位|我们|我局|本局|单位"
    r"|规章制度|制度|规定|办法|文件|法规|条例|经验|案例|做法|材料|资料|通知"
)
_KIND_WORDS = {
    "制度": Kind.REGULATION,
    "规定": Kind.REGULATION,
    "办法": Kind.REGULATION,
    "法规": Kind.REGULATION,
    "经验": Kind.EXPERIENCE,
    "案例": Kind.EXPERIENCE,
    "做法": Kind.EXPERIENCE,
    "资料": Kind.REFERENCE,
}


@dataclass(frozen=True, slots=True)
class Understood:
    """``query`` is what is searched; ``bare`` the same without any word of the filters.

    ``any_day``: papers that hold no more are meant, too. ``lists``: nothing else is asked for but
    the papers («近三年出台的制度»).
    """

    query: str
    bare: str
    filters: tuple[Filter, ...] = ()
    tests: tuple[Callable[[Fact], bool], ...] = ()
    any_day: bool = False
    lists: bool = False

    def papers(self, facts: Facts) -> frozenset[str] | None:
        """Paths of the papers that pass; None where nothing filters."""
        if not self.tests:
            return None
        return facts.paths(lambda fact: all(test(fact) for test in self.tests))


def understand(query: str, today: date, without: frozenset[str] = frozenset()) -> Understood:
    """Read the filters of a plain question. Costs microseconds where there is none."""
    if not _MAYBE.search(query):
        return Understood(query, query)
    filters: list[Filter] = []
    tests: list[Callable[[Fact], bool]] = []
    cut: list[tuple[int, int]] = []
    kept: list[tuple[int, int]] = []
    any_day = False
    exempt = _asks_for_a_rule(query)
    hit = _period(query, today) if DATE not in without else None
    if hit is not None and not (exempt and hit.relative) and not _this_year(query, hit):
        words = query[hit.start : hit.end]
        but = "现行制度不受此限" if exempt else ""
        filters.append(Filter(DATE, words, _papers_of(hit.period), but=but))
        tests.append(_dated(hit, exempt))
        (kept if words in _YEARS else cut).append((hit.start, hit.end))
    if STATUS not in without and (found := _status(query)) is not None:
        match, statuses, shown = found
        filters.append(Filter(STATUS, match.group().strip(), f"状态为“{shown}”的制度"))
        tests.append(lambda fact: fact.status(today) in statuses)
        any_day = statuses != frozenset((Status.IN_FORCE,))
        cut.append(match.span())
    if not filters:
        return Understood(query, query)
    left, bare = _without(query, cut), _without(query, [*cut, *kept])
    rest = _ONLY_PAPERS.sub("", bare)
    lists = not any(c.isalnum() for c in rest)
    kinds = {kind for word, kind in _KIND_WORDS.items() if word in bare}
    if lists and len(kinds) == 1:
        tests.append(lambda fact: fact.kind in kinds)
    return Understood(left or query, bare or query, tuple(filters), tuple(tests), any_day, lists)


def _period(query: str, today: date) -> PeriodHit | None:
    """The one period that is meant as a filter."""
    if len(query) > STORY:
        return None
    taken = [m.span() for m in _QUOTED.finditer(query)]
    taken += [(n.start, n.end) for n in find_numbers(query)]
    hits = [
        hit
        for hit in find_periods(query, today)
        if not any(start < hit.end and hit.start < end for start, end in taken)
        and not query.startswith(("度", "版", "第"), hit.end)
    ]
    if len(hits) != 1 or (hits[0].bare and not _ISSUED_THEN.match(query, hits[0].end)):
        return None
    hit = hits[0]
    # A day of the year («8月1日») is an appointment more often than a paper's date.
    whole = hit.relative or hit.period.first is None or hit.period.last is None or hit.bare
    long = hit.period.first and hit.period.last and (hit.period.last - hit.period.first).days >= 27
    return hit if whole or long else None


def _asks_for_a_rule(query: str) -> bool:
    """«今年年假能休几天» is answered by a rule, of whatever year it is."""
    if _PAPERS.search(query):
        return False
    if _WHEN.search(query):
        return True
    asks = wanted(fold(query))
    return bool(asks.wants) and not asks.precedent


def _this_year(query: str, hit: PeriodHit) -> bool:
    """«今年没歇完的假…» is asked of the rule that holds now, not of this year's papers."""
    bare = query[hit.start : hit.end] in ("今年", "本年")
    return bare and bool(_ASKS.search(query)) and not _PAPERS.search(query)


def _papers_of(period: Period) -> str:
    shown = period.shown
    return f"{shown}{' ' if shown[-1].isdigit() else ''}的文件"


def _dated(hit: PeriodHit, exempt: bool) -> Callable[[Fact], bool]:
    return lambda fact: (exempt and fact.kind is Kind.REGULATION) or fact.within(hit.period)


def _status(query: str) -> tuple[re.Match[str], frozenset[Status], str] | None:
    quoted = [m.span() for m in _QUOTED.finditer(query)]
    for pattern in (_ENDED, _CURRENT):
        for match in pattern.finditer(query):
            if any(start <= match.start() < end for start, end in quoted):
                continue
            if pattern is _CURRENT:
                return match, STATUSES["现行"], Status.IN_FORCE.value
            word = _STATUS_WORD.search(match.group())
            if word is not None:
                statuses = STATUSES[word.group()]
                names = [s.value for s in Status if s in statuses]
                return match, statuses, "、".join(names)
    return None


def _without(query: str, spans: list[tuple[int, int]]) -> str:
    left = query
    for start, end in sorted(spans, reverse=True):
        left = f"{left[:start]} {left[end:]}"
    left = re.sub(rf"^[\s的]+(?:{_ISSUE})?的?|\s+的", " ", left)
    return " ".join(left.split()) if any(c.isalnum() for c in left) else ""
