"""Terms and working days: cases counted by hand, and what must hold for every day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ConfigError
from kb.law.workdays import UNITS, Calendar, calendar_of, read

GOLDEN = Path(__file__).parent / "golden"
SPAN = re.compile(r"(\d+)(.+?)(（工作日）)?")
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def cases(name: str) -> list[tuple[str, ...]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [
        tuple(part.strip() for part in line.split("|"))
        for line in lines
        if line and not line.startswith("#")
    ]


def span(text: str) -> tuple[int, str, bool]:
    match = SPAN.fullmatch(text)
    assert match, text
    return int(match[1]), match[2], match[3] is not None


@pytest.mark.parametrize("case", cases("workdays.txt"), ids=lambda case: f"{case[0]} {case[1]}")
def test_the_end_of_a_term(case: tuple[str, ...]) -> None:
    start, term, end, why = case
    count, unit, workdays = span(term)
    got = calendar_of().end(date.fromisoformat(start), count, unit, workdays=workdays)
    assert got == date.fromisoformat(end), why


@pytest.mark.parametrize("case", cases("workdays_before.txt"), ids=lambda case: case[0] + case[1])
def test_the_last_day_before_an_event(case: tuple[str, ...]) -> None:
    event, term, latest, why = case
    count, unit, workdays = span(term)
    got = calendar_of().latest(date.fromisoformat(event), count, unit, workdays=workdays)
    assert got == date.fromisoformat(latest), why


@given(DAYS, st.integers(0, 400), st.sampled_from(UNITS))
def test_a_term_ends_on_a_working_day_and_never_early(day: date, count: int, unit: str) -> None:
    worked = calendar_of()
    end = worked.end(day, count, unit)
    if count:
        assert worked.works(end)
        assert end > day
        assert worked.end(day, count - 1, unit) <= end


@given(DAYS, st.integers(1, 100))
def test_working_days_are_counted_the_same_forwards_and_backwards(day: date, count: int) -> None:
    worked = calendar_of()
    end = worked.add(day, count)
    assert worked.between(day, end) == count
    assert worked.between(end, day) == -count
    latest = worked.latest(end, count, "工作日")
    whole = [latest + timedelta(days=n) for n in range(1, (end - latest).days)]
    assert sum(worked.works(one) for one in whole) == count


def test_the_home_s_table_stands_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "holidays.txt").write_text("2026-10-08 休 单位运动会\n", encoding="utf-8")
    worked = calendar_of(tmp_path)
    assert not worked.works(date(2026, 10, 8))
    assert worked.name(date(2026, 10, 8)) == "单位运动会"
    assert not worked.works(date(2026, 10, 1)), "the shipped table is still there"
    assert calendar_of().works(date(2026, 10, 8))


def test_it_says_for_which_years_the_table_speaks() -> None:
    worked = calendar_of()
    assert worked.known(date(2026, 1, 1), date(2024, 6, 1))
    assert not worked.known(date(2026, 1, 1), date(2031, 6, 1))
    assert Calendar().works(date(2026, 10, 1)), "without a table a Thursday is worked"


@pytest.mark.parametrize(
    "line",
    [
        "2026-13-01 休",
        "十月一日 休",
        "2026-10-01 假",
        "2026-10-07..2026-10-01 休",
        "2025-10-01..2026-10-07 休",
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match="第 2 行"):
        read(["# 备注", line], "holidays.txt")


def test_a_table_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "holidays.txt").write_bytes("2026-10-08 休 运动会".encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        calendar_of(tmp_path)
