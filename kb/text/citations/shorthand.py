"""简称: 《中华人民共和国刑法》（以下简称刑法）, 市公共事务管理局（以下简称“本局”）."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DEFINED = re.compile(
    r"[（(][^（()）]{0,20}?(?:以下|下文|下)?(?:简称|统称|称)(?:为|作)?\s?[：:]?\s?"
    r"(?:[“\"「『‘《]([^”\"」』’》）)]{1,30})[”\"」』’》]|([^“”\"「」，,；;。：:（()）《》]{1,20}))"
    r"(?:[，,；;、][^（()）]{0,40})?[)）]"
)
_MARKED = re.compile(r"以下|下文|下称|简称")
_TITLE = re.compile(
    r"《((?:[^《》]|《[^《》]*》){1,120})》\s?(?:[（(][^（()）《》]{0,60}[)）]\s?)?$"
)
_PHRASE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“”]{2,40}$")
_VERBS = re.compile(
    r".*(?:根据|按照|依照|依据|贯彻|落实|执行|实施|规范|加强|促进|保障|完善|建立|成立|设立|组建|由|经|报|向|对|为|将|是|在|和|与|及|的)"
)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """``name`` stands for ``full`` in the rest of the paper; ``is_title`` if ``full`` stood in 《》
    (given here without them). ``start``/``end`` are the offsets of the bracket."""

    name: str
    full: str
    is_title: bool
    start: int
    end: int


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Every 简称 that ``text`` defines, in order. What a phrase without 《》 stands for is cut at
    the last verb or particle before it, so ``full`` may be shorter than what is meant."""
    if "简称" not in text and "统称" not in text and "下称" not in text and "以下称" not in text:
        return []
    found: list[Abbreviation] = []
    for match in _DEFINED.finditer(text):
        if not _MARKED.search(match.group()):
            continue
        name = (match[1] or match[2] or "").strip()
        before = text[max(0, match.start() - 200) : match.start()]
        if title := _TITLE.search(before):
            found.append(Abbreviation(name, title[1], True, *match.span()))
        elif phrase := _PHRASE.search(before):
            full = phrase.group()
            if (cut := _VERBS.match(full)) and len(full) - cut.end() >= 2:
                full = full[cut.end() :]
            found.append(Abbreviation(name, full, False, *match.span()))
    return found
