"""Stretches of time as people name them: «去年», «2023年以来», «今年上半年», «近三年».

Counted from a day that the caller gives. Both ends are included; None is open.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kb.text.dates import parse_date
from kb.text.numerals import digits, to_int

_N = "[〇零一二三四五六七八九十两\\d]"
_YEAR = r"(?<![\d.])(?:19|20)\d{2}(?=\s?年)|[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=\s?年)"
_RELATIVE = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0}
_WHOLE = re.compile(
    rf"(?:(?P<year>{_YEAR})\s?年|(?P<relative>大前年|前年|去年|上一年|上年(?!度)|今年|本年(?!度)))"
    rf"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度"
    rf"|\s?(?P<month>{_N}{{1,3}})\s?月(?:份)?(?:\s?(?P<day>{_N}{{1,3}})\s?[日号])?)?"
)
_LAST = re.compile(
    rf"(?:最近|过去|近)\s?(?P<n>{_N}{{1,3}})\s?(?P<unit>年|个月|周|个星期|天|日)(?:以来|来|内|间)?"
)
_NEAR = re.compile(r"(?P<which>本|这个|上个?)(?P<unit>月|周)")
_FROM = re.compile(r"\s?(?:以来|至今|到现在|以后|之后|[起后](?=[的，,。\s印发出制施执实公修]|$))")
_UNTIL = re.compile(r"\s?(?:以前|之前|前(?=[的，,。\s印发出制施执实公修]|$))")
_TO = re.compile(r"\s?(?:至|到|—|–|-|~|～)\s?")
_FIGURES = re.compile(r"((?:19|20)\d\d)(?:[-./](\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` to ``last``, both included; None: open on that side."""

    first: date | None
    last: date | None

    @property
    def shown(self) -> str:
        """``2023-01-01 至 2023-12-31``, ``2023-01-01 以来``, ``2023-12-31 以前``."""
        if self.first and self.last:
            if self.first == self.last:
                return f"{self.first}"
            return f"{self.first} 至 {self.last}"
        return f"{self.first} 以来" if self.first else f"{self.last} 及以前"


@dataclass(frozen=True, slots=True)
class PeriodHit:
    """A period in a text. ``bare``: a calendar year (2023年) and nothing that says how it is
    meant; ``relative``: counted from today."""

    start: int
    end: int
    period: Period
    bare: bool
    relative: bool


def find_periods(text: str, today: date) -> list[PeriodHit]:
    """Every period that ``text`` names, in order, not overlapping."""
    text = digits(text)
    hits: list[PeriodHit] = []
    at = 0
    while (found := _next(text, at, today)) is not None:
        start, end, period, relative = found
        at = end
        more = _TO.match(text, end)
        second = _next(text, more.end(), today) if more else None
        until = second[2].last if more and second and second[0] == more.end() else None
        if second and period.first and until and period.first <= until:
            at = second[1]
            joined = Period(period.first, until)
            hits.append(PeriodHit(start, at, joined, bare=False, relative=relative))
            continue
        bare = not relative and period.first is not None and _is_year(period)
        if mark := _FROM.match(text, end):
            period, at, bare = Period(period.first, None), mark.end(), False
        elif mark := _UNTIL.match(text, end):
            before = period.first and period.first - timedelta(days=1)
            period, at, bare = Period(None, before), mark.end(), False
        hits.append(PeriodHit(start, at, period, bare, relative))
    return hits


def parse_period(text: str, today: date) -> Period | None:
    """The period that the whole of ``text`` is, also in figures: ``2023``, ``2023-05``,
    ``2023-05-01``, ``去年``."""
    text = digits(text.strip())
    if match := _FIGURES.fullmatch(text):
        year, month = int(match[1]), int(match[2] or 0)
        if month > 12:
            return None
        return _month(year, month) if month else _year(year)
    if (day := parse_date(text)) is not None:
        return Period(day, day)
    hits = find_periods(text, today)
    return (
        hits[0].period
        if len(hits) == 1 and (hits[0].start, hits[0].end) == (0, len(text))
        else None
    )


def _next(text: str, at: int, today: date) -> tuple[int, int, Period, bool] | None:
    finders: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = (
        (_WHOLE, _whole),
        (_LAST, _last),
        (_NEAR, _near),
    )
    best: tuple[int, int, Period, bool] | None = None
    for pattern, read in finders:
        for match in pattern.finditer(text, at):
            period = read(match, today)
            if period is not None:
                relative = pattern is not _WHOLE or match["relative"] is not None
                if best is None or match.start() < best[0]:
                    best = match.start(), match.end(), period, relative
                break
    return best


def _whole(match: re.Match[str], today: date) -> Period | None:
    named = match["relative"]
    year = today.year + _RELATIVE[named] if named else to_int(match["year"])
    if year is None or not 1900 <= year <= 2199:
        return None
    if match["half"]:
        return (
            Period(date(year, 1, 1), date(year, 6, 30))
            if match["half"] == "上"
            else Period(date(year, 7, 1), date(year, 12, 31))
        )
    if match["quarter"]:
        quarter = to_int(match["quarter"]) or 1
        return Period(_month(year, 3 * quarter - 2).first, _month(year, 3 * quarter).last)
    if match["month"]:
        month = to_int(match["month"])
        if month is None or not 1 <= month <= 12:
            return None
        if not match["day"]:
            return _month(year, month)
        day = to_int(match["day"])
        if day is None or not 1 <= day <= calendar.monthrange(year, month)[1]:
            return None
        return Period(date(year, month, day), date(year, month, day))
    return _year(year)


def _last(match: re.Match[str], today: date) -> Period | None:
    count, unit = to_int(match["n"]), match["unit"]
    if not count or count > 200:
        return None
    if unit == "年" or unit == "个月":
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "年" else 1)
        year, month = divmod(months, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        return Period(date(year, month + 1, min(today.day, last_day)), today)
    days = count * (7 if unit in ("周", "个星期") else 1)
    return Period(today - timedelta(days=days), today)


def _near(match: re.Match[str], today: date) -> Period | None:
    former = match["which"].startswith("上")
    if match["unit"] == "月":
        year, month = divmod(today.year * 12 + today.month - 1 - former, 12)
        return _month(year, month + 1)
    monday = today - timedelta(days=today.weekday() + 7 * former)
    return Period(monday, monday + timedelta(days=6))


def _month(year: int, month: int) -> Period:
    if not 1 <= month <= 12:
        return _year(year)
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def _is_year(period: Period) -> bool:
    first, last = period.first, period.last
    return bool(first and last and (last - first).days >= 364)
