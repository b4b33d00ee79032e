"""Working days and the ends of terms, by an editable table of holidays.

The counting rules are those of 民法典 201 (the first day is not counted; terms in months and years
end on the same day of the last month) and 203 (a last day on a holiday moves to the next working
day). What no table says is a weekend or a working day by the week.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from kb.errors import ConfigError

_SHIPPED = Path(__file__).with_name("holidays.txt")
_LINE = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?:\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d))?\s+(?P<what>[休班])(?:\s+(?P<name>.*))?"
)
LONGEST = 60
"""Days that one line may span; a longer one is a mistake in a year."""
UNITS = ("日", "工作日", "周", "月", "季度", "年")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. ``days`` maps a day to (worked, name); ``years`` are those that the
    table covers: of other years only weekends are known, and `known` says so."""

    days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)

    @property
    def years(self) -> frozenset[int]:
        """Years of which the table holds anything."""
        return frozenset(day.year for day in self.days)

    def known(self, *days: date) -> bool:
        """Whether the table covers the year of every one of ``days``."""
        return all(day.year in self.years for day in days)

    def works(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        said = self.days.get(day)
        return said[0] if said is not None else day.weekday() < 5

    def name(self, day: date) -> str:
        """What the table calls ``day``; 周六, 周日 or nothing where it says nothing."""
        said = self.days.get(day)
        if said is not None:
            return said[1]
        return {5: "周六", 6: "周日"}.get(day.weekday(), "")

    def next(self, day: date) -> date:
        """``day`` if it is worked, else the first working day after it (民法典 203)."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def previous(self, day: date) -> date:
        """``day`` if it is worked, else the last working day before it."""
        while not self.works(day):
            day -= timedelta(days=1)
        return day

    def add(self, day: date, count: int) -> date:
        """The working day ``count`` working days after ``day`` (before it, where negative);
        ``day`` itself is not counted. Zero gives ``day``."""
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.works(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and including ``last``; negative where ``last`` is
        earlier."""
        if last < first:
            return -self.between(last, first)
        return sum(self.works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def end(self, start: date, count: int, unit: str, *, workdays: bool = False) -> date:
        """The last day of a term that begins with the event of ``start``.

        Args:
            start: the day of the event; it is not counted (民法典 201).
            count: how many, at least 0.
            unit: one of `UNITS`.
            workdays: the paper defines its 日 as working days.

        Raises:
            ValueError: the unit is none of `UNITS`, or the term leaves the calendar.
        """
        if unit not in UNITS or count < 0:
            raise ValueError(f"cannot count {count} {unit}")
        if unit == "工作日" or (unit == "日" and workdays):
            return self.add(start, count)
        return self.next(later(start, count, unit))

    def latest(self, event: date, count: int, unit: str, *, workdays: bool = False) -> date:
        """The last day on which something can be done so that ``count`` ``unit``s lie before
        ``event``: «会议召开3日前», «审查不少于7个工作日».

        Neither that day nor the day of the event is counted: 7 working days before a Monday leave
        seven whole working days between. Where the last day is a holiday, the working day before
        it is named: on a holiday nobody takes papers in.

        Raises:
            ValueError: as in `end`.
        """
        if unit not in UNITS or count < 0:
            raise ValueError(f"cannot count {count} {unit}")
        if unit == "工作日" or (unit == "日" and workdays):
            return self.add(event, -count - 1) if count else self.previous(event)
        return self.previous(later(event, -count, unit) - timedelta(days=1 if count else 0))


def later(day: date, count: int, unit: str) -> date:
    """``count`` days, weeks, months, quarters or years after ``day`` by the calendar alone.

    A month that has no such day ends on its last one (民法典 202).
    """
    if unit in ("日", "周"):
        return day + timedelta(days=count * (7 if unit == "周" else 1))
    step = {"月": 1, "季度": 3, "年": 12}[unit]
    year, month = divmod(day.year * 12 + day.month - 1 + count * step, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read(lines: Iterable[str], name: str) -> dict[date, tuple[bool, str]]:
    """A table of holidays.

    Args:
        lines: ``2026-02-15..2026-02-23 休 春节``, ``2026-02-14 班 调休``; # begins a remark.
        name: what the table is called in errors.

    Raises:
        ConfigError: a line cannot be read; it names the line.
    """
    days: dict[date, tuple[bool, str]] = {}
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        match = _LINE.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            first = date.fromisoformat(match["first"])
            last = date.fromisoformat(match["last"] or match["first"])
        except ValueError:
            raise ConfigError(
                f"{name} 第 {number} 行读不懂：{text}",
                hint="应为“2026-02-15..2026-02-23 休 春节”或“2026-02-14 班 调休”",
            ) from None
        span = (last - first).days
        if not 0 <= span < LONGEST:
            raise ConfigError(
                f"{name} 第 {number} 行的起止日期不对：{text}",
                hint=f"止日不得早于起日，一行不超过 {LONGEST} 天",
            )
        for offset in range(span + 1):
            days[first + timedelta(days=offset)] = match["what"] == "班", match["name"] or ""
    return days


@cache
def _shipped() -> Mapping[date, tuple[bool, str]]:
    return read(_SHIPPED.read_text(encoding="utf-8").splitlines(), _SHIPPED.name)


def calendar_of(home: Path | None = None) -> Calendar:
    """The shipped table, with ``holidays.txt`` of the home over it.

    Raises:
        ConfigError: the home's table cannot be read.
    """
    days = dict(_shipped())
    own = home / _SHIPPED.name if home is not None else None
    if own is not None and own.is_file():
        try:
            lines = own.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"读不了 {own}：{error}", hint="请存为 UTF-8 文本") from error
        days |= read(lines, own.name)
    return Calendar(days)
