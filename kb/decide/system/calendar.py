"""What comes round: duties with «每年11月底前», «每季度末前», «每月25日前» on the days of a year.

The day is the last on which the duty may be done; how long before it work begins is a rule of
thumb that an office sets (`kb.decide.system.leads`), not law. A rhythm without a day («每半年») is
listed apart: the text names no date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kb.decide.system.leads import Leads, leads_of
from kb.decide.system.ledger import Entry, State
from kb.text.numerals import to_int

_N = r"[〇零一二三四五六七八九十\d]{1,3}"
_MONTH = re.compile(rf"(?P<m>{_N})\s?月(?:(?P<d>{_N})\s?[日号]|底|末|份)?")
_DAY_OF_MONTH = re.compile(rf"(?:每月|次月|当月)(?P<d>{_N})\s?[日号]")
_FREQUENT = re.compile(
    r"每日|每天|每周|每星期|每个?工作日|每\d*小时|按月|每月(?!\d|[一二三]|末|底)"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A duty on its last day; ``begin``: when work on it should start."""

    entry: Entry
    day: date
    begin: date
    rhythm: str


@dataclass(frozen=True, slots=True)
class Round:
    """A year's calendar: what has a day, and what only has a rhythm."""

    year: int
    dues: tuple[Due, ...]
    undated: tuple[Entry, ...]

    def of_month(self, month: int) -> list[Due]:
        """What is due in a month, by day."""
        return [due for due in self.dues if due.day.month == month]


def calendar(entries: Iterable[Entry], year: int, leads: Leads | None = None) -> Round:
    """Every recurring duty of a year; what a person rejected is left out. ``leads``: how long
    before a last day work begins; the shipped ones where None."""
    leads = leads or leads_of()
    dues: list[Due] = []
    undated: list[Entry] = []
    for entry in entries:
        if entry.state is State.REJECTED or not entry.limit:
            continue
        found = days(entry.limit, year)
        if found is None:
            continue
        rhythm, when = found
        if not when:
            undated.append(entry)
        lead = timedelta(days=leads.days(rhythm, entry.action))
        dues += [Due(entry, day, day - lead, rhythm) for day in when]
    dues.sort(key=lambda due: (due.day, due.entry.passage_id, due.entry.mark))
    return Round(year, tuple(dues), tuple(undated))


def days(limit: str, year: int) -> tuple[str, list[date]] | None:
    """The rhythm of a limit and its last days in a year; None where it does not come round."""
    if "季" in limit:
        return "季", _quarters(limit, year)
    if of_month := _DAY_OF_MONTH.search(limit):
        number = to_int(of_month["d"]) or 0
        return "月", [_day(year, month, number) for month in range(1, 13)]
    if re.search(r"每?月[末底]", limit) and not _MONTH.search(limit):
        return "月", [_day(year, month, 31) for month in range(1, 13)]
    yearly = re.search(r"每年|次年|当年|翌年|年度|年底", limit)
    if (month := _MONTH.search(limit)) and (yearly or not re.search(r"\d{4}\s?年", limit)):
        number = to_int(month["m"]) or 0
        if 1 <= number <= 12:
            last = to_int(month["d"] or "") or (20 if limit.endswith("旬") else 31)
            return "年", [_day(year, number, last)]
    if "年底" in limit or "年末" in limit:
        return "年", [date(year, 12, 31)]
    if re.search(r"每半年|每[一二两三四五\d]*年|按年", limit):
        return "年", []
    if _FREQUENT.search(limit):
        return "周" if "周" in limit else "月", []
    return None


def _quarters(limit: str, year: int) -> list[date]:
    if not re.search(r"末|底|次月|最后一个月|终了|结束", limit):
        return []
    of_day = re.search(rf"(?P<d>{_N})\s?[日号]", limit)
    number = (to_int(of_day["d"]) or 31) if of_day else 31
    if "次月" in limit:
        return [_day(year, month, number) for month in (1, 4, 7, 10)]
    return [_day(year, month, number) for month in (3, 6, 9, 12)]


def _day(year: int, month: int, day: int) -> date:
    """The last day of the month where it has no such day."""
    return date(year, month, max(1, min(day, monthrange(year, month)[1])))
