"""Marks of secrecy: a file that bears one is refused, and its text is kept nowhere.

A system that is not approved for secrets may not store them (保守国家秘密法 2024, 31). The mark
stands alone: on a line of its own near the top of a page, or in the running head. Rules about
marks name them within sentences; those are read like any other (DOMAIN.md, section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.reading import Reading
from kb.errors import ReadError
from kb.model import Mark, Tier

STAR = "★☆＊*⭐✩✮"
LEVELS = r"(?:绝\s*密|机\s*密|秘\s*密)"
PERIOD = r"(?:\s*(?:长期|\d{1,3}\s*年|\d{1,2}\s*个月|[一二三四五六七八九十]{1,3}年))?"
PLACE = r"(?:密\s*级\s*[:：]?\s*)?"
MARK = re.compile(rf"{PLACE}{LEVELS}\s*[{STAR}]{PERIOD}")
"""A mark proper: «机密★», «秘密★10年», «密级：绝密 ★ 长期»."""
BARE = re.compile(rf"{PLACE}{LEVELS}{PERIOD}")
COPY_NUMBER = re.compile(r"(?:份\s*号\s*[:：]?)?\s*\d{3,8}\s*")
RESTRICTED = re.compile(
    r"[【〔\[（(]?\s*(?:工作秘密|内部资料|内部文件|内部材料|注意保存|注意保管|不得外传|仅供内部使用)"
    r"(?:[\s　，,、·；;!！]*(?:工作秘密|内部资料|内部文件|内部材料|注意保存|注意保管|不得外传"
    r"|严禁外传|仅供内部使用|妥善保管))*\s*[】〕\]）)]?"
)
FIRST_LINES = 6
"""Lines of the first page that are its head."""


class Quarantined(ReadError):
    """A file bears a mark of secrecy. Nothing of its text may be stored or logged.

    ``mark`` is doubtful where a person must decide: the word stands alone, without a star.
    """

    def __init__(self, path: str, why: str, *, hint: str = "", mark: Mark = Mark.CERTAIN) -> None:
        super().__init__(path, why, hint=hint)
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.path, self.why, self.hint, self.mark))


def _rebuild(path: str, why: str, hint: str, mark: Mark) -> Quarantined:
    return Quarantined(path, why, hint=hint, mark=mark)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about this very content; ``evidence`` is who, when and why."""

    accepted: bool
    evidence: str


def check(reading: Reading, name: str, decided: Decided | None = None) -> bool:
    """Refuse a file that bears a mark. True where it passes only because a person let it.

    What a manifest says of the file does not count: it is bound to a path, and whoever may write
    into the folder writes it. A person's decision is bound to the content.

    Raises:
        Quarantined: without any of the file's text in the message.
    """
    for line in _alone(reading):
        if "密" not in line:
            continue
        if MARK.fullmatch(_bare(line)) or _mark_in_head(line):
            raise Quarantined(
                name,
                "文件带有国家秘密标志，已拒收，未保存任何内容",
                hint="本系统为非涉密系统；请立即从此文件夹移走，并按保密规定处理",
            )
    if not any(BARE.fullmatch(_bare(line)) for line in _head(reading)):
        return False
    if decided is None:
        raise Quarantined(
            name,
            "首页有单独成行的密级字样，需人工确认，未保存任何内容",
            hint="若确非涉密文件，由有权的人运行 kb marks accept，或在“管理”页确认；否则立即移走",
            mark=Mark.DOUBTFUL,
        )
    if not decided.accepted:
        raise Quarantined(
            name,
            f"首页有单独成行的密级字样，经人确认不得入库（{decided.evidence}），未保存任何内容",
            hint="请从此文件夹移走，并按保密规定处理",
            mark=Mark.REFUSED,
        )
    return True


def stated_tier(reading: Reading) -> tuple[Tier, str] | None:
    """The tier that a restriction such as «内部资料　注意保存» asks for, with that line."""
    for line in [*_head(reading), *reading.heads]:
        text = line.strip()
        if len(text) <= 40 and RESTRICTED.fullmatch(text):
            return Tier.SENSITIVE, text
    return None


def _alone(reading: Reading) -> Iterator[str]:
    """Lines on which a mark could stand: short ones, of the text, its heads and small tables."""
    yield from reading.heads
    for block in reading.blocks:
        if block.rows is not None:
            for row in block.rows:
                yield from (cell for cell in row if len(cell) <= 24)
        elif len(block.text) <= 40:
            yield block.text


def _head(reading: Reading) -> Iterator[str]:
    for block in reading.blocks[:FIRST_LINES]:
        yield from (cell for row in block.rows for cell in row) if block.rows else (block.text,)


def _bare(line: str) -> str:
    """Without brackets around it and the copy number beside it («000012　机密★1年»)."""
    text = line.strip().strip("【】〔〕[]（）()<>《》 　")
    return COPY_NUMBER.sub("", text, count=1).strip() if COPY_NUMBER.match(text) else text


def _mark_in_head(line: str) -> bool:
    """A mark set on one line with other short entries of a page's head («机密★1年　特急»)."""
    parts = [part for part in re.split(r"[\s　|]{1,}", line.strip()) if part]
    return len(line) <= 40 and len(parts) <= 4 and any(MARK.fullmatch(_bare(p)) for p in parts)
