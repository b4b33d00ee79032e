"""Dates in text, and what a paper says of its own days: 施行, 有效期 (DOMAIN, section 2)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from kb.text.numerals import NUMERAL, to_int

# OCR reads 1 as l or I and 0 as O: «8月l日». Only inside a date is that beyond doubt.
_SMALL = r"(?:[\dlIOo]{1,2}|[〇○零一二三四五六七八九十廿卅]{1,3})"
_YEAR = r"(?:\d{4}|[〇○零ＯO一二三四五六七八九]{4})"
DATE = rf"{_YEAR}\s?年\s?{_SMALL}\s?月\s?{_SMALL}\s?[日号]"
"""A full date in words, as a regular expression without groups."""

_WORDS = re.compile(rf"({_YEAR})\s?年\s?({_SMALL})\s?月\s?({_SMALL})\s?[日号]")
_FIGURES = re.compile(r"(?<![\d.\-/])(\d{4})([-/.．])(\d{1,2})\2(\d{1,2})(?![\d\-/]|[.．]\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_OCR = str.maketrans("lIOoＯ", "11000")

_SELF = (
    r"本(?:法|条例|办法|规定|细则|规则|决定|解释|制度|规程|准则|章程|规范|标准|守则|通知|意见|方案|公告"
    r"|通告|批复|命令|令|目录|名录|修正案|实施细则|实施办法|暂行[\u4e00-\u9fff]{2}|文件|公约|指南|职责|程序|纪律|条约|协定|安排|议定书|通则|纲要|计划|措施|规划|预案)"
)
_IN_FORCE = r"(?:施行|实施|执行|试行|实行|生效|适用|启用)"
_ISSUED = r"(?:公布|发布|印发|颁布|颁发|下发|发文|公告|签发|印发|公开|通过|批准|发出|颁行|签署)"
_SPAN = rf"({NUMERAL}{{1,4}})\s?(个?工作日|日|天|个?月|年)"
_FROM_DATE = re.compile(
    rf"(?:[自从于]\s?)?(?P<date>{DATE})\s?(?:零时)?(?:起|开始|之?后|（[^）]{{0,20}}）起)?"
    rf"(?P<gap>[^，,。；;：:《》\d]{{0,12}}?){_IN_FORCE}"
)
_FROM_ISSUE = re.compile(
    rf"(?:[自从于]\s?)?(?:{_SELF}|之)?(?:正式)?{_ISSUED}(?:之日|之时|当日|日|后(?=\s?满?{NUMERAL}))\s?(?:零时)?"
    rf"(?:起|开始|后|即)?\s?(?:满|第)?\s?(?:{_SPAN}\s?(?:后|之后|以后|起|内)?)?\s?(?:起|即)?"
    rf"(?P<gap>[^，,。；;：:《》\d]{{0,10}}?){_IN_FORCE}"
)
_OTHER_START = re.compile(r"第" + NUMERAL + r"+[条款项章节编]|《")

_TERM = re.compile(
    rf"(?:有效期限?|施行期限?|实施期限?|执行期限?|试行期限?|暂行期)\s?(?:为|是|暂定|暂定为|：|:)?\s?{_SPAN}"
    rf"|(?<!先行)(?<!开展)(?:试行|暂行|有效)\s?{_SPAN}(?=[，,。；;）)]|$)"
)
_UNTIL = re.compile(
    rf"(?:有效期限?|施行期限?|实施期限?|执行期限?|试行期限?|有效|施行|实施|执行|试行)[^，,。；;]{{0,24}}?"
    rf"(?:至|到|截至|截止)\s?(?P<date>{DATE})"
    rf"|[自从]\s?{DATE}\s?起?\s?(?:至|到)\s?(?P<last>{DATE})\s?止?[^，,。；;]{{0,6}}(?:施行|实施|执行|试行|有效)"
    rf"|于?(?P<end>{DATE})\s?(?:起)?(?:自行|自动|即行)?(?P<word>失效|废止|终止执行)"
)
_ITS_OWN = re.compile(rf"{_SELF}|施行|实施|执行|试行|印发|发布|^\W*$")
"""What stands before a paper's own term; a licence's has its licence there."""
_LICENCE = re.compile(
    r"(?:证书?|证明|执照|许可|批件|批准书|合同|资质|资格|登记|签证|产品|药品|结果)》?的?$"
)


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date in a text. ``start``/``end`` are offsets, end exclusive."""

    start: int
    end: int
    value: date


@dataclass(frozen=True, slots=True)
class Found:
    """A day that a text states, with the words that state it and where they stand.

    ``rule`` is ``日期`` where the day is written out, else what it was counted from.
    """

    value: date
    start: int
    end: int
    evidence: str
    rule: str


def find_dates(text: str) -> list[DateHit]:
    """Every full date (year, month, day) in words or figures; impossible ones are left out."""
    found = []
    if "月" in text:
        for match in _WORDS.finditer(text):
            if (value := _date(match[1], match[2], match[3])) is not None:
                found.append(DateHit(match.start(), match.end(), value))
    for match in _FIGURES.finditer(text):
        if (value := _date(match[1], match[3], match[4])) is not None:
            found.append(DateHit(match.start(), match.end(), value))
    return sorted(found, key=lambda hit: hit.start)


def parse_date(text: str) -> date | None:
    """The date that ``text`` is: ``2023年3月1日``, ``二〇二三年三月一日``, ``2023-03-01``,
    ``20230301``; None where it is not one date and nothing else."""
    text = text.strip()
    if match := _WORDS.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := _FIGURES.fullmatch(text):
        return _date(match[1], match[3], match[4])
    return None


def effective(text: str, issued: date | None) -> Found | None:
    """From when the paper holds, by its own words.

    «本办法自2024年3月1日起施行», «自印发之日起施行», «自公布之日起满30日后施行».

    Of several clauses the last that speaks of the paper itself (本…) counts; of one clause its
    first day (a later one is that of single articles). What another paper is said to hold from
    («…起施行的《X》») does not.

    Args:
        text: a closing article, the line below a title, or a whole paper.
        issued: the day of issue; a clause that counts from it is nothing without it.
    """
    best: tuple[int, int, Found] | None = None
    clause_of: dict[int, int] = {}
    for match in sorted(
        (*_FROM_DATE.finditer(text), *_FROM_ISSUE.finditer(text)), key=lambda m: m.start()
    ):
        if text.startswith(("的", "之日", "前", "后", "以前", "以后", "中", "细则"), match.end()):
            continue
        begin = max(text.rfind(mark, 0, match.start()) for mark in "。\n；;") + 1
        before = text[begin : match.start()]
        own = re.search(_SELF, before + match.group()) is not None
        if not own and "《" in before and not before.rstrip().endswith(("》", "，", ",")):
            continue
        if own and _OTHER_START.search(before[-12:]) and begin in clause_of:
            continue
        value, rule = _start_of(match, issued)
        if value is None:
            continue
        rank = 1 if own else 0
        if clause_of.get(begin, -1) >= rank or (best is not None and rank < best[0]):
            continue
        clause_of[begin] = rank
        evidence = text[begin : match.end()].strip()
        best = rank, begin, Found(value, match.start(), match.end(), evidence, rule)
    return best[2] if best else None


def _start_of(match: re.Match[str], issued: date | None) -> tuple[date | None, str]:
    if match.re is _FROM_DATE:
        gap = match["gap"]
        if "至" in gap or "前" in gap:
            return None, ""
        return parse_date(match["date"]), "日期"
    rule = "印发之日" if "发" in match.group() and "发布" not in match.group() else "公布之日"
    if issued is None:
        return None, rule
    if match[1] is None:
        return issued, rule
    count = to_int(match[1])
    # 民法典 201, 202: the day of issue is not counted, the term's last day is within the term;
    # «满三十日后» is the day after that.
    last = None if count is None else _after(issued, count, match[2])
    return (None if last is None else last + timedelta(days=1)), rule


def expiry(text: str, start: date | None) -> Found | None:
    """The last day on which the paper holds, by its own words.

    «有效期五年», «有效期至2025年12月31日», «试行两年».

    To be asked of closing articles and issuing notices only: elsewhere 有效期 is a licence's.

    Args:
        text: such an article.
        start: when the paper takes effect; a term of years is nothing without it.
    """
    for match in _UNTIL.finditer(text):
        if not _own_term(text, match):
            continue
        value = parse_date(match["date"] or match["last"] or match["end"])
        if value is not None and match["end"]:
            # «于12月31日失效» still holds on that day only where 起 is missing.
            value -= timedelta(days=1 if "起" in match.group() else 0)
            if "《" in text[max(0, match.start() - 40) : match.start()]:
                continue
        if value is not None:
            return Found(value, match.start(), match.end(), _sentence(text, match), "日期")
    for match in _TERM.finditer(text):
        if start is None or not _own_term(text, match):
            continue
        count, unit = to_int(match[1] or match[3]), match[2] or match[4]
        if count is None or (end := _after(start, count, unit)) is None:
            continue
        # Five years from 1 June 2022, that day included, end with 31 May 2027.
        last = end - timedelta(days=1)
        return Found(last, match.start(), match.end(), _sentence(text, match), "有效期")
    return None


def _own_term(text: str, match: re.Match[str]) -> bool:
    begin = max(text.rfind(mark, 0, match.start()) for mark in "。\n；;") + 1
    before = text[begin : match.start()]
    return _ITS_OWN.search(before) is not None and _LICENCE.search(before) is None


def _sentence(text: str, match: re.Match[str]) -> str:
    begin = max(text.rfind(mark, 0, match.start()) for mark in "。\n；;") + 1
    return text[begin : match.end()].strip()


def _after(day: date, count: int, unit: str) -> date | None:
    """``count`` days, months or years later; None where working days would have to be known."""
    if "工作日" in unit:
        return None
    try:
        if unit in ("日", "天"):
            return day + timedelta(days=count)
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "年" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        return None


def _date(year: str, month: str, day: str) -> date | None:
    values = [to_int(part.translate(_OCR)) for part in (year, month, day)]
    if None in values:
        return None
    try:
        return date(*[value for value in values if value is not None])
    except ValueError:
        return None
