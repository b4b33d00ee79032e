"""Time limits, by the rules and in the order of DOMAIN, section 3.

What one rule has read is masked before the next looks: «每年11月底前» is a day, not «每年», and
«不少于3个工作日» is no limit of three days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kb.text.dates import DATE
from kb.text.numerals import to_int

_N = r"(?:\d+|[〇零一二三四五六七八九十百两半]+)"
_UNIT = (
    r"(?:个?工作日|个?自然日|个?日历日|日|天|个?半?月|年|周|个?星期|个?小时|分钟|个?学时|个?季度)"
)
_UNITS = {"天": "日", "自然日": "日", "日历日": "日", "星期": "周"}
_DAY = rf"{_N}\s?月\s?(?:{_N}\s?[日号]|底|末|初|份|[上中下]旬)?"
_WORD = r"[^，,。；;：:、（）()《》\s]"


class LimitKind(StrEnum):
    """What sort of limit: a day, a rhythm, a bound, a span from a trigger, a span before one."""

    ABSOLUTE = "absolute"
    RECURRING = "recurring"
    MINIMUM = "minimum"
    RELATIVE = "relative"
    LEAD = "lead"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit as found. ``count`` is in ``unit``s (日, 工作日, 月, 年, 小时 …), a half is
    0.5; None where the limit is a day. ``trigger`` is from what, or before what, it is counted,
    word for word; empty where the text does not say."""

    kind: LimitKind
    text: str
    trigger: str
    count: float | None
    unit: str
    start: int
    end: int


_PATTERNS: tuple[tuple[LimitKind, re.Pattern[str]], ...] = (
    (
        LimitKind.ABSOLUTE,
        re.compile(
            rf"{DATE}(?:（含）)?(?:之|以)?前"
            rf"|每季度?(?:最后一个|末)月(?:{_N}\s?[日号]|底|末)(?:之|以)?前"
            rf"|(?:每年度?|当年|次年|下一?年度?|翌年|本年度?|同年|上一?年度?)?\s?{_DAY}(?:之|以)?前"
            rf"|(?:每年度?|每半年|每季度?|每月|每周|每学期|当年|次年|季度次月|次月|本月|年度?|季度|月|学期|周)(?:{_N}\s?[日号]|[底末]|终了|结束|[上中下]旬)(?:之|以)?前"
            rf"|每(?:周|星期)[一二三四五六日天](?:之|以)?前"
            rf"|(?:每年|当年|次年)第?[一二三四]季度[末底]?(?:之|以)?前"
        ),
    ),
    (
        LimitKind.MINIMUM,
        re.compile(
            rf"(?:不得?少于|至少|不得?超过|不得?低于|不得?多于|最长|最短|最多)(?:为|保存|不超过|不得超过)?\s?(?P<n>{_N})\s?(?P<u>{_UNIT})(?!内)"
        ),
    ),
    (
        LimitKind.RECURRING,
        re.compile(
            rf"(?<!每人)每满?(?P<n>{_N})?\s?(?:个)?(?P<u>半年|年度?|季度?|月|周|星期|日|天|学期|工作日|小时)"
            rf"(?:度)?(?:不少于|至少|不超过)?(?:{_N}次)?"
            rf"(?![24]*\d*小时|(?:不超过)?[\d,]+(?:\.\d+)?\s?万?元|一至|计|的额度)"
            rf"|(?:逐|按|分)(?P<v>年度?|季度?|月|周|日)(?=[^期内]|$)"
        ),
    ),
    (
        LimitKind.RELATIVE,
        re.compile(
            rf"(?:[自从](?P<t>[^，,。；;：:\s]{{1,50}}?)(?:之日|之时|当日|之次日|次日|当天)?起(?:的|算)?\s?|(?P<s>{_WORD}{{1,30}}?)(?:之日起|之日|后|之后|以后)(?:的|起)?\s?)?"
            rf"(?<![第过满])(?P<n>{_N})\s?(?P<u>{_UNIT})\s?(?:之内|以内|内)"
            rf"|[自从](?P<r>[^，,。；;：:\s]{{1,30}}?)之日起\s?(?P<m>{_N})\s?(?P<v>{_UNIT})(?=[，,。；;]|$)"
        ),
    ),
    (
        LimitKind.LEAD,
        re.compile(
            rf"(?:提前|提早|预先)(?:至少|不少于)?\s?(?P<n>{_N})\s?个?(?P<u>{_UNIT})(?:以上)?"
            rf"|(?P<s>{_WORD}{{1,24}}?)(?:之?前)?(?:的)?\s?(?<![第过月年])(?P<m>{_N})\s?个?(?P<v>{_UNIT})(?:以)?前"
            rf"|(?P<w>{_WORD}{{1,24}}?)(?:的)?(?<![年月以日提])前\s?(?P<o>{_N})\s?个?(?P<x>{_UNIT})(?:内|以上)?(?!的|期)"
            rf"|距离?(?P<q>[^，,。；;]{{1,10}}?)\s?(?P<k>{_N})\s?个?(?P<j>{_UNIT})时"
        ),
    ),
    (LimitKind.AT_ONCE, re.compile(r"立即|即刻|当日内?(?!为|的|起|算)|当天内?(?!的)|当场")),
)
_LEADING = re.compile(
    r"^(?:.*(?:应当|必须|不得|可以|应于|须于|负责|并|经|由|在|于|自|从|[的和与及或将]))(?=.)"
)


_AFTER_FIGURE = re.compile(r"(?<=[\d一二三四五六七八九十两])[年月周]")
"""年底前 and 月末前 stand alone; in «三年末前» the figure is part of it."""


def limits(text: str) -> list[Limit]:
    """Every time limit in ``text``, in order."""
    found: list[Limit] = []
    left = text
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(left):
            limit = _limit(kind, match, text)
            if limit is None:
                continue
            found.append(limit)
            span = limit.end - limit.start
            left = left[: limit.start] + "\0" * span + left[limit.end :]
    return sorted(found, key=lambda limit: limit.start)


def _limit(kind: LimitKind, match: re.Match[str], text: str) -> Limit | None:
    start, end = match.span()
    got = match.groupdict()
    figure = got.get("n") or got.get("m") or got.get("o") or got.get("k")
    unit = got.get("u") or got.get("v") or got.get("x") or got.get("j") or ""
    count = _count(figure) if figure else None
    if figure and count is None:
        return None
    if unit.endswith("半月"):
        count, unit = 0.5, "月"
    unit = unit.removeprefix("个")
    trigger = got.get("t") or got.get("r") or ""
    before = got.get("s") or got.get("w") or ""
    if before and not trigger:
        # What precedes may begin with more than the event: keep the event.
        trigger = _LEADING.sub("", before)
        start = match.start() + len(before) - len(trigger)
        if text[start - 1 : start] in ("自", "从"):
            start -= 1
        if kind is LimitKind.RELATIVE and match.group("s") and not _counts_from(match):
            start, trigger = match.start("n"), ""
    if kind is LimitKind.RELATIVE:
        trigger = _event(text, start) if not trigger else trigger.removesuffix("事")
    if kind is not LimitKind.RECURRING and _states_a_case(text, kind, match.group(), end):
        return None
    if kind is LimitKind.ABSOLUTE and _AFTER_FIGURE.match(text, start):
        return None
    if kind is LimitKind.RECURRING:
        count = count or 1.0
        if "半年" in match.group():
            count, unit = 6.0, "月"
        unit = {"季": "季度", "年度": "年"}.get(unit, unit)
    return Limit(kind, text[start:end], trigger, count, _UNITS.get(unit, unit), start, end)


_EVENT = re.compile(
    r"(?:^|[，,。；;：:\n])(?:[^，,。；;：:\n]{0,20}?(?P<get>(?:收到|接到|发现(?!人|的))[^，,。；;：:\n]{2,30}?)(?:后|的)?"
    r"|(?P<done>[^，,。；;：:\n]{2,30}?)后)[，,]?[^，,。；;：:\n后]{0,24}$"
)


def _event(text: str, start: int) -> str:
    """What the clause before a limit says has happened: «收到申请后，应当在5日内» → 收到申请."""
    found = _EVENT.search(text[max(0, start - 80) : start])
    if found is None or (found["get"] is None and "，" not in found.group()[1:]):
        return ""
    event = found["get"] or found["done"]
    return "" if re.search(r"[日时钟月年]内", event) else event


def _states_a_case(text: str, kind: LimitKind, words: str, end: int) -> bool:
    """«3天以内的，», «一年内两次»: how long or how often is a condition, not a limit."""
    clause = re.match(r"[^，,。；;：:\n]*", text[end:])
    rest = clause.group() if clause else ""
    if rest.endswith("的"):
        return True
    if kind is not LimitKind.RELATIVE:
        return False
    if words.endswith("以内") and rest.startswith("由"):
        return True
    return words.endswith(("年内", "月内")) and bool(
        re.search(r"[一二两三四五六\d][次件]|累计", rest)
    )


def _counts_from(match: re.Match[str]) -> bool:
    between = match.string[match.end("s") : match.start("n")]
    return "后" in between or "起" in between or "之日" in between


def _count(figure: str) -> float | None:
    if figure == "半":
        return 0.5
    value = to_int(figure)
    return None if value is None else float(value)
